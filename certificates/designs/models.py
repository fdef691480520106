"""Designs of diplomas: written in the admin, frozen in numbered versions, each issued diploma names one."""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.models import DraftStateMixin, LockableMixin, Orderable, PreviewableMixin, RevisionMixin

from certificates import payload, sentences
from certificates.designs import preview, rules
from certificates.designs.validators import COLOUR, validate_colour, validate_printable, validate_sentence
from certificates.printing import art
from certificates.printing.pictures import Picture, from_png
from certificates.records import Final, FinalQuerySet
from courses.api import Deed, note

LONGEST_SENTENCE = 300
LONGEST_NOTES = 900
# Spoken where promoters learn; what we have no usual words in is written whole by the design.
LANGUAGES = [
    ("es", "Español"),
    ("en", "English"),
    ("fr", "Français"),
    ("ht", "Kreyòl ayisyen"),
    ("pt", "Português"),
    ("tzo", "Bats’i k’op (tsotsil)"),
    ("tzh", "Bats’il k’op (tseltal)"),
    ("ctu", "Lak ty’añ (ch’ol)"),
    ("toj", "Tojol-ab’al"),
    ("mam", "Qyool (mam)"),
    ("zoc", "Ode (zoque)"),
]


class DesignPicture(Final):
    """A logo, seal or drawn signature: re-encoded PNG without metadata, named by its content."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(
        _("what it shows"),
        max_length=120,
        help_text=_("Said to whoever does not see it, such as «Logo of the school»."),
        validators=[validate_printable],
    )
    png = models.BinaryField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    made_at = models.DateTimeField(_("uploaded"), default=timezone.now)

    class Meta:
        verbose_name = _("picture of a design")
        verbose_name_plural = _("pictures of designs")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Design(PreviewableMixin, DraftStateMixin, LockableMixin, RevisionMixin, ClusterableModel):
    """How a diploma looks and what it says around the facts. Editing it changes no issued diploma."""

    class Kind(models.TextChoices):
        DIPLOMA = "diploma", _("diplomas")
        STATEMENT = "statement", _("statements of participation")

    class Layout(models.TextChoices):
        CLASSIC = "classic", _("classic: rebozo and frame")
        QUIET = "quiet", _("quiet: a ribbon and white paper")

    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("for"), max_length=12, choices=Kind, default=Kind.DIPLOMA)
    organisation = models.ForeignKey(
        "courses.Organisation",
        verbose_name=_("issuer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_(
            "Only where this issuer is the one shown: who chose another one gets no logo of this one. "
            "Empty: for every issuer, without logos, seal and people who sign."
        ),
    )
    is_default = models.BooleanField(
        _("in use"),
        default=False,
        help_text=_("New diplomas take the design in use that was published last."),
    )
    layout = models.CharField(_("layout"), max_length=12, choices=Layout, default=Layout.CLASSIC)
    main = models.CharField(_("titles"), max_length=7, default=art.CLASSIC.main, validators=[validate_colour])
    accent = models.CharField(
        _("signs"), max_length=7, default=art.CLASSIC.accent, validators=[validate_colour]
    )
    line = models.CharField(
        _("ornaments"), max_length=7, default=art.CLASSIC.line, validators=[validate_colour]
    )
    ink = models.CharField(_("text"), max_length=7, default=art.CLASSIC.ink, validators=[validate_colour])
    seal = models.ForeignKey(
        DesignPicture,
        verbose_name=_("seal"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects: ClassVar[models.Manager["Design"]] = models.Manager()
    _default_manager: ClassVar[models.Manager["Design"]]

    class Meta:
        verbose_name = _("design")
        verbose_name_plural = _("designs")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse colours that paper swallows or that black and white makes one."""
        super().clean()
        colours = self.colours()
        if not all(COLOUR.fullmatch(colour) for colour in colours.values()):
            return  # said at the field
        names = {name: self._meta.get_field(name).verbose_name for name in colours}
        errors = {
            name: gettext("This colour is too pale to be read or seen on white paper.")
            for name in rules.too_pale(colours)
        }
        for one, other in rules.too_alike(colours):
            errors.setdefault(
                one,
                gettext("In black and white this colour cannot be told from «%(other)s».")
                % {"other": names[other]},
            )
        if errors:
            raise ValidationError(errors)

    def colours(self) -> dict[str, str]:
        """Each colour by what it is for."""
        return {name: str(getattr(self, name)).lower() for name in ("main", "accent", "line", "ink")}

    def content(self) -> dict[str, Any]:
        """All of it as plain data: what a version freezes."""
        seal = self.seal
        return {
            "layout": self.layout,
            "colours": self.colours(),
            "logos": [{"sha256": logo.picture_id, "alt": logo.picture.name} for logo in self.logos.all()],
            "signatories": [
                {"name": one.name, "post": one.post, "drawing": one.drawing_id}
                for one in self.signatories.all()
            ],
            "seal": {"sha256": seal.pk, "alt": seal.name} if seal else None,
            "texts": {one.language: one.sentences() for one in self.texts.all()},
        }

    def publish(self, revision: Any, user: Any = None, **kwargs: Any) -> None:
        """Publish, and freeze what is published as a version that never changes."""
        with transaction.atomic():
            super().publish(revision, user=user, **kwargs)
            DesignVersion.objects.freeze(Design.objects.get(pk=self.pk), by=user, at=timezone.now())

    # --- the preview panel ---
    @property
    def preview_modes(self) -> list[tuple[str, Any]]:
        """A sample, the longest real name, without recognition, and each further language."""
        languages = [one.language for one in self.texts.all()][1:]
        names = dict(LANGUAGES)
        return [*preview.MODES, *((f"language:{code}", names[code]) for code in languages)]

    @property
    def default_preview_mode(self) -> str:
        """A sample."""
        return preview.SAMPLE

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponseBase:
        """Both pages as they will be printed; for whoever may see designs."""
        if not request.user.has_perm("certificates.view_design") and not request.user.has_perm(
            "certificates.change_design"
        ):
            raise PermissionDenied
        issuer = self.organisation.name if self.organisation else None
        content = {**self.content(), "pictures": pictures_of(self.content())}
        return preview.respond(request, content, mode=mode_name, issuer=issuer, kind=self.kind)


