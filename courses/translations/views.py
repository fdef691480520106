"""Addresses of wagtail-localize that ours stand for: who may write, publish and read what there.

Its own views ask only who may edit a page. So may a reviewer to whom it was sent, and who must not publish.
"""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import polib
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.forms import HiddenInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import JavaScriptCatalog
from wagtail.admin import messages
from wagtail.admin.views.pages.utils import get_valid_next_url_from_request
from wagtail.models import Page
from wagtail_localize.models import Translation
from wagtail_localize.views import convert, edit_translation, snippets_api, update_translations

from courses.pages.models import LessonPage
from courses.pages.translating import translation_of
from courses.staff import refused
from courses.translations.access import may_publish, may_send, may_translate
from courses.translations.actions import check_words, send_for_review

PO_BYTES = 1024 * 1024  # the longest lesson has a twentieth of it
MARK = "X-WagtailLocalize-TranslationID"


def only_for(may: Callable[[Any], bool], view: Any) -> Any:
    """`view`, for those accounts alone."""

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user):
            raise PermissionDenied
        response: HttpResponse = view(request, *args, **kwargs)
        return response

    return gate


def edit_page(request: HttpRequest, page: Page) -> HttpResponse | None:
    """What the editor of a translation does for whom. None: what it does by itself.

    Its button sends for review where she may not publish. A reviewer reads what was sent to her elsewhere.
    """
    page = page.specific
    if translation_of(page) is None:
        return None
    if not may_translate(request.user):
        is_lesson = isinstance(page, LessonPage)
        return redirect("reviews:lesson" if is_lesson else "wagtailadmin_pages:view_draft", page.pk)
    if request.method != "POST" or request.POST.get("action") != "publish":
        return None
    if may_publish(request.user):
        return redirect(request.path) if refused(request, partial(check_words, page)) else None
    _send(request, page)
    return redirect(request.path)


@require_POST
def send(request: HttpRequest, pk: int) -> HttpResponse:
    """A lesson whose words are published, or translated, waits for a reviewer from now on."""
    lesson = get_object_or_404(LessonPage, pk=pk, alias_of=None)
    _send(request, lesson)
    return redirect("reviews:lesson", pk)


def _send(request: HttpRequest, page: Page) -> None:
    """Send a page for review, or say why not."""
    if not may_send(request.user, page):
        raise PermissionDenied
    if not refused(request, partial(send_for_review, page=page, by=request.user)):
        messages.success(request, _("It waits for a reviewer now. She publishes it by approving it."))


class UpdateTranslations(update_translations.UpdateTranslationsView):
    """Taking a changed original to its translations; «publish» is offered to who may publish."""

    def get_form(self) -> Any:
        form = super().get_form()
        if not may_publish(self.request.user):
            field = form.fields["publish_translations"]
            field.disabled, field.widget = True, HiddenInput()
        return form


@require_safe
def download_po(request: HttpRequest, translation_id: int) -> HttpResponse:
    """The words as PO, in a file whose name tells no title."""
    response: HttpResponse = edit_translation.download_pofile(request, translation_id)
    found = get_object_or_404(Translation.objects.select_related("target_locale"), pk=translation_id)
    name = f"{found.uuid.hex[:8]}-{found.target_locale.language_code}.po"
    response["Content-Disposition"] = f"attachment; filename={name}"
    return response


@require_POST
def upload_po(request: HttpRequest, translation_id: int) -> HttpResponse:
    """Take translated words; what is no PO file, or that of something else, changes nothing."""
    if not _is_po(request.FILES.get("file")):
        messages.error(request, _("This is no PO file of this page. Nothing was changed."))
        return redirect(get_valid_next_url_from_request(request) or "wagtailadmin_home")
    response: HttpResponse = edit_translation.upload_pofile(request, translation_id)
    return response


def _is_po(file: Any) -> bool:
    """A small file of text that names the translation it belongs to."""
    if file is None or file.size > PO_BYTES:
        return False
    try:
        text = file.read().decode()
        file.seek(0)
        # polib takes a path as well as a text: the line break keeps it from looking for a file of that name.
        return MARK in polib.pofile("\n" + text).metadata
    except (OSError, ValueError):
        return False


class EditorWords(JavaScriptCatalog):
    """The words of the translation editor, with those that it does not bring in our languages."""

    def get_paths(self, packages: list[str]) -> list[str]:
        return [*super().get_paths(packages), *map(str, settings.LOCALE_PATHS)]

    def get_catalog(self) -> dict[str, Any]:
        catalog: dict[str, Any] = super().get_catalog()
        if may_publish(self.request.user):
            return catalog
        said = {"Publish in ": _("Send for review:") + " ", "Publishing...": _("Sending…")}
        return {**catalog, **said}


@require_safe
def report(_request: HttpRequest) -> HttpResponse:
    """The list of the house says more."""
    return redirect("languages:index")


def urlpatterns() -> list[URLPattern]:
    """Under /admin/localize/, before the patterns that they stand for."""
    some, one = snippets_api.SnippetViewSet.as_view({"get": "list"}), {"get": "retrieve"}
    names = "api/snippets/<slug:app_label>/<slug:model_name>/"
    write = partial(only_for, may_translate)
    strings, override = edit_translation.edit_string_translation, edit_translation.edit_override
    return [
        path("translate/<int:translation_id>/strings/<int:string_segment_id>/edit/", write(strings)),
        path("translate/<int:translation_id>/overrides/<int:overridable_segment_id>/edit/", write(override)),
        path("translate/<int:translation_id>/pofile/download/", download_po),
        path("translate/<int:translation_id>/pofile/upload/", write(upload_po)),
        path("translate/<int:translation_id>/disable/", write(edit_translation.stop_translation)),
        path("page/<int:page_id>/convert_to_alias/", only_for(may_publish, convert.convert_to_alias)),
        path("send/<int:pk>/", send, name="send_for_review"),
        path("update/<int:translation_source_id>/", UpdateTranslations.as_view()),
        path("jsi18n/", EditorWords.as_view(packages=["wagtail_localize"])),
        path(names, write(some)),
        path(f"{names}<str:pk>/", write(snippets_api.SnippetViewSet.as_view(one))),
        path("reports/translations/", report),
        path("reports/translations/results/", report),
    ]
