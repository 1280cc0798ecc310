"""Who is notified of colours, standards and failed runs."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from enterprises.choices import Colour
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, Role
from foundation.contributions.notifications import Cause, Happening, register
from foundation.periods import Period
from ratings.choices import AuditAction, CauseCode


def _colour(code: str) -> Any:
    return Colour(code).label if code in Colour.values else code


def _quarter(code: str) -> str:
    return str(Period.parse(code))


def _enterprises(number: int) -> str:
    return ngettext("%(number)d enterprise", "%(number)d enterprises", number) % {"number": number}


def _its_chiefs_and_supervisors(happening: Happening) -> Q:
    return Q(bureau_id=happening.target.bureau_id, role__in=(Role.CHIEF, Role.SUPERVISOR))


register(
    Cause(
        CauseCode.COLOUR_CHANGED,
        _("Your colour for %(period)s is %(after)s (before: %(before)s)"),
        ENTERPRISE_ROLES,
        "traffic-lights",
        page="portal:my_enterprise",
        takes_id=False,
        shown={"before": _colour, "after": _colour, "period": _quarter},
    ),
    Cause(
        CauseCode.FIRST_COLOUR,
        _("Your first colour, for %(period)s: %(after)s"),
        ENTERPRISE_ROLES,
        "traffic-lights",
        page="portal:my_enterprise",
        takes_id=False,
        shown={"after": _colour, "period": _quarter},
    ),
    Cause(
        CauseCode.COLOURS_CHANGED,
        _("Colours for %(period)s: %(number)s changed, %(red)s of them to red (%(object)s)"),
        POLICE_ROLES,
        "traffic-lights",
        page="ratings:warning",
        takes_id=False,
        shown={"number": _enterprises, "period": _quarter},
    ),
    Cause(
        AuditAction.ADOPT_STANDARD,
        _("Adopted as the standard that decides the official colours: %(object)s"),
        frozenset({Role.CHIEF, Role.SUPERVISOR}),
        "gavel",
        page="ratings:standard",
        on=(AuditAction.ADOPT_STANDARD,),
        who=_its_chiefs_and_supervisors,
    ),
    Cause(
        CauseCode.EVALUATION_FAILED,
        _("An evaluation failed: %(object)s. It can be started again."),
        frozenset({Role.SUPERVISOR}),
        "alert-triangle",
        page="ratings:run",
        tone="red",
    ),
)
