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


def places(*values: Decimal) -> int:
    """How many decimals these numbers need, the most any of them does."""
    return max(0, *(-int(value.normalize().as_tuple().exponent) for value in values))


def whole(value: Decimal, digits: int = 0) -> str:
    """Return a number in units of its ``digits``-th decimal, as a whole SQL number.

    Measures are whole numbers, and PostgreSQL calculates with those many times faster than with ``numeric``.
    """
    return f"{int(value.scaleb(digits))}::bigint"


def total(column: Column, codes: tuple[str, ...]) -> str:
    """The sum of some measures as SQL."""
    return "(" + " + ".join(column(code) for code in codes) + ")"


def points_of(units: str, digits: int) -> str:
    """Points given in units of a decimal, as ``numeric``."""
    points = (
        f"({units})::numeric * {literal(Decimal(1).scaleb(-digits))}" if digits else f"({units})::numeric"
    )
    return points if digits <= 6 else f"round({points}, 6)"


def reaches(measure: str, value: Decimal) -> str:
    """``measure >= value`` in whole numbers."""
    digits = places(value)
    return f"{measure}{f' * {10**digits}::bigint' if digits else ''} >= {whole(value, digits)}"


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
        full = f"round({worth}, 6)"
        empty = "NULL"
        if self.full_if:
            empty = (
                full if self.full_if == "always" else f"CASE WHEN {column(self.full_if)} > 0 THEN {full} END"
            )
        good, digits = column(self.good), places(self.goal)
        reached = (
            f"{good} * {10**digits}::bigint >= {basis} * {whole(self.goal, digits)}"  # nothing to divide then
        )
        share = f"round({worth} * {good} / ({basis} * {literal(self.goal)}), 6)"
        return f"CASE WHEN {basis} = 0 THEN {empty} WHEN {reached} THEN {full} ELSE {share} END"


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
        worth, measure = literal(self.worth), column(self.measure)
        if isinstance(self.target, str):
            guard, target = _prorated(self, column(self.target), column, in_whole_numbers=True)
        elif places(self.target) == 0:
            guard, target = _prorated(self, whole(self.target), column, in_whole_numbers=True)
        else:
            guard, target = _prorated(self, literal(self.target), column)
        return (
            f"CASE {guard}WHEN {target} = 0 THEN NULL WHEN {measure} >= {target} THEN round({worth}, 6) "
            f"ELSE round({worth} * {measure} / {target}, 6) END"
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
        exact = places(self.at_least) == 0
        at_least = whole(self.at_least) if exact else literal(self.at_least)
        guard, at_least = _prorated(self, at_least, column, in_whole_numbers=exact)
        reached = f"{column(self.measure)} >= {at_least}"
        return f"CASE {guard}WHEN {reached} THEN round({literal(self.worth)}, 6) ELSE 0::numeric END"


def _prorated(
    rule: Target | Flag, asked: str, column: Column, *, in_whole_numbers: bool = False
) -> tuple[str, str]:
    """The case in which a rule is not applicable, and what it asks for in the days there were."""
    if not rule.prorate:
        return "", asked
    days, of_days = column(rule.days), column(rule.of_days)
    rounded_up = (
        f"(({asked} * {days} + {of_days} - 1) / {of_days})"
        if in_whole_numbers
        else f"ceil({asked} * {days} / {of_days})"
    )
    return f"WHEN 2 * {asked} * {days} < {of_days} THEN NULL ", rounded_up


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
        return points_of(self.units(column, self.digits), self.digits)

    @property
    def digits(self) -> int:
        """The decimals in which all of it is a whole number."""
        limit = [] if self.at_most is None else [self.at_most]
        return places(self.worth, *limit, *(term.each for term in self.terms))

    def units(self, column: Column, digits: int) -> str:
        """The points in units of a decimal."""
        lost = " + ".join(f"{whole(term.each, digits)} * {column(term.measure)}" for term in self.terms)
        if self.at_most is not None:
            lost = f"least({lost}, {whole(self.at_most, digits)})"
        return f"-({lost})" if self.pool else f"greatest(0::bigint, {whole(self.worth, digits)} - ({lost}))"


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
        return points_of(self.units(column, self.digits), self.digits)

    @property
    def digits(self) -> int:
        """The decimals in which all its points are whole numbers."""
        return places(*(points for _factor, points in self.steps))

    def units(self, column: Column, digits: int) -> str:
        """The points in units of a decimal."""
        count, before = column(self.measure), column(self.before)
        cases = ""
        for factor, points in reversed(self.steps):
            more = places(factor)
            cases += f"WHEN {4 * 10**more}::bigint * {count} > {whole(factor, more)} * {before} "
            cases += f"THEN {whole(-points, digits)} "
        return f"CASE WHEN NOT ({reaches(count, self.minimum)}) THEN 0::bigint {cases}ELSE 0::bigint END"


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
        return f"({reaches(column(self.measure), self.at_least)})"


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
