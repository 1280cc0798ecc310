"""Menu entries of papers."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

register(
    Entry(
        _("Papers"),
        "file-text",
        "papers:register",
        (Place(Menu.POLICE, Section.CASEWORK, 80),),
        active=("papers:",),
    )
)
