"""Navigation entries of organisations, people, keys and the audit log."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.contributions.navigation import Entry, Menu, Place, Section, register
from foundation.inbox.selectors import unread_count

register(
    Entry(
        _("Notifications"),
        "bell",
        "accounts:inbox",
        tuple(Place(which, Section.TOP) for which in Menu),
        key="n",
        badge=unread_count,
    ),
    Entry(
        _("Bureaus"),
        "building-community",
        "accounts:bureaus",
        (Place(Menu.OPERATOR, Section.FIRST, 10),),
        active=("accounts:bureau", "accounts:station", "accounts:department"),
        key="t",
    ),
    Entry(
        pgettext_lazy("persons", "People"),
        "user-cog",
        "accounts:users",
        (Place(Menu.POLICE, Section.RECORDS, 20), Place(Menu.OPERATOR, Section.FIRST, 20)),
        active=("accounts:user",),
    ),
    Entry(
        _("Colleagues"),
        "users",
        "accounts:colleagues",
        (Place(Menu.PORTAL, Section.OWN, 10),),
        active=("accounts:colleague",),
    ),
    Entry(
        _("API keys"),
        "key",
        "accounts:keys",
        (
            Place(Menu.POLICE, Section.RECORDS, 30),
            Place(Menu.DEPARTMENT, Section.FIRST, 30),
            Place(Menu.OPERATOR, Section.FIRST, 40),
        ),
        active=("accounts:key",),
    ),
    Entry(
        _("Audit log"),
        "history",
        "accounts:audit",
        (Place(Menu.POLICE, Section.RECORDS, 40), Place(Menu.OPERATOR, Section.FIRST, 50)),
    ),
)
