"""QR codes as pictures, and the address that they hold."""

from typing import NamedTuple
from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from inspections.checkins.models import DoorSign


class Picture(NamedTuple):
    """A QR code to show: its SVG element, its address, whether a phone can reach the address."""

    sign: DoorSign
    svg: SafeString
    address: str
    reaches_phones: bool


def picture_of(request: HttpRequest, sign: DoorSign) -> Picture:
    """Return the QR code of a sign. Its address is below PUBLIC_URL, else below the one by which the page was asked for."""
    path = reverse("checkins:door", args=[sign.code])
    address = f"{settings.PUBLIC_URL}{path}" if settings.PUBLIC_URL else request.build_absolute_uri(path)
    # M: readable with 15 % of it scratched or dirty
    svg = segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2, svgclass="door-qr")
    host = urlsplit(address).hostname or ""
    reaches = not (host == "localhost" or host.startswith("127.") or host == "::1")
    return Picture(sign, mark_safe(svg), address, reaches)  # made by segno of an address of ours
