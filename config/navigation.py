"""Navigation entry of the health page."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(Entry(_("Health"), "heartbeat", "health", (Place(Menu.OPERATOR, Section.FIRST, 60),)))
register(
    Entry(
        _("Status of deliveries"),
        "activity",
        "status",
        (Place(Menu.DEPARTMENT, Section.FIRST, 50), Place(Menu.OPERATOR, Section.FIRST, 55)),
    )
)
