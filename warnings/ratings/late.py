"""Late facts for the page of a run.

Finding them means reading all records that changed since the run. For a station or a small bureau the page does so
itself; for a large bureau a worker does, and its result is cached for ten minutes and shown with its time.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from enterprises.selectors import visible
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.database import caching
from ratings.models import Evaluation
from ratings.operations.corrections import LateFact, late_facts

LARGE = 10_000  # enterprises in a run
KEPT_S = 600
CLAIMED_S = 120  # after that, another worker may be sent
SHOWN = 100  # enterprises on the page; a correction includes all


@dataclass(frozen=True)
class Late:
    """The first enterprises with their late facts. ``at`` is when a worker looked, None if the page did."""

    total: int
    facts: list[tuple[int, list[LateFact]]]
    at: dt.datetime | None = None


def recall(actor: Actor, run: Evaluation) -> Late | None:
    """Return the late facts of a run, or None if a worker has to look for them first."""
    if actor.role != Role.SUPERVISOR or not _is_large(actor, run):
        return _look(actor, run)
    has_cache = False
    found: Late | None = None
    with caching.tolerated():
        found, has_cache = caching.kept(_key(run)), True
    return found if has_cache else _look(actor, run)  # without Redis a worker could not pass on its result


def claim(run: Evaluation) -> bool:
    """Return whether the caller should send a worker."""
    return caching.claim(_key(run), CLAIMED_S)


def look(actor: Actor, run: Evaluation) -> None:
    """Find the late facts and cache them for the supervisors of the bureau. Needs the scope of all its stations."""
    at = timezone.now()
    found = _look(actor, run)
    caching.keep(_key(run), Late(found.total, found.facts, at), KEPT_S)


def forget(run: Evaluation) -> None:
    """Drop the cached result, because a correction has started."""
    caching.forget(_key(run))


def _look(actor: Actor, run: Evaluation) -> Late:
    late = late_facts(actor=actor, evaluation=run)
    by_enterprise = [(key, list(facts)) for key, facts in groupby(late, key=lambda fact: fact.enterprise_id)]
    return Late(len(by_enterprise), by_enterprise[:SHOWN])


def _is_large(actor: Actor, run: Evaluation) -> bool:
    """Return whether the run or the register is large: many enterprises may have joined since."""
    return run.registered >= LARGE or visible(actor)[:LARGE].count() == LARGE


def _key(run: Evaluation) -> caching.Key:
    return "ratings:late", run.bureau_id, run.pk
