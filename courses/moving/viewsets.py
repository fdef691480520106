"""«Mover cursos»: take a course along, bring one in, and the same with questions."""

from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.viewsets.base import ViewSet
from wagtail.models import Locale, Page

from courses.assessments.models import QuestionBank, Quiz
from courses.moving import package
from courses.moving.actions import bring_in, confirm, shelf, take_along, throw_away
from courses.moving.archive import Broken
from courses.moving.forms import CourseFileForm, QuestionsFileForm
from courses.moving.models import CourseMove
from courses.moving.qti.actions import bring_questions_in, sections_of, take_questions_along
from courses.moving.qti.writing import left_out
from courses.moving.wording import say
from courses.pages.models import CoursePage
from courses.staff import PermittedItem, StaffPage, refused
from courses.trail import actions as trail

PERMISSION = "courses.move_course"
REFRESH_SECONDS, SHOWN = 2, 20
KINDS: dict[str, Any] = {
    package.MODULES: _("modules"),
    package.LESSONS: _("lessons"),
    package.QUIZZES: _("tests"),
    package.BANKS: _("question banks"),
    package.RUBRICS: _("rubrics"),
    package.TERMS: _("words explained"),
    package.SERVICES: _("services"),
    package.IMAGES: _("pictures"),
    package.MEDIA: _("sounds and videos"),
    package.DOCUMENTS: _("documents"),
}
SOURCES: dict[str, Any] = {"bank": QuestionBank, "test": Quiz}


class MovingPage(StaffPage):
    """A page about moving courses, for whoever may."""

    header_icon = "download"
    page_title = _("Move courses")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse_lazy("moving:index"), "label": _("Move courses")},
            *([{"url": "", "label": self.page_subtitle}] if self.page_subtitle else []),
        ]

    def find(self) -> CourseMove:
        """The course on its way of the address. Raises Http404."""
        found: CourseMove = get_object_or_404(CourseMove.objects.select_related("by"), pk=self.kwargs["move"])
        return found


class Index(MovingPage):
    """The courses that can be taken along, a place to bring one in, and those before."""

    template_name = "courses/admin/moving.html"

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=CourseFileForm())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = CourseFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form=form)
        move = bring_in(package=form.cleaned_data["file"], by=request.user, at=timezone.now())
        return redirect("moving:look", move.pk)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        courses: dict[Any, CoursePage] = {}
        for course in CoursePage.objects.filter(alias_of=None).order_by("pk"):
            courses.setdefault(course.translation_key, course)
        return {
            **super().get_context_data(**kwargs),
            "courses": sorted(courses.values(), key=lambda course: str(course.title)),
            "moves": CourseMove.objects.select_related("by")[:SHOWN],
        }


class Take(MovingPage):
    """Ask for the package of a course. POST only."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return HttpResponseNotAllowed(["POST"])

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        course = get_object_or_404(CoursePage, pk=self.kwargs["pk"])
        move = take_along(course=course, by=request.user, at=timezone.now())
        return redirect("moving:look", move.pk)


class Look(MovingPage):
    """How far a course is; what it holds before it is confirmed; what became of it."""

    template_name = "courses/admin/move.html"

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.move = self.find()
        self.page_subtitle = str(self.move.title or gettext("A file"))

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        response = self.show()
        response["Cache-Control"] = "no-store, private"
        if self.move.is_running:
            response["Refresh"] = str(REFRESH_SECONDS)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        report = self.move.report
        counts = report.get("counts", {})
        names = {one.language_code: one.get_display_name() for one in Locale.objects.all()}
        course = Page.objects.filter(pk=report.get("course")).first()
        return {
            **super().get_context_data(**kwargs),
            "move": self.move,
            "report": report,
            "sums": [(counts[kind], label) for kind, label in KINDS.items() if counts.get(kind)],
            "languages": [names.get(code, code) for code in report.get("languages", [])],
            "problems": [say(one) for one in report.get("problems", [])],
            "more": max(report.get("count", 0) - len(report.get("problems", [])), 0),
            "notices": [say(one) for one in report.get("notices", [])],
            "course": course,
            "is_author": self.request.user.has_perm("courses.add_quiz"),
            "back": reverse("moving:index"),
        }


class Step(Look):
    """What a button does: POST only."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return HttpResponseNotAllowed(["POST"])


