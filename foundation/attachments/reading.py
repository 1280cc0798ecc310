"""What somebody sent: recognised by its content, never by its name, and made into what is kept.

A picture is decoded and written anew: upright, at most ``LONGEST`` pixels long, without what the phone wrote into it,
such as the place. Whatever else hid in the file is gone with that. The moment it was taken is read before. Other files
are kept as they came; they are only ever downloaded, never shown by us.

Source of limits and traps: a PNG of 10 kB may stand for 450 MB of pixels, so the number of pixels is read from the header
and refused before anything is decoded; one picture is decoded at a time in a process, so that memory stays bounded.
"""

import datetime as dt
import hashlib
import io
import struct
import threading
import zipfile
import zlib
from dataclasses import dataclass

import pillow_heif
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps

from foundation.words import visible

LARGEST = 20_000_000  # bytes of one file
MOST_PIXELS = 50_000_000
LONGEST, THUMBNAIL = 4_000, 480  # pixels of the longer side
QUALITY, THUMBNAIL_QUALITY = 88, 78
NAME_LENGTH = 150
LOW_CONTRAST = 24  # of 255: of a darker or more even picture a hash says nothing
INK, MARGIN = 200, 12  # what is darker is ink; pixels left around it
MOST_PARTS = 5_000  # of an Office file
PICTURES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
DOCUMENTS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", **{type_: ending for ending, type_ in DOCUMENTS.items()}}
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    KeyError,
    IndexError,
    TypeError,
    MemoryError,
    struct.error,
    zlib.error,
)
_one_at_a_time = threading.Lock()

pillow_heif.register_heif_opener(thumbnails=False)


@dataclass(frozen=True)
class Received:
    """What is kept of a file, and what is known of it.

    ``received_sha256`` is of the bytes as they came, by which the same file is known when it comes again; ``sha256`` of
    those that are kept. ``difference_hash`` is alike for pictures that look alike, "" where it would say nothing.
    ``captured_at`` is what the camera wrote; its clock is taken to show our time. ``thumbnail`` is a JPEG, empty for what is no picture.
    """

    name: str
    content_type: str
    data: bytes
    sha256: str
    received_sha256: str
    thumbnail: bytes = b""
    width: int = 0
    height: int = 0
    difference_hash: str = ""
    captured_at: dt.datetime | None = None


def receive(name: str, data: bytes) -> Received:
    """Return what is kept of a file. Raise ValidationError with the reason why it is not taken."""
    if not data:
        raise ValidationError(_("The file is empty."))
    if len(data) > LARGEST:
        raise ValidationError(too_large())
    if _is_picture(data):
        with _one_at_a_time:
            return _picture(name, data)
    content_type = _document(data)
    digest = hashlib.sha256(data).hexdigest()
    return Received(_named(name, content_type), content_type, data, digest, digest)


