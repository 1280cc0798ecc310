"""What came late, for the run's page: a worker looks for it where a bureau is large.

Looking reads all records that changed since the run. A station's, and a small bureau's, are looked through while the page
waits; for a large bureau a worker does, and what it found is shown, with its time, for ten minutes.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.utils import timezone

from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.database import caching
from ratings.models import Evaluation
from ratings.operations.corrections import LateFact, late_facts

LARGE = 10_000  # enterprises of a run
KEPT_S = 600
CLAIMED_S = 120  # then another worker may be sent
SHOWN = 100  # enterprises; a correction takes all


@dataclass(frozen=True)
class Late:
    """The first enterprises with what came late of each; ``at`` is when a worker looked, None where it was just now."""

    total: int
    facts: list[tuple[int, list[LateFact]]]
    at: dt.datetime | None = None


def recall(actor: Actor, run: Evaluation) -> Late | None:
    """What came late; None: a worker has to look first."""
    if actor.role != Role.SUPERVISOR or run.registered < LARGE:
        return _look(actor, run)
    try:
        return caching.kept(_key(run))
    except caching.Unavailable:  # nowhere for a worker to put it
        return _look(actor, run)


def claim(run: Evaluation) -> bool:
    """Return whether it falls to the caller to send a worker."""
    return caching.claim(_key(run), CLAIMED_S)


def look(actor: Actor, run: Evaluation) -> None:
    """Look, for the supervisors of a bureau. Needs the scope of all its stations."""
    at = timezone.now()
    found = _look(actor, run)
    caching.keep(_key(run), Late(found.total, found.facts, at), KEPT_S)


def forget(run: Evaluation) -> None:
    """A correction is under way: what was late is not late for long."""
    caching.forget(_key(run))


def _look(actor: Actor, run: Evaluation) -> Late:
    late = late_facts(actor=actor, evaluation=run)
    by_enterprise = [(key, list(facts)) for key, facts in groupby(late, key=lambda fact: fact.enterprise_id)]
    return Late(len(by_enterprise), by_enterprise[:SHOWN])


def _key(run: Evaluation) -> caching.Key:
    return "ratings:late", run.bureau_id, run.pk
