"""Legal bases of penalties, as data: which text, which article, what it allows, and what must be recorded for it.

A new text or article is one more row. Its code is stored with each penalty and never changes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from foundation.words import Words

UNIT, HEAD, PERSON = "unit", "head", "person"  # choices.PenaltyTarget


@dataclass(frozen=True)
class Basis:
    """One legal basis. ``fines`` are the least and the most of a fine in yuan, by whom it is imposed on.

    ``needs_aggravation``: being overdue alone carries no fine; injury, loss or a serious threat must be recorded.
    ``unit_heard_from``: from which fine on a unit has a right to a hearing.
    """

    code: str
    title: Words
    fines: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    needs_aggravation: bool = False
    unit_heard_from: Decimal = Decimal(10_000)


_PERSONS = (Decimal(500), Decimal(5_000))

BASES = (
    Basis(
        "421-19",
        _("Order 421 (internal security of enterprises), Art. 19"),
        {UNIT: (Decimal(10_000), Decimal(100_000)), HEAD: _PERSONS, PERSON: _PERSONS},
        needs_aggravation=True,
    ),
    Basis("other", _("Another provision, named in the note")),
)
BY_CODE = {each.code: each for each in BASES}
CHOICES = [(each.code, each.title) for each in BASES]
