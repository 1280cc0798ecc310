"""Menu entry of draws."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Random draws"),
        "arrows-shuffle",
        "lots:draws",
        (Place(Menu.POLICE, Section.CASEWORK, 70),),
        active=("lots:",),
        topic="draws",
    )
)
