"""The rules a standard is made of. Each exists once, with two faces that must agree to the last digit.

``points(read)`` is Python arithmetic on Decimals, ``sql(column)`` the same as a PostgreSQL expression; a property
test feeds both random measures. ``read`` and ``column`` take the code of a measure. Both yield None / NULL where
the rule is *not applicable*: its basis is zero. Points come out rounded half up to six decimals, by one division at
the most, so that both faces round the same number.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

Read = Callable[[str], Decimal]
Column = Callable[[str], str]

MICRO = Decimal("0.000001")
DAYS = "days_on_register"
PERIOD_DAYS = "period_days"


def rounded(value: Decimal, step: Decimal = MICRO) -> Decimal:
    """Half up (away from zero), as PostgreSQL's round(numeric) does."""
    return value.quantize(step, ROUND_HALF_UP)


def literal(value: Decimal) -> str:
    """A number as an exact SQL literal."""
    return f"{value:f}::numeric"


def total(column: Column, codes: tuple[str, ...]) -> str:
    """The sum of some measures as SQL."""
    return "(" + " + ".join(column(code) for code in codes) + ")::numeric"


class Rule:
    """What turns measures into points. ``worth`` are the points at best."""

    worth: Decimal

    def measures(self) -> Iterator[str]:
        """Codes of all measures the rule reads; one that is not installed makes it not applicable."""
        raise NotImplementedError

    def points(self, read: Read) -> Decimal | None:
        """Points got, 0 … worth (deductions of a pool: 0 … −∞), or None."""
        raise NotImplementedError

    def sql(self, column: Column) -> str:
        """The same as an SQL expression."""
        raise NotImplementedError


@dataclass(frozen=True)
class Rate(Rule):
    """``worth`` × good ÷ (sum of ``of``), reached in full at the share ``goal``.

    Nothing to measure: full where ``full_if`` (a measure) is above zero or is "always", else not applicable.
    """

    worth: Decimal
    good: str
    of: tuple[str, ...]
    goal: Decimal = Decimal(1)
    full_if: str = ""

    def measures(self) -> Iterator[str]:
        yield self.good
        yield from self.of
        if self.full_if and self.full_if != "always":
            yield self.full_if

    def points(self, read: Read) -> Decimal | None:
        basis = sum((read(code) for code in self.of), Decimal(0))
        if basis == 0:
            full = self.full_if == "always" or (self.full_if and read(self.full_if) > 0)
            return rounded(self.worth) if full else None
        return min(rounded(self.worth), rounded(self.worth * read(self.good) / (basis * self.goal)))

    def sql(self, column: Column) -> str:
        basis, worth = total(column, self.of), literal(self.worth)
        if self.full_if == "always":
            empty = f"round({worth}, 6)"
        elif self.full_if:
            empty = f"CASE WHEN {column(self.full_if)} > 0 THEN round({worth}, 6) END"
        else:
            empty = "NULL"
        share = f"round({worth} * {column(self.good)} / ({basis} * {literal(self.goal)}), 6)"
        return f"CASE WHEN {basis} = 0 THEN {empty} ELSE least(round({worth}, 6), {share}) END"


@dataclass(frozen=True)
class Target(Rule):
    """``worth`` × min(1, measure ÷ target). ``target`` is a number or a measure.

    Prorated: target × ``days`` ÷ ``of_days`` (measures; days on the register by default); below half an act not
    applicable, else rounded up.
    """

    worth: Decimal
    measure: str
    target: Decimal | str
    prorate: bool = False
    days: str = DAYS
    of_days: str = PERIOD_DAYS

    def measures(self) -> Iterator[str]:
        yield self.measure
        if isinstance(self.target, str):
            yield self.target
        if self.prorate:
            yield self.days
            yield self.of_days

    def points(self, read: Read) -> Decimal | None:
        target = read(self.target) if isinstance(self.target, str) else self.target
        if self.prorate:
            days, of_days = read(self.days), read(self.of_days)
            if 2 * target * days < of_days:
                return None
            target = (target * days / of_days).quantize(Decimal(1), ROUND_CEILING) if of_days else target
        if target == 0:
            return None
        return min(rounded(self.worth), rounded(self.worth * read(self.measure) / target))

    def sql(self, column: Column) -> str:
        target = column(self.target) + "::numeric" if isinstance(self.target, str) else literal(self.target)
        guard = ""
        if self.prorate:
            days, of_days = column(self.days), column(self.of_days)
            guard = f"WHEN 2 * {target} * {days} < {of_days} THEN NULL "
            target = f"ceil({target} * {days} / {of_days})"
        worth = literal(self.worth)
        return (
            f"CASE {guard}WHEN {target} = 0 THEN NULL "
            f"ELSE least(round({worth}, 6), round({worth} * {column(self.measure)} / {target}, 6)) END"
        )


