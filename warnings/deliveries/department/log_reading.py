"""Reads of the push log: attempts as lines, what waits behind, one attempt with request and response."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone

from deliveries import selectors
from deliveries.choices import Fault, Outcome, Paused
from deliveries.diagnosis import Diagnosis, diagnose
from deliveries.models import Attempt, Event, Exchange, Receipt, Subscription
from deliveries.operations.exchanges import KEPT
from foundation.accounts.actors import Actor
from foundation.tenancy.scope import Audience

FAILED = Q(outcome__in=[Outcome.FAILED, Outcome.REFUSED, Outcome.OVERTAKEN])
SHOWN: dict[str, Q] = {
    "": Q(),
    "failed": FAILED,
    "delivered": Q(outcome=Outcome.DELIVERED),
    "skipped": Q(outcome=Outcome.SKIPPED),
    "test": Q(sequence=0),  # a test event has no number
}
TRIES_SHOWN = 6
WAITING_SHOWN = 3
LINE = 56  # characters
SOON = dt.timedelta(seconds=10)
UNCONNECTED = (Fault.CONNECTION, Fault.TLS, Fault.DNS, Fault.ADDRESS, Fault.SECRET)


@dataclass(frozen=True)
class Line:
    """An attempt in the log. ``number``: which try of its message it is; ``again``: it had been delivered before."""

    attempt: Attempt
    number: int
    again: bool


@dataclass(frozen=True)
class Shown:
    """One attempt in full. ``tries`` are those of its message, the last ones, in order; ``earlier`` how many are not shown."""

    attempt: Attempt
    diagnosis: Diagnosis | None
    exchange: Exchange | None
    event: Event | None
    excerpt: str
    left_out: int
    tries: list[Attempt]
    earlier: int
    size: int = 0
    headers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def was_erased(self) -> bool:
        """Whether the answer was kept once, and is no longer."""
        return self.exchange is None and self.attempt.at < timezone.now() - KEPT

    @property
    def sent_nothing(self) -> bool:
        """Whether no connection came about, so there was neither request nor answer."""
        return not self.headers_sent and self.attempt.status is None and self.attempt.fault in UNCONNECTED

    @property
    def headers_sent(self) -> bool:
        """Whether the request is still kept."""
        return self.exchange is not None and bool(self.exchange.request_headers)


def log_of(
    actor: Actor, row: Subscription, *, show: str, day: dt.date | None, number: int | None
) -> QuerySet[Attempt]:
    """Return the attempts of a subscription, newest first, narrowed to a result, a day in China and a message."""
    rows = selectors.attempts(actor, subscription_id=row.pk).filter(SHOWN[show])
    if day is not None:
        rows = rows.filter(at__date=day)
    return rows if number is None else rows.filter(sequence=number)


Numbers = dict[int, tuple[int, bool]]


def lines_of(attempts: Iterable[Attempt], numbers: Numbers) -> list[Line]:
    """Return attempts as lines."""
    return [Line(each, *numbers.get(each.pk, (1, False))) for each in attempts]


def numbers_of(actor: Actor, row: Subscription, attempts: Iterable[Attempt]) -> Numbers:
    """Return for each attempt at these messages which try it is, and whether the message had been delivered before."""
    sequences = {each.sequence for each in attempts} - {0}  # each test event is one of its own
    rows = selectors.attempts(actor, subscription_id=row.pk).filter(sequence__in=sequences).order_by("id")
    found: Numbers = {}
    tried: dict[int, int] = defaultdict(int)
    delivered: set[int] = set()
    for pk, sequence, outcome in rows.values_list("pk", "sequence", "outcome"):
        tried[sequence] += 1
        found[pk] = (tried[sequence], sequence in delivered)
        if outcome in (Outcome.DELIVERED, Outcome.SKIPPED):
            tried[sequence] = 0
        if outcome == Outcome.DELIVERED:
            delivered.add(sequence)
    return found


def shown_attempt(actor: Actor, row: Subscription, attempt: Attempt) -> Shown:
    """Return an attempt with its request and response, as far as they are still kept, and its message's other tries."""
    exchange = exchange_of(actor, attempt)
    event = selectors.events(actor, subscription_id=row.pk).filter(sequence=attempt.sequence).first()
    tries = [attempt]
    if attempt.sequence:
        same = selectors.attempts(actor, subscription_id=row.pk).filter(sequence=attempt.sequence)
        tries = list(same.order_by("id"))
    place = next(n for n, each in enumerate(tries) if each.pk == attempt.pk)
    begin = max(0, min(place - TRIES_SHOWN + 2, len(tries) - TRIES_SHOWN))
    excerpt, left_out = _excerpt(event)
    return Shown(
        attempt=attempt,
        diagnosis=diagnose(attempt, exchange.certificate if exchange else None),
        exchange=exchange,
        event=event,
        excerpt=excerpt,
        left_out=left_out,
        tries=tries[begin : begin + TRIES_SHOWN],
        earlier=begin,
        size=len(event.body.encode()) if event else 0,
        headers=[(name, value) for name, value in exchange.response_headers] if exchange else [],
    )


