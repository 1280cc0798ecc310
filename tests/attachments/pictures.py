"""Photos for tests, as cameras write them."""

import io
import random
from typing import Any

from PIL import ExifTags, Image, ImageDraw


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


def drawn(seed: int, width: int) -> bytes:
    """Return a picture of boxes, another one for each seed; ``width`` is its size alone."""
    boxes, scale = random.Random(seed), width / 120
    image = Image.new("RGB", (width, round(90 * scale)), "grey")
    draw = ImageDraw.Draw(image)
    for _box in range(30):
        left, top = boxes.randrange(120), boxes.randrange(90)
        place = (left, top, left + boxes.randrange(5, 40), top + boxes.randrange(5, 40))
        draw.rectangle([each * scale for each in place], fill=tuple(boxes.randrange(256) for _c in range(3)))
    into = io.BytesIO()
    image.save(into, "JPEG", quality=80)
    return into.getvalue()
