"""What would make an enterprise green: the engine applied to the current quarter.

The present records, measured as of the quarter's last day, give the rating *if nothing more is recorded*. Acts
(``foundation.contributions.measures.Act``, contributed by the apps) change these measures. Each act is judged alone, then
all together, and for each better colour the smallest set of steps is searched. Measures, standard and look back are those
of the evaluation that will follow, so doing exactly these acts leads to exactly this rating (tests/ratings).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from enterprises.choices import Colour, colour_of_rank, rank_of
from foundation.accounts.actors import Actor
from foundation.contributions import measures
from foundation.contributions.measures import Act, Running, Step
from foundation.periods import Period
from foundation.tenancy.scope import Audience, Scope, station_scope
from ratings.engine.judging import LOOK_BACK, Before, Judgement
from ratings.engine.measuring import constants, installed_measures, measured
from ratings.models import Rating, Standard
from ratings.selectors import adopted_standard, history
from ratings.simulate.obstacle import Obstacle, Release, find_obstacle, way_out
from ratings.simulate.search import Counts, Table, lots_of, smallest, trimmed, useful, with_cached_rules
from ratings.standards.parsing import book_of
from ratings.standards.rulebook import Rulebook
from ratings.standards.rules import Event


@dataclass(frozen=True)
class Task:
    """Steps of one act.

    ``gain`` is in points at the quarter's end: alone, or in addition to the previous tasks of a plan. ``lifts`` are the
    codes of vetoes, ceilings and floors that then no longer apply.
    """

    act: Act
    steps: tuple[Step, ...]
    gain: Decimal
    lifts: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        return self.act.task(len(self.steps))

    @property
    def records(self) -> list[str]:
        """The records concerned, if each step is about a record of its own."""
        return [step.record for step in self.steps] if self.act.each else []

    @property
    def first(self) -> Step:
        """The most urgent step."""
        return min(self.steps, key=lambda step: (step.asked_on, step.by_on))

    @property
    def by_on(self) -> dt.date:
        """The earliest deadline of the steps."""
        return min(step.by_on for step in self.steps)

    @property
    def needs_police(self) -> bool:
        return self.act.who != measures.ENTERPRISE


@dataclass(frozen=True)
class Alone:
    """What one record costs now: the points and codes that would change at the quarter's end if only it were done."""

    gain: Decimal
    lifts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """Tasks that together reach a colour, most urgent first. ``smallest`` is True if fewer steps do not."""

    colour: str
    judgement: Judgement
    tasks: tuple[Task, ...]
    gain: Decimal
    smallest: bool

    @property
    def steps(self) -> int:
        return sum(len(task.steps) for task in self.tasks)

    @property
    def by_on(self) -> dt.date:
        """The earliest deadline; the plan fails if it is missed."""
        return min(task.by_on for task in self.tasks)


@dataclass(frozen=True)
class Simulation:
    """The current quarter of one enterprise."""

    period: Period
    today: dt.date
    standard: Standard
    book: Rulebook
    before: Before
    measures: dict[str, int]
    end: Judgement
    everything: Judgement
    tasks: tuple[Task, ...]  # each act alone, most points first
    offers: tuple[tuple[Act, Step], ...]  # all possible steps, including those without gain
    alone: dict[
        tuple[str, str], Alone
    ]  # (act, step) → the effect of that one, for acts on records of their own
    release: Release | None  # what ends the red, if it is red
    gains: dict[tuple[str, str], Decimal]  # (act, step) → points of that step alone, for useful steps
    plans: tuple[Plan, ...]
    obstacle: Obstacle | None
    judgements: int

    @property
    def days_left(self) -> int:
        return (self.period.end - self.today).days

    @property
    def way_out(self) -> str:
        """How the red ends, in words; "" if no inspection is needed for it."""
        return way_out(self.release, self.everything, self.obstacle)

    @property
    def best_score(self) -> Decimal | None:
        return self.everything.score


def lifted(simulation: Simulation, task: Task) -> str:
    """Return what a task lifts, in words; "" if it lifts nothing."""
    labels = codes_in_words(simulation.book, task.lifts)
    return _("Then no longer: %(what)s") % {"what": labels} if labels else ""


def codes_in_words(book: Rulebook, codes: Sequence[str]) -> str:
    """Return codes with their meaning: "X1 a major hazard is open"."""
    return pgettext("list", "; ").join(f"{code} {book.label(code)}" for code in codes)


