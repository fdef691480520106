"""What the editor of a lesson shows beside its fields: what is not right, and who is learning it now."""

from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.admin.widgets.slug import SlugInput
from wagtail.models import Page

from courses.pages.checks.gather import check_lesson
from courses.pages.checks.wording import say
from courses.pages.learning import Learning, learning_now


def name_panels() -> list[FieldPanel]:
    """What a page is called where anybody may see it: in the address, and in the list of open pages."""
    return [
        FieldPanel(
            "slug",
            widget=SlugInput,
            heading=_("Address"),
            help_text=_("Short and neutral, e.g. m3-l10. Anybody who holds her phone may read it."),
        ),
        FieldPanel(
            "seo_title",
            heading=_("Title for the browser"),
            help_text=_("Neutral words too: a phone shows them in its list of open pages."),
        ),
    ]


def tabs(*content: Any) -> TabbedInterface:
    """The editor of a course or a module."""
    return TabbedInterface(
        [
            ObjectList(content, heading=_("Content")),
            ObjectList(name_panels(), heading=_("Name and address")),
            ObjectList(Page.settings_panels, heading=_("Settings")),
        ]
    )


class SavedPanel(HelpPanel):
    """Something about a lesson that was saved at least once."""

    own: dict[str, Any] = {}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**self.own, **kwargs})

    class BoundPanel(HelpPanel.BoundPanel):
        def is_shown(self) -> bool:
            return self.instance.pk is not None


class ChecksPanel(SavedPanel):
    """What keeps this lesson from being published, and what its author should know; as it was last saved.

    Above it, what a reviewer wants changed.
    """

    own = {"template": "courses/admin/checks.html", "heading": _("Checks")}

    class BoundPanel(SavedPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            is_stopped = bool(self.form is not None and self.form.is_bound and self.form.errors)
            waiting = self.instance.current_workflow_state
            is_returned = waiting is not None and waiting.status == waiting.STATUS_NEEDS_CHANGES
            findings = [] if is_stopped else check_lesson(self.instance)
            return {
                **super().get_context_data(parent_context),
                "is_stopped": is_stopped,
                "returned": waiting.current_task_state if is_returned else None,
                "errors": [(one, say(one)) for one in findings if one.is_error],
                "warnings": [(one, say(one)) for one in findings if not one.is_error],
            }


class ReviewedPanel(SavedPanel):
    """Who approved the words as they stand, when, and until when. Only an approval writes it."""

    own = {"template": "courses/admin/reviewed.html", "heading": _("Review")}

    class BoundPanel(SavedPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            found: dict[str, Any] = super().get_context_data(parent_context)
            return {**found, "is_reviewed": self.instance.is_reviewed}


class LearningNowPanel(MultiFieldPanel):
    """«Applies to them, or only to later cohorts?» Asked where a running cohort learns this lesson."""

    class BoundPanel(MultiFieldPanel.BoundPanel):
        template_name = "courses/admin/learning_now.html"

        @cached_property
        def learning(self) -> Learning:
            return learning_now(self.instance.translation_key, self.request.user)

        def is_shown(self) -> bool:
            return bool(self.instance.pk and self.request and self.learning.count)

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            return {
                **super().get_context_data(parent_context),
                "learning": self.learning,
                "others": self.learning.count - len(self.learning.names),
            }
