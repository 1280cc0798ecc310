"""Disputes in the one search: by their words, and by a person who is a party, exactly, for who may open one."""

import re
from dataclasses import replace

from django.db.models import Case, Q, QuerySet, When
from django.utils.translation import gettext_lazy as _

from disputes.access import Permission
from disputes.models import Dispute
from disputes.people.selectors import disputes_of_person
from disputes.staff.views import DisputePages
from facts.declarations import findable
from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.contributions.search import register
from foundation.identifiers import compact, readable

_HAN = re.compile(r"[\u4e00-\u9fff·• ]{2,20}")
_LATIN = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:[ '.-]++[^\W\d_]++)+")
_SHORTEST_NUMBER = 7  # digits of a telephone


def may_be_person(text: str) -> bool:
    """Return whether a text can be a whole name, an identity number or a telephone number."""
    plain = readable(text)
    digits = compact(plain).lstrip("+").removesuffix("X")
    return bool(
        (digits.isdigit() and len(digits) >= _SHORTEST_NUMBER)
        or _HAN.fullmatch(plain)
        or _LATIN.fullmatch(plain)
    )


def _of_person(actor: Actor, text: str) -> QuerySet[Dispute]:
    """Return the disputes that the actor sees to which a person is a party; all for an empty text."""
    rows = visible(actor, Dispute)
    if not text:
        return rows
    files = disputes_of_person(actor, text).values("dispute_id")
    merged = Dispute.objects.filter(pk__in=files).exclude(merged_into_id=0).values("merged_into_id")
    return rows.filter(Q(pk__in=files) | Q(pk__in=merged))


DISPUTES = findable(
    DisputePages(),
    rank=50,
    title=("summary",),
    more=("kind",),
    due=Case(When(settled_on=None, then="due_on")),
)
register(DISPUTES)
register(
    replace(
        DISPUTES,
        code="disputes_of_person",
        title=_("Disputes to which this person is a party"),
        rank=51,
        permission=Permission.OPEN_PERSON,
        rows=_of_person,
        list_page="",
        list_query={},
        is_noted=False,
        by_words=False,
        asks=may_be_person,
    )
)