def before_of(ratings: Sequence[Rating], period: Period) -> Before:
    """Return the input of the movement rules, from ratings in force."""
    first, last = period.shift(-LOOK_BACK).code, period.shift(-1).code
    known = [each for each in ratings if first <= each.period_code <= last and each.colour != Colour.GREY]
    if not known:
        return Before()
    rating = max(known, key=lambda each: each.period_code)
    return Before(rating.colour, rating.red_since.toordinal() if rating.red_since else 0)


def _numbers_of_the_police(actor: Actor) -> AbstractContextManager[Any]:
    """Return the scope in which an enterprise is measured as the evaluation will measure it.

    Some measures count what only the police read, such as follow-ups of disputes: an enterprise's people learn the number.
    """
    if not actor.is_enterprise:
        return nullcontext()
    return station_scope(Scope(actor.stations, bureau=actor.bureau_id, audience=Audience.SYSTEM))


def simulate(
    actor: Actor,
    enterprise_id: int,
    *,
    ratings: Sequence[Rating] | None = None,
    today: dt.date | None = None,
) -> Simulation | None:
    """Simulate the current quarter. Return None without an adopted standard, or if the enterprise is not on the register.

    ``ratings`` are the ratings in force of at least the last four quarters, if the caller has them. Takes three queries,
    and one or two for each act with a measure that the standard reads. Needs a scope that includes the enterprise.
    """
    if actor.is_enterprise and enterprise_id != actor.enterprise_id:
        return None
    today = today or timezone.localdate()
    period = Period.of(today)
    standard = adopted_standard(actor)
    if standard is None:
        return None
    with _numbers_of_the_police(actor):
        rows = measured(bureau_id=actor.bureau_id, period=period, ids=[enterprise_id]).rows()
    if not rows:
        return None
    known = history(actor, enterprise_id=enterprise_id) if ratings is None else ratings
    values = {code: value for code, value in rows[0].items() if code in installed_measures()} | constants(
        period
    )
    book = book_of(standard.body)
    running = Running(enterprise_id, period, today, values)
    before = before_of(known, period)
    return of_measures(
        standard, book, running, before, not_too_early(book, values, before, offers(running, book))
    )


def offers(running: Running, book: Rulebook | None) -> list[tuple[Act, Step]]:
    """Return every step of the acts that change a measure the standard reads, and of those that are duties."""
    read = book.measures() if book else set()
    acts = [act for act in measures.acts.values() if act.duty or read & set(act.only_for or act.measures)]
    return [(act, step) for act in acts for step in act.steps(running)]


def releases(book: Rulebook, values: Mapping[str, int], before: Before) -> dict[str, int]:
    """Return, by the measure that would end a red, the day (an ordinal) after which a record counts for that.

    A veto ends only with a release later than its event, M2 only with one later than the day the red began. Neither
    counts a record of that day itself, and so the simulator must not offer one.
    """
    found: dict[str, int] = {}
    for veto in book.vetoes:
        event = veto.when
        if isinstance(event, Event) and values.get(event.last, 0) > 0 and event.release in values:
            found[event.release] = max(found.get(event.release, 0), values[event.last])
    if book.release in values and before.colour == Colour.RED:
        found[book.release] = max(found.get(book.release, 0), before.red_since)
    return found


def release_of(book: Rulebook, values: Mapping[str, int], before: Before, today: dt.date) -> Release | None:
    """Return what ends the red of an enterprise that is red by M2 or by an event; None if nothing waits to be ended."""
    for measure, after in releases(book, values, before).items():
        if values[measure] > after:
            continue
        codes = [
            veto.code
            for veto in book.vetoes
            if isinstance(veto.when, Event) and veto.when.release == measure and values.get(veto.when.last, 0)
        ]
        codes += ["M2"] if measure == book.release and before.colour == Colour.RED else []
        return Release(measure, max(today, dt.date.fromordinal(after + 1)), tuple(codes))
    return None


def not_too_early(
    book: Rulebook, values: Mapping[str, int], before: Before, offered: Sequence[tuple[Act, Step]]
) -> list[tuple[Act, Step]]:
    """Return the steps with the first day on which they have their effect; without those that come too late for it."""
    after, found = releases(book, values, before), []
    for act, step in offered:
        last = max((after.get(code, 0) for code in step.latest), default=0)
        moved = replace(step, from_on=max(step.from_on, dt.date.fromordinal(last + 1))) if last else step
        if moved.from_on <= moved.by_on:
            found.append((act, moved))
    return found


