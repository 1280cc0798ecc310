"""Performance of an agreement: which instalments are paid as of a day. Arithmetic alone, without Django.

Amounts are integers of fen 分, days are dates. Everything follows from the instalments and the payments: nothing of it is
stored. What was paid counts by its day, not by when it was entered, so any order of entry gives the same outcome.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

MOST_FEN = 10**13  # 100 billion yuan: nothing larger is an amount of a dispute
LAST_YEAR = 2099
MOST_INSTALMENTS = 120
SOON_DAYS = 7  # an instalment due by then stands out


class Overpaid(ValueError):
    """More was paid than is owed. ``fen`` is how much more."""

    def __init__(self, fen: int) -> None:
        super().__init__(fen)
        self.fen = fen


class State(StrEnum):
    """State of an instalment as of a day."""

    ON_TIME = "on_time"
    LATE = "late"
    PART = "part"  # its day has passed, and some of it is paid
    BREACH = "breach"  # its day has passed, and nothing of it is paid
    DUE = "due"  # within SOON_DAYS
    AHEAD = "ahead"


class Whole(StrEnum):
    """State of an agreement as of a day."""

    NOTHING_OWED = "nothing_owed"  # it has no instalments
    PERFORMED = "performed"
    BREACHED = "breached"
    BEHIND = "behind"
    RUNNING = "running"


OVERDUE = (State.PART, State.BREACH)
PAID = (State.ON_TIME, State.LATE)


@dataclass(frozen=True)
class Instalment:
    """What has to be paid by a day. ``number`` counts from 1, in the order of the days."""

    number: int
    due_on: dt.date
    fen: int


@dataclass(frozen=True)
class Payment:
    """What was paid on a day. ``number`` names the instalment it is for; 0: the earliest that is unpaid.

    ``key`` tells it from others, for whoever shows which payments paid an instalment.
    """

    paid_on: dt.date
    fen: int
    number: int = 0
    key: int = 0


@dataclass(frozen=True)
class Standing:
    """An instalment as of a day: what of it is paid, and how that is to be judged. ``paid_on``: when it was paid in full."""

    instalment: Instalment
    paid: int
    state: State
    paid_on: dt.date | None = None
    days: int = 0  # until its day, negative after it
    keys: tuple[int, ...] = ()  # of the payments, in the order of their days

    @property
    def open(self) -> int:
        """What of it is still owed."""
        return self.instalment.fen - self.paid


@dataclass(frozen=True)
class Performance:
    """An agreement as of a day."""

    standings: Sequence[Standing] = field(default_factory=tuple)

    @property
    def total(self) -> int:
        return sum(each.instalment.fen for each in self.standings)

    @property
    def paid(self) -> int:
        return sum(each.paid for each in self.standings)

    @property
    def open(self) -> int:
        return self.total - self.paid

    @property
    def overdue(self) -> int:
        """What is owed of instalments whose day has passed."""
        return sum(each.open for each in self.standings if each.state in OVERDUE)

    @property
    def to_come(self) -> int:
        """What is owed of instalments whose day is today or later."""
        return self.open - self.overdue

    @property
    def breached(self) -> list[Standing]:
        return [each for each in self.standings if each.state == State.BREACH]

    @property
    def next(self) -> Standing | None:
        """The earliest instalment that is not paid in full."""
        return next((each for each in self.standings if each.open), None)

    @property
    def performed_on(self) -> dt.date | None:
        """The day on which the last of it was paid; None before."""
        days = [each.paid_on for each in self.standings]
        return max(day for day in days if day) if days and all(days) else None

    @property
    def state(self) -> Whole:
        if not self.standings:
            return Whole.NOTHING_OWED
        states = {each.state for each in self.standings}
        if State.BREACH in states:
            return Whole.BREACHED
        if State.PART in states:
            return Whole.BEHIND
        return Whole.RUNNING if self.open else Whole.PERFORMED


def performance_on(
    day: dt.date, instalments: Iterable[Instalment], payments: Iterable[Payment]
) -> Performance:
    """Return how an agreement stands as of a day. What was paid later is left out.

    Raise Overpaid if more was paid by then than is owed.
    """
    owed = sorted(instalments, key=lambda each: each.number)
    parts = allocate(owed, (each for each in payments if each.paid_on <= day))
    return Performance(tuple(_standing(day, each, parts[each.number]) for each in owed))


def _standing(day: dt.date, owed: Instalment, parts: Sequence[tuple[Payment, int]]) -> Standing:
    paid, days = sum(fen for _payment, fen in parts), (owed.due_on - day).days
    keys = tuple(payment.key for payment, _fen in parts)
    if paid >= owed.fen:
        on = max(payment.paid_on for payment, _fen in parts)
        return Standing(owed, paid, State.ON_TIME if on <= owed.due_on else State.LATE, on, days, keys)
    if days < 0:
        return Standing(owed, paid, State.PART if paid else State.BREACH, None, days, keys)
    return Standing(owed, paid, State.DUE if days <= SOON_DAYS else State.AHEAD, None, days, keys)


def allocate(
    instalments: Sequence[Instalment], payments: Iterable[Payment]
) -> Mapping[int, list[tuple[Payment, int]]]:
    """Return which part of which payment pays each instalment, by its number: the payment and the fen.

    Payments count in the order of their days. One that names an instalment pays that first; it goes before the others of its
    day, so that what was entered first makes no difference. Everything else, and what is left of it, pays the earliest
    instalment that is unpaid. A name that no instalment has is ignored. Raise Overpaid if something is left in the end.
    """
    owed = sorted(instalments, key=lambda each: each.number)
    known = {each.number for each in owed}
    left = {each.number: each.fen for each in owed}
    found: dict[int, list[tuple[Payment, int]]] = {each.number: [] for each in owed}
    too_much = 0
    for payment in sorted(payments, key=_order):
        rest = payment.fen
        first = [payment.number] if payment.number in known else []
        for number in (*first, *(each.number for each in owed)):
            part = min(rest, left[number])
            if part > 0:
                found[number].append((payment, part))
                left[number] -= part
                rest -= part
        too_much += rest
    if too_much:
        raise Overpaid(too_much)
    return found


def _order(payment: Payment) -> tuple[dt.date, bool, int, int, int]:
    return payment.paid_on, not payment.number, payment.number, payment.fen, payment.key


# --- dividing a total ------------------------------------------------------------------------------------------------


def split_evenly(fen: int, number: int) -> list[int]:
    """Return a total in so many parts that differ by one fen at most; the larger ones are the last. They add up to it.

    100 yuan in 3 is 33.33, 33.33, 33.34. Raise ValueError if a part would have nothing.
    """
    if number < 1 or fen < number:
        raise ValueError(f"{fen} fen cannot be {number} parts")
    part, more = divmod(fen, number)
    return [part + (place >= number - more) for place in range(number)]


def split_by_percent(fen: int, percents: Sequence[Decimal]) -> list[int]:
    """Return a total in parts by percent, which add up to it. What rounding leaves goes to the largest fractions.

    Raise ValueError if the percents are not above 0 or are not 100 together, or if a part would have nothing.
    """
    if not percents or any(each <= 0 for each in percents) or sum(percents) != 100:
        raise ValueError("the percents are not 100 together")
    exact = [Decimal(fen) * each / 100 for each in percents]
    parts = [int(each.to_integral_value(ROUND_FLOOR)) for each in exact]
    by_fraction = sorted(range(len(parts)), key=lambda place: (exact[place] - parts[place], place))
    for place in by_fraction[len(parts) - (fen - sum(parts)) :]:
        parts[place] += 1
    if not all(parts):
        raise ValueError("a part would have nothing")
    return parts


def days_monthly(first_on: dt.date, number: int, months: int = 1) -> list[dt.date]:
    """Return so many days, each some months after the one before. Where a month has no such day, its last one."""
    found = []
    for place in range(number):
        year, month = divmod(first_on.year * 12 + first_on.month - 1 + place * months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        found.append(dt.date(year, month + 1, min(first_on.day, last)))
    return found


def days_every(first_on: dt.date, number: int, days: int) -> list[dt.date]:
    """Return so many days, each so many days after the one before."""
    return [first_on + dt.timedelta(days=days * place) for place in range(number)]


# --- amounts ---------------------------------------------------------------------------------------------------------


def fen_of(yuan: Decimal) -> int:
    """Return an amount of yuan in fen. Raise ValueError for more than two places."""
    fen = yuan * 100
    if fen != fen.to_integral_value():
        raise ValueError("an amount has two places at most")
    return int(fen)


def yuan_of(fen: int) -> Decimal:
    """Return an amount of fen in yuan, with two places."""
    return Decimal(fen).scaleb(-2)
