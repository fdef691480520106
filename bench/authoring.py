"""What a course of 20 and of 300 lessons costs its authors and readers; drawing a lesson of 15 and 30 blocks.

A running cohort learns each course, so that publishing freezes what it uses. Every size counts what was made
before it: the lists then hold 20 and 300 lessons.
"""

import statistics
import sys
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import ground  # first: it sets Django up before anything of ours is imported

# isort: split
from django.core.cache import cache, caches
from django.db import connection, reset_queries
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cms.users.roles import COORDINATOR, TRAINEE
from courses.cohorts.actions import enrol
from courses.pages.models import CoursePage, LessonPage, ModulePage
from courses.progress.reading import draw
from tests.courses.pages.writing import form, send
from tests.factories.courses import CohortFactory, CourseFactory, PersonFactory, UserFactory
from tests.factories.lessons import every_block, publish_lesson, version_of

MODULES = 10
SIZES = {20: 2, 300: 28}  # lessons in all → lessons of each module of the course that is added
FINE = 300 * 1024  # bytes of a lesson without its media


def get(client: Client, address: str) -> Any:
    """A page that must be there."""
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}.")
    return answer


def queries_of(work: Callable[[], object]) -> int:
    """How many queries a piece of work asks."""
    reset_queries()  # the log is full after 9,000
    with CaptureQueriesContext(connection) as queries:
        work()
    return len(queries)


def reader(course: CoursePage) -> Client:
    """A woman who studies this course; her cohort runs."""
    today = timezone.localdate()
    cohort = CohortFactory(course=course, starts_on=today, ends_on=today + timedelta(days=90))
    account = UserFactory(role=TRAINEE)
    woman = enrol(person=PersonFactory(account=account), cohort=cohort, starts_on=today)
    type(woman).objects.filter(pk=woman.pk).update(ethics_accepted_at=timezone.now())
    client = Client(SERVER_NAME="localhost")
    client.force_login(account)
    return client


def screens(desk: Client, course: CoursePage, size: int, count: int) -> list[ground.Figure]:
    """Her map, the tree, the lists and the editor: queries, and CPU milliseconds of the median of `count`."""
    module = ModulePage.objects.child_of(course).order_by("path")[0]
    lesson = LessonPage.objects.child_of(module).order_by("path")[0]
    pages = {
        "map": (reader(course), reverse("courses:my_course")),
        "tree": (desk, reverse("wagtailadmin_explore", args=[module.pk])),
        "lessons": (desk, reverse("lessons:index")),
        "reviews": (desk, reverse("reviews:index")),
        "languages": (desk, reverse("languages:index")),
        "editor": (desk, reverse("wagtailadmin_pages:edit", args=[lesson.pk])),
    }
    figures = []
    for name, (client, address) in pages.items():
        get(client, address)
        asked = queries_of(partial(get, client, address))
        times = ground.cpu_ms(partial(get, client, address) for _ in range(count))
        figures += [
            ground.Figure(f"authoring.{name}_queries_{size}", asked, "queries", 1),
            ground.Figure(f"authoring.{name}_ms_{size}", round(statistics.median(times), 1), "ms", count),
        ]
    return figures


def publishing(desk: Client, course: CoursePage, size: int) -> list[ground.Figure]:
    """One lesson with a changed word, through the editor too, and then every lesson of the course."""
    lessons = list(LessonPage.objects.descendant_of(course).order_by("path"))
    publish(lessons[0], "a")
    asked = [queries_of(partial(publish, lesson, "b")) for lesson in lessons]
    times = ground.cpu_ms(partial(publish, lesson, "c") for lesson in lessons)
    form_asked = queries_of(partial(publish_at_the_desk, desk, lessons[0]))
    return [
        ground.Figure(f"authoring.publish_form_queries_{size}", form_asked, "queries", 1),
        ground.Figure(f"authoring.publish_queries_{size}", asked[0], "queries", 1),
        ground.Figure(f"authoring.publish_queries_most_{size}", max(asked), "queries", len(lessons)),
        ground.Figure(f"authoring.publish_ms_{size}", round(statistics.median(times), 1), "ms", len(lessons)),
    ]


def publish(lesson: LessonPage, word: str) -> None:
    """A new text, live."""
    lesson.body = [*lesson.body.get_prep_value(), {"type": "key_message", "value": f"Nuevo: {word}."}]
    lesson.save_revision().publish()


def publish_at_the_desk(desk: Client, lesson: LessonPage) -> None:
    """The same through the editor, with an empty cache: the whole module is weighed anew."""
    cache.clear()
    answer = send(desk, lesson, form(lesson, [("key_message", "Así es.")], reach="later"), "action-publish")
    if answer.status_code != 302:
        raise SystemExit("It was not published.")


def drawing(course: CoursePage, count: int) -> list[ground.Figure]:
    """A lesson of every kind of block, once and twice over, drawn anew each time."""
    module = ModulePage.objects.child_of(course).order_by("path")[0]
    figures, medians = [], []
    for times in (1, 2):
        blocks = [block for _time in range(times) for block in every_block()]
        version = version_of(publish_lesson(module, blocks, f"m1-todo-{times}"))
        html = str(draw(version).html)
        asked = queries_of(partial(anew, version))
        medians.append(statistics.median(ground.cpu_ms(partial(anew, version) for _ in range(count))))
        figures += [
            ground.Figure(f"authoring.draw_queries_{len(blocks)}", asked, "queries", 1, 10),
            ground.Figure(f"authoring.draw_bytes_{len(blocks)}", len(html.encode()), "bytes", 1, FINE),
        ]
    ratio = ground.Figure("authoring.draw_ratio_30_to_15", round(medians[1] / medians[0], 2), "", count, 2.2)
    return [*figures, ratio]


def anew(version: Any) -> None:
    """The lesson as if nobody had read it yet; its renditions are made."""
    cache.clear()
    caches["renditions"].clear()
    draw(version)


def main() -> int:
    """Measure and report."""
    options = ground.options()
    count = 15 if options.full else 5
    ground.lay_database()
    client = Client(SERVER_NAME="localhost")
    client.force_login(UserFactory(username="coordinadora-de-medida", role=COORDINATOR))
    figures = []
    for number, (size, each) in enumerate(SIZES.items(), start=1):
        course = CourseFactory(number=number, modules=MODULES, lessons=each)
        figures += [*screens(client, course, size, count), *publishing(client, course, size)]
    figures += drawing(course, count)
    ground.report(figures, as_json=options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