def too_large() -> str:
    """Return why a larger file is not taken."""
    return _("The file is larger than %(most)s MB.") % {"most": LARGEST // 1_000_000}


def not_taken() -> str:
    """Return which files are taken."""
    return _("Only photos (JPEG, PNG, WebP, HEIC), PDF, Word (.docx) and Excel (.xlsx) files can be added.")


# --- pictures -------------------------------------------------------------------------------------------------------


def _is_picture(data: bytes) -> bool:
    return (
        data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or _is_heif(data)
    )


def _is_heif(data: bytes) -> bool:
    return data[4:8] == b"ftyp" and data[8:12] in {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"}


def _picture(name: str, data: bytes) -> Received:
    try:
        with Image.open(io.BytesIO(data), formats=[*PICTURES, "HEIF"]) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValidationError(_too_many_pixels())
            captured_at = _captured_at(image)
            keeps_png = image.format == "PNG" and len(data) <= LARGEST // 4
            shown = ImageOps.exif_transpose(_reduced(image, LONGEST))
            shown = shown.convert("RGBA" if keeps_png and _is_transparent(shown) else "RGB")
            content_type = "image/png" if keeps_png else "image/jpeg"
            kept = _written(shown, "PNG" if keeps_png else "JPEG", QUALITY)
            small = shown.convert("RGB")
            small.thumbnail((THUMBNAIL, THUMBNAIL))
            thumbnail = _written(small, "JPEG", THUMBNAIL_QUALITY)
    except Image.DecompressionBombError as error:  # so many that Pillow refuses to look
        raise ValidationError(_too_many_pixels()) from error
    except _BROKEN as error:
        raise ValidationError(
            _("The picture is damaged or incomplete. Take it or choose it again.")
        ) from error
    return Received(
        _named(name, content_type),
        content_type,
        kept,
        hashlib.sha256(kept).hexdigest(),
        hashlib.sha256(data).hexdigest(),
        thumbnail,
        *shown.size,
        difference_hash=difference_hash(small),
        captured_at=captured_at,
    )


def _too_many_pixels() -> str:
    words = _("The picture has more than %(most)s million pixels. Reduce it first.")
    return words % {"most": MOST_PIXELS // 1_000_000}


def _reduced(image: Image.Image, longest: int) -> Image.Image:
    """Return the picture decoded; a JPEG that is larger is decoded at a fraction of its size."""
    if max(image.size) > longest:
        image.thumbnail((longest, longest))
    image.load()
    return image


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _written(image: Image.Image, form: str, quality: int) -> bytes:
    """Return the pixels as a file, without anything else that was known of them."""
    plain = Image.frombytes(image.mode, image.size, image.tobytes())
    into = io.BytesIO()
    plain.save(into, form, **({"quality": quality, "optimize": True} if form == "JPEG" else {}))
    return into.getvalue()


def _captured_at(image: Image.Image) -> dt.datetime | None:
    """Return when the camera says that it took the picture."""
    of_camera = image.getexif().get_ifd(ExifTags.IFD.Exif)
    said = of_camera.get(ExifTags.Base.DateTimeOriginal) or of_camera.get(ExifTags.Base.DateTimeDigitized)
    try:
        found = dt.datetime.strptime(f"{said or ''}".strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(
            tzinfo=timezone.get_current_timezone()
        )
    except ValueError:  # none, or a camera whose clock was never set
        return None
    return found if found.year >= 1990 else None


def difference_hash(image: Image.Image) -> str:
    """Return 64 bits in hexadecimals: whether each of 8 × 8 places is brighter than the one to its right.

    Pictures of the same thing differ in few of them. "" for one with so little contrast that noise would decide.
    """
    grey = image.convert("L").resize((9, 8), Image.Resampling.BOX)
    darkest, brightest = grey.getextrema()
    assert isinstance(darkest, int | float)
    assert isinstance(brightest, int | float)
    if brightest - darkest < LOW_CONTRAST:
        return ""
    rows = [grey.tobytes()[start : start + 9] for start in range(0, 72, 9)]
    bits = [row[place] > row[place + 1] for row in rows for place in range(8)]
    return f"{sum(bit << place for place, bit in enumerate(bits)):016x}"


def on_white(picture: Received) -> tuple[bytes, bool]:
    """Return a picture as a PNG on white, cut to its ink, and whether there is any ink on it.

    So it is dark on light everywhere, also on a dark page.
    """
    with _one_at_a_time, Image.open(io.BytesIO(picture.data), formats=list(PICTURES)) as image:
        drawn = image.convert("RGBA")
    sheet = Image.new("RGBA", drawn.size, "white")
    sheet.alpha_composite(drawn)
    sheet = sheet.convert("RGB")
    darkest, brightest = sheet.convert("L").getextrema()
    assert isinstance(darkest, int | float)
    assert isinstance(brightest, int | float)
    box = sheet.convert("L").point([255 if value < INK else 0 for value in range(256)]).getbbox()
    if box:
        left, top, right, bottom = box
        around = (max(left - MARGIN, 0), max(top - MARGIN, 0), right + MARGIN, bottom + MARGIN)
        sheet = sheet.crop((*around[:2], min(around[2], sheet.width), min(around[3], sheet.height)))
    return _written(sheet, "PNG", QUALITY), brightest - darkest >= LOW_CONTRAST


# --- other files ----------------------------------------------------------------------------------------------------


def _document(data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        return DOCUMENTS["pdf"]
    if not data.startswith(b"PK\x03\x04"):
        raise ValidationError(not_taken())
    try:
        # each part has an entry with this mark: counted first, because zipfile reads all of them into memory
        if data.count(b"PK\x01\x02") > MOST_PARTS:
            raise ValidationError(not_taken())
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = set(parts.namelist())
    except (zipfile.BadZipFile, *_BROKEN) as error:
        raise ValidationError(_("The file is damaged or incomplete.")) from error
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise ValidationError(
            _("The file contains a program (macros). Save it without macros and add it again.")
        )
    if "word/document.xml" in names:
        return DOCUMENTS["docx"]
    if "xl/workbook.xml" in names:
        return DOCUMENTS["xlsx"]
    raise ValidationError(not_taken())


def _named(name: str, content_type: str) -> str:
    """Return the name without folders and what cannot be seen, with the ending that fits the content."""
    last = visible(name.replace("\\", "/").rpartition("/")[2]).strip(". ")
    stem = last.rpartition(".")[0] or last
    return f"{stem[:NAME_LENGTH].strip() or 'file'}.{ENDINGS[content_type]}"
