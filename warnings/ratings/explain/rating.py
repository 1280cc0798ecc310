"""Explanation of one rating: how it was decided, and every criterion with its measures.

It reads only the stored rating and the text of the standard that was applied, and recomputes nothing: a page shows
what was decided then, not what would be decided today.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from enterprises.choices import Colour, colour_of_rank, rank_of
from foundation.accounts.actors import Actor
from foundation.contributions import measures
from foundation.periods import Period
from ratings.choices import EvaluationKind
from ratings.engine.judging import limits
from ratings.engine.measuring import constants
from ratings.explain import wording
from ratings.explain.lines import CriterionLine, GroupLine, group_lines
from ratings.models import Evaluation, Rating
from ratings.selectors import history, in_force, revisions
from ratings.standards.parsing import book_of
from ratings.standards.rulebook import OFF_REGISTER, Override, Rulebook
from ratings.standards.rules import Event

QUARTERS = 8


@dataclass(frozen=True)
class Step:
    """One step of the order of decisions.

    ``colour`` is the colour after the step, "" if there is none yet; ``decided`` marks the step that set the final one.
    """

    title: str
    text: str
    colour: str
    decided: bool = False
    changed: bool = False


@dataclass(frozen=True)
class Decision:
    """What decided a colour: a code, its meaning, and the fact behind it in this case."""

    code: str
    words: str
    fact: str = ""


@dataclass
class Why:
    """Everything a page shows about one rating."""

    rating: Rating
    evaluation: Evaluation
    book: Rulebook
    period: Period
    decision: Decision
    steps: list[Step]
    groups: list[GroupLine]
    flags: list[Decision]
    revisions: list[Rating]
    history: list[Rating] = field(default_factory=list)
    links: bool = False  # whether the reader may open the enterprise file

    @property
    def coverage_percent(self) -> str:
        return percent(self.rating.coverage)

    @property
    def is_veto(self) -> bool:
        """Whether a veto decided, so that the score counts for nothing."""
        return self.rating.decided_by in {each.code for each in self.book.vetoes}

    @property
    def replaced(self) -> Rating | None:
        """The revision of this quarter that this rating replaced, if this is the latest one."""
        earlier = [each for each in self.revisions if each.revision < self.rating.revision]
        return earlier[0] if earlier else None

    @property
    def is_of_today(self) -> bool:
        return self.rating.effective_on == timezone.localdate()

    @property
    def lost(self) -> list[CriterionLine]:
        """The criteria that lost points, largest loss first."""
        lines = [line for group in self.groups for line in group.criteria if line.lost > 0]
        return sorted(lines, key=lambda line: -line.lost)


def why(actor: Actor, enterprise_id: int, period_code: str | None = None) -> Why | None:
    """Explain an enterprise's rating in force, for one quarter or the latest; return None if there is none.

    Takes three queries.
    """
    ratings = in_force(actor, period_code=period_code).filter(enterprise_id=enterprise_id)
    rating = ratings.select_related("evaluation__standard").order_by("-period_code").first()
    if rating is None:
        return None
    explained = explain(rating)
    explained.links = actor.is_police
    explained.history = history(actor, enterprise_id=enterprise_id, quarters=QUARTERS)
    _add_revisions(actor, explained)
    return explained


def standing(actor: Actor, rating: Rating) -> Why | None:
    """Explain a rating in force for the head of a page; None if its score decided and nothing revised it.

    Takes one query, two after an interim veto.
    """
    if not rating.decided_by and rating.revision == 1:
        return None
    found = revisions(actor, enterprise_id=rating.enterprise_id, period_code=rating.period_code)
    if not found:
        return None
    explained = explain(found[0])
    explained.links = actor.is_police
    _add_revisions(actor, explained, found)
    return explained


def _add_revisions(actor: Actor, explained: Why, found: list[Rating] | None = None) -> None:
    rating = explained.rating
    _add_later_event(explained)
    explained.revisions = found or revisions(
        actor, enterprise_id=rating.enterprise_id, period_code=rating.period_code
    )
    for each in (rating, *explained.revisions):
        each.cause = cause(each, reasons=actor.is_police)


def _add_later_event(why: Why) -> None:
    """Name the day of the event behind an interim veto: the stored measures end with the quarter, before the event.

    Takes one query, only for such a rating.
    """
    rating, period = why.rating, Period.of(why.rating.red_since or why.rating.effective_on)
    values = measures_of(rating, why.evaluation)
    event = later_event(why.book, rating, values)
    source = measures.source_of(event.last) if event else None
    if event is None or source is None:
        return
    rows = source.query(period).filter(enterprise_id=rating.enterprise_id)
    last = next(iter(rows.values_list(event.last, flat=True)), 0)
    if last:
        values[event.last] = Decimal(last)
        why.decision = decision(why.book, rating, values, rating.decided_by)
        why.flags = [decision(why.book, rating, values, code) for code in rating.flags]


def later_event(book: Rulebook, rating: Rating, values: Mapping[str, Decimal]) -> Event | None:
    """Return the condition of the veto that decided, if it rests on an event after the quarter that was measured."""
    for each in book.vetoes:
        if each.code == rating.decided_by and isinstance(each.when, Event) and each.when.last in values:
            return None if each.when.holds(lambda code: values.get(code, Decimal(0))) else each.when
    return None


def explain(rating: Rating) -> Why:
    """Explain a rating whose evaluation and standard are loaded."""
    evaluation = rating.evaluation
    book = book_of(evaluation.standard.body)
    values = measures_of(rating, evaluation)
    return Why(
        rating=rating,
        evaluation=evaluation,
        book=book,
        period=Period.parse(rating.period_code),
        decision=decision(book, rating, values, rating.decided_by),
        steps=_steps(book, rating, values),
        groups=group_lines(book, rating, evaluation, values),
        flags=[decision(book, rating, values, code) for code in rating.flags],
        revisions=[rating],
    )


def measures_of(rating: Rating, evaluation: Evaluation) -> dict[str, Decimal]:
    """Return the measures a rating is based on, by code, including those that are the same for every enterprise."""
    values = dict(zip(evaluation.measures, rating.measures, strict=False))
    return {code: Decimal(value) for code, value in (constants(evaluation.period) | values).items()}


def cause(rating: Rating, *, reasons: bool) -> str:
    """Return why a revision exists. ``reasons`` includes the supervisor's own words, which only the police may read."""
    kind = rating.evaluation.kind
    if kind == EvaluationKind.INTERIM:
        words = book_of(rating.evaluation.standard.body).label(rating.decided_by)
        return _("Veto between two quarters: %(words)s") % {"words": words}
    if kind == EvaluationKind.CORRECTION:
        if not reasons:
            return str(EvaluationKind.CORRECTION.label)
        return _("Correction: %(reason)s") % {"reason": rating.evaluation.reason}
    return _("Evaluation of the quarter")