@dataclass(frozen=True)
class Flag(Rule):
    """``worth`` when the measure reaches ``at_least``, else nothing. Prorated like :class:`Target`."""

    worth: Decimal
    measure: str
    at_least: Decimal = Decimal(1)
    prorate: bool = False
    days: str = DAYS
    of_days: str = PERIOD_DAYS

    def measures(self) -> Iterator[str]:
        yield self.measure
        if self.prorate:
            yield self.days
            yield self.of_days

    def points(self, read: Read) -> Decimal | None:
        at_least = self.at_least
        if self.prorate:
            days, of_days = read(self.days), read(self.of_days)
            if 2 * at_least * days < of_days:
                return None
            at_least = (
                (at_least * days / of_days).quantize(Decimal(1), ROUND_CEILING) if of_days else at_least
            )
        return rounded(self.worth if read(self.measure) >= at_least else Decimal(0))

    def sql(self, column: Column) -> str:
        guard, at_least = "", literal(self.at_least)
        if self.prorate:
            days, of_days = column(self.days), column(self.of_days)
            guard = f"WHEN 2 * {at_least} * {days} < {of_days} THEN NULL "
            at_least = f"ceil({at_least} * {days} / {of_days})"
        reached = f"{column(self.measure)} >= {at_least}"
        return f"CASE {guard}WHEN {reached} THEN round({literal(self.worth)}, 6) ELSE 0::numeric END"


@dataclass(frozen=True)
class Term:
    """``each`` points lost for every unit of a measure."""

    measure: str
    each: Decimal


@dataclass(frozen=True)
class Deduct(Rule):
    """``worth`` − Σ each × measure, floor 0, losing ``at_most`` where that is set.

    In a pool (``worth`` 0) the result is the deduction itself, as a negative number.
    """

    worth: Decimal
    terms: tuple[Term, ...]
    at_most: Decimal | None = None
    pool: bool = False

    def measures(self) -> Iterator[str]:
        for term in self.terms:
            yield term.measure

    def points(self, read: Read) -> Decimal | None:
        lost = sum((term.each * read(term.measure) for term in self.terms), Decimal(0))
        if self.at_most is not None:
            lost = min(lost, self.at_most)
        return rounded(-lost if self.pool else max(Decimal(0), self.worth - lost))

    def sql(self, column: Column) -> str:
        lost = " + ".join(f"{literal(term.each)} * {column(term.measure)}" for term in self.terms)
        if self.at_most is not None:
            lost = f"least({lost}, {literal(self.at_most)})"
        if self.pool:
            return f"round(-({lost}), 6)"
        return f"round(greatest(0::numeric, {literal(self.worth)} - ({lost})), 6)"


@dataclass(frozen=True)
class Surge(Rule):
    """A pool deduction when a count rises over its own mean of the four quarters before.

    ``steps`` are (factor, points lost), ascending; fewer than ``minimum`` in the quarter never count.
    """

    measure: str
    before: str
    steps: tuple[tuple[Decimal, Decimal], ...]
    minimum: Decimal
    worth: Decimal = Decimal(0)

    def measures(self) -> Iterator[str]:
        yield self.measure
        yield self.before

    def points(self, read: Read) -> Decimal | None:
        count, lost = read(self.measure), Decimal(0)
        if count >= self.minimum:
            for factor, points in self.steps:
                if 4 * count > factor * read(self.before):
                    lost = points
        return rounded(-lost)

    def sql(self, column: Column) -> str:
        count, before = column(self.measure), column(self.before)
        cases = "".join(
            f"WHEN 4 * {count} > {literal(factor)} * {before} THEN {literal(-points)} "
            for factor, points in reversed(self.steps)
        )
        return f"round(CASE WHEN {count} < {literal(self.minimum)} THEN 0::numeric {cases}ELSE 0::numeric END, 6)"


class Condition:
    """What a veto or a ceiling waits for."""

    def measures(self) -> Iterator[str]:
        raise NotImplementedError

    def holds(self, read: Read) -> bool:
        raise NotImplementedError

    def sql(self, column: Column) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Reaches(Condition):
    """A measure on the last day reaches ``at_least``."""

    measure: str
    at_least: Decimal = Decimal(1)

    def measures(self) -> Iterator[str]:
        yield self.measure

    def holds(self, read: Read) -> bool:
        return read(self.measure) >= self.at_least

    def sql(self, column: Column) -> str:
        return f"({column(self.measure)} >= {literal(self.at_least)})"


@dataclass(frozen=True)
class Event(Condition):
    """The last event lies in the quarter, or is older and nothing released it since.

    ``last`` and ``release`` are *day* measures (0 = never); the release counts from the day after the event.
    """

    last: str
    release: str

    def measures(self) -> Iterator[str]:
        yield self.last
        yield self.release

    def holds(self, read: Read) -> bool:
        last = read(self.last)
        return last > 0 and (last >= read("period_start") or read(self.release) <= last)

    def sql(self, column: Column) -> str:
        last = column(self.last)
        return f"({last} > 0 AND ({last} >= {column('period_start')} OR {column(self.release)} <= {last}))"
