"""Menu entry of disputes."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Disputes"),
        "users",
        "disputes:list",
        (Place(Menu.POLICE, Section.CASEWORK, 30),),
        active=("disputes:",),
        key="d",
    )
)
