"""Downloads: their names, and answers that are one."""

import re

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def attachment(name: str) -> str:
    """Return the Content-Disposition of a download, whose name may be in any language.

    Browsers read ``filename*`` (RFC 6266, RFC 8187); programs that do not get a name with the same numbers and ending.
    """
    header = content_disposition_header(True, name) or ""
    if name.isascii():
        return header
    stem, _dot, ending = name.rpartition(".")
    plain = "-".join(re.findall(r"[A-Za-z0-9]+", stem)) or "download"
    return header.replace("; ", f'; filename="{plain}.{ending}"; ', 1)


def private_file(data: bytes, content_type: str, name: str) -> HttpResponse:
    """Return the answer that downloads some bytes under a name. No browser and no proxy keeps them."""
    response = HttpResponse(data, content_type=content_type)
    response.headers["Content-Disposition"] = attachment(name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
