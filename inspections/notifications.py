"""Who is notified of what happens to hazards, self-checks and inspections."""

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from facts.causes import (
    OFFICERS,
    act_by_enterprise,
    act_by_police,
    act_for_officers,
    corrections,
    day_of,
    new_records,
)
from facts.choices import FactAction
from foundation.accounts.choices import ENTERPRISE_ROLES
from foundation.contributions.notifications import Cause, Happening, register
from foundation.words import Words
from inspections.reminding import DUE_SOON
from inspections.staff.forgery_pages import ForgeryPages
from inspections.staff.hazard_pages import HazardPages
from inspections.staff.views import InspectionPages, SelfCheckPages

HAZARDS, FORGERIES = HazardPages(), ForgeryPages()
CLOSED, CLOSED_MANY = _("Accepted and closed: %(object)s"), "hazard.close.many"


def _hazards(number: Any) -> str:
    return ngettext("%(number)d hazard", "%(number)d hazards", number) % {"number": number}


def _new_deadline(happening: Happening) -> dict[str, Any]:
    day = happening.target.deadline_on
    return {"day": day.isoformat() if day else ""}


def _for_both(code: str, words: Words, **more: Any) -> tuple[Cause, Cause]:
    """Return the causes of what the police do: for the enterprise's people, and for the officers who did not do it."""
    return act_by_police(HAZARDS, code, words, **more), act_for_officers(HAZARDS, code, words, **more)


register(
    *new_records(
        HAZARDS,
        police=_("A new hazard: %(object)s"),
        enterprise=_("The police found a hazard: %(object)s"),
        settled=_("The police found a hazard, which was put right on the spot and is closed: %(object)s"),
    ),
    act_for_officers(HAZARDS, "rectify", _("Submitted as rectified, please re-inspect: %(object)s")),
    act_by_police(HAZARDS, "rectify", _("The station recorded that you rectified it: %(object)s")),
    act_by_enterprise(HAZARDS, "withdraw", _("The enterprise withdrew its submission: %(object)s")),
    act_by_enterprise(HAZARDS, FactAction.CORRECT, _("Corrected by the enterprise: %(object)s")),
    act_by_enterprise(HAZARDS, FactAction.VOID, _("Voided by the enterprise: %(object)s")),
    act_by_police(HAZARDS, "close", CLOSED),
    replace(act_for_officers(HAZARDS, "close", CLOSED), together=CLOSED_MANY),
    Cause(
        CLOSED_MANY,
        _("Accepted and closed, %(number)s: %(object)s"),
        OFFICERS,
        "circle-check",
        page="inspections:hazards",
        takes_id=False,
        tone="green",
        shown={"number": _hazards},
    ),
    *_for_both("send_back", _("Sent back, the re-inspection was not passed: %(object)s"), tone="red"),
    *_for_both(
        "reopen",
        _("Open again, to be rectified by %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both(
        "extend",
        _("The deadline was extended to %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both("suspend", _("The deadline is suspended: %(object)s")),
    *_for_both(
        "resume",
        _("The deadline was resumed and is now %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both(
        "recount",
        _("The deadline was counted again with the published calendar and is now %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both(
        "count_from_service",
        _("The order was served, so the deadline is now %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    act_for_officers(HAZARDS, "ask_extension", _("The enterprise asks for an extension: %(object)s")),
    act_by_police(
        HAZARDS, "ask_extension", _("The station recorded that you ask for an extension: %(object)s")
    ),
    *_for_both(
        "decline_extension",
        _("The extension was refused, the deadline stays %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    *_for_both("mark_major", _("Now graded as a major hazard: %(object)s")),
    *_for_both("mark_ordinary", _("Now graded as an ordinary hazard: %(object)s")),
    *_for_both("refuse", _("Recorded as refused to rectify: %(object)s")),
    Cause(
        DUE_SOON,
        _("Due on %(day)s, in two days or less: %(object)s"),
        ENTERPRISE_ROLES,
        "clock",
        page="inspections:hazard",
        tone="yellow",
        shown={"day": day_of},
    ),
    *corrections(HAZARDS),
    *corrections(SelfCheckPages()),
    *new_records(FORGERIES, police=_("Looks forged, to be confirmed: %(object)s")),
    act_for_officers(FORGERIES, "confirm", _("Confirmed as forged: %(object)s")),
    act_by_police(FORGERIES, "confirm", _("The police confirmed a forgery: %(object)s")),
    act_for_officers(FORGERIES, "withdraw", _("Finding of forgery withdrawn: %(object)s")),
    act_by_police(FORGERIES, "withdraw", _("The police withdrew a finding of forgery: %(object)s")),
    *corrections(FORGERIES),
    *corrections(InspectionPages()),
)
