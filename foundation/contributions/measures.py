"""What a rating measures, declared in an app's ``indicators.py``, and what would improve it, in its ``acts.py``.

``ratings`` reads both and knows no app by name, so a new app adds indicators without a change to the engine.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db.models import Func, IntegerField, Model, QuerySet

from foundation.contributions.registry import MODULES
from foundation.periods import Period
from foundation.words import Words

T = TypeVar("T")

DAY = "day"
MODULES += ["indicators", "acts"]


@dataclass(frozen=True)
class Indicator:
    """One measure of an enterprise in a period: a whole number, 0 if there is nothing.

    ``unit`` is a plain word ("hazards", "days", "weeks"). A DAY measure is the number of days since 0001-01-01
    (Python's date.toordinal), so that days compare as numbers and 0 means never.
    """

    code: str
    label: Words
    unit: Words
    group: str  # A safety management, B hidden-danger governance, C case situation, "" basis
    beside: Words = (
        ""  # the label beside a value, if it needs other words than within a sentence of a standard
    )


@dataclass(frozen=True)
class Source:
    """One scan of one table that yields several indicators per enterprise.

    ``query(period)`` returns a QuerySet grouped by enterprise: ``.values("enterprise_id")`` annotated with exactly the
    codes of ``indicators``; an enterprise without rows counts as zero. It must not filter by tenant: the engine runs it
    inside a scope. ``model`` and ``day`` name the records and the field that dates them, to find late facts; ``tab`` is
    the tab of the enterprise file that lists them.
    """

    code: str
    model: type[Model]
    day: str
    tab: str
    indicators: tuple[Indicator, ...]
    query: Callable[[Period], QuerySet]


class Ordinal(Func):
    """A day as the number of days since 0001-01-01 (Python's date.toordinal), so that days compare as numbers."""

    template = "(%(expressions)s - DATE '0001-01-01' + 1)"
    arity = 1
    output_field = IntegerField()


sources: dict[str, Source] = {}


def register(source: Source) -> Source:
    """Register a source with the engine. Raise ValueError for an indicator that another source has."""
    taken = {
        indicator.code
        for other in sources.values()
        if other.code != source.code
        for indicator in other.indicators
    }
    twice = taken & {indicator.code for indicator in source.indicators}
    if twice:
        raise ValueError(f"indicator registered twice: {sorted(twice)}")
    sources[source.code] = source
    return source


def indicators() -> dict[str, Indicator]:
    """Return all installed indicators by code, in a stable order."""
    return {each.code: each for code in sorted(sources) for each in sources[code].indicators}


def source_of(code: str) -> Source | None:
    """Return the source that yields a measure, None if it is not installed."""
    return next((each for each in sources.values() if code in {one.code for one in each.indicators}), None)


def is_day(code: str) -> bool:
    """Return whether a measure is a day (its value an ordinal, 0 = never)."""
    indicator = indicators().get(code)
    return indicator is not None and indicator.unit == DAY


# --- what can still be done in the running quarter ---------------------------------------------------------------

# who does an act: the enterprise alone; the enterprise, subject to acceptance by the police; the police
ENTERPRISE, ACCEPTED, POLICE = "enterprise", "accepted", "police"


@dataclass(frozen=True)
class Running:
    """An enterprise in the running quarter. ``values``: its measures at the end if nothing more is recorded."""

    enterprise_id: int
    period: Period
    today: dt.date
    values: Mapping[str, int]
    read: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, name: str, read: Callable[[], T]) -> T:
        """Return what several acts need, read only once."""
        if name not in self.read:
            self.read[name] = read()
        return self.read[name]


@dataclass(frozen=True)
class Step:
    """One record that can still be added or changed, and its effect on the measures at the quarter's end.

    The effect is the same on any day from ``from_on`` to ``by_on``, the latest useful day: ``adds`` to counts,
    ``marks`` things that a measure counts once however often they occur (weeks), and moves days on to ``latest`` (that
    of ``by_on``). ``record`` names the record in words, ``due_on`` is its own deadline. ``page`` is the URL name where
    the step is done, and what follows it: an id, or a query.
    """

    key: str
    from_on: dt.date
    by_on: dt.date
    record: str = ""
    due_on: dt.date | None = None
    page: tuple[str, int | Mapping[str, int] | None] = ("", None)
    adds: Mapping[str, int] = field(default_factory=dict)
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    latest: Mapping[str, int] = field(default_factory=dict)

    @property
    def asked_on(self) -> dt.date:
        """The day it is asked for: the record's own deadline, even a past one, or an earlier latest useful day."""
        return min(self.by_on, self.due_on or self.by_on)


@dataclass(frozen=True)
class Act:
    """Something that improves a rating, with all steps that are still possible for one enterprise.

    ``task(number)`` words it as a task: "Put right 2 hazards", ``button`` as the button that leads to its page. ``measures`` are all it may change. ``each``: every step
    is a record of its own, with its own deadline. ``duty``: it waits for the enterprise even if it gains no points.
    ``only_for``: offered only under a standard that reads one of these, by default one of ``measures``.
    Declare only what is honest advice: nothing that an enterprise could do by inventing a record.
    """

    code: str
    label: Words
    unit: Words
    who: str
    icon: str
    measures: tuple[str, ...]
    task: Callable[[int], str]
    steps: Callable[[Running], Iterable[Step]]
    hint: Words = ""
    button: Words = ""
    each: bool = False
    duty: bool = False
    only_for: tuple[str, ...] = ()


acts: dict[str, Act] = {}


def register_act(act: Act) -> Act:
    """Register an act with the simulator. Raise ValueError for a code that another act has."""
    if acts.get(act.code, act) is not act:
        raise ValueError(f"act registered twice: {act.code}")
    acts[act.code] = act
    return act


def after(values: Mapping[str, int], steps: Iterable[Step]) -> dict[str, int]:
    """Return the measures once these steps are done, in any order. Unknown measures stay unknown."""
    changed = dict(values)
    marked: dict[str, set[str]] = {}
    for step in steps:
        for code, number in step.adds.items():
            if code in changed:
                changed[code] += number
        for code, things in step.marks.items():
            marked.setdefault(code, set()).update(things)
        for code, day in step.latest.items():
            if code in changed:
                changed[code] = max(changed[code], day)
    for code, seen in marked.items():
        if code in changed:
            changed[code] += len(seen)
    return changed
