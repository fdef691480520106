"""A one-page PDF that stands for the authority's letter in the demo, and says that it is none."""

from io import BytesIO

import pikepdf

LINES = [
    (18, "OFICIO DE DEMOSTRACION"),
    (12, "Autoridad ficticia. Este documento no tiene validez."),
    (12, "Numero: DEMO/0147"),
    (12, "Se reconoce el diplomado de ejemplo."),
]


def demo_oficio() -> bytes:
    """The PDF's bytes: letter size, one of the fourteen standard fonts, ASCII text."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(612, 792))
    page.Resources = pikepdf.Dictionary(
        Font=pikepdf.Dictionary(
            F1=pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
        )
    )
    text = "".join(
        f"BT /F1 {size} Tf 72 {680 - 36 * row} Td ({words}) Tj ET\n"
        for row, (size, words) in enumerate(LINES)
    )
    page.Contents = pdf.make_stream(text.encode("ascii"))
    buffer = BytesIO()
    pdf.save(buffer)
    return buffer.getvalue()
