"""Words of what is done to inspections, hazards and self-checks."""

from django.utils.translation import gettext_lazy as _

from facts.kinds import register_kind
from foundation.contributions.audit import Action
from inspections.models import Hazard, Inspection, SelfCheck

register_kind("inspection", Inspection, formerly="inspections.Inspection")
register_kind("self_check", SelfCheck, formerly="inspections.SelfCheck", verb="selfcheck")
register_kind(
    "hazard",
    Hazard,
    formerly="inspections.Hazard",
    actions=[
        Action("hazard.rectify", _("Submitted as rectified"), "send", names_no_kind=True),
        Action("hazard.close", _("Closed after re-inspection"), "circle-check", "green", names_no_kind=True),
        Action(
            "hazard.send_back", _("Sent back after re-inspection"), "arrow-back-up", "red", names_no_kind=True
        ),
        Action("hazard.extend", _("Extension granted"), "calendar-plus", names_no_kind=True),
        Action("hazard.mark_major", _("Marked as major"), "alert-triangle", "red", names_no_kind=True),
        Action("hazard.mark_ordinary", _("Marked as ordinary"), "arrow-down", names_no_kind=True),
        Action("hazard.refuse", _("Rectification refused"), "hand-stop", "red", names_no_kind=True),
    ],
)
