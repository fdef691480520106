"""The demo course from cms/home/demo/, built through the models that people use."""

from operator import itemgetter
from typing import Any

from django.db import transaction
from wagtail.models import Page, Site

from cms.home.models import ComplaintsCard, HelpCard, HomePage
from cms.home.seeding import quizzes
from cms.home.seeding.library import blocks_of, ensure_shared, read
from courses.assessments.actions import freeze_rubric
from courses.assessments.models import Rubric
from courses.pages.models import CoursePage, LessonPage, ModulePage
from courses.people.models import Organisation

__all__ = ["read"]


def people(cohort: str) -> list[dict[str, Any]]:
    """The fictional women of a demo cohort, each with the scenario of her three months."""
    return list(read("people.yaml")["cohorts"][cohort]["people"])


def staff_names() -> dict[str, str]:
    """What the fictional staff is called, by role key (trainer1, coordinator, …)."""
    return {person["key"]: person["name"] for person in read("people.yaml")["staff"]}


def calendar() -> dict[str, list[dict[str, Any]]]:
    """Sessions, outings and tutoring by week, weekday and local time."""
    return dict(read("course.yaml")["calendar"])


def ensure_organisations() -> dict[str, Organisation]:
    """The fictional issuer, ally and authority."""
    return {
        entry["key"]: Organisation.objects.get_or_create(
            name=entry["name"], defaults={"kind": entry["kind"], "aliases": entry["aliases"], "is_demo": True}
        )[0]
        for entry in read("course.yaml")["organisations"]
    }


def ensure_home() -> HomePage:
    """The home page as root of the default site, in place of Wagtail's welcome page."""
    home = HomePage.objects.first()
    if home is None:
        root = Page.get_first_root_node()
        welcome = root.get_children().filter(slug="home").first()
        if welcome is not None:
            welcome.slug = "wagtail-welcome"
            welcome.save()
        home = root.add_child(
            instance=HomePage(
                title="Inicio", slug="home", introduction="<p>Aprender juntas, cuidar mejor.</p>"
            )
        )
        Site.objects.update_or_create(
            is_default_site=True,
            defaults={"hostname": "localhost", "root_page": home, "site_name": "Promotora"},
        )
        if welcome is not None:
            Page.objects.get(pk=welcome.pk).delete()
    _ensure_help()
    return home


def _ensure_help() -> None:
    """The help card and the complaints card of the default site, unless somebody wrote them."""
    card = HelpCard.for_site(Site.objects.get(is_default_site=True))
    if not card.body:
        card.body = [(item["type"], item["value"]) for item in read("help.yaml")["body"]]
        card.save()
    complaints = ComplaintsCard.for_site(card.site)
    if not complaints.body:
        complaints.body = [(item["type"], item["value"]) for item in read("complaints.yaml")["body"]]
        complaints.save()


@transaction.atomic
def ensure_course(owner: Any = None) -> CoursePage:
    """The whole course with its modules, lessons, tests and rubrics; only what is missing is made.

    `owner` is who looks after its lessons.
    """
    data = read("course.yaml")
    facts = data["course"]
    course = CoursePage.objects.originals().filter(code=facts["code"]).first()
    if course is not None:
        return course
    ensure_shared()
    course = ensure_home().add_child(
        instance=CoursePage(
            title=facts["internal_title"],
            slug=facts["slug"],
            code=facts["code"],
            public_title=facts["title"],
            introduction=f"<p>{facts['introduction']}</p>",
        )
    )
    course.save_revision().publish()
    modules = [_add_module(course, module, data, owner) for module in data["modules"]]
    quizzes.add_diagnostics(modules[0], modules[-1])
    return course


def _add_module(course: CoursePage, entry: dict[str, Any], data: dict[str, Any], owner: Any) -> ModulePage:
    minutes = entry["minutes"]
    contents = "".join(f"<li>{item}</li>" for item in entry["contents"])
    module = course.add_child(
        instance=ModulePage(
            title=entry["title"],
            slug=entry["slug"],
            neutral_title=entry["neutral_title"],
            introduction=f"<p>{entry['introduction']}</p>" + (f"<ul>{contents}</ul>" if contents else ""),
            class_minutes=minutes["in_person"],
            lesson_minutes=minutes["mobile"],
            outing_minutes=minutes["practice"],
            tutoring_minutes=minutes["tutoring"],
        )
    )
    module.save_revision().publish()
    for lesson in entry["lessons"]:
        _add_lesson(module, lesson, owner)
    if entry["has_quiz"]:
        quizzes.add_test(module, entry["code"], data)
    for rubric in data["rubrics"]:
        if rubric["module"] == entry["code"]:
            _add_rubric(module, rubric)
    return module


def _add_lesson(module: ModulePage, entry: dict[str, Any], owner: Any) -> None:
    told = read(f"lessons/{entry['slug']}.yaml")
    lesson = LessonPage(
        title=entry["title"],
        slug=entry["slug"],
        seo_title=entry["neutral_title"],
        credited_minutes=entry["minutes"],
        objectives=[("objective", text) for text in entry["objectives"]],
        body=blocks_of(told["body"]),
        sources=[("source", {"note": "", "url": "", **source}) for source in told["sources"]],
        owner=owner,
    )
    module.add_child(instance=lesson)
    lesson.save_revision().publish()


def give_owners(course: CoursePage, users: dict[str, Any]) -> None:
    """Who looks after each lesson, in every language; two trainers share the modules."""
    for module in ModulePage.objects.filter(translation_key__in=_keys_below(course)):
        owner = users["formadora" if module.slug in {"m1", "m2"} else "formadora2"]
        LessonPage.objects.child_of(module).filter(owner=None).update(owner=owner)


def _keys_below(course: CoursePage) -> list[Any]:
    return list(ModulePage.objects.child_of(course).values_list("translation_key", flat=True))


def written_answers() -> list[str]:
    """What the fictional women write where a test asks for words."""
    return [answer for question in read("course.yaml")["written"] for answer in question["answers"]]


def _add_rubric(module: ModulePage, entry: dict[str, Any]) -> None:
    rubric = Rubric(
        module=module,
        code=entry["code"],
        title=entry["title"],
        scale=max(level["points"] for level in entry["levels"]),
        levels=[("level", level["label"]) for level in sorted(entry["levels"], key=itemgetter("points"))],
        pass_score=entry["pass_points"],
        steps=[
            ("step", {"text": step["text"], "is_critical": step["is_critical"]}) for step in entry["steps"]
        ],
    )
    rubric.full_clean()
    rubric.save()
    freeze_rubric(rubric=rubric)
