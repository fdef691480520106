"""The credential comes out of a PDF byte for byte, and a hostile PDF costs nothing."""

import io
import zlib
from typing import Any

import pikepdf
import pytest

from certificates.credentials import attachments

CREDENTIAL = '{"name":"María"}'.encode()


def pdf(attach: Any = None, name: str = attachments.NAME) -> bytes:
    """A PDF with an attachment; `attach` makes its stream from the document."""
    with pikepdf.new() as document:
        document.add_blank_page()
        stream = attach(document) if attach else document.make_stream(CREDENTIAL)
        stream.Type = pikepdf.Name.EmbeddedFile
        spec = pikepdf.Dictionary(
            Type=pikepdf.Name.Filespec, F=name, UF=name, EF=pikepdf.Dictionary(F=stream, UF=stream)
        )
        names = pikepdf.Array([pikepdf.String(name), document.make_indirect(spec)])
        document.Root.Names = pikepdf.Dictionary(EmbeddedFiles=pikepdf.Dictionary(Names=names))
        out = io.BytesIO()
        document.save(out, compress_streams=False)
        return out.getvalue()


def packed(content: bytes) -> Any:
    def make(document: pikepdf.Pdf) -> pikepdf.Stream:
        stream = document.make_stream(zlib.compress(content))
        stream.Filter = pikepdf.Name.FlateDecode
        return stream

    return make


def test_it_comes_out_byte_for_byte() -> None:
    assert attachments.extract(pdf()) == CREDENTIAL
    assert attachments.extract(pdf(packed(CREDENTIAL))) == CREDENTIAL


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    with pytest.raises(attachments.NoCredential):
        attachments.extract(pdf(packed(bytes(50_000_000))))


def test_a_long_attachment_is_refused() -> None:
    with pytest.raises(attachments.NoCredential):
        attachments.extract(pdf(lambda document: document.make_stream(b" " * 70_000)))


def other_filter(document: pikepdf.Pdf) -> pikepdf.Stream:
    stream = document.make_stream(b"x")
    stream.Filter = pikepdf.Name.LZWDecode
    return stream


def predicted(document: pikepdf.Pdf) -> pikepdf.Stream:
    stream = packed(CREDENTIAL)(document)
    stream.DecodeParms = pikepdf.Dictionary(Predictor=12, Columns=1_000_000)
    return stream


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no PDF",
        pdf()[:300],
        pdf(name="other.json"),
        pdf(other_filter),
        pdf(predicted),
    ],
)
def test_what_holds_no_credential_says_so(content: bytes) -> None:
    with pytest.raises(attachments.NoCredential):
        attachments.extract(content)
