"""Run by itself, in a process of its own: the words of a PDF from standard input, as JSON.

A hostile file can make any reader of PDFs use all memory or time, or crash. So the reader has little of
both, and takes nobody along when it dies. No Django here.
"""

import json
import sys
from typing import Any

import pypdfium2
from pypdfium2 import raw

if sys.platform != "win32":
    import resource

MEMORY = 768 * 1024 * 1024  # bytes of address space
SECONDS = 5  # of CPU
MOST_PAGES = 6
MOST_CHARACTERS = 20_000  # of a page


def confine() -> None:
    """Ask the system to end this process when it takes too much; where it can (not on Windows)."""
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(pdf: bytes) -> dict[str, Any]:
    """What can be read: words and sizes (points) of the first pages, their count; or what is in the way."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        code = raw.FPDF_GetLastError()
        return {"problem": "encrypted" if code == raw.FPDF_ERR_PASSWORD else "damaged"}
    count = len(document)
    texts = []
    sizes = []
    for number in range(min(count, MOST_PAGES)):
        sizes.append(document.get_page_size(number))
        page = document[number].get_textpage()
        texts.append(page.get_text_range(0, min(page.count_chars(), MOST_CHARACTERS)))
    return {"pages": count, "text": "\n".join(texts), "sizes": sizes}


if __name__ == "__main__":
    confine()
    sys.stdout.write(json.dumps(read(sys.stdin.buffer.read())))