def exchange_of(actor: Actor, attempt: Attempt) -> Exchange | None:
    """Return what an attempt sent and what was answered, while it is kept; None for whoever may not read it."""
    return Exchange.objects.filter(attempt_id=attempt.pk).first() if reads_answers(actor) else None


def reads_answers(actor: Actor) -> bool:
    """Return whether the actor may read what receivers answered: their department alone, no key of it."""
    return actor.audience is Audience.DEPARTMENT and not actor.key_id


def _excerpt(event: Event | None) -> tuple[str, int]:
    """Return a message laid out for reading, with its first rating alone, and how many are left out."""
    if event is None:
        return "", 0
    payload = event.payload
    data = payload.get("data") or {}
    ratings = data.get("ratings")
    if isinstance(ratings, list) and len(ratings) > 1:
        payload = payload | {"data": data | {"ratings": ratings[:1]}}
    else:
        ratings = []
    return laid_out(payload), max(0, len(ratings) - 1)


def laid_out(value: Any, indent: str = "") -> str:
    """Return JSON for reading: what is short stands in one line."""
    plain = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(plain) <= LINE or not isinstance(value, dict | list) or not value:
        return plain
    inner = indent + "  "
    if isinstance(value, dict):
        rows = [
            f"{json.dumps(name, ensure_ascii=False)}: {laid_out(each, inner)}" for name, each in value.items()
        ]
    else:
        rows = [laid_out(each, inner) for each in value]
    begin, end = "{}" if isinstance(value, dict) else "[]"
    return f"{begin}\n{inner}" + f",\n{inner}".join(rows) + f"\n{indent}{end}"


def waiting_rows(actor: Actor, row: Subscription) -> list[Receipt]:
    """Return the first messages that wait behind the next one, in order."""
    if not row.url or not row.active or not row.waiting:
        return []
    rows = selectors.receipts(actor, subscription_id=row.pk).select_related(None).order_by("sequence")
    behind = max(row.last_delivered, row.next_sequence)
    return list(rows.filter(sequence__gt=behind)[:WAITING_SHOWN])


@dataclass(frozen=True)
class Summary:
    """The attempts of a subscription in figures: messages tried and delivered in the last seven days, tests ever.

    ``first_both`` and ``last_both`` are the numbers of the messages that both present secrets signed, if any.
    """

    tried: int = 0
    delivered: int = 0
    tests: int = 0
    first_both: int | None = None
    last_both: int | None = None


def summary_of(actor: Actor, row: Subscription) -> Summary:
    """Return the attempts of a subscription in figures. One query."""
    recent = Q(at__gt=timezone.now() - dt.timedelta(days=7), sequence__gt=0)
    hints = [row.secret_hint, row.previous_hint]
    both = Q(signed_with__contains=hints, sequence__gt=0) if all(hints) else Q(pk=None)
    return Summary(
        **selectors.attempts(actor, subscription_id=row.pk)
        .order_by()
        .aggregate(
            tried=Count("sequence", distinct=True, filter=recent),
            delivered=Count("sequence", distinct=True, filter=recent & Q(outcome=Outcome.DELIVERED)),
            tests=Count("id", filter=SHOWN["test"]),
            first_both=Min("sequence", filter=both),
            last_both=Max("sequence", filter=both),
        )
    )


def is_moving(row: Subscription) -> bool:
    """Return whether something is being sent right now or will be within seconds, so that the page asks again."""
    now = timezone.now()
    if not (row.active and row.url and row.has_next) or row.paused_why:
        return False
    return (
        bool(row.leased_until and row.leased_until > now)
        or not row.next_try_at
        or row.next_try_at < now + SOON
    )


def troubled(actor: Actor) -> int:
    """Return how many pushes of the department are troubled (:attr:`Subscription.is_troubled`), for the navigation."""
    if actor.audience is not Audience.DEPARTMENT:
        return 0
    broken = Q(failing_since__isnull=False) | ~Q(paused_why__in=[Paused.NOT, Paused.MANUAL])
    return selectors.subscriptions(actor).filter(broken, active=True).exclude(url="").order_by().count()


def most_urgent(rows: Iterable[Subscription]) -> Subscription | None:
    """Return the subscription whose log is worth opening first: paused or failing, else the first with an address."""

    def urgency(row: Subscription) -> tuple[bool, bool, bool, int]:
        broken = bool(row.paused_why or row.failing_since)
        return (not row.active, not row.url, not broken, row.pk)

    return min(rows, key=urgency, default=None)


def facts_of(row: Subscription) -> dict[str, Any]:
    """Return what the department may do with the push now. ``act`` is the first of it, "" if nothing needs to be done."""
    paused, failing = Paused(row.paused_why), row.failing_since is not None
    act = ""
    if row.active and row.url:
        if paused == Paused.CONFIRM:
            act = "confirm"
        elif paused == Paused.SECRET:
            act = "secret"
        elif paused and paused != Paused.MANUAL:
            act = "resume"
        elif failing and not paused and row.has_next:
            act = "retry"
    may_skip = row.active and bool(row.url) and row.has_next and (failing or paused == Paused.REFUSED)
    return {"act": act, "may_skip": may_skip}
