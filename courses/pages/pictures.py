"""Pictures of the library are drawn anew as they come in: their points are kept and nothing else.

A photo of a telephone tells where and when it was taken (Exif, XMP); a crafted file is a picture and a page
or an archive at once. Neither outlives being drawn anew.
"""

import io

from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

FORMATS = {"jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF"}
MAX_PIXELS = 25_000_000  # 5000 × 5000; unpacked some 75 MB
QUALITY = {"JPEG": 90, "WEBP": 88, "AVIF": 80}


class NotAPicture(ValueError):
    """The file is not a picture of the kind that its name says, or is broken."""


class TooManyPoints(ValueError):
    """It would unpack to more than a small machine holds."""


class Moving(ValueError):
    """More than one picture in it: drawn anew it would stand still."""


def redrawn(content: bytes, extension: str) -> bytes:
    """The picture in `content`, upright, in its format and size, without anything but its points.

    Raises NotAPicture, TooManyPoints or Moving.
    """
    kind = FORMATS.get(extension.lower())
    if kind is None:
        raise NotAPicture
    plain = _points(content, kind)
    if kind == "JPEG" and plain.mode == "RGBA":
        plain = plain.convert("RGB")
    target = io.BytesIO()
    plain.save(target, kind, **({"quality": QUALITY[kind]} if kind in QUALITY else {"optimize": True}))
    return target.getvalue()


def _points(content: bytes, kind: str) -> Image.Image:
    """A fresh picture with the points of the one in `content`."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as image:
            if image.width * image.height > MAX_PIXELS:
                raise TooManyPoints
            if getattr(image, "n_frames", 1) > 1:
                raise Moving
            upright = ImageOps.exif_transpose(image)
            plain = _in_common_colours(upright)
    except (TooManyPoints, Moving):
        raise
    except Image.DecompressionBombError as error:
        raise TooManyPoints from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError) as error:
        raise NotAPicture from error
    blank = Image.new(plain.mode, plain.size)
    blank.paste(plain)
    return blank


def _in_common_colours(image: Image.Image) -> Image.Image:
    """The points as sRGB: a profile is left behind too, and with it the looks of a wide one would go."""
    mode = "RGBA" if image.has_transparency_data else "L" if image.mode in {"1", "L"} else "RGB"
    profile = image.info.get("icc_profile")
    if profile and image.mode in {"RGB", "CMYK"}:
        try:
            told = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(image, told, ImageCms.createProfile("sRGB"), outputMode="RGB")
            return changed or image.convert(mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile says nothing
    return image.convert(mode)
