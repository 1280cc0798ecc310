"""Photos in papers: scaled down, as the text that goes to the child process which fills the template."""

import base64
import io
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST = 1000  # pixels of the longer side: 70 mm wide, that is 350 dpi
MOST_MM = (70.0, 66.0)  # width and height on the page
SIGNATURE_MM = (38.0, 11.0)
MISSING = "（照片文件缺失）"
MOST = 30  # photos in one paper


def picture(data: bytes, alt: str, *, most_mm: tuple[float, float] = MOST_MM) -> Mapping[str, Any]:
    """Return what a template shows of a photo, with the text for whoever does not see it.

    ``most_mm``: the largest width and height on the page. What is no picture any more becomes a text that says so.
    """
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as opened:
            opened.draft("RGB", (LONGEST, LONGEST))
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError):
        return missing(alt)
    upright.thumbnail((LONGEST, LONGEST))
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=75)
    scale = min(most_mm[0] / upright.width, most_mm[1] / upright.height)
    return {
        "base64": base64.b64encode(written.getvalue()).decode(),
        "width_mm": round(upright.width * scale, 1),
        "alt": alt,
    }


def missing(alt: str) -> Mapping[str, Any]:
    """Return what a template shows of a photo whose file is lost."""
    return {"base64": "", "width_mm": 0, "alt": f"{MISSING}{alt}"}
