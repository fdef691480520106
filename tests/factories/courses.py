"""People, a tiny course and cohorts, all built by the project's own actions."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import factory
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from factory.django import DjangoModelFactory
from wagtail.models import Locale, Page, Site

from cms.home.models import HomePage
from courses.assessments.actions import freeze_quiz, freeze_rubric
from courses.assessments.models import Quiz, Rubric
from courses.attendance.models import ClassSession
from courses.cohorts.actions import enrol
from courses.cohorts.models import Cohort, CohortContent, Enrolment
from courses.pages.models import CoursePage, LessonPage, ModulePage
from courses.people.models import Organisation, Person
from courses.school.actions import SessionPlan, open_school, plan_sessions
from tests.factories.mold import Molds

PASSWORD = "promotora-de-prueba"
PIN = "402817"
FIRST_DAY = date(2026, 1, 12)
LAST_DAY = date(2026, 4, 5)
OPENED = datetime(2026, 1, 5, 18, tzinfo=UTC)
FIRST_CLASS = datetime(2026, 1, 13, 17, tzinfo=UTC)
COURSES = Molds()


class UserFactory(DjangoModelFactory):
    """An account; `role="trainer"` puts it into that group. Password: PASSWORD, or `pin`."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"cuenta-{n}")
    password = factory.django.Password(PASSWORD)

    @factory.post_generation
    def role(self, create: bool, extracted: str | None, **_kwargs: Any) -> None:
        if create and extracted:
            self.groups.add(Group.objects.get(name=extracted))

    @factory.post_generation
    def pin(self, create: bool, extracted: str | None, **_kwargs: Any) -> None:
        if create and extracted:
            self.set_pin(extracted)
            self.save()


class PersonFactory(DjangoModelFactory):
    """Someone who may be enrolled; pass `account` when she signs in."""

    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Persona {n:03d}")


class OrganisationFactory(DjangoModelFactory):
    """An issuer, unless `kind` says otherwise."""

    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Organización ficticia {n}")
    kind = Organisation.Kind.ISSUER
    is_demo = True


class AuthorityFactory(OrganisationFactory):
    """The health authority that every cohort has, unless a test names another one."""

    class Meta:
        django_get_or_create = ("name",)

    name = "Jurisdicción ficticia"
    kind = Organisation.Kind.AUTHORITY


def question(key: str) -> dict[str, Any]:
    """A question as stored in a quiz, whose option `<key>-a` is the right one."""
    return {
        "type": "single",
        "id": key,
        "value": {
            "question": f"Pregunta {key}",
            "feedback": "Así es.",
            "options": [
                {"type": "item", "id": f"{key}-{letter}", "value": option(letter)}
                for letter in ("a", "b", "c")
            ],
        },
    }


def option(letter: str) -> dict[str, Any]:
    """One of three answers; the first is right."""
    return {"text": f"Respuesta {letter}", "is_correct": letter == "a", "feedback": ""}


def steps(count: int, critical: int) -> list[dict[str, Any]]:
    """`count` steps of a rubric, the first `critical` of them critical."""
    return [
        {"type": "step", "id": f"step-{n}", "value": {"text": f"Paso {n}", "is_critical": n < critical}}
        for n in range(count)
    ]


class QuizFactory(DjangoModelFactory):
    """The test of a module, frozen: five questions q0…q4, the right answer of q0 is `q0-a`."""

    class Meta:
        model = Quiz
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Prueba {n}")
    slug = factory.Sequence(lambda n: f"t-{n}")
    questions = factory.LazyFunction(lambda: [question(f"q{n}") for n in range(5)])

    @factory.post_generation
    def frozen(self, create: bool, extracted: bool | None, **_kwargs: Any) -> None:
        if create and extracted is not False:
            freeze_quiz(quiz=self)


class RubricFactory(DjangoModelFactory):
    """A rubric, frozen: five steps, two of them critical, four points to pass."""

    class Meta:
        model = Rubric
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Práctica {n}")
    code = factory.Sequence(lambda n: f"r-{n}")
    pass_score = 4
    steps = factory.LazyFunction(lambda: steps(5, critical=2))

    @factory.post_generation
    def frozen(self, create: bool, extracted: bool | None, **_kwargs: Any) -> None:
        if create and extracted is not False:
            freeze_rubric(rubric=self)


def home() -> HomePage:
    """The front page, made once and served by the default site."""
    found = HomePage.objects.first()
    if found is None:
        root = Page.get_first_root_node()
        found = root.add_child(instance=HomePage(title="Inicio", slug="inicio", locale=Locale.get_default()))
        Site.objects.update_or_create(
            is_default_site=True,
            defaults={"hostname": "localhost", "root_page": found, "site_name": "Promotora"},
        )
    return found


