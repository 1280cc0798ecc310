"""Menu entry of activities in the portal; for the police they are a tab beside the inspections."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Highlight, Menu, Place, Section, register

register(
    Entry(
        _("Activities"),
        "school",
        "service:activities",
        (Place(Menu.PORTAL, Section.FIRST, 50),),
        active=("service:activit",),
        key="a",
    ),
    Highlight("service:activit", topic="work"),
)
