"""Papers in the one search, by their number."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from foundation.accounts.actors import Actor
from foundation.contributions.papers import forms
from foundation.contributions.search import Findable, Found, Hit, register
from foundation.searching import as_typed, every_word
from papers.access import Permission
from papers.models import Paper
from papers.selectors import visible


def _numbered(actor: Actor, text: str) -> QuerySet[Paper]:
    """Return the papers that are in force and whose number has every word of a text."""
    rows = visible(actor).filter(voided_at=None, corrected_at=None)
    return rows.filter(every_word(text, lambda word: as_typed(word, ("number_text",))))


def _hit(found: Found) -> Hit:
    place = [] if found.actor.is_enterprise else [found["enterprise"]]
    return Hit(
        found["number"],
        (*place, form.title if (form := forms.get(found["form"])) else found["form"]),
        names=frozenset(place),
        on=dt.date.fromisoformat(found["on"]),
    )


register(
    Findable(
        code="papers",
        title=_("Papers"),
        icon="file-text",
        rank=58,
        permission=Permission.VIEW_PAPERS,
        rows=_numbered,
        values={
            "number": "number_text",
            "enterprise": "enterprise_name",
            "form": "form",
            "on": "issued_on",
        },
        hit=_hit,
        page="papers:paper",
    )
)