def _publish(parent: Page, page: Page) -> Page:
    parent.add_child(instance=page)
    page.save_revision().publish()
    return page


class CourseFactory(factory.Factory):
    """A published course under the front page: one module of two lessons, its test and its rubric.

    `modules` and `lessons` say how many; the lessons of module 1 are `m1-l1`, `m1-l2`.
    """

    class Meta:
        model = CoursePage

    number = factory.LazyFunction(lambda: CoursePage.objects.count() + 1)
    modules = 1
    lessons = 2

    @classmethod
    def _create(cls, model_class: Any, *_args: Any, **kwargs: Any) -> CoursePage:
        asked = kwargs["number"], kwargs["modules"], kwargs["lessons"]
        return CoursePage.objects.get(pk=COURSES.cast(asked, lambda: _publish_course(*asked)))


def _publish_course(number: int, modules: int, lessons: int) -> int:
    title = f"Diplomado {number}"
    course = CoursePage(title=title, slug=f"curso-{number}", code=f"EPS-{number}", public_title=title)
    _publish(home(), course)
    for module in range(1, modules + 1):
        _add_module(course, number, module, lessons)
    return int(course.pk)


def _add_module(course: CoursePage, course_number: int, number: int, lessons: int) -> None:
    title = f"Módulo {number}"
    page = ModulePage(
        title=title, slug=f"m{number}", neutral_title=title, class_minutes=600, lesson_minutes=60 * lessons
    )
    _publish(course, page)
    for lesson in range(1, lessons + 1):
        _publish(page, _lesson(f"m{number}-l{lesson}"))
    QuizFactory(module=page, title=f"Prueba del módulo {number}", slug=f"t-m{number}-{course_number}")
    RubricFactory(module=page, title=f"Práctica del módulo {number}", code=f"r-m{number}-{course_number}")


def _lesson(slug: str) -> LessonPage:
    body = [
        {"type": "heading", "id": f"{slug}-heading", "value": "Para empezar"},
        {"type": "text", "id": f"{slug}-text", "value": "<p>Un texto corto y claro.</p>"},
        {"type": "key_message", "id": f"{slug}-key", "value": "Lo más importante."},
    ]
    return LessonPage(title=f"Lección {slug}", slug=slug, body=body, credited_minutes=60)


class CohortFactory(DjangoModelFactory):
    """An open cohort of a tiny course; `opened=False` leaves it unopened, `sessions=3` lays out classes."""

    class Meta:
        model = Cohort
        skip_postgeneration_save = True

    course = factory.SubFactory(CourseFactory)
    name = factory.Sequence(lambda n: f"Generación {n:02d}")
    place_code = "Sede 01"
    starts_on = FIRST_DAY
    ends_on = LAST_DAY
    issuer = factory.SubFactory(OrganisationFactory)
    authority = factory.SubFactory(AuthorityFactory)

    @factory.post_generation
    def trainers(self, create: bool, extracted: list[Any] | None, **_kwargs: Any) -> None:
        if create and extracted:
            self.trainers.set(extracted)

    @factory.post_generation
    def opened(self, create: bool, extracted: bool | None, **_kwargs: Any) -> None:
        if create and extracted is not False:
            open_school(cohort=self, at=OPENED)
            self.refresh_from_db()

    @factory.post_generation
    def sessions(self, create: bool, extracted: int | None, **_kwargs: Any) -> None:
        if create and extracted:
            lay_out(self, extracted)


def lay_out(
    cohort: Cohort, count: int, modality: str = ClassSession.Modality.CLASS, first: datetime = FIRST_CLASS
) -> list[ClassSession]:
    """`count` sessions of three hours, one every third day."""
    plans = [
        SessionPlan(
            modality=modality,
            number=number + 1,
            title=f"Tema {number + 1}",
            starts_at=first + timedelta(days=3 * number),
            minutes=180,
        )
        for number in range(count)
    ]
    return plan_sessions(cohort=cohort, plans=plans)


def enrolled(cohort: Cohort, count: int = 1) -> list[Enrolment]:
    """`count` new people in `cohort`, from its first day."""
    return [enrol(person=PersonFactory(), cohort=cohort, starts_on=cohort.starts_on) for _ in range(count)]


def pin(cohort: Cohort, kind: str) -> CohortContent:
    """The first thing of this kind that the cohort uses, with its body."""
    return CohortContent.objects.filter(cohort=cohort, kind=kind).select_related("version").order_by("pk")[0]
