"""The smallest set of steps that reaches a colour: pure arithmetic over :mod:`ratings.engine.judging`.

Steps with the same effect are interchangeable and form a *lot*; a set of steps is a tuple of counts, one per lot.
The search supposes that one more step never takes a colour away (it holds for the default standard; lots that lower
the score without lifting anything are left out first). Whatever it answers was judged; the supposition, and the limit
of judgements, could only make the answer larger than it need be.
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

LIMIT = 200  # judgements in the search for one colour, about 15 ms; then the answer is small but perhaps not smallest

Counts = tuple[int, ...]


class Remembered(Rule):
    """A rule that looks its points up when it is asked again with the same measures."""

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


def remembering(book: Rulebook) -> Rulebook:
    """The same book, quicker to judge by many times."""
    groups = [
        replace(
            group,
            criteria=tuple(
                replace(each, parts=tuple(Remembered(part) for part in each.parts)) for each in group.criteria
            ),
        )
        for group in book.groups
    ]
    return replace(book, groups=tuple(groups))


@dataclass(frozen=True)
class Lot:
    """Steps of one act that are as good as each other, the one to be done first in front."""

    act: Act
    steps: tuple[Step, ...]

    def __len__(self) -> int:
        return len(self.steps)


def lots_of(offers: Sequence[tuple[Act, Step]]) -> list[Lot]:
    """Sort steps into lots. Two are interchangeable if nothing but things of their own tells their effects apart."""
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
    """Every set of steps that was judged, each once."""

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
        """So many steps of one lot and nothing else."""
        return tuple(number if each == index else 0 for each in range(len(self.lots)))

    def put(self, counts: Counts, index: int, number: int) -> Counts:
        return (*counts[:index], number, *counts[index + 1 :])


def useful(table: Table) -> Table:
    """Return the table of the lots that help: alone or as the last one.

    In the order in which they are tried: the most points for a step first, the police's acts last.
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
    """All that helps, without the steps of a lot that change nothing any more."""
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
    """A set of steps that reaches a colour. ``smallest``: no smaller one does."""

    counts: Counts
    smallest: bool


def smallest(table: Table, goal: int, limit: int = LIMIT) -> Found | None:
    """The smallest set of steps whose judgement reaches a rank; None if all together do not.

    First a set is made by leaving out what can be spared, the least useful first. Then every smaller size is tried,
    from one up; a beginning is given up when the most that its rest could add does not reach.
    """
    if table.rank(table.full) < goal:
        return None
    best = _spared(table, goal)
    left = [limit]
    for size in range(sum(best)):
        found = _of_size(table, goal, size, (), left)
        if found:
            return Found(found, True)
        if left[0] <= 0:
            return Found(best, False)
    return Found(best, True)


def _spared(table: Table, goal: int) -> Counts:
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
    """A set of exactly this many more steps in the lots behind ``begun``; ``left`` counts the judgements down."""
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
