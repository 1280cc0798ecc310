"""Navigation entries of the three-colour warning."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Warning"),
        "traffic-lights",
        "ratings:warning",
        (Place(Menu.POLICE, Section.RATING, 10),),
        active=("ratings:warning", "ratings:run", "ratings:evaluation", "ratings:rating"),
        key="w",
    ),
    Entry(
        _("Standards"),
        "list-details",
        "ratings:standards",
        (Place(Menu.POLICE, Section.RATING, 20),),
        active=("ratings:standard",),
        key="s",
    ),
)
