"""Menu entries of inspections, hazards and self-checks."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.contributions.navigation import Entry, Highlight, Menu, Place, Section, register

register(
    Highlight("inspections:recount", topic="time_limits"),
    Highlight("inspections:recheck_draw", topic="draws"),
    Highlight("inspections:visit_draw", topic="draws"),
    Entry(
        _("Inspection plan"),
        "calendar-week",
        "inspections:plan_week",
        (Place(Menu.POLICE, Section.CASEWORK, 5),),
        active=("inspections:plan_",),
        key="l",
    ),
    Entry(
        _("Inspections"),
        "clipboard-check",
        "inspections:inspections",
        (Place(Menu.POLICE, Section.CASEWORK, 10),),
        active=(
            "inspections:inspection",
            "inspections:checklist",
            "inspections:self_check",
            "inspections:forger",
            "inspections:obstruction",
        ),
        topic="work",
        key="i",
    ),
    Entry(
        _("Hazards"),
        "alert-triangle",
        "inspections:hazards",
        (Place(Menu.POLICE, Section.CASEWORK, 20),),
        active=("inspections:hazard", "inspections:penalt"),
        key="h",
    ),
    Entry(
        pgettext_lazy("portal", "Hazards"),
        "alert-triangle",
        "inspections:hazards",
        (Place(Menu.PORTAL, Section.FIRST, 30),),
        active=("inspections:hazard",),
        key="h",
    ),
    Entry(
        _("Self-checks"),
        "list-check",
        "inspections:self_checks",
        (Place(Menu.PORTAL, Section.FIRST, 40),),
        active=("inspections:self_check",),
        key="s",
    ),
    Entry(
        pgettext_lazy("portal", "Inspections"),
        "clipboard-check",
        "inspections:own_inspections",
        (Place(Menu.PORTAL, Section.OWN, 3),),
        active=("inspections:own_inspection",),
    ),
    Highlight("inspections:complaint", topic="work"),
    Entry(
        _("Key positions"),
        "map-pin",
        "inspections:key_positions",
        (Place(Menu.PORTAL, Section.OWN, 5),),
        active=("inspections:key_position",),
    ),
    Entry(
        _("Penalties"),
        "gavel",
        "inspections:penalties",
        (Place(Menu.PORTAL, Section.OWN, 6),),
        active=("inspections:penalt",),
    ),
)
