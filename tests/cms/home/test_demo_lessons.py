"""The lessons of the demo are what an author could save and publish."""

import pytest
from django.utils import timezone

from cms.home.seeding.library import FOLDER, blocks_of, ensure_shared, read
from courses.moving.texts import is_plain_drawing
from courses.pages.library import ReferralService
from courses.pages.models import LessonPage

pytestmark = pytest.mark.django_db
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("lessons/*.yaml"))


@pytest.mark.parametrize("file", FILES)
def test_every_block_of_a_demo_lesson_passes_the_checks_of_the_editor(school: None, file: str) -> None:
    ensure_shared()
    told = read(file)
    sources = [("source", source) for source in told.get("sources", [])]
    lesson = LessonPage(body=blocks_of(told["body"]), sources=sources)
    for stream in (lesson.body, lesson.sources):
        assert len(stream.stream_block.clean(stream)) == len(stream)


def test_every_drawing_is_light_and_of_shapes_and_words_alone() -> None:
    drawings = sorted((FOLDER / "images").glob("*.svg"))
    assert len(drawings) == 18
    assert [file.name for file in drawings if file.stat().st_size > 4096] == []
    assert [file.name for file in drawings if not is_plain_drawing(file.read_bytes())] == []


def test_shared_words_and_services_are_made_once_and_nobody_claims_to_have_called(school: None) -> None:
    ensure_shared()
    ensure_shared()
    assert ReferralService.objects.due(timezone.localdate()).count() == ReferralService.objects.count()
