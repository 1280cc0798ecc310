"""Requests of departments in words."""

import datetime as dt

from django.utils.translation import gettext as _

from deliveries.choices import WishKind
from deliveries.models import Wish
from deliveries.wording import shown_address
from foundation.accounts import access
from foundation.accounts.selectors import names_of_stations
from foundation.ui.templatetags.anqi import day
from foundation.words import Words, listed


def wish_title(row: Wish) -> str:
    """Return a request in one line, such as "API key for “Fire desk”"."""
    if row.kind == WishKind.KEY:
        return _("API key for “%(title)s”") % {"title": row.values["title"]}
    return _("Messages pushed to %(address)s") % {"address": shown_address(row.values["url"])}


def values_in_words(row: Wish) -> list[tuple[Words, Words]]:
    """Return what was asked for, as label and value."""
    values = row.values
    if row.kind == WishKind.ADDRESS:
        title = row.subscription.title if row.subscription else ""
        return [(_("Subscription"), title), (_("Address"), values["url"])]
    words = access.scopes()
    stations = names_of_stations(values["stations"])
    whole = _("Whole bureau, also stations added later")
    until = values["expires_on"]
    return [
        (_("System"), values["title"]),
        (_("Rights"), listed(words.get(each, each) for each in values["scopes"])),
        (_("Area"), whole if values["whole_bureau"] else listed(stations.values())),
        (_("only from"), listed(values["networks"]) or _("everywhere")),
        (_("Valid until"), day(dt.date.fromisoformat(until)) if until else ""),
    ]
