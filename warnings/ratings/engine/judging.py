"""Rating in Python: judges the measures of one enterprise.

Simulations use it; :mod:`ratings.engine.batch` implements the same rules in SQL. docs/rating.md describes the order of
decisions.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from enterprises.choices import Colour, colour_of_rank, rank_of
from ratings.standards.rulebook import Criterion, Group, Rulebook
from ratings.standards.rules import Read, rounded

LOOK_BACK = 4  # quarters that the movement rules search for a rating that was not grey
TENTH = Decimal("0.1")
SHARE = Decimal("0.0001")
NOT_APPLICABLE = Decimal(-1)
Works = Callable[[Iterable[str]], bool]  # whether all these measures are installed


@dataclass(frozen=True)
class Line:
    """One line of a rating: own points and maximum, scaled points and maximum, reason.

    ``reason`` is ``full`` (nothing lost), ``lost`` (points lost) or ``na`` (not applicable), with ``-`` appended if the
    criterion has no evidence. ``own`` and ``points`` are None if it is not applicable.
    """

    code: str
    own: Decimal | None
    own_maximum: Decimal
    points: Decimal | None
    maximum: Decimal
    reason: str


@dataclass(frozen=True)
class Before:
    """Input of the movement rules: the last rating of the four previous quarters that was not grey."""

    colour: str = ""
    red_since: int = 0  # ordinal of the day since which it has been red


@dataclass(frozen=True)
class Judgement:
    """The result of judging one enterprise. ``score`` is None if nothing is applicable."""

    lines: tuple[Line, ...]
    shares: tuple[Decimal, ...]
    score: Decimal | None
    coverage: Decimal
    score_colour: str
    colour: str
    decided_by: str
    flags: tuple[str, ...] = field(default=())


def _own_points(criterion: Criterion, read: Read) -> Decimal | None:
    """Return a criterion's points before scaling. The worth of a part that is not applicable goes to the other parts."""
    got = [(part.points(read), part.worth) for part in criterion.parts]
    applicable = [(points, worth) for points, worth in got if points is not None]
    if not applicable:
        return None
    if len(criterion.parts) == 1:
        return applicable[0][0]
    total = sum((points for points, _worth in applicable), Decimal(0))
    basis = sum((worth for _points, worth in applicable), Decimal(0))
    return rounded(total * criterion.worth / basis) if basis else None


def judge(
    book: Rulebook,
    measures: Mapping[str, Decimal | int],
    *,
    before: Before | None = None,
    installed: Collection[str] | None = None,
) -> Judgement:
    """Judge one enterprise. Without ``before`` the movement rules do not apply (trial run)."""
    installed = set(measures) if installed is None else installed

    def read(code: str) -> Decimal:
        return Decimal(measures[code])

    def works(codes: Iterable[str]) -> bool:
        return all(code in installed for code in codes)

    lines, shares, evidenced, applicable = [], [], Decimal(0), Decimal(0)
    results = []
    for group in book.groups:
        owns: list[tuple[str, Decimal | None, Decimal, bool]] = []
        if group.pool:
            left = group.worth
            owns.append((group.code, group.worth, group.worth, True))
            for criterion in group.criteria:
                lost = _own_points(criterion, read) if works(criterion.measures()) else None
                if lost is None:
                    owns.append((criterion.code, None, Decimal(0), True))
                    continue
                rest = max(Decimal(0), left + lost)
                owns.append((criterion.code, rest - left, Decimal(0), True))
                left = rest
            got, basis = left, group.worth
        elif group.bonus:
            got = basis = Decimal(0)
            for criterion in group.criteria:
                own = _own_points(criterion, read) if works(criterion.measures()) else None
                most = got if own is None else min(group.worth, got + own)
                owns.append((criterion.code, None if own is None else most - got, Decimal(0), True))
                got = most
        else:
            got = basis = Decimal(0)
            for criterion in group.criteria:
                own = _own_points(criterion, read) if works(criterion.measures()) else None
                proof = not criterion.evidence or (
                    criterion.evidence in installed and read(criterion.evidence) > 0
                )
                owns.append((criterion.code, own, criterion.worth, proof))
                if own is not None:
                    got, basis = got + own, basis + criterion.worth
                    evidenced += criterion.worth if proof else 0
        if group.pool:
            evidenced += group.worth
        applicable += basis
        shares.append(rounded(got / basis) if basis else NOT_APPLICABLE)
        results.append((group, owns, got, basis))

    weight = sum((group.worth for group, _owns, _got, basis in results if basis), Decimal(0))
    for group, owns, _got, basis in results:
        scale = (Decimal(1), Decimal(1)) if group.bonus else (group.worth * 100, basis * weight)
        for code, own, most, proof in owns:
            points = rounded(own * scale[0] / scale[1]) if own is not None else None
            maximum = rounded(most * scale[0] / scale[1]) if own is not None else Decimal(0)
            reason = "na" if own is None else "full" if own >= most else "lost"
            lines.append(Line(code, own, most, points, maximum, reason + ("" if proof else "-")))

    total = sum((line.points for line in lines if line.points is not None), Decimal(0))
    score = min(Decimal(100), rounded(total, TENTH)) if weight else None
    coverage = rounded(evidenced / applicable, SHARE) if applicable else Decimal(0)
    thin = score is None or evidenced < book.coverage * applicable
    decision = _decide(book, read, works, results, score, thin, before)
    return Judgement(tuple(lines), tuple(shares), score, coverage, *decision)


