"""What she tries for herself in a lesson: nothing of it is kept."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import BooleanBlock, CharBlock, ListBlock, RegexBlock, StructBlock, TextBlock

from courses.pages.blocks.groups import PRACTICE
from courses.pages.blocks.questions import QuestionBlock
from courses.pages.rules import Steps, endless_steps, missing_steps, repeated_names, unreachable_steps

NAME = r"^[a-z0-9][a-z0-9-]{0,39}$"
NAME_HELP = _("Small letters, numbers and hyphens. Nobody but authors sees it.")


class SelfCheckBlock(QuestionBlock):
    """A question inside a lesson: answers itself, keeps nothing."""

    class Meta:
        icon = "circle-check"
        label = _("Self-check")
        group = PRACTICE
        description = _("One question with an answer to each option. Nothing is kept.")
        template = "courses/pages/blocks/self_check.html"
        preview_value = {
            "question": _("Somebody tells you that she was hurt. What helps?"),
            "options": [
                {"text": _("To listen"), "is_correct": True, "feedback": _("That is what she needs first.")},
                {
                    "text": _("To ask for details"),
                    "is_correct": False,
                    "feedback": _("She decides what to tell."),
                },
            ],
            "feedback": "",
            "audio": None,
        }


class ChoiceBlock(StructBlock):
    """Something that could be done now, what comes of it, and where the story goes on."""

    text = CharBlock(label=_("What she could do"), max_length=300)
    feedback = TextBlock(label=_("Feedback"), max_length=1000)
    is_grave = BooleanBlock(
        label=_("Grave error"), required=False, help_text=_("It would harm somebody. It is shown as such.")
    )
    goes_to = RegexBlock(
        NAME,
        label=_("Goes on at step"),
        required=False,
        max_length=40,
        help_text=_("The name of a step. Empty: the story ends here."),
        error_messages={"invalid": NAME_HELP},
    )

    class Meta:
        icon = "arrow-right"
        label = _("Choice")


class StepBlock(StructBlock):
    """A moment of the story at which she decides."""

    name = RegexBlock(
        NAME,
        label=_("Name of the step"),
        max_length=40,
        help_text=NAME_HELP,
        error_messages={"invalid": NAME_HELP},
    )
    text = TextBlock(label=_("What happens, and the question"), max_length=2000)
    choices = ListBlock(
        ChoiceBlock(),
        label=_("Choices"),
        min_num=0,
        max_num=5,
        help_text=_("A step without choices ends the story."),
    )

    class Meta:
        icon = "comment"
        label = _("Step")


def steps_of(value: Any) -> Steps:
    """The names of the steps of a story, and where their choices lead."""
    return [
        (step["name"], [choice["goes_to"] or "" for choice in step["choices"]]) for step in value["steps"]
    ]


def faults_of(steps: Steps) -> list[str]:
    """What an author must put right in a story, in words; nothing when it can be told to its end."""
    found = [
        (repeated_names(steps), gettext("Two steps have the same name: %(names)s.")),
        (missing_steps(steps), gettext("A choice leads to a step that is not there: %(names)s.")),
        (unreachable_steps(steps), gettext("No choice leads to this step: %(names)s.")),
        (endless_steps(steps), gettext("From this step the story never comes to an end: %(names)s.")),
    ]
    return [words % {"names": ", ".join(names)} for names, words in found if names]


class ScenarioBlock(StructBlock):
    """A story that branches: each choice is answered and leads on. The first step begins it."""

    title = CharBlock(label=_("Title"), max_length=120)
    story = TextBlock(
        label=_("Story"), max_length=2000, help_text=_("Who it is about and what has happened.")
    )
    steps = ListBlock(StepBlock(), label=_("Steps"), min_num=1, max_num=20)

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        faults = [] if self.is_deferred_validation else faults_of(steps_of(cleaned))
        if faults:
            raise ValidationError(faults)
        return cleaned

    def get_context(self, value: Any, parent_context: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context)
        context["anchor"] = f"part-{context.get('block_id', '')}"
        places = {step["name"]: place for place, step in reversed(list(enumerate(value["steps"], start=1)))}
        context["scenes"] = [
            {
                "text": step["text"],
                "choices": [
                    {"choice": choice, "place": places.get(choice["goes_to"])} for choice in step["choices"]
                ],
            }
            for step in value["steps"]
        ]
        return context

    class Meta:
        icon = "redirect"
        label = _("Story with choices")
        group = PRACTICE
        description = _("A case to decide step by step, with an answer to every choice.")
        template = "courses/pages/blocks/scenario.html"
        preview_value = {
            "title": _("What would you do?"),
            "story": _("A neighbour knocks at your door at night. She is crying."),
            "steps": [
                {
                    "name": "begin",
                    "text": _("What do you do first?"),
                    "choices": [
                        {
                            "text": _("I look for a safe place and listen"),
                            "feedback": _("First safety, then words."),
                            "is_grave": False,
                            "goes_to": "",
                        },
                        {
                            "text": _("I record what she says"),
                            "feedback": _("A recording can put her in danger."),
                            "is_grave": True,
                            "goes_to": "begin",
                        },
                    ],
                }
            ],
        }
