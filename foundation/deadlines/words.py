"""Time limits and days of the calendar in words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from foundation.deadlines.calendar import Festival
from foundation.deadlines.counting import Length, Unit

FESTIVALS = {
    Festival.NEW_YEAR: _("New Year's Day"),
    Festival.SPRING: _("Spring Festival"),
    Festival.TOMB_SWEEPING: _("Tomb-Sweeping Day"),
    Festival.LABOUR: _("Labour Day"),
    Festival.DRAGON_BOAT: _("Dragon Boat Festival"),
    Festival.NATIONAL: _("National Day"),
    Festival.MID_AUTUMN: _("Mid-Autumn Festival"),
    Festival.VICTORY_2015: _("Victory Day 2015"),
}
WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)


def length_in_words(length: Length) -> str:
    """Return a length in the active language: 10 working days."""
    if length.unit is Unit.WORKING:
        words = ngettext("%(number)d working day", "%(number)d working days", length.number)
    else:
        words = ngettext("%(number)d calendar day", "%(number)d calendar days", length.number)
    return words % {"number": length.number}
