"""The demo course from cms/home/demo/, built through the models that people use."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.core.files.base import ContentFile
from django.db import transaction
from wagtail.images import get_image_model
from wagtail.models import Page, Site
from wagtailmedia.models import get_media_model

from cms.home.models import HelpCard, HomePage
from courses.assessments.actions import freeze_quiz, freeze_rubric
from courses.assessments.models import Quiz, Rubric
from courses.pages.models import CoursePage, LessonPage, ModulePage
from courses.people.models import Organisation

FOLDER = Path(__file__).resolve().parents[1] / "demo"


@cache
def read(name: str) -> dict[str, Any]:
    """One YAML file of the demo."""
    return dict(yaml.safe_load((FOLDER / name).read_text(encoding="utf-8")))


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
    """The help card of the default site, unless somebody wrote one."""
    card = HelpCard.for_site(Site.objects.get(is_default_site=True))
    if not card.body:
        card.body = [(item["type"], item["value"]) for item in read("help.yaml")["body"]]
        card.save()


@transaction.atomic
def ensure_course() -> CoursePage:
    """The whole course with its modules, lessons, tests and rubrics; only what is missing is made."""
    data = read("course.yaml")
    facts = data["course"]
    course = CoursePage.objects.filter(code=facts["code"]).first()
    if course is not None:
        return course
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
    for module in data["modules"]:
        _add_module(course, module, data)
    return course


def _add_module(course: CoursePage, entry: dict[str, Any], data: dict[str, Any]) -> None:
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
        _add_lesson(module, lesson)
    if entry["has_quiz"]:
        _add_quiz(module, entry, data)
    for rubric in data["rubrics"]:
        if rubric["module"] == entry["code"]:
            _add_rubric(module, rubric)


def _add_lesson(module: ModulePage, entry: dict[str, Any]) -> None:
    file = entry["body_file"]
    blocks = (
        [_block(item) for item in read(file)["body"]] if file else [("key_message", entry["key_message"])]
    )
    lesson = LessonPage(
        title=entry["title"],
        slug=entry["slug"],
        seo_title=entry["neutral_title"],
        credited_minutes=entry["minutes"],
        objectives=[("objective", text) for text in entry["objectives"]],
        body=blocks,
    )
    module.add_child(instance=lesson)
    lesson.save_revision().publish()


def _block(item: dict[str, Any]) -> tuple[str, Any]:
    """One item of a lesson file as the stream wants it, its picture or sound stored in the library."""
    kind, value = item["type"], item["value"]
    if kind == "image":
        image = _image(value["file"], value["alt"])
        image.contextual_alt_text, image.decorative = value["alt"], False
        return kind, image
    if kind == "audio":
        return kind, {"audio": _audio(value["file"], value["title"]), "transcript": value["transcript"]}
    return kind, value


def _image(name: str, alt: str) -> Any:
    path = FOLDER / name
    return get_image_model().objects.create(
        title=path.stem,
        description=alt[:255],
        file=ContentFile(path.read_bytes(), name=path.name),
        width=720,
        height=420,
    )


def _audio(name: str, title: str) -> Any:
    path = FOLDER / name
    return get_media_model().objects.create(
        title=title, type="audio", duration=30, file=ContentFile(path.read_bytes(), name=path.name)
    )


def _add_quiz(module: ModulePage, entry: dict[str, Any], data: dict[str, Any]) -> None:
    rules = data["quiz"]
    questions = [question for question in data["questions"] if question["module"] == entry["code"]]
    quiz = Quiz(
        module=module,
        title=f"Prueba del módulo {entry['code'][1:]}",
        slug=f"t-{entry['code']}",
        pass_mark=rules["pass_percent"],
        draw=rules["questions_per_attempt"],
        attempts=rules["attempts"],
        wait_hours=rules["wait_hours"],
        questions=[("question", _question(question)) for question in questions],
    )
    quiz.full_clean()
    quiz.save()
    freeze_quiz(quiz=quiz)


def _question(entry: dict[str, Any]) -> dict[str, Any]:
    options = [
        {"text": option["text"], "is_correct": number == entry["correct"], "feedback": option["feedback"]}
        for number, option in enumerate(entry["options"])
    ]
    return {"question": entry["text"], "options": options, "feedback": entry["feedback"]}


def _add_rubric(module: ModulePage, entry: dict[str, Any]) -> None:
    rubric = Rubric(
        module=module,
        code=entry["code"],
        title=entry["title"],
        scale=max(level["points"] for level in entry["levels"]),
        pass_score=entry["pass_points"],
        steps=[
            ("step", {"text": step["text"], "is_critical": step["is_critical"]}) for step in entry["steps"]
        ],
    )
    rubric.full_clean()
    rubric.save()
    freeze_rubric(rubric=rubric)
