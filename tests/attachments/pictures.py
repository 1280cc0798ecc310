"""Photos for tests, as cameras write them."""

import io
from typing import Any

from PIL import ExifTags, Image


def photo(
    width: int = 40,
    height: int = 30,
    form: str = "JPEG",
    *,
    turned: int = 0,
    taken: str = "",
    place: bool = False,
    seed: int = 0,
    **options: Any,
) -> bytes:
    """Return a picture that is darker on the left, with what a camera writes into it."""
    image = Image.linear_gradient("L").rotate(90).resize((width, height)).convert("RGB")
    image.paste((seed, seed, seed), (0, 0, 8, 8))
    exif = Image.Exif()
    if turned:
        exif[ExifTags.Base.Orientation] = turned
    if taken:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken
    if place:
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    into = io.BytesIO()
    image.save(into, form, exif=exif, **options)
    return into.getvalue()
