"""Who found a hazard on which day, as the records say: an order names them and that day, and no others."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.contributions.limits import names_in, people_in
from foundation.words import listed
from inspections.choices import Origin
from inspections.models import Hazard

CONTRADICTS = gettext_lazy(
    "The records say that it was found on %(finding)s. An order says the same; correct the record first if it is wrong."
)


@dataclass(frozen=True)
class Finding:
    """On which day officers found a hazard, and who they were. Another order of the names is the same finding."""

    on: dt.date
    people: frozenset[str]
    names: tuple[str, ...] = field(compare=False)

    def __str__(self) -> str:
        return _("%(day)s by %(people)s") % {"day": self.on.isoformat(), "people": listed(self.names)}


def finding_of(hazard: Hazard) -> Finding | None:
    """Return what the records say of who found a hazard and when; None if they name no officer. Needs ``inspection``."""
    visit = hazard.inspection
    if visit and not visit.is_voided:
        text = visit.inspectors
    else:
        text = hazard.found_by if hazard.origin == Origin.POLICE else ""
    names = tuple(names_in(text))
    return Finding(hazard.found_on, frozenset(people_in(text)), names) if names else None


def contradiction(hazard: Hazard, on: dt.date, names: Iterable[str]) -> str:
    """Return why an order about that day that names these officers cannot contain a hazard; empty if it can."""
    finding = finding_of(hazard)
    if finding is None or (finding.on, finding.people) == (on, frozenset(people_in("、".join(names)))):
        return ""
    return str(CONTRADICTS) % {"finding": finding}