class DesignLogo(Orderable):
    """A logo above the words of the front."""

    design = ParentalKey(Design, on_delete=models.CASCADE, related_name="logos")
    picture = models.ForeignKey(
        DesignPicture, verbose_name=_("picture"), on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Orderable.Meta):
        verbose_name = _("logo")
        verbose_name_plural = _("logos")

    def __str__(self) -> str:
        return str(self.picture)


class DesignSignatory(Orderable):
    """Who signs on the paper: name and post are printed facts of every diploma that is issued with it."""

    design = ParentalKey(Design, on_delete=models.CASCADE, related_name="signatories")
    name = models.CharField(_("name"), max_length=80, validators=[validate_printable])
    post = models.CharField(_("post"), max_length=100, validators=[validate_printable])
    drawing = models.ForeignKey(
        DesignPicture,
        verbose_name=_("drawn signature"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("Empty: a line to sign on by hand."),
    )

    class Meta(Orderable.Meta):
        verbose_name = _("signatory")
        verbose_name_plural = _("signatories")

    def __str__(self) -> str:
        return self.name


def _sentence(name: Any, longest: int = LONGEST_SENTENCE) -> Any:
    return models.TextField(name, max_length=longest, blank=True, validators=[validate_sentence])


class DesignText(Orderable):
    """The sentences of one language; an empty one leaves the usual words."""

    design = ParentalKey(Design, on_delete=models.CASCADE, related_name="texts")
    language = models.CharField(_("language"), max_length=10, default="es", choices=LANGUAGES)
    awards = _sentence(_("instead of «grants this»"))
    heading = _sentence(_("instead of «Diploma»"), 40)
    to = _sentence(_("instead of «to»"), 60)
    for_having = _sentence(_("instead of «for having completed the»"))
    span = _sentence(_("instead of «lasting … taught from … to …»"))
    issued = _sentence(_("instead of «Issued in …»"))
    closing = _sentence(_("one more sentence on the front"))
    notes = _sentence(_("notes on the back"), LONGEST_NOTES)

    class Meta(Orderable.Meta):
        verbose_name = _("texts in one language")
        verbose_name_plural = _("texts")

    def __str__(self) -> str:
        return self.language

    def sentences(self) -> dict[str, str]:
        """Those that are written."""
        written = {key: getattr(self, key).strip() for key in (*sentences.FRONT, sentences.BACK)}
        return {key: text for key, text in written.items() if text}


class DesignVersionQuerySet(FinalQuerySet):
    def freeze(self, design: Design, *, by: Any, at: datetime) -> "DesignVersion":
        """The version of what `design` says now; a new one only if it differs from the last one."""
        content = design.content()
        digest = digest_of(content)
        last = self.filter(design=design).order_by("-number").first()
        if last is not None and last.digest == digest:
            return last
        made: DesignVersion = self.create(
            design=design,
            number=last.number + 1 if last else 1,
            digest=digest,
            content=content,
            made_by=by,
            made_at=at,
        )
        note(Deed.DESIGN_FROZEN, about=made, by=by, at=at, number=made.number)
        return made


class DesignVersion(Final):
    """A published state of a design: what diplomas issued from it look like for ever."""

    BUILT_IN = 0  # the number of what the program brings along

    design = models.ForeignKey(Design, null=True, on_delete=models.SET_NULL, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    digest = models.CharField(max_length=64, db_index=True)  # SHA-256 of the canonical content
    content: Any = models.JSONField()  # colours, texts by language, signatories, SHA-256 of each picture
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("published"))

    objects: ClassVar[Any] = models.Manager.from_queryset(DesignVersionQuerySet)()

    class Meta:
        verbose_name = _("version of a design")
        verbose_name_plural = _("versions of designs")
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="design_version_once"),
            models.UniqueConstraint(
                fields=["digest"], condition=models.Q(number=0), name="built_in_design_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.design or gettext('Design of the program')} · {self.number}"


def digest_of(content: dict[str, Any]) -> str:
    """The SHA-256 of the one spelling of a design's content."""
    return hashlib.sha256(payload.canonical(content)).hexdigest()


@lru_cache(maxsize=8)
def _prepared(sha256s: tuple[str, ...]) -> dict[str, Picture]:
    rows = DesignPicture.objects.in_bulk(sha256s)
    return {key: from_png(f"picture:{key}", bytes(rows[key].png)) for key in sha256s}


def pictures_of(content: dict[str, Any]) -> dict[str, Picture]:
    """The pictures of a design's content, ready to print; one query, none when this process has them."""
    drawings = [one["drawing"] for one in content.get("signatories", []) if one["drawing"]]
    shown = [*content.get("logos", []), *([content["seal"]] if content.get("seal") else [])]
    wanted = sorted({*drawings, *(one["sha256"] for one in shown)})
    return _prepared(tuple(wanted)) if wanted else {}