def duties(enterprise_id: int, today: dt.date) -> list[tuple[Act, Step]]:
    """Return the duties of an enterprise, for when nothing can be simulated. Needs its scope."""
    return offers(Running(enterprise_id, Period.of(today), today, {}), None)


def of_measures(
    standard: Standard, book: Rulebook, running: Running, before: Before, offered: Sequence[tuple[Act, Step]]
) -> Simulation:
    """Simulate from given measures and steps, without a query."""
    quick = with_cached_rules(book)
    whole = Table(quick, running.values, before, lots_of(offered))
    table = useful(whole)
    counts = trimmed(table)
    end, everything = table.at(table.none), table.at(counts)
    plans: list[Plan] = []
    obstacle: Obstacle | None = None
    for goal in range(max(rank_of(Colour.YELLOW), rank_of(end.colour) + 1), rank_of(Colour.GREEN) + 1):
        found = smallest(table, goal)
        if found is None:
            obstacle = find_obstacle(quick, table, counts, goal)
            break
        if not plans or plans[-1].judgement.colour != colour_of_rank(goal):
            tasks = _in_turn(table, found.counts)
            reached = table.at(found.counts)
            plans.append(
                Plan(reached.colour, reached, tasks, _points(reached) - _points(end), found.smallest)
            )
    alone = [_alone(table, counts, code) for code in dict.fromkeys(lot.act.code for lot in table.lots)]
    gains: dict[tuple[str, str], Decimal] = {}
    for index, lot in enumerate(table.lots):
        one = _points(table.at(table.only(index, 1))) - _points(end)
        gains |= {(lot.act.code, step.key): one for step in lot.steps[: counts[index]]}
    alone_each: dict[tuple[str, str], Alone] = {}
    for index, lot in enumerate(whole.lots):
        if lot.act.each:
            done = whole.at(whole.only(index, 1))
            lifts = tuple(code for code in end.flags if code not in done.flags)
            one_alone = Alone(_points(done) - _points(end), lifts)
            alone_each |= {(lot.act.code, step.key): one_alone for step in lot.steps}
    return Simulation(
        period=running.period,
        today=running.today,
        standard=standard,
        book=book,
        before=before,
        measures=dict(running.values),
        end=end,
        everything=everything,
        tasks=tuple(sorted(alone, key=lambda task: (-task.gain, task.by_on, task.act.code))),
        offers=tuple(offered),
        alone=alone_each,
        release=release_of(book, running.values, before, running.today),
        gains=gains,
        plans=tuple(plans),
        obstacle=obstacle,
        judgements=len(whole.judged) + len(table.judged),
    )


def _points(judgement: Judgement) -> Decimal:
    return judgement.score or Decimal(0)


def _alone(table: Table, counts: Counts, code: str) -> Task:
    """Return the task of all useful steps of one act, alone."""
    mine = tuple(
        number if lot.act.code == code else 0 for lot, number in zip(table.lots, counts, strict=True)
    )
    return _task(table, mine, table.at(table.none), table.at(mine))


def _task(table: Table, counts: Counts, before: Judgement, done: Judgement) -> Task:
    """Return the task of some steps of one act with their effect."""
    pairs = table.steps(counts)
    return Task(
        act=pairs[0][0],
        steps=tuple(
            sorted((step for _act, step in pairs), key=lambda step: (step.asked_on, step.by_on, step.key))
        ),
        gain=_points(done) - _points(before),
        lifts=tuple(code for code in before.flags if code not in done.flags),
    )


def _in_turn(table: Table, counts: Counts) -> tuple[Task, ...]:
    """Return the steps as tasks by act, most urgent first, each with its effect in addition to the previous tasks."""
    acts: dict[str, list[int]] = {}
    for index, lot in enumerate(table.lots):
        if counts[index]:
            acts.setdefault(lot.act.code, []).append(index)
    urgent = sorted(acts.values(), key=lambda mine: min(table.lots[each].steps[0].asked_on for each in mine))
    tasks, done = [], table.none
    for indexes in urgent:
        before, mine = done, table.none
        for index in indexes:
            done, mine = (table.put(each, index, counts[index]) for each in (done, mine))
        tasks.append(_task(table, mine, table.at(before), table.at(done)))
    return tuple(tasks)
