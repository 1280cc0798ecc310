"""Search for the smallest set of steps that reaches a colour. It calls only :mod:`ratings.engine.judging`.

Steps with the same effect are interchangeable and form a *lot*; a set of steps is a tuple of counts, one per lot.
The search assumes that an additional step never worsens the colour (true for the default standard; lots that lower the
score without lifting anything are removed first). Every answer has been judged, so if the assumption fails, or the limit
of judgements is reached, the answer is still correct but may not be the smallest.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from enterprises.choices import rank_of
from foundation.contributions.measures import POLICE, Act, Step, after
from ratings.engine.judging import Before, Judgement, judge
from ratings.standards.rulebook import Rulebook
from ratings.standards.rules import Read, Rule

LIMIT = 200  # judgements in the search for one colour, about 15 ms

Counts = tuple[int, ...]


class CachedRule(Rule):
    """A rule that caches its points by the values of its measures."""

    def __init__(self, rule: Rule) -> None:
        self.rule, self.worth, self.codes = rule, rule.worth, tuple(rule.measures())
        extra = (getattr(rule, name, "") for name in ("full_if", "target"))
        self.codes += tuple(code for code in extra if isinstance(code, str) and code not in ("", "always"))
        self.known: dict[tuple[Decimal, ...], Decimal | None] = {}

    def measures(self) -> Iterator[str]:
        return self.rule.measures()

    def points(self, read: Read) -> Decimal | None:
        key = tuple([read(code) for code in self.codes])
        if key not in self.known:
            self.known[key] = self.rule.points(read)
        return self.known[key]


def with_cached_rules(book: Rulebook) -> Rulebook:
    """Return a copy of a rulebook that is faster to judge by repeatedly."""
    groups = [
        replace(
            group,
            criteria=tuple(
                replace(each, parts=tuple(CachedRule(part) for part in each.parts)) for each in group.criteria
            ),
        )
        for group in book.groups
    ]
    return replace(book, groups=tuple(groups))


@dataclass(frozen=True)
class Lot:
    """Interchangeable steps of one act, the most urgent first."""

    act: Act
    steps: tuple[Step, ...]

    def __len__(self) -> int:
        return len(self.steps)


def lots_of(offers: Sequence[tuple[Act, Step]]) -> list[Lot]:
    """Group steps into lots. Two steps are interchangeable if their effects differ only in marks no other step has."""
    common = Counter(
        (code, thing) for _act, step in offers for code, things in step.marks.items() for thing in things
    )
    found: dict[tuple, list[tuple[Act, Step]]] = {}
    for act, step in offers:
        marks = []
        for code, things in sorted(step.marks.items()):
            shared = tuple(sorted(thing for thing in things if common[code, thing] > 1))
            marks.append((code, shared, len(things) - len(shared)))
        key = (act.code, *(tuple(sorted(each.items())) for each in (step.adds, step.latest)), tuple(marks))
        found.setdefault(key, []).append((act, step))
    lots = []
    for same in found.values():
        steps = sorted((step for _act, step in same), key=lambda step: (step.asked_on, step.by_on, step.key))
        lots.append(Lot(same[0][0], tuple(steps)))
    return lots


@dataclass
class Table:
    """Judgements of sets of steps, computed on demand and cached."""

    book: Rulebook
    values: Mapping[str, int]
    before: Before | None
    lots: list[Lot]
    judged: dict[Counts, Judgement] = field(default_factory=dict)

    @property
    def none(self) -> Counts:
        return (0,) * len(self.lots)

    @property
    def full(self) -> Counts:
        return tuple(len(lot) for lot in self.lots)

    def steps(self, counts: Counts) -> list[tuple[Act, Step]]:
        return [
            (lot.act, step)
            for lot, number in zip(self.lots, counts, strict=True)
            for step in lot.steps[:number]
        ]

    def at(self, counts: Counts) -> Judgement:
        if counts not in self.judged:
            measures = after(self.values, [step for _act, step in self.steps(counts)])
            self.judged[counts] = judge(self.book, measures, before=self.before)
        return self.judged[counts]

    def rank(self, counts: Counts) -> int:
        return rank_of(self.at(counts).colour)

    def score(self, counts: Counts) -> Decimal:
        return self.at(counts).score or Decimal(0)

    def only(self, index: int, number: int) -> Counts:
        """Return the counts for some steps of one lot and none of the others."""
        return tuple(number if each == index else 0 for each in range(len(self.lots)))

    def put(self, counts: Counts, index: int, number: int) -> Counts:
        return (*counts[:index], number, *counts[index + 1 :])


def useful(table: Table) -> Table:
    """Return a table of the lots that help, either alone or in addition to all others.

    They are in the order in which the search tries them: most points per step first, acts of the police last.
    """
    full, kept = table.full, []
    for index, lot in enumerate(table.lots):
        alone, without = table.only(index, len(lot)), table.put(full, index, 0)
        gain = table.score(alone) - table.score(table.none)
        helps = gain > 0 or table.rank(alone) > table.rank(table.none)
        last = table.rank(full) > table.rank(without) or table.score(full) > table.score(without)
        if gain < 0 and last and table.rank(full) <= table.rank(without):
            last = False  # it takes points away and lifts nothing
        if helps or last:
            kept.append((lot.act.who == POLICE, -gain / len(lot), index))
        else:
            full = without
    order = [index for _police, _gain, index in sorted(kept)]
    return Table(table.book, table.values, table.before, [table.lots[index] for index in order])


def trimmed(table: Table) -> Counts:
    """Return the counts of all steps, without those of a lot beyond the number that has an effect."""
    counts = table.full
    for index, lot in enumerate(table.lots):
        number = len(lot)
        while (
            number > 1
            and _same(table, table.put(counts, index, number - 1), counts)
            and _same(table, table.only(index, number - 1), table.only(index, number))
        ):
            number -= 1
        counts = table.put(counts, index, number)
    return counts


def _same(table: Table, one: Counts, other: Counts) -> bool:
    a, b = table.at(one), table.at(other)
    return (a.score, a.colour, a.flags, a.coverage) == (b.score, b.colour, b.flags, b.coverage)


@dataclass(frozen=True)
class Found:
    """A set of steps that reaches a colour. ``smallest`` is True if no smaller set does."""

    counts: Counts
    smallest: bool


def smallest(table: Table, goal: int, limit: int = LIMIT) -> Found | None:
    """Return the smallest set of steps whose judgement reaches a rank; None if all steps together do not.

    It first drops every step that is not needed, the least useful first. Then it tries every smaller size in ascending
    order, and abandons a partial set if even the largest completion does not reach the rank.
    """
    if table.rank(table.full) < goal:
        return None
    best = _reduced(table, goal)
    left = [limit]
    for size in range(sum(best)):
        found = _of_size(table, goal, size, (), left)
        if found:
            return Found(found, True)
        if left[0] <= 0:
            return Found(best, False)
    return Found(best, True)


def _reduced(table: Table, goal: int) -> Counts:
    counts = table.full
    for index in reversed(range(len(table.lots))):
        low, high = 0, counts[index]
        while low < high:
            middle = (low + high) // 2
            if table.rank(table.put(counts, index, middle)) >= goal:
                high = middle
            else:
                low = middle + 1
        counts = table.put(counts, index, high)
    return counts


def _of_size(table: Table, goal: int, size: int, begun: Counts, left: list[int]) -> Counts | None:
    """Return a set with exactly ``size`` more steps in the lots after ``begun``; ``left`` counts judgements down."""
    rest = table.lots[len(begun) :]
    if sum(len(lot) for lot in rest) < size or left[0] <= 0:
        return None
    most = begun + tuple(min(len(lot), size) for lot in rest)
    left[0] -= most not in table.judged
    if table.rank(most) < goal:
        return None
    if sum(most) - sum(begun) == size:
        return most
    for number in range(min(len(rest[0]), size), -1, -1):
        found = _of_size(table, goal, size - number, (*begun, number), left)
        if found:
            return found
    return None
