"""Why a colour is out of reach this quarter: the analysis, and sentences about it."""

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from enterprises.choices import Colour, colour_of_rank, rank_of
from foundation.contributions import measures
from foundation.periods import Period
from ratings.engine.judging import Judgement, judge, limits
from ratings.explain import wording
from ratings.simulate.search import Counts, Table
from ratings.standards.rulebook import Rulebook
from ratings.standards.rules import Event

SHOWN = 3  # losses in the sentence, the largest


@dataclass(frozen=True)
class Release:
    """What a red enterprise needs: a record that a *day* measure counts, on ``from_on`` or later. ``codes``: why."""

    measure: str
    from_on: dt.date
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Loss:
    """Points that no act can regain this quarter."""

    code: str
    label: str
    points: Decimal


@dataclass(frozen=True)
class Obstacle:
    """Why a colour is out of reach this quarter.

    ``codes`` are the codes that prevent it, with "" for the score. ``possible_from`` is the first quarter in which the
    movement rules allow it, if nothing else prevents it.
    """

    colour: str
    codes: tuple[str, ...]
    score: Decimal | None
    needed: Decimal
    lost: tuple[Loss, ...]
    possible_from: Period | None = None


def find_obstacle(book: Rulebook, table: Table, counts: Counts, goal: int) -> Obstacle:
    """Return why all useful steps together do not reach a rank."""
    best = table.at(counts)
    values = measures.after(table.values, [step for _act, step in table.steps(counts)])
    needed = book.green if goal == rank_of(Colour.GREEN) else book.yellow
    vetoes, ceilings = ({each.code for each in these} for these in (book.vetoes, book.ceilings))
    codes = [code for code in best.flags if code in vetoes]
    codes += [best.decided_by] if best.decided_by in ("N1", "N2") else []
    if best.score is None or best.score < needed:
        codes.append("")
    held = limits(
        f1="F1" in best.flags,
        f2="F2" in best.flags,
        ceilings=[code for code in best.flags if code in ceilings],
    )
    short = {code for code, most in held if most < goal}
    codes += [code for code in best.flags if code in short]
    unmoved = judge(replace(book, vetoes=()), values, before=table.before)
    codes += [unmoved.decided_by] if unmoved.decided_by in ("M1", "M2") else []
    return Obstacle(
        colour=str(colour_of_rank(goal)),
        codes=tuple(codes),
        score=best.score,
        needed=needed,
        lost=_lost(book, best),
        possible_from=_possible_from(book, table, values, best, goal),
    )


def _possible_from(book: Rulebook, table: Table, values: dict, best: Judgement, goal: int) -> Period | None:
    """Return the first quarter in which movement allows the colour, if only time prevents it now.

    Time alone lifts M1, and a veto whose event is in this quarter. Such a veto ends the quarter in red; from red, the
    colour always rises one step a quarter.
    """
    start = values["period_start"]
    events = {
        each.code
        for each in book.vetoes
        if isinstance(each.when, Event) and values.get(each.when.last, 0) >= start
    }
    free = judge(replace(book, vetoes=()), values, before=None)
    holding = {code for code in best.flags if any(code == each.code for each in book.vetoes)}
    if rank_of(free.colour) < goal or holding - events or best.decided_by == "M2":
        return None
    period = Period.of(dt.date.fromordinal(start))
    return period.shift(goal - max(rank_of(Colour.RED), rank_of(best.colour)))


def _lost(book: Rulebook, best: Judgement) -> tuple[Loss, ...]:
    """Return the criteria that lose points even if everything is done, largest loss first."""
    losses = [
        Loss(line.code, book.label(line.code), line.maximum - line.points)
        for line in best.lines
        if line.points is not None and line.points < line.maximum
    ]
    return tuple(sorted(losses, key=lambda loss: (-loss.points, loss.code)))


# --- in sentences -----------------------------------------------------------------------------------------------


def obstacle_sentences(
    book: Rulebook, obstacle: Obstacle | None, *, release: Release | None = None
) -> list[str]:
    """Return why the next colour is out of reach, one sentence per obstacle.

    With a ``release``, it is for ``way_out`` to say when yellow can follow.
    """
    if obstacle is None:
        return []
    sentences = [_sentence(book, obstacle, code) for code in obstacle.codes]
    if "" in obstacle.codes and obstacle.lost:
        lost = pgettext("list", "; ").join(
            f"{loss.code} {loss.label} −{wording.plain(_tenth(loss.points))}"
            for loss in obstacle.lost[:SHOWN]
        )
        sentences.append(_("Lost for this quarter: %(lines)s.") % {"lines": lost})
    if obstacle.possible_from and not (release and obstacle.colour == Colour.YELLOW):
        said = {
            "yellow": _("Yellow is possible from %(quarter)s."),
            "green": _("Green is possible from %(quarter)s."),
        }
        sentences.append(said[obstacle.colour] % {"quarter": obstacle.possible_from})
    return sentences


def way_out(release: Release | None, best: Judgement, obstacle: Obstacle | None) -> str:
    """Return how a red ends, and when the colour can follow; "" if no inspection is needed for it.

    ``best`` is the quarter's end if everything is done: an event of this quarter keeps it red until then. Every page
    says it in these words.
    """
    if release is None:
        return ""
    values = {"day": release.from_on.isoformat(), "quarter": ""}
    if best.colour != Colour.RED:
        words = _("A police inspection concluded as qualified, on %(day)s or later, ends the red.")
    elif obstacle and obstacle.possible_from:
        values["quarter"] = str(obstacle.possible_from)
        words = _(
            "This quarter ends red, whatever is done. With a police inspection concluded as qualified, on %(day)s or "
            "later, yellow is possible from %(quarter)s on."
        )
    else:
        words = _(
            "This quarter ends red, whatever is done. To end the red after that takes a police inspection concluded as "
            "qualified, on %(day)s or later."
        )
    return words % values


def _sentence(book: Rulebook, obstacle: Obstacle, code: str) -> str:
    if not code:
        if obstacle.score is None:
            return _("Nothing is applicable this quarter.")
        return _("Everything together gives %(score)s of the %(needed)s points needed.") % {
            "score": wording.plain(obstacle.score),
            "needed": wording.plain(obstacle.needed),
        }
    words = {"code": code, "words": book.label(code)}
    if code in {each.code for each in book.vetoes}:
        return _("Veto %(code)s, %(words)s: red until it is lifted.") % words
    if code in {each.code for each in book.ceilings}:
        return _("Ceiling %(code)s, %(words)s: at most yellow.") % words
    if code == "M1":
        return _("Up goes one step a quarter.")
    return _("%(words)s (%(code)s).") % {"code": code, "words": capfirst(words["words"])}


def _tenth(points: Decimal) -> Decimal:
    return points.quantize(Decimal("0.1"))
