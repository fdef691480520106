"""«Idiomas»: what is translated, what is out of date, what waits; and the way to each translation."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Locale

from courses.staff import StaffPage
from courses.translations.access import may_translate
from courses.translations.rules import BY_HAND, LIVE, NONE, OLD, READY, TO_DO, WORDS
from courses.translations.status import groups, tally

STATES = {
    OLD: _("out of date"),
    READY: _("ready to publish"),
    WORDS: _("being translated"),
    NONE: _("not translated"),
    BY_HAND: _("kept by hand"),
    LIVE: _("up to date"),
}
KINDS = {
    "coursepage": _("course"),
    "modulepage": _("module"),
    "lessonpage": _("lesson"),
    "quiz": _("quiz"),
    "rubric": _("rubric"),
    "glossaryterm": _("word explained"),
}


class TranslatorsMenuItem(MenuItem):
    """Only for who may translate."""

    def is_shown(self, request: HttpRequest) -> bool:
        return may_translate(request.user)


class Languages(StaffPage):
    """Everything that is taught, as it stands in one other language."""

    template_name = "courses/admin/languages.html"
    page_title = _("Languages")
    header_icon = "wagtail-localize-language"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not may_translate(request.user):
            raise PermissionDenied
        self.original = Locale.get_default()
        others = dict(settings.WAGTAIL_CONTENT_LANGUAGES)
        others.pop(self.original.language_code, None)
        self.others = {one.language_code: one for one in Locale.objects.filter(language_code__in=others)}
        asked = request.GET.get("language") or next(iter(self.others), "")
        if asked not in self.others:
            raise Http404
        self.target = self.others[asked]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        back = f"{reverse('languages:index')}?language={self.target.language_code}"
        found = groups(self.original, self.target, back)
        only_open = "open" in self.request.GET
        shown = [
            replace(one, rows=[row for row in one.rows if not only_open or row.state in TO_DO])
            for one in found
        ]
        return {
            **super().get_context_data(**kwargs),
            "target": self.target,
            "others": list(self.others.values()),
            "only_open": only_open,
            "tally": [(state, STATES[state], count) for state, count in tally(found)],
            "groups": [
                {
                    "course": one.course,
                    "live": one.live,
                    "total": len(one.rows),
                    "rows": [(row, KINDS[row.kind], STATES[row.state]) for row in some.rows],
                }
                for one, some in zip(found, shown, strict=True)
            ],
        }


class LanguagesViewSet(ViewSet):
    """«Idiomas»."""

    name = "languages"
    icon = "wagtail-localize-language"
    menu_label = _("Languages")
    menu_order = 110
    add_to_admin_menu = True
    menu_item_class = TranslatorsMenuItem

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", Languages.as_view(), name="index")]
