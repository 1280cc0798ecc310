"""Menu entry of time limits."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Time limits"),
        "calendar-time",
        "deadlines:limits",
        (Place(Menu.POLICE, Section.CASEWORK, 90),),
        active=("deadlines:",),
        topic="time_limits",
    )
)
