"""Menu entries of disputes."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Disputes"),
        "users",
        "disputes:list",
        (Place(Menu.POLICE, Section.CASEWORK, 30),),
        active=("disputes:",),
        key="d",
    ),
    Entry(
        pgettext_lazy("portal", "Disputes"),
        "users",
        "disputes:own_disputes",
        (Place(Menu.PORTAL, Section.OWN, 2),),
        active=("disputes:own_",),
    ),
)
