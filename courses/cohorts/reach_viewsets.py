"""Whom a change of a lesson, test, bank or rubric reaches: asked of its author, before anybody gets it."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import register_converter, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from courses.cohorts import access
from courses.cohorts.changing import apply_version, behind, is_unreviewed
from courses.cohorts.review_forms import ReachForm
from courses.pages.models import ContentVersion, LessonPage
from courses.staff import StaffPage, refused

WRITES = "courses.add_quiz"


class Numbers:
    """Numbers of rows in an address: 7 or 7,12."""

    regex = r"\d{1,9}(?:,\d{1,9}){0,99}"

    def to_python(self, value: str) -> list[int]:
        return [int(one) for one in value.split(",")]

    def to_url(self, value: int | list[int]) -> str:
        return ",".join(map(str, value if isinstance(value, list) else [value]))


register_converter(Numbers, "numbers")


class Reach(StaffPage):
    """«Does it apply to them, or only to later cohorts?» after a test, bank, rubric or lesson was changed.

    A bank changes every test that draws from it: one answer for all of them.
    """

    template_name = "courses/admin/reach.html"
    page_title = _("Whom does your change reach?")
    header_icon = "group"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.has_perm(WRITES):
            raise PermissionDenied
        self.versions = list(ContentVersion.objects.filter(pk__in=self.kwargs["pks"]).order_by("title", "pk"))
        if not self.versions:
            raise Http404
        self.first = self.versions[0]
        self.pins = [(version, behind(version, timezone.now())) for version in self.versions]
        self.seen = set(access.visible_cohorts(request.user).values_list("pk", flat=True))

    def asked(self) -> list[dict[str, Any]]:
        """Each version with her cohorts that have an older one, and whether they missed one in between."""
        asked = []
        for version, pins in self.pins:
            mine = [pin for pin in pins if pin.cohort_id in self.seen]
            oldest = min((pin.version.number for pin in mine), default=version.number)
            between = ContentVersion.objects.filter(key=version.key, language=version.language).filter(
                number__gt=oldest, number__lt=version.number
            )
            if mine:
                asked.append({"version": version, "pins": mine, "skips": between.exists()})
        return asked

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        label = self.first.title if len(self.versions) == 1 else self.page_title
        return [*self.breadcrumbs_items, {"url": "", "label": label}]

    def is_newest(self, version: ContentVersion) -> bool:
        newer = ContentVersion.objects.filter(key=version.key, number__gt=version.number)
        return not newer.filter(language=version.language).exists()

    def form(self, *args: Any) -> ReachForm:
        return ReachForm(*args, asks_reading=self.first.kind == ContentVersion.Kind.LESSON)

    def back(self) -> str:
        if self.first.kind != ContentVersion.Kind.LESSON:
            return reverse(f"wagtailsnippets_courses_{self.first.kind}:list")
        lesson = LessonPage.objects.filter(translation_key=self.first.key).first()
        return reverse("reviews:lesson", args=[lesson.pk]) if lesson else reverse("reviews:index")

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form=form)
        if form.cleaned_data["reach"] == LessonPage.Reach.LATER:
            messages.success(
                request, gettext("Cohorts that open from now on use it; the others keep theirs.")
            )
        elif not all(map(self.is_newest, self.versions)):
            messages.warning(request, gettext("Somebody changed it again. Decide about the newest text."))
        elif not refused(request, partial(self._apply, form)):
            self._say_done()
        return redirect(self.back())

    @transaction.atomic
    def _apply(self, form: ReachForm) -> None:
        """All of it or nothing. Raises Refused."""
        self.changes = [
            change
            for version in self.versions
            for change in apply_version(
                version=version,
                needs_rereading=form.cleaned_data.get("needs_rereading", False),
                by=self.request.user,
                at=timezone.now(),
                among=self.seen,
            )
        ]

    def _say_done(self) -> None:
        count = len({change.pin.cohort_id for change in self.changes})
        said = ngettext("%(count)d cohort uses it now.", "%(count)d cohorts use it now.", count)
        messages.success(self.request, said % {"count": count})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        behind_all = {pin.cohort_id for _version, pins in self.pins for pin in pins}
        return {
            "form": self.form(),
            **super().get_context_data(**kwargs),
            "versions": self.versions,
            "asked": self.asked(),
            "others": len(behind_all - self.seen),
            "is_unreviewed": any(map(is_unreviewed, self.versions)),
            "back": self.back(),
        }