def percent(share: Decimal) -> str:
    """Return a share (0 to 1) as a percentage with at most one decimal."""
    return wording.plain((share * 100).quantize(Decimal("0.1")))


def decision(book: Rulebook, rating: Rating, values: Mapping[str, Decimal], code: str) -> Decision:
    """Return the meaning of a code with the fact behind it: "2 hazards", "Hidden-danger governance 58 %"."""
    override = next((each for each in (*book.vetoes, *book.ceilings) if each.code == code), None)
    if override is not None:
        if code == rating.decided_by and later_event(book, rating, values):
            day = (rating.red_since or rating.effective_on).isoformat()
            return Decision(code, str(override), _("recorded on %(day)s, after the quarter") % {"day": day})
        return Decision(code, str(override), _fact(override, values))
    if code in ("F1", "F2"):
        floor = book.floor_yellow if code == "F1" else book.floor_red
        below = [
            (group, share)
            for group, share in zip(book.groups, rating.shares, strict=False)
            if 0 <= share < floor
        ]
        facts = [
            _("%(group)s %(share)s%%, below %(floor)s%%")
            % {"group": group, "share": percent(share), "floor": percent(floor)}
            for group, share in below
        ]
        return Decision(code, book.label(code), pgettext("list", "; ").join(facts))
    if code == "N2":
        return Decision(
            code, book.label(code), _("evidence for %(share)s%%") % {"share": percent(rating.coverage)}
        )
    if not code:
        return Decision("", _("by its score"), _largest_loss(book, rating))
    if code == "M2" and book.release in values:
        return Decision(code, book.label(code), wording.measure_text(book.release, values[book.release]))
    return Decision(code, book.label(code))


def _largest_loss(book: Rulebook, rating: Rating) -> str:
    """Return the line that lost the most points, in words; "" if none did."""
    pairs = zip(book.line_codes, rating.points, rating.maxima, strict=False)
    losses = [
        (maximum - points, code) for code, points, maximum in pairs if points is not None and points < maximum
    ]
    if not losses:
        return ""
    lost, code = max(losses)
    return _("most lost: %(code)s %(label)s, %(points)s points") % {
        "code": code,
        "label": book.label(code),
        "points": wording.plain(lost.quantize(Decimal("0.1"))),
    }


def _fact(override: Override, values: Mapping[str, Decimal]) -> str:
    condition = override.when
    code = condition.last if isinstance(condition, Event) else next(condition.measures())
    if code not in values:
        return ""
    return wording.measure_text(code, values[code])


# --- the steps of the decision ------------------------------------------------------------------------------------


def _steps(book: Rulebook, rating: Rating, values: Mapping[str, Decimal]) -> list[Step]:
    """Return the steps in the standard's order of decisions, up to the veto or grey step if that one decided."""
    if rating.decided_by == OFF_REGISTER and rating.colour == Colour.GREY:
        text = _("It was not on the register on %(day)s. A correction withdrew the rating.")
        return [
            Step(
                _("On the register on the last day"),
                text % {"day": Period.parse(rating.period_code).end},
                "grey",
                True,
                True,
            )
        ]
    veto, grey = _veto_step(book, rating, values), _grey_step(book, rating, values)
    steps: list[Step] = []
    for step in (grey, veto) if book.grey_first else (veto, grey):
        steps.append(step)
        if step.decided:
            return steps
    return steps + _score_steps(book, rating, values)


