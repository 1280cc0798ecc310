"""Audit log labels for inspections, hazards and self-checks."""

from django.utils.translation import gettext_lazy as _

from facts.declarations import register_kind
from foundation.contributions.audit import Action, Kind, kind_of_model, register
from inspections.calling import ACT as CALL
from inspections.lives import FORGERY_LIFE, HAZARD_LIFE
from inspections.models import Forgery, Hazard, Inspection, ItemList, SelfCheck
from inspections.recounting import ACT
from inspections.responsible import ACT as RESPONSIBLE
from inspections.serving import ACT as BY_SERVICE

register_kind("inspection", Inspection, formerly="inspections.Inspection", named_by=("kind", "inspected_on"))
register_kind(
    "self_check",
    SelfCheck,
    formerly="inspections.SelfCheck",
    verb="selfcheck",
    named_by=("target", "checked_on"),
)
register_kind("hazard", Hazard, life=HAZARD_LIFE, formerly="inspections.Hazard")
register_kind("forgery", Forgery, life=FORGERY_LIFE)
register(
    Kind("item_list", ItemList),
    Action(
        kind_of_model(Hazard).action(ACT),
        _("Deadline counted again with a newer calendar"),
        "calendar-time",
        names_no_kind=True,
    ),
    Action(
        kind_of_model(Hazard).action(BY_SERVICE),
        _("Deadline counted from the service of the order"),
        "calendar-time",
        names_no_kind=True,
    ),
    Action(
        kind_of_model(Hazard).action(RESPONSIBLE),
        _("Persons responsible named"),
        "user-check",
        names_no_kind=True,
    ),
    Action("item_list.publish", _("Published a new version of the list of hazard items"), "list-details"),
    Action(kind_of_model(Hazard).action(CALL), _("Enterprise called"), "phone", names_no_kind=True),
)
