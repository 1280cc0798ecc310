"""Navigation entries of the portal."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register
from portal.pressing import pressing

register(
    Entry(
        _("My colour"),
        "traffic-lights",
        "portal:my_enterprise",
        (Place(Menu.PORTAL, Section.FIRST, 10),),
        active=("portal:my_enterprise", "portal:standard"),
        key="w",
    ),
    Entry(
        _("To do"),
        "checklist",
        "portal:my_tasks",
        (Place(Menu.PORTAL, Section.FIRST, 20),),
        key="t",
        badge=pressing,
    ),
)
