"""The neutral face of a site: name, icon, where the quick exit leads. Kept at hand: every page asks."""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest

from cms.home.models import SiteFace


@dataclass(frozen=True)
class Face:
    """What pages show of a site; what was left empty there is filled from the settings."""

    name: str
    short_name: str
    icon: str
    quick_exit_url: str
    notification_text: str
    lock_minutes: int

    @property
    def icon_path(self) -> str:
        """The icon among the static files."""
        return "theme/icons.svg" if self.icon == SiteFace.Icon.WEAVE else f"theme/faces/{self.icon}.svg"


def face_of(request: HttpRequest) -> Face:
    """The face of the site that was asked for; looked up once in a request."""
    found: Face | None = vars(request).get("face")
    if found is None:
        known = faces()
        host = request.get_host().partition(":")[0]
        found = vars(request)["face"] = known[host] if host in known else known[""]
    return found


def faces() -> dict[str, Face]:
    """Every face by host name, the default site's under an empty one. One query in FACE_SECONDS."""
    known: dict[str, Face] | None = caches["local"].get_or_set("faces", _load, settings.FACE_SECONDS)
    return known or _load()


def _load() -> dict[str, Face]:
    found = {"": _face(SiteFace())}
    for row in SiteFace.objects.select_related("site"):
        found[row.site.hostname] = _face(row)
        if row.site.is_default_site:
            found[""] = found[row.site.hostname]
    return found


def _face(row: SiteFace) -> Face:
    name = row.app_name or settings.SITE_NAME
    return Face(
        name=name,
        short_name=row.short_name or name[:12],
        icon=row.icon,
        quick_exit_url=row.quick_exit_url or settings.QUICK_EXIT_URL,
        notification_text=row.notification_text,
        lock_minutes=row.lock_minutes,
    )
