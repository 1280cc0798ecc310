"""Navigation entries of the desks."""

from django.utils.translation import gettext_lazy as _

from desk.open_work import due_badge
from foundation.contributions.navigation import Entry, Highlight, Menu, Place, Section, register

register(
    Entry(
        _("Today"), "sun", "desk:today", (Place(Menu.POLICE, Section.FIRST, 10),), key="t", badge=due_badge
    ),
    Entry(
        _("Bureau"), "building-community", "desk:bureau", (Place(Menu.POLICE, Section.FIRST, 20),), key="t"
    ),
    Highlight("desk:file", topic="enterprise"),
)
