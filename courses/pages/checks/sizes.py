"""What a piece of HTML weighs with the files of ours that it shows."""

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote

from django.core.files.storage import default_storage


@dataclass(frozen=True)
class Weight:
    """Bytes of HTML, and each file by name with its bytes."""

    html: int
    files: tuple[tuple[str, int], ...]


class _Shown(HTMLParser):
    """Pictures and sounds; a video is not taken along, and loads when she asks for it."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str] = []
        self.in_video = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.in_video += tag == "video"
        if tag in {"img", "audio", "source"} and not self.in_video:
            self.sources += [value for name, value in attrs if name == "src" and value]

    def handle_endtag(self, tag: str) -> None:
        self.in_video -= tag == "video"


def weight_of(html: str) -> Weight:
    """Bytes as they travel without compression."""
    shown = _Shown()
    shown.feed(html)
    base = default_storage.url("")
    names = {unquote(source.removeprefix(base)) for source in shown.sources if source.startswith(base)}
    return Weight(len(html.encode()), tuple(sorted((name, stored_bytes(name)) for name in names)))


def stored_bytes(name: str) -> int:
    """What a file of the library weighs; 0 where it is gone."""
    try:
        return int(default_storage.size(name))
    except OSError:
        return 0
