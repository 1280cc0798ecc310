"""Menu entry of incidents."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Incidents"),
        "bell",
        "incidents:list",
        (Place(Menu.POLICE, Section.CASEWORK, 40),),
        active=("incidents:",),
        key="c",
    )
)
