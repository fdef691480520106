"""A lesson with what the rules must know of the library and the site: a constant number of queries."""

from collections import defaultdict
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page, Site
from wagtailmedia.models import get_media_model

from courses.pages.bodies import shown_blocks
from courses.pages.checks import rules
from courses.pages.checks.models import NeutralNaming, OutsideLink, own_hosts
from courses.pages.checks.rules import Draft, Finding, World
from courses.pages.checks.sizes import Weight, weight_of

KEPT_SECONDS = 3600


def draft_of(lesson: Any) -> Draft:
    """A lesson page as the rules read it."""
    return Draft(
        title=lesson.title,
        slug=lesson.slug,
        seo_title=lesson.seo_title,
        language=lesson.locale.language_code if lesson.locale_id else settings.LANGUAGE_CODE,
        body=lesson.body.get_prep_value(),
        sources=lesson.sources.get_prep_value(),
    )


def check_lesson(lesson: Any) -> list[Finding]:
    """Everything that is not right with this lesson as it stands in memory."""
    draft = draft_of(lesson)
    found = rules.check(draft, world_of(draft, lesson))
    if not any(finding.is_error for finding in found):  # else it cannot be drawn yet
        found += rules.weigh(*_weights(lesson))
    return sorted(found, key=lambda finding: not finding.is_error)


def world_of(draft: Draft, lesson: Any) -> World:
    """What the rules must know beside this draft."""
    hosts = own_hosts()
    links = [link for _block, link in rules.links_of(draft)]
    wanted = {int(link["id"]) for link in links if link.get("linktype") == "page" and link["id"].isdigit()}
    outside = rules.outside_links(draft, hosts)
    dead = OutsideLink.objects.filter(url__in=outside, is_dead=True)
    return World(
        words=NeutralNaming.current(),
        file_names=_file_names(draft),
        live_pages=set(Page.objects.live().filter(pk__in=wanted).values_list("pk", flat=True)),
        dead_paths={
            href
            for link in links
            if (path := _own_path(href := link.get("href", ""), hosts)) and not _leads_somewhere(path)
        },
        dead_links=dict(dead.values_list("url", "why")),
        own_hosts=hosts,
        foreign_sounds=_foreign_sounds(lesson),
    )


def _file_names(draft: Draft) -> dict[tuple[str, int], str]:
    """The name that each file has in its library."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for _block, library, pk in rules.files_of(draft.body):
        wanted[library].add(pk)
    libraries = {"image": get_image_model(), "audio": get_media_model(), "video": get_media_model()}
    libraries["document"] = get_document_model()
    return {
        (library, pk): name.rpartition("/")[2]
        for library, pks in wanted.items()
        for pk, name in libraries[library].objects.filter(pk__in=pks).values_list("pk", "file")
    }


def _own_path(href: str, hosts: set[str]) -> str:
    """The path of an address of this site; empty for any other."""
    if href.startswith("/") and not href.startswith("//"):
        return urlsplit(href).path
    if not rules.is_well_formed(href):
        return ""
    parts = urlsplit(href)
    return (parts.path or "/") if parts.scheme in {"http", "https"} and parts.hostname in hosts else ""


def _leads_somewhere(path: str) -> bool:
    """Is there a screen of ours, a file or a published page?"""
    if path.startswith(settings.MEDIA_URL):
        return default_storage.exists(path.removeprefix(settings.MEDIA_URL))
    try:
        match = resolve(path)
    except Resolver404:
        return False
    if match.url_name != "wagtail_serve":
        return True
    root = Site.objects.filter(is_default_site=True).values_list("root_page__url_path", flat=True).first()
    whole = f"{(root or '/').rstrip('/')}/{path.strip('/')}/".replace("//", "/")
    return Page.objects.live().filter(url_path=whole).exists()


def _foreign_sounds(lesson: Any) -> set[int]:
    """The sounds of the same lesson in other languages."""
    others = type(lesson).objects.filter(translation_key=lesson.translation_key).exclude(pk=lesson.pk)
    return {
        pk
        for other in others.exclude(locale_id=lesson.locale_id)
        for _block, library, pk in rules.files_of(other.body.get_prep_value())
        if library == "audio"
    }


def _weights(lesson: Any) -> tuple[int, int]:
    """Bytes of the lesson's own HTML; bytes of its module with media, each file once."""
    own = draw(lesson, lesson.body)
    parts = [own]
    parent = lesson.get_parent() if lesson.path else None
    if parent is not None:
        parts += _published(type(lesson).objects.child_of(parent).live().exclude(pk=lesson.pk))
    files = {name: size for part in parts for name, size in part.files}
    return own.html, sum(part.html for part in parts) + sum(files.values())


def _published(lessons: Any) -> list[Weight]:
    """What each published lesson weighs, drawn once for each revision. The same number of queries for any."""
    revisions = lessons.order_by("path").values_list("pk", "live_revision_id")
    keys = {pk: f"checks:weight:{pk}:{revision}" for pk, revision in revisions}
    known = cache.get_many(keys.values())
    missing = list(lessons.model.objects.filter(pk__in=[pk for pk, key in keys.items() if key not in known]))
    bodies = shown_blocks([lesson.body.get_prep_value() for lesson in missing]) if missing else []
    new = {keys[one.pk]: draw(one, body) for one, body in zip(missing, bodies, strict=True)}
    cache.set_many(new, KEPT_SECONDS)
    known |= new
    return [known[key] for key in keys.values() if key in known]


def draw(lesson: Any, body: Any) -> Weight:
    """What a lesson with these blocks weighs as a phone gets it."""
    content = {"objectives": lesson.objectives, "is_reviewed": True}
    return weight_of(
        render_to_string("courses/progress/lesson_body.html", {"content": content, "body": body})
    )


def lessons_that_link() -> Any:
    """Every published lesson, for the task that asks outside links."""
    return apps.get_model("courses", "LessonPage").objects.live()
