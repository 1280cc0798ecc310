"""The rules of standards, each in Python and SQL. Both must agree to the last digit.

``points(read)`` computes with Decimals, ``sql(column)`` is the same as a PostgreSQL expression; a property test compares
them on random measures. ``read`` and ``column`` take the code of a measure. The result is None or NULL if the rule is
*not applicable*, because its basis is zero. Points are rounded half up to six decimals after at most one division, so
that both round the same number.
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
    """Round half up (away from zero), as PostgreSQL's round(numeric) does."""
    return value.quantize(step, ROUND_HALF_UP)


def literal(value: Decimal) -> str:
    """Return a number as an exact SQL literal."""
    return f"{value:f}::numeric"


def places(*values: Decimal) -> int:
    """Return the number of decimals needed to write all these numbers."""
    return max(0, *(-int(value.normalize().as_tuple().exponent) for value in values))


def whole(value: Decimal, digits: int = 0) -> str:
    """Return a number as an SQL integer, in units of its ``digits``-th decimal.

    Measures are integers, and PostgreSQL computes with integers many times faster than with ``numeric``.
    """
    return f"{int(value.scaleb(digits))}::bigint"


def total(column: Column, codes: tuple[str, ...]) -> str:
    """Return the sum of some measures as SQL."""
    return "(" + " + ".join(column(code) for code in codes) + ")"


def points_of(units: str, digits: int) -> str:
    """Return SQL that converts points in units of a decimal to ``numeric``."""
    points = (
        f"({units})::numeric * {literal(Decimal(1).scaleb(-digits))}" if digits else f"({units})::numeric"
    )
    return points if digits <= 6 else f"round({points}, 6)"


def reaches(measure: str, value: Decimal) -> str:
    """Return ``measure >= value`` as SQL on integers."""
    digits = places(value)
    return f"{measure}{f' * {10**digits}::bigint' if digits else ''} >= {whole(value, digits)}"


class Rule:
    """Turns measures into points. ``worth`` is the maximum."""

    worth: Decimal

    def measures(self) -> Iterator[str]:
        """Yield the codes of all measures that the rule reads. If one is not installed, the rule is not applicable."""
        raise NotImplementedError

    def points(self, read: Read) -> Decimal | None:
        """Return the points, 0 to ``worth`` (deductions of a pool: at most 0), or None if not applicable."""
        raise NotImplementedError

    def sql(self, column: Column) -> str:
        """Return the points as an SQL expression; NULL if not applicable."""
        raise NotImplementedError


@dataclass(frozen=True)
class Term:
    """``each`` points lost per unit of a measure."""

    measure: str
    each: Decimal


@dataclass(frozen=True)
class Rate(Rule):
    """``worth`` × good ÷ (sum of ``of``), with all points from the share ``goal`` on, less those of ``terms``, at least 0.

    If the sum is zero: all points if ``full_if`` is "always" or a measure above zero, else not applicable.
    """

    worth: Decimal
    good: str
    of: tuple[str, ...]
    goal: Decimal = Decimal(1)
    full_if: str = ""
    terms: tuple[Term, ...] = ()

    def measures(self) -> Iterator[str]:
        yield self.good
        yield from self.of
        if self.full_if and self.full_if != "always":
            yield self.full_if
        for term in self.terms:
            yield term.measure

    def points(self, read: Read) -> Decimal | None:
        basis = sum((read(code) for code in self.of), Decimal(0))
        got = rounded(self.worth)
        if basis == 0:
            if not (self.full_if == "always" or (self.full_if and read(self.full_if) > 0)):
                return None
        else:
            got = min(got, rounded(self.worth * read(self.good) / (basis * self.goal)))
        lost = sum((term.each * read(term.measure) for term in self.terms), Decimal(0))
        return max(rounded(Decimal(0)), got - lost) if self.terms else got

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
            f"{good} * {10**digits}::bigint >= {basis} * {whole(self.goal, digits)}"  # saves the division
        )
        share = f"round({worth} * {good} / ({basis} * {literal(self.goal)}), 6)"
        got = f"CASE WHEN {basis} = 0 THEN {empty} WHEN {reached} THEN {full} ELSE {share} END"
        if not self.terms:
            return got
        digits = places(*(term.each for term in self.terms))
        lost = " + ".join(f"{whole(term.each, digits)} * {column(term.measure)}" for term in self.terms)
        # not greatest(), which takes NULL, not applicable, for nothing
        rest = f"({got}) - {points_of(lost, digits)}"
        return f"CASE WHEN {rest} < 0 THEN 0::numeric ELSE {rest} END"


