"""A practical explained: what was reached, which critical step is at zero, what to practise."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from courses.assessments.models import Observation
from courses.assessments.rules import missed, to_practise
from courses.cohorts.languages import in_language
from courses.cohorts.models import CohortContent, Enrolment
from courses.pages.models import ContentVersion


@dataclass(frozen=True)
class Explained:
    """One observation, by the rubric as it was that day. `critical` and `practise` are steps, in words.

    `words` says steps (by their id) in another language.
    """

    observation: Observation
    number: int
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def _content(self) -> dict[str, Any]:
        content: dict[str, Any] = self.observation.version.content
        return content

    @property
    def _steps(self) -> list[dict[str, Any]]:
        return [{**step, "text": self.words.get(step["id"], step["text"])} for step in self._content["steps"]]

    @property
    def points(self) -> int:
        return self.observation.points

    @property
    def most(self) -> int:
        return int(len(self._content["steps"]) * self._content["scale"])

    @property
    def needed(self) -> int:
        return int(self._content["pass_score"])

    @property
    def critical(self) -> list[str]:
        """The critical steps at zero: each of them keeps her from passing."""
        return missed(self._steps, self.observation.scores)

    @property
    def practise(self) -> list[str]:
        """The steps that did not get all their points, the critical ones first."""
        return to_practise(self._steps, self.observation.scores, self._content["scale"])

    @property
    def is_all_or_nothing(self) -> bool:
        """Each step is done or not; otherwise it may be done with help."""
        return bool(self._content["scale"] == 1)


@dataclass(frozen=True)
class StepSeen:
    """A step and what she reached in it each time: (number of the time, points, whether by yes or no)."""

    text: str
    is_critical: bool
    reached: tuple[tuple[int, int, bool], ...]


@dataclass(frozen=True)
class Practical:
    """A practical of her cohort, in `language`: each time she showed it, first to last, and its steps."""

    title: str
    language: str
    times: tuple[Explained, ...]
    steps: tuple[StepSeen, ...]

    @property
    def has_passed(self) -> bool:
        """Passed once is passed."""
        return any(one.observation.has_passed for one in self.times)

    @property
    def last(self) -> Explained | None:
        return self.times[-1] if self.times else None


def explained(observations: Sequence[Observation]) -> list[Explained]:
    """These observations of one practical, numbered; the first one first. Each with its version at hand."""
    return [Explained(one, number) for number, one in enumerate(observations, start=1)]


def practicals_of(enrolment: Enrolment) -> list[Practical]:
    """What she showed in each practical of her cohort, in a former cohort too, in the active language.

    Three queries, and a fourth where she reads another language than that of the course.
    """
    pins = CohortContent.objects.filter(
        cohort_id=enrolment.cohort_id, kind=ContentVersion.Kind.RUBRIC
    ).select_related("version")
    hers: dict[UUID, list[Observation]] = defaultdict(list)
    seen = Observation.objects.filter(enrolment__in=enrolment.chain_ids()).select_related("version")
    for observation in seen.order_by("at", "pk"):
        hers[observation.rubric_key].append(observation)
    return [_practical(pin, hers[pin.key]) for pin in in_language(pins, get_language() or "es")]


def _practical(pin: CohortContent, seen: Sequence[Observation]) -> Practical:
    """By the steps of the newest time; those of the version in use before she showed any.

    In her language where that says exactly the same: never a mix.
    """
    current = seen[-1].version if seen else pin.version
    shown = pin.shown if current.meaning == pin.version.meaning else current
    words = {step["id"]: step["text"] for step in shown.content["steps"]}
    times = [Explained(one, number, words) for number, one in enumerate(seen, start=1)]
    steps = (_step(step, times) for step in shown.content["steps"])
    return Practical(shown.title, shown.language, tuple(times), tuple(steps))


def _step(step: Mapping[str, Any], times: Sequence[Explained]) -> StepSeen:
    reached = tuple(
        (one.number, one.observation.scores[step["id"]], one.is_all_or_nothing)
        for one in times
        if step["id"] in one.observation.scores
    )
    return StepSeen(step["text"], step["is_critical"], reached)
