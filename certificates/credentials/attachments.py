"""The credential in a diploma's PDF."""

import io
import zlib

import pikepdf

NAME = "credential.json"
LONGEST = 64 * 1024
UNREADABLE = (pikepdf.PdfError, pikepdf.PasswordError)


class NoCredential(Exception):
    """The file is no PDF, or holds no credential of a sensible size."""


def extract(pdf: bytes) -> bytes:
    """The bytes of `credential.json` attached to a PDF, exactly as they were signed.

    Never unpacks more than 64 KiB, whatever the file claims. Raises NoCredential.
    """
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            stream = document.attachments[NAME].get_file().obj
            if not isinstance(stream, pikepdf.Stream):
                raise NoCredential("The attachment is not a stream.")
            return _unpacked(stream)
    except KeyError as error:
        raise NoCredential("There is no such attachment.") from error
    except (*UNREADABLE, zlib.error, AttributeError, TypeError, ValueError) as error:
        raise NoCredential("The file cannot be read.") from error


def _unpacked(stream: pikepdf.Stream) -> bytes:
    """The content of a stream that is stored plainly or packed once with Flate."""
    packed, how = stream.read_raw_bytes(), stream.get("/Filter")
    if isinstance(how, pikepdf.Array) and len(how) <= 1:
        how = how[0] if len(how) else None
    if how is None:
        content = packed
    elif how == pikepdf.Name.FlateDecode and "/DecodeParms" not in stream:
        content = zlib.decompressobj().decompress(packed, LONGEST + 1)
    else:
        raise NoCredential("The attachment is packed in an unknown way.")
    if len(content) > LONGEST:
        raise NoCredential("The attachment is too long.")
    return content
