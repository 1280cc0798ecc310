"""Menu entry of an enterprise's own page about visits of the police."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Police visits"),
        "qrcode",
        "checkins:own",
        (Place(Menu.PORTAL, Section.OWN, 4),),
        active=("checkins:own", "checkins:sign", "checkins:visit"),
    ),
)