def _veto_step(book: Rulebook, rating: Rating, values: Mapping[str, Decimal]) -> Step:
    title = _("Veto")
    codes = {each.code for each in book.vetoes}
    held = [decision(book, rating, values, code) for code in rating.flags if code in codes]
    decided = rating.decided_by in codes
    if not book.vetoes:
        return Step(title, _("The standard knows no veto."), "")
    if not held:
        text = ngettext(
            "The one veto does not hold.", "None of the %(count)d vetoes holds.", len(book.vetoes)
        )
        return Step(title, text % {"count": len(book.vetoes)}, "")
    words = pgettext("list", "; ").join(f"{each.code} {each.words}" for each in held)
    return Step(title, _("%(words)s: red, whatever follows.") % {"words": words}, "red", decided, decided)


def _grey_step(book: Rulebook, rating: Rating, values: Mapping[str, Decimal]) -> Step:
    title = _("Is there enough evidence?")
    share, floor = percent(rating.coverage), percent(book.coverage)
    if rating.decided_by == "N1":
        return Step(
            title,
            _("No police inspection in this quarter or the three before: not rated."),
            "grey",
            True,
            True,
        )
    if rating.decided_by == "N2":
        text = _("Only %(share)s%% of the points rest on evidence, %(floor)s%% are needed: not rated.")
        return Step(title, text % {"share": share, "floor": floor}, "grey", True, True)
    if book.coverage:
        text = _("%(share)s%% of the points rest on evidence; %(floor)s%% are needed.")
        return Step(title, text % {"share": share, "floor": floor}, "")
    return Step(title, _("%(share)s%% of the points rest on evidence.") % {"share": share}, "")


def _score_steps(book: Rulebook, rating: Rating, values: Mapping[str, Decimal]) -> list[Step]:
    rank = rank_of(rating.score_colour) or rank_of(Colour.RED)
    score = wording.plain(rating.score) if rating.score is not None else "–"
    thresholds = {"score": score, "green": wording.plain(book.green), "yellow": wording.plain(book.yellow)}
    text = _("%(score)s points; green from %(green)s, yellow from %(yellow)s.") % thresholds
    steps = [Step(_("Score"), text, str(colour_of_rank(rank)), changed=True)]
    if book.floor_yellow or book.floor_red:
        rank = _floors(book, rating, values, rank, steps)
    if book.ceilings:
        rank = _ceilings(book, rating, values, rank, steps)
    if book.one_step or book.release:
        steps.append(_movement(book, rating, values))
    last = max(index for index, step in enumerate(steps) if step.changed)
    return [
        Step(step.title, step.text, step.colour, decided=index == last, changed=step.changed)
        for index, step in enumerate(steps)
    ]


def _floors(
    book: Rulebook, rating: Rating, values: Mapping[str, Decimal], rank: int, steps: list[Step]
) -> int:
    title, floor = _("Floor of each group"), percent(book.floor_yellow)
    held = limits(f1="F1" in rating.flags, f2="F2" in rating.flags, ceilings=())
    if not held:
        text = _("Every group reaches %(floor)s%% of its points.") % {"floor": floor}
        steps.append(Step(title, text, str(colour_of_rank(rank))))
        return rank
    code, best = held[0]  # the stricter floor
    fact = decision(book, rating, values, code).fact
    text = _("%(fact)s: red.") if best == rank_of(Colour.RED) else _("%(fact)s: at most yellow.")
    left = min(rank, best)
    steps.append(Step(title, text % {"fact": fact}, str(colour_of_rank(left)), changed=left < rank))
    return left


def _ceilings(
    book: Rulebook, rating: Rating, values: Mapping[str, Decimal], rank: int, steps: list[Step]
) -> int:
    codes = {each.code for each in book.ceilings}
    held = limits(f1=False, f2=False, ceilings=[code for code in rating.flags if code in codes])
    if not held:
        steps.append(Step(_("Ceiling"), _("No ceiling holds."), str(colour_of_rank(rank))))
        return rank
    decisions = [decision(book, rating, values, code) for code, _best in held]
    words = pgettext("list", "; ").join(f"{each.code} {each.words}" for each in decisions)
    text = _("%(words)s: at most yellow.") % {"words": words}
    left = min(rank, *(best for _code, best in held))
    steps.append(Step(_("Ceiling"), text, str(colour_of_rank(left)), changed=left < rank))
    return left


def _movement(book: Rulebook, rating: Rating, values: Mapping[str, Decimal]) -> Step:
    title, code = _("Movement"), rating.decided_by
    if rating.trial:
        return Step(title, _("A trial run does not look at the quarters before."), rating.colour)
    if code == "M2":
        text = _("It was red and no inspection since then was concluded as qualified: it stays red.")
    elif code == "M1":
        text = _("Up goes one step a quarter.")
    else:
        return Step(title, _("Nothing in the quarters before holds it back."), rating.colour)
    return Step(title, text, rating.colour, changed=True)
