"""Audit log labels for QR codes and check-ins."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.contributions.audit import Action, Kind, register
from inspections.checkins.models import CheckIn, DoorSign
from inspections.checkins.operations import ARRIVE, INSPECT, JOIN, LEAVE, MAKE, RENEW

register(
    Kind("door_sign", DoorSign),
    Kind(
        "check_in",
        CheckIn,
        named_by=("purpose", "day"),
        labels={"place": pgettext_lazy("geographic", "Place")},
        personal=frozenset({"officers", "place"}),
    ),
    Action(f"door_sign.{MAKE}", _("Made the QR code of an enterprise"), "qrcode"),
    Action(f"door_sign.{RENEW}", _("Replaced the QR code of an enterprise"), "refresh", "yellow"),
    Action(f"check_in.{ARRIVE}", _("Checked in"), "login", names_no_kind=True),
    Action(f"check_in.{JOIN}", _("Joined those who are there"), "user-plus", names_no_kind=True),
    Action(f"check_in.{LEAVE}", _("Checked out"), "logout", names_no_kind=True),
    Action(
        f"check_in.{INSPECT}", _("Ended by the inspection"), "clipboard-check", "green", names_no_kind=True
    ),
)
