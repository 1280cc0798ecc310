"""Who is notified of what happens to hazards, self-checks and inspections."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from facts.causes import act_by_enterprise, act_by_police, corrections, day_of, new_records
from foundation.contributions.notifications import Happening, register
from inspections.staff.hazard_pages import HazardPages
from inspections.staff.views import InspectionPages, SelfCheckPages

HAZARDS = HazardPages()


def _new_deadline(happening: Happening) -> dict[str, Any]:
    day = happening.target.deadline_on
    return {"day": day.isoformat() if day else ""}


register(
    *new_records(
        HAZARDS,
        police=_("A new hazard: %(object)s"),
        enterprise=_("The police found a hazard: %(object)s"),
        settled=_("The police found a hazard, which was put right on the spot and is closed: %(object)s"),
    ),
    act_by_enterprise(HAZARDS, "rectify", _("Submitted as rectified, please re-inspect: %(object)s")),
    act_by_police(HAZARDS, "rectify", _("The station recorded that you rectified it: %(object)s")),
    act_by_police(HAZARDS, "close", _("Accepted and closed: %(object)s")),
    act_by_police(
        HAZARDS, "send_back", _("Sent back, the re-inspection was not passed: %(object)s"), tone="red"
    ),
    act_by_police(
        HAZARDS,
        "reopen",
        _("Open again, to be rectified by %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    act_by_police(
        HAZARDS,
        "extend",
        _("The deadline was extended to %(day)s: %(object)s"),
        values=_new_deadline,
        shown={"day": day_of},
    ),
    act_by_police(HAZARDS, "mark_major", _("Now graded as a major hazard: %(object)s")),
    act_by_police(HAZARDS, "mark_ordinary", _("Now graded as an ordinary hazard: %(object)s")),
    act_by_police(HAZARDS, "refuse", _("Recorded as refused to rectify: %(object)s")),
    *corrections(HAZARDS),
    *corrections(SelfCheckPages()),
    *corrections(InspectionPages()),
)
