"""The same two pages as a plain programmer would make them. Frozen: it is the yardstick, never improve it.

The guilloche is a drawing in the page (an SVG background), the second page stands in CSS columns, and
fonts and stylesheet are read anew for every diploma. The file is as archival and tagged as ours; not signed.
"""

from io import BytesIO
from pathlib import Path
from string import Template
from typing import Any

import segno
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from certificates import codes

HERE = Path(__file__).parent
ROW = "<div class=module><b>{title}</b> {duration}, {credited}</div>"


def render(facts: dict[str, Any]) -> bytes:
    """The PDF of `facts`, everything prepared from the beginning."""
    font_config = FontConfiguration()
    stylesheet = CSS(filename=HERE / "diploma.css", font_config=font_config)
    words = facts["words"]
    qr = BytesIO()
    segno.make(facts["verify_url"], error="m").save(qr, kind="svg", scale=3, border=4)
    rows = "".join(ROW.format(**module, credited=words["credited"]) for module in facts["modules"])
    page = Template((HERE / "diploma.html").read_text()).substitute(
        words,
        **{key: facts[key] for key in ("language", "issuer", "name", "title", "duration")},
        folio_number=facts["folio"],
        code_text=codes.display(facts["code"]),
        authority=facts["recognition"]["authority"],
        qr_image=qr.getvalue().decode().partition("?>")[2].strip(),
        rows=rows,
    )
    html = HTML(string=page, base_url=str(HERE))
    return html.write_pdf(font_config=font_config, stylesheets=[stylesheet], pdf_variant="pdf/a-3a")
