"""Are the system libraries there that WeasyPrint loads? Asked at every start, without loading WeasyPrint.

A warning, never an error: without them the site stays up and diplomas wait in the queue.
"""

import ctypes
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.core.checks import CheckMessage, Warning

APT_COMMAND = "apt-get install -y libpangoft2-1.0-0 libharfbuzz-subset0"
BREW_COMMAND = "brew install pango"
# Each library by the names that WeasyPrint 70 tries on Linux and macOS (weasyprint/text/ffi.py).
LIBRARIES = {
    "GObject": ("libgobject-2.0.so.0", "libgobject-2.0.0.dylib"),
    "Pango": ("libpango-1.0.so.0", "libpango-1.0.dylib"),
    "HarfBuzz": ("libharfbuzz.so.0", "libharfbuzz.0.dylib"),
    "HarfBuzz subset": ("libharfbuzz-subset.so.0", "libharfbuzz-subset.0.dylib"),
    "fontconfig": ("libfontconfig.so.1", "libfontconfig.1.dylib"),
    "PangoFT2": ("libpangoft2-1.0.so.0", "libpangoft2-1.0.dylib"),
}


def install_command() -> str:
    """The one line that installs them on this kind of machine."""
    return BREW_COMMAND if sys.platform == "darwin" else APT_COMMAND


def missing_libraries() -> list[str]:
    """The libraries that cannot be loaded, by name."""
    return [name for name, files in LIBRARIES.items() if not any(map(_loads, files))]


def _loads(file: str) -> bool:
    with suppress(OSError):
        ctypes.CDLL(file)
        return True
    return False


def check_libraries(app_configs: Sequence[Any] | None, **_kwargs: Any) -> list[CheckMessage]:
    """Warn, with the one command to type, when diplomas cannot be drawn."""
    if not (missing := missing_libraries()):
        return []
    return [
        Warning(
            f"Diplomas cannot be drawn, they wait in the queue. Missing: {', '.join(missing)}.",
            hint=f"Type as root: {install_command()}",
            id="certificates.W001",
        )
    ]
