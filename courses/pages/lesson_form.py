"""The form of a lesson: saving a draft asks nothing, publishing asks that it is right and whom it reaches."""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.blocks import StreamBlockValidationError

from courses.pages.addresses import PlainAddressForm
from courses.pages.checks.gather import check_lesson
from courses.pages.checks.rules import Finding
from courses.pages.checks.wording import say
from courses.pages.learning import learning_now

AUTHORS = "add_quiz"  # who writes content
CHECKED = ("title", "slug", "seo_title", "body", "sources", "objectives")


class LessonForm(PlainAddressForm):
    """Wagtail defers validation while a draft is saved; every other way of sending this form is checked."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.has_unpublished_changes:  # the answer belonged to what is published already
            self.initial |= {"reach": "", "needs_rereading": False}
        if "reach" in self.fields:
            self.fields["reach"].choices = type(self.instance).Reach.choices
        if "owner" in self.fields:
            self.fields["owner"].queryset = self._authors()

    def _authors(self) -> Any:
        people = get_user_model().objects.filter(is_active=True, groups__permissions__codename=AUTHORS)
        now = get_user_model().objects.filter(pk=self.instance.owner_id or 0)
        return (people.distinct() | now.distinct()).order_by("username")

    def clean(self) -> Any:
        cleaned = super().clean()
        if not self.is_deferred_validation:
            self._check()
            self._ask_whom_it_reaches()
        return cleaned

    def _check(self) -> None:
        """Errors stand at their block or field. What the form found wrong itself is corrected first."""
        if any(name in self.errors for name in CHECKED):
            return
        findings = [one for one in check_lesson(self._as_written()) if one.is_error]
        at_blocks: dict[int, list[str]] = {}
        for finding in findings:
            if finding.block is None:
                self._add(finding)
            else:
                at_blocks.setdefault(finding.block - 1, []).append(say(finding))
        if at_blocks:
            errors = {index: ValidationError(words) for index, words in at_blocks.items()}
            self.add_error("body", StreamBlockValidationError(block_errors=errors))

    def _add(self, finding: Finding) -> None:
        where = finding.where if finding.where in self.fields else None
        if finding.where == "body":  # about the lesson as a whole
            where = None
        self.add_error(where, say(finding))

    def _as_written(self) -> Any:
        """A lesson in memory that says what the form says; nothing is saved."""
        fields = {name: self.cleaned_data[name] for name in CHECKED if name in self.cleaned_data}
        written = type(self.instance)(**fields)
        for name in ("pk", "path", "depth", "locale_id", "translation_key"):
            setattr(written, name, getattr(self.instance, name))
        if not written.path and self.parent_page is not None:
            written.path, written.depth = self.parent_page.path, self.parent_page.depth + 1
        return written

    def _ask_whom_it_reaches(self) -> None:
        if self.cleaned_data.get("reach") or not self.instance.pk or "body" in self.errors:
            return
        if learning_now(self.instance.translation_key, self.for_user).count and self._is_other_text():
            self.add_error("reach", _("Women are learning this lesson now. Choose whom your change reaches."))

    def _is_other_text(self) -> bool:
        live = type(self.instance).objects.filter(pk=self.instance.pk, live=True).first()
        written = self._as_written()
        for name in CHECKED:
            if name not in self.cleaned_data:
                setattr(written, name, getattr(self.instance, name))
        minutes = self.cleaned_data.get("credited_minutes", self.instance.credited_minutes)
        if live is None:
            return False
        return bool(written.text_digest() != live.text_digest() or minutes != live.credited_minutes)

    def save(self, commit: bool = True) -> Any:
        """The owner belongs to the page and not to a revision: kept at once."""
        page = super().save(commit=commit)
        if page.pk and "owner" in self.changed_data:
            type(page).objects.filter(pk=page.pk).update(owner=self.cleaned_data["owner"])
        return page
