"""What Wagtail's own addresses are about: pages, revisions, reviews under way, files, translations, rows."""

from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.contrib.settings.registry import registry as settings_registry
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection, Page, Site, UploadedFile

from cms.users import roles
from courses.pages.models import LessonPage
from courses.pages.workflow import LessonReviewTask
from courses.people.models import Organisation
from tests.factories.languages import begin_translation, publish
from tests.factories.lessons import CAPTIONS, document, image, photo, service, sound, term
from tests.permissions.cast import Cast
from tests.permissions.things import Things


def of_wagtail(cast: Cast) -> Things:
    """Pages of the course that the trainer's cohort takes, and what Wagtail keeps of them."""
    lesson, second = LessonPage.objects.descendant_of(cast.cohort.course).order_by("path")[:2]
    site = Site.objects.get(is_default_site=True)
    for setting in settings_registry:
        setting.for_site(site)  # its row is made when it is first read
    return {
        **_translated(lesson),
        **_under_review(second, cast.users["trainer"]),
        **_files(cast.users["trainer"]),
        "editing_session": _editing(lesson, cast.users["trainer"]).pk,
        "group": Group.objects.get(name=roles.TRAINER).pk,
        "module_page": lesson.get_parent().pk,
        "home_page": cast.cohort.course.get_parent().pk,
        "organisation": Organisation.objects.order_by("pk")[0].pk,
        "page": lesson.pk,
        "page_path": "/".join(lesson.url_path.strip("/").split("/")[1:]),
        "plain_page": second.pk,
        "revision": lesson.save_revision(user=cast.users["trainer"]).pk,
        "service": service().pk,
        "site": site.pk,
        "term": term().pk,
        "user": cast.users["trainee"].pk,
        "user2": cast.users["woman2"].pk,
    }


def _translated(lesson: Any) -> Things:
    """The lesson has a picture, and an English version."""
    lesson.body = [("heading", "Para empezar"), ("image", image())]
    lesson.save()
    translation = begin_translation(lesson)
    made = publish(translation)
    source = translation.source
    return {
        "made": made.pk,
        "override": source.overridablesegment_set.all()[0].pk,
        "source": source.pk,
        "string": source.stringsegment_set.all()[0].pk,
        "translation": translation.pk,
    }


def _under_review(page: Page, by: Any) -> Things:
    """A lesson that its trainer sent for review and nobody has answered."""
    page.save_revision(user=by)
    state = page.get_workflow().start(page, by)
    return {
        "reviewed": page.pk,
        "task": LessonReviewTask.objects.get().pk,
        "task_state": state.current_task_state.pk,
        "workflow": state.workflow_id,
        "workflow_state": state.pk,
    }


def _files(by: Any) -> Things:
    """A picture, a document and a sound that the trainer brought, and uploads not yet taken."""
    collection = Collection.get_first_root_node().add_child(name="Carpeta")
    picture, paper, voice = image("otra.jpg"), document(), sound()
    for one in (picture, paper, voice):
        type(one).objects.filter(pk=one.pk).update(uploaded_by_user=by)
    return {
        "collection": collection.pk,
        "document": paper.pk,
        "image": picture.pk,
        "media": voice.pk,
        "media_path": picture.file.name,
        "uploaded_document": _upload(get_document_model(), "a.vtt", CAPTIONS, by).pk,
        "uploaded_image": _upload(get_image_model(), "a.jpg", photo(), by).pk,
    }


def _upload(model: Any, name: str, content: bytes, by: Any) -> UploadedFile:
    """A file that was sent and still waits for its form."""
    return UploadedFile.objects.create(
        for_content_type=ContentType.objects.get_for_model(model),
        file=ContentFile(content, name=name),
        uploaded_by_user=by,
    )


def _editing(page: Page, by: Any) -> EditingSession:
    """That the trainer has the page open."""
    kind = ContentType.objects.get_for_model(page)
    return EditingSession.objects.create(
        user=by, content_type=kind, object_id=str(page.pk), last_seen_at=timezone.now()
    )
