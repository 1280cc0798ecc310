"""Menu entry of the register."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Enterprises"),
        "building-factory-2",
        "enterprises:list",
        (Place(Menu.POLICE, Section.FIRST, 30),),
        active=("enterprises:",),
        topic="enterprise",
        key="e",
    )
)
