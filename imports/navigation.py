"""Menu entry of imports."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Imports"),
        "file-import",
        "imports:sheets",
        (Place(Menu.POLICE, Section.RECORDS, 10),),
        active=("imports:",),
    )
)