@dataclass(frozen=True)
class Target(Rule):
    """``worth`` × min(1, measure ÷ target). ``target`` is a number or a measure.

    Prorated: target × ``days`` ÷ ``of_days`` (two measures, by default for the days on the register), rounded up; not
    applicable if it is below one half.
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
    """``worth`` if the measure reaches ``at_least``, else 0. Prorated like :class:`Target`."""

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
    rule: Target | Flag, target: str, column: Column, *, in_whole_numbers: bool = False
) -> tuple[str, str]:
    """Return SQL: the WHEN clause for "not applicable" (or ""), and the prorated target."""
    if not rule.prorate:
        return "", target
    days, of_days = column(rule.days), column(rule.of_days)
    rounded_up = (
        f"(({target} * {days} + {of_days} - 1) / {of_days})"
        if in_whole_numbers
        else f"ceil({target} * {days} / {of_days})"
    )
    return f"WHEN 2 * {target} * {days} < {of_days} THEN NULL ", rounded_up


@dataclass(frozen=True)
class Deduct(Rule):
    """``worth`` − Σ each × measure, at least 0; the loss is limited to ``at_most`` if that is set.

    In a pool (``worth`` 0) the result is the deduction, as a negative number.
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
        """The number of decimals that its points need."""
        limit = [] if self.at_most is None else [self.at_most]
        return places(self.worth, *limit, *(term.each for term in self.terms))

    def units(self, column: Column, digits: int) -> str:
        """Return the points as an SQL integer, in units of the ``digits``-th decimal."""
        lost = " + ".join(f"{whole(term.each, digits)} * {column(term.measure)}" for term in self.terms)
        if self.at_most is not None:
            lost = f"least({lost}, {whole(self.at_most, digits)})"
        return f"-({lost})" if self.pool else f"greatest(0::bigint, {whole(self.worth, digits)} - ({lost}))"


@dataclass(frozen=True)
class Surge(Rule):
    """A deduction from a pool if a count exceeds its mean over the four previous quarters by a factor.

    ``steps`` are pairs (factor, points lost), ascending. A count below ``minimum`` never loses points.
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
        """The number of decimals that its points need."""
        return places(*(points for _factor, points in self.steps))

    def units(self, column: Column, digits: int) -> str:
        """Return the points as an SQL integer, in units of the ``digits``-th decimal."""
        count, before = column(self.measure), column(self.before)
        cases = ""
        for factor, points in reversed(self.steps):
            more = places(factor)
            cases += f"WHEN {4 * 10**more}::bigint * {count} > {whole(factor, more)} * {before} "
            cases += f"THEN {whole(-points, digits)} "
        return f"CASE WHEN NOT ({reaches(count, self.minimum)}) THEN 0::bigint {cases}ELSE 0::bigint END"


class Condition:
    """The condition of a veto or ceiling."""

    def measures(self) -> Iterator[str]:
        raise NotImplementedError

    def holds(self, read: Read) -> bool:
        raise NotImplementedError

    def sql(self, column: Column) -> str:
        raise NotImplementedError


@dataclass(frozen=True)
class Reaches(Condition):
    """Holds if a measure reaches ``at_least`` on the last day of the period."""

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
    """Holds if the last event is in the quarter, or is older and has not been released since.

    ``last`` and ``release`` are *day* measures (0 means never). A release must be later than the day of the event.
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