class Confirm(Step):
    """Let it be saved."""

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        as_copy = request.POST.get("as_copy") == "yes"
        refused(request, partial(confirm, move=self.move, as_copy=as_copy, at=timezone.now()))
        return redirect("moving:look", self.move.pk)


class ThrowAway(Step):
    """Forget it."""

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        if not refused(request, partial(throw_away, move=self.move, at=timezone.now())):
            messages.success(request, gettext("The file was thrown away. Nothing was saved."))
        return redirect("moving:index")


class Download(Look):
    """The package itself, in pieces."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> Any:
        move = self.move
        if move.direction != CourseMove.Direction.OUT or move.state != CourseMove.State.DONE or not move.file:
            raise Http404
        trail.note_look(trail.Deed.DOWNLOADED, about=move, by=request.user, at=timezone.now(), format="zip")
        name = f"{slugify(move.report['code']) or 'curso'}.zip"  # a title may not be neutral
        response = FileResponse(shelf().open(move.file), as_attachment=True, filename=name)
        response["Cache-Control"] = "no-store, private"
        return response


# --- questions ---------------------------------------------------------------------------------------
class Questions(MovingPage):
    """Banks and tests as QTI 3, and questions of another program as a new bank."""

    template_name = "courses/admin/moving_questions.html"
    page_subtitle = _("Questions for other programs")

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self.show(form=QuestionsFileForm())

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        form = QuestionsFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form=form)
        try:
            bank, bare = bring_questions_in(
                file=form.cleaned_data["file"].file, title=form.cleaned_data["title"]
            )
        except Broken as error:
            return self.show(form=form, problems=[say(vars(one)) for one in error.problems])
        count = len(bank.questions)
        told = ngettext(
            "%(count)d question is in the new bank «%(title)s».",
            "%(count)d questions are in the new bank «%(title)s».",
            count,
        )
        messages.success(request, told % {"count": count, "title": bank.title})
        if bare:
            told = ngettext(
                "%(count)d question is answered in words. The file does not say what to look for: add it.",
                "%(count)d questions are answered in words. The file does not say what to look for: add it.",
                bare,
            )
            messages.warning(request, told % {"count": bare})
        return redirect("moving:questions")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {
            **super().get_context_data(**kwargs),
            "rows": [
                self._row(kind, source)
                for kind, model in SOURCES.items()
                for source in model.objects.order_by("title")
            ],
            "back": reverse("moving:index"),
        }

    @staticmethod
    def _row(kind: str, source: Any) -> dict[str, Any]:
        questions = [one for section in sections_of(source) for one in section.questions]
        return {"kind": kind, "source": source, "count": len(questions), "left_out": left_out(questions)}


class TakeQuestions(MovingPage):
    """A bank or test as a QTI 3 package."""

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        model = SOURCES.get(self.kwargs["kind"])
        if model is None:
            raise Http404
        source = get_object_or_404(model, pk=self.kwargs["pk"])
        response = HttpResponse(take_questions_along(source), content_type="application/zip")
        name = f"{self.kwargs['kind']}-{source.pk}-qti3.zip"  # a title may not be neutral
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        response["Cache-Control"] = "no-store, private"
        return response


class MovingItem(PermittedItem):
    """Only for whoever may move courses."""

    permission = PERMISSION


class MovingViewSet(ViewSet):
    """«Mover cursos»."""

    name = "moving"
    url_prefix = "moving"
    icon = "download"
    menu_label = _("Move courses")
    menu_name = "moving"
    menu_order = 68
    menu_item_class = MovingItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", Index.as_view(), name="index"),
            path("take/<int:pk>/", Take.as_view(), name="take"),
            path("<int:move>/", Look.as_view(), name="look"),
            path("<int:move>/confirm/", Confirm.as_view(), name="confirm"),
            path("<int:move>/throw-away/", ThrowAway.as_view(), name="throw_away"),
            path("<int:move>/download/", Download.as_view(), name="download"),
            path("questions/", Questions.as_view(), name="questions"),
            path("questions/<slug:kind>/<int:pk>/", TakeQuestions.as_view(), name="take_questions"),
        ]
