"""The register on the enterprise file: contacts, custody, liaison officers, times off the register."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from enterprises.access import Permission
from enterprises.choices import InactiveReason, LiaisonKind
from enterprises.models import Custody, Enterprise, Inactivity, Liaison
from enterprises.selectors import (
    list_custodies,
    list_inactivities,
    list_liaisons,
    list_mergers,
    names_by_id,
)
from foundation.accounts.access import allows
from foundation.contributions.file import Mark, Panel, RegisterAct, Strand, Tab, register, word_of
from foundation.requests import Request, required_actor

MOST = 100  # rows shown of a history


def _persons(_request: Request, _enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    return {}


def _liaison_history(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    return {"liaison_history": list(list_liaisons(required_actor(request), enterprise.pk)[:MOST])}


def _custody(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any]:
    actor = required_actor(request)
    inactivities = list(list_inactivities(actor, enterprise.pk)[:MOST])
    may_void = allows(actor, Permission.DEACTIVATE_ENTERPRISES) and not all(
        each.is_void for each in inactivities
    )
    heirs = sorted({row.merged_into_id for row in inactivities if row.merged_into_id})
    return {
        "custodies": list(list_custodies(actor, enterprise.pk)[:MOST]),
        "inactivities": inactivities,
        "may_void": may_void,
        "heirs": names_by_id(actor, heirs) if heirs else {},
        "mergers": list(list_mergers(actor, enterprise.pk)[:MOST]),
    }


register(
    Tab("custody", _("Custody and liaison"), "arrows-exchange", 80, halves=True),
    Panel("persons", "overview", 90, "enterprises/file_persons.html", _persons, aside=True),
    Panel("liaisons", "custody", 10, "enterprises/file_liaisons.html", _liaison_history),
    Panel("custody", "custody", 20, "enterprises/file_custody.html", _custody),
    RegisterAct("enterprises:edit", _("Edit the entry"), "pencil", 10),
    RegisterAct("enterprises:liaison", _("Liaison officer"), "user-check", 20),
    RegisterAct("enterprises:inactivity", _("Suspend, close or put back"), "door-exit", 30),
    RegisterAct("enterprises:hand_over", _("Hand over to another station"), "arrows-exchange", 40),
    Mark(
        "custody",
        Strand.REGISTER,
        "arrows-exchange",
        Custody.objects.all,
        "until_on",
        lambda station, reason: (gettext("Handed over by %(station)s") % {"station": station}, reason),
        name="held_by_station__name",
        text="reason",
        recorded="handed_over_at",
    ),
    Mark(
        "left",
        Strand.REGISTER,
        "door-exit",
        lambda: Inactivity.objects.exclude(Inactivity.IS_VOID),
        "from_on",
        lambda kind, reason: (
            gettext("Off the register: %(state)s") % {"state": word_of(InactiveReason, kind)},
            reason,
        ),
        name="kind",
        text="reason",
    ),
    Mark(
        "merged_here",
        Strand.REGISTER,
        "arrows-join",
        lambda: Inactivity.objects.exclude(Inactivity.IS_VOID),
        "from_on",
        lambda name, reason: (gettext("%(enterprise)s merged into it") % {"enterprise": name}, reason),
        name="enterprise__name",
        text="reason",
        enterprise="merged_into_id",
    ),
    Mark(
        "liaison",
        Strand.REGISTER,
        "user-check",
        Liaison.objects.all,
        "from_on",
        lambda kind, officer: (word_of(LiaisonKind, kind), officer),
        name="kind",
        text="officer__full_name",
        recorded="",
    ),
    Mark(
        "returned",
        Strand.REGISTER,
        "door-enter",
        lambda: Inactivity.objects.exclude(until_on=None).exclude(Inactivity.IS_VOID),
        "until_on",
        lambda _kind, _text: (gettext("Back on the register"), ""),
        name="kind",
        recorded="",
    ),
)
