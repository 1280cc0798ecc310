"""Menu entry of fire doors."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.navigation import Entry, Menu, Place, Section, register

places = (Place(Menu.POLICE, Section.CASEWORK, 60), Place(Menu.PORTAL, Section.FIRST, 60))
register(Entry(_("Fire doors"), "door", "fire_doors:list", places, active=("fire_doors:",)))