def _decide(
    book: Rulebook,
    read: Read,
    works: Works,
    results: Sequence[tuple[Group, Any, Decimal, Decimal]],
    score: Decimal | None,
    thin: bool,
    before: Before | None,
) -> tuple[str, str, str, tuple[str, ...]]:
    """Return the score's colour, the final colour, the code that decided it, and all flags."""
    vetoes = [each.code for each in book.vetoes if works(each.when.measures()) and each.when.holds(read)]
    ceilings = [each.code for each in book.ceilings if works(each.when.measures()) and each.when.holds(read)]
    f2 = any(basis and got < book.floor_red * basis for _group, _owns, got, basis in results)
    f1 = any(basis and got < book.floor_yellow * basis for _group, _owns, got, basis in results)
    flags = (*vetoes, *ceilings, *(["F1"] if f1 else []), *(["F2"] if f2 else []))

    grey = ""
    if works([book.no_inspection]) and read(book.no_inspection) == 0:
        grey = "N1"
    elif thin:
        grey = "N2"
    colour: str
    by_score = Colour.RED if score is None else book.colour_of(score)
    score_colour = Colour.GREY if score is None else by_score
    if vetoes and not (grey and book.grey_first):
        colour, decided = Colour.RED, vetoes[0]
    elif grey:
        colour, decided = Colour.GREY, grey
    else:
        colour, decided = _overrule(
            book, read, works, rank_of(by_score), limits(f1=f1, f2=f2, ceilings=ceilings), before
        )
    return str(score_colour), str(colour), decided, flags


def limits(*, f1: bool, f2: bool, ceilings: Sequence[str]) -> list[tuple[str, int]]:
    """Return the floors and ceilings that apply, in the order of decisions, each with the best rank it allows."""
    red, yellow = rank_of(Colour.RED), rank_of(Colour.YELLOW)
    floors = [("F2", red)] * f2 + [("F1", yellow)] * f1
    return floors + [(code, yellow) for code in ceilings]


def _overrule(
    book: Rulebook,
    read: Read,
    works: Works,
    rank: int,
    held: Sequence[tuple[str, int]],
    before: Before | None,
) -> tuple[str, str]:
    """Apply floors, ceilings and movement; return the colour and the code of the last one that changed it."""
    decided = ""
    for code, best in held:
        if rank > best:
            rank, decided = best, code
    last = rank_of(before.colour) if before is not None else 0
    if before is not None and last:
        releases, was_red = works([book.release]), last == rank_of(Colour.RED)
        if releases and was_red and rank > last and read(book.release) <= before.red_since:
            rank, decided = last, "M2"
        # from red, yellow at most, even if M1 is off
        stepwise = book.one_step or (releases and was_red)
        if stepwise and rank > last + 1:
            rank, decided = last + 1, "M1"
    return colour_of_rank(rank), decided
