"""Steps: the dated rows of what happened to a record, and how its days follow from them.

The columns of a record hold what is true now, and ``earlier`` what they held before an act replaced it, so a past day
reads the same whatever happened since. Only this module writes steps, and only the operations of an act
(:class:`facts.lives.Operation`) and of a correction call it, on a locked record.

- An act that fills an empty column with its day changes no past day: before that day, it had not happened yet.
- An act that replaces a value (sent back, reopened, extended again) puts the whole group of columns into ``earlier``. So
  does one that sets an ``undated`` column, such as the deadline of a reopened record.
- A correction says that a value was never true. It replaces it wherever it was carried along.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import DateField, F, Func, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.models import DERIVED_FIELDS, Fact, FactStep, SteppedFact
from foundation.accounts.actors import Actor
from foundation.faults import Faults
from foundation.tenancy.scope import acting

Days = dict[str, dt.date | None]


@dataclass
class History:
    """What follows from the steps of a record: its days now, and those replaced, each group until a day."""

    model: type[Fact]
    days: Days = field(default_factory=dict)
    earlier: list[tuple[dt.date, Days]] = field(default_factory=list)
    carried: dict[str, Any] = field(default_factory=dict)

    def act(self, on: dt.date, values: Days) -> None:
        """Apply an act: keep what it replaces, group by group."""
        for group in self.model.stepped:
            if any(self._replaces(name, values[name]) for name in group if name in values):
                self.earlier.append((on, {name: self.days.get(name) for name in group}))
        self.days.update(values)

    def _replaces(self, name: str, day: dt.date | None) -> bool:
        before = self.days.get(name)
        return before != day and (before is not None or name in self.model.undated)

    def correct(self, values: Days) -> None:
        """Apply a correction: the value was never true, so replace it also where it was carried along."""
        for name, value in values.items():
            wrong = self.days.get(name)
            for _until, days in reversed([each for each in self.earlier if name in each[1]]):
                if days[name] != wrong:
                    break
                days[name] = value
            self.days[name] = value

    def last_until(self, names: Iterable[str]) -> dt.date | None:
        """Return the last day on which a value of these columns was replaced."""
        return max((until for until, days in self.earlier if days.keys() & set(names)), default=None)


def replay(model: type[Fact], steps: Iterable[FactStep]) -> History:
    """Return what follows from steps, in the order in which they were recorded.

    A step that corrects another stands in its place. It also takes the place of a correction of the record that was
    made before it and changed what the corrected step had set.
    """
    steps = list(steps)
    instead = {step.corrects_id: step for step in steps if step.corrects_id}
    place = {id(step): number for number, step in enumerate(steps)}
    history = History(model, carried=dict(model.carried))
    settled: dict[str, int] = {}  # column → place of the step that corrected whichever set it last
    for step in steps:
        if step.corrects_id:
            continue
        said = instead.get(step.pk, step) if step.pk else step
        if step.act in (FactStep.TAKEN_OVER, FactStep.CORRECTED):
            values = {
                name: day for name, day in said.values.items() if settled.get(name, -1) < place[id(step)]
            }
            history.correct(_days(model, values))
        else:
            values = said.values
            history.act(said.on, _days(model, values))
            settled |= dict.fromkeys(step.values, place[id(said)])
        history.carried |= {name: values[name] for name in model.carried if name in values}
    return history


def steps_of(fact: Fact) -> QuerySet[FactStep]:
    """Return the steps of a record that the scope may see, oldest first."""
    return FactStep.objects.filter(
        enterprise_id=fact.enterprise_id, kind=fact._meta.model_name, record_id=fact.pk
    ).order_by("id")


def acts_among(steps: Iterable[FactStep]) -> list[FactStep]:
    """Return the steps that were acts, as they stand after later corrections, newest first; not those taken back."""
    steps = list(steps)
    instead = {step.corrects_id: step for step in steps if step.corrects_id}
    found = []
    for step in steps:
        if step.corrects_id or step.act in (FactStep.TAKEN_OVER, FactStep.CORRECTED):
            continue
        said = instead.get(step.pk, step)
        if said is step or said.values:
            step.on, step.values = said.on, said.values
            found.append(step)
    return found[::-1]


def who_set(fact: Fact, name: str, steps: Iterable[FactStep] | None = None) -> set[int]:
    """Return the ids of the users who set the day of a record that is in force: by an act, or by correcting it.

    ``steps``: those of the record, if they are at hand.
    """
    steps = list(steps_of(fact) if steps is None else steps)
    instead = {step.corrects_id: step for step in steps if step.corrects_id}
    found: set[int] = set()
    for step in steps:
        said = instead.get(step.pk, step)
        if step.corrects_id or name not in step.values:
            continue
        correctors = {each.recorded_by_id for each in steps if each.corrects_id == step.pk}
        if name not in said.values:  # it never replaced the day that is in force
            found |= correctors
        elif said.values[name] is None or step.act == FactStep.TAKEN_OVER:
            found = set()
        elif step.act == FactStep.CORRECTED:
            found |= {step.recorded_by_id, *correctors}
        else:
            found = {step.recorded_by_id, *correctors}
    return found - {0}


class Course:
    """The steps of one locked record while an operation changes it. ``after_act`` or ``after_correction`` ends it."""

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        self.names = [name for group in fact.stepped for name in group]
        self.before, self.was = self._now(), copy(fact)
        self.fixed = {
            each.attname: day
            for each in fact._meta.concrete_fields
            if type(each) is DateField
            and each.name not in {*self.names, *DERIVED_FIELDS}
            and (day := getattr(fact, each.attname)) is not None
        }
        self.steps: list[FactStep] = list(steps_of(fact)) if self.names else []
        self.is_new = not self.steps
        self.history = History(type(fact))
        # written without a step: on entry, by an import, by a version that had none
        known = replay(type(fact), self.steps)
        added = {name: day for name, day in self.before.items() if day != known.days.get(name)}
        carried = self._carried_unlike(known.carried)
        if added or carried:
            on = getattr(fact, fact.dated_by) if self.is_new else timezone.localdate()
            self.steps.append(self._step(FactStep.TAKEN_OVER, on, added, carried=carried))
        self.written: list[FactStep] = []

    def set_by_acts(self) -> set[str]:
        """Return the columns whose values now were set by an act, not on entry, by an import or a correction."""
        instead = {step.corrects_id: step for step in self.steps if step.corrects_id}
        found: set[str] = set()
        for step in self.steps:
            if step.corrects_id:
                continue
            names = set(instead.get(step.pk, step).values)
            is_act = step.act not in (FactStep.TAKEN_OVER, FactStep.CORRECTED)
            found = found | names if is_act else found - names
        return found

    def after_act(self, *, actor: Actor, act: str, on: dt.date, reason: str, at: str | None) -> None:
        """Append the step of an act that changed the record on a day, and derive its days from all steps.

        Raise ValidationError, at the field ``at`` if there is one, if the day is to come or before one that it follows.
        """
        for name, day in self.fixed.items():
            if getattr(self.fact, name) != day:
                raise TypeError(
                    f"{act} replaces {name}, which was true: name it in {type(self.fact).__name__}.stepped"
                )
        changed = self._changed()
        self._refuse_disorder(changed, on, at)
        carried = self._carried_unlike({name: getattr(self.was, name) for name in self.fact.carried})
        step = self._step(act, on, changed, actor, reason, carried=carried)
        step.was_on = max((day for name in changed if (day := self._replaced(name))), default=None)
        self._write(step, actor)

    def after_correction(self, *, actor: Actor, reason: str) -> None:
        """Append the step of a correction, if the record has steps; without them its columns say everything."""
        changed = self._changed()
        if changed and not self.is_new:
            step = self._step(FactStep.CORRECTED, timezone.localdate(), changed, actor, reason)
            self._write(step, actor)

    def correct_step(self, step: FactStep, *, actor: Actor, on: dt.date | None, reason: str) -> None:
        """Append the correction of an earlier step: it was on another day, or (None) it never happened.

        Raise ValidationError at ``on`` (at ``never``, if it never happened) if the steps would no longer be in order,
        or if it never happened and a later step undid it.
        """
        values: Days = {}
        if on is None:
            self._refuse_if_undone_since(step)
        elif on != step.on:
            self._refuse_if_counted_with(step)
        carried: dict[str, Any] = {}
        if on:
            days = _days(type(self.fact), step.values)
            values = {name: on if day == step.on else day for name, day in days.items()}
            carried = {name: step.values[name] for name in self.fact.carried if name in step.values}
        instead = self._step(step.act, on or step.on, values, actor, reason, carried=carried)
        instead.corrects_id, instead.was_on = step.pk, step.was_on
        told = replay(type(self.fact), [*self.steps, instead])
        at = "on" if on else "never"
        if not all(self._is_in_order(group, told) for group in self.fact.stepped):
            words = (
                _("This day is not in order with the other steps.")
                if on
                else _("Without this step, the others are no longer in order.")
            )
            raise ValidationError({at: words})
        before = replay(type(self.fact), self.steps)
        if new := self._contradictions(self.fact, told) - self._contradictions(self.fact, before):
            raise ValidationError({at: sorted(new)})
        undated = (values.get(name) for name in self.fact.undated)
        if on and any(day and day < on for day in undated):
            raise ValidationError({"on": _("The deadline that this step set would be before its day.")})
        self._write(instead, actor)

    def _refuse_if_undone_since(self, step: FactStep, at: str = "never") -> None:
        """Refuse to strike a step that a later one took back: what was reopened had been closed.

        An act takes back the last one before it that set what it empties.
        """
        model = type(self.fact)
        acts = [(each, _days(model, each.values)) for each in reversed(acts_among(map(copy, self.steps)))]
        for number, (later, days) in enumerate(acts):
            emptied = {name for name, day in days.items() if day is None}
            setting = (each for each, set_ in reversed(acts[:number]) if any(set_.get(n) for n in emptied))
            if getattr(next(setting, None), "pk", None) == step.pk:
                words = _("A later step of %(day)s took this one back. Correct that one first.")
                raise ValidationError({at: words % {"day": later.on.isoformat()}})

    def _refuse_if_counted_with(self, step: FactStep) -> None:
        """Refuse to move a step from whose day a deadline was counted: it would no longer be what the days give."""
        if not isinstance(self.fact, SteppedFact) or step.act not in self.fact.counted_with:
            return
        if any(step.values.get(name) for name in self.fact.stepped_deadlines):
            words = _(
                "The deadline was counted with this day. Say that the step never happened, then record it again on the"
                " right day."
            )
            raise ValidationError({"on": words})
        self._refuse_if_undone_since(step, at="on")

    def contradicted(self) -> list[str]:
        """Return what the record refuses, since it was corrected, in the days that acts have replaced, in words."""
        before = replay(type(self.fact), self.steps)
        now = replay(type(self.fact), [*self.steps, *self.written])
        if not now.earlier:
            return []
        found = self._contradictions(self.fact, now) - self._contradictions(self.was, before)
        if any(
            self._is_in_order(group, before) and not self._is_in_order(group, now)
            for group in self.fact.stepped
        ):
            found.add(_("This day is not in order with the other steps."))
        return sorted(found)

    def _contradictions(self, fact: Fact, history: History) -> set[str]:
        """Return what a record would refuse in any of the days that it ever held, in words."""
        assert isinstance(fact, SteppedFact)
        found: set[str] = set()
        earlier = history.earlier
        for number, (_until, days) in enumerate([*earlier, (None, history.days)]):
            held = copy(fact)
            held.earlier = _stored(earlier[:number])
            # what the other groups held then is judged with what they hold now, or held last
            for name, day in (*history.days.items(), *days.items()):
                setattr(held, name, day)
            faults = Faults()
            with faults.of():
                held.clean()
            with faults.of():
                held.check_acts_in_order()
            if faults:
                found.update(ValidationError(faults.by_field).messages)
        return found

    def _is_in_order(self, group: tuple[str, ...], history: History) -> bool:
        """Return whether what was replaced was true before, and what replaced it no earlier than that."""
        last: dt.date | None = None
        now = (None, history.days)
        for until, days in (*(each for each in history.earlier if group[0] in each[1]), now):
            known = [
                day
                for name in group
                if name not in _deadlines(self.fact) and (day := days.get(name)) is not None
            ]
            if (last and any(day < last for day in (*known, until or last))) or (
                until and any(day > until for day in known)
            ):
                return False
            last = until
        return True

    def _write(self, step: FactStep, actor: Actor) -> None:
        new = [each for each in (*self.steps, step) if each.pk is None]
        with acting(actor.acting):
            FactStep.objects.bulk_create(new)
        if not self.names:
            return
        fact = self.fact
        assert isinstance(fact, SteppedFact)
        self.written = [step]
        self.history = replay(type(fact), [*self.steps, step])
        for name in self.names:
            setattr(fact, name, self.history.days.get(name))
        for name, value in self.history.carried.items():
            setattr(fact, name, value)
        earlier = self.history.earlier
        fact.earlier = _stored(earlier)
        fact.earlier_until_on = max((until for until, _days in earlier), default=None)

    def _refuse_disorder(self, changed: Days, on: dt.date, at: str | None) -> None:
        assert isinstance(self.fact, SteppedFact) or not changed
        touched = [name for group in self.fact.stepped if changed.keys() & set(group) for name in group]
        if on > timezone.localdate():
            words = _("This date is in the future.")
            raise ValidationError({at: words} if at else words)
        last = replay(type(self.fact), self.steps).last_until(touched)
        replaced = [day for name in changed if (day := self._replaced(name))]
        day = max([*replaced, *([last] if last else [])], default=None)
        if day and on < day:
            words = _("The last step was on %(day)s. Choose that day or a later one.") % {"day": day}
            raise ValidationError({at: words} if at else words)

    def _replaced(self, name: str) -> dt.date | None:
        """Return the day in a changed column that an act replaced; None for a deadline."""
        return None if name in _deadlines(self.fact) else self.before[name]

    def _now(self) -> Days:
        return {name: getattr(self.fact, name) for name in self.names}

    def _changed(self) -> Days:
        return {name: day for name, day in self._now().items() if day != self.before[name]}

    def _carried_unlike(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the record carries now and did not before."""
        return {
            name: value for name in self.fact.carried if (value := getattr(self.fact, name)) != before[name]
        }

    def _step(
        self,
        act: str,
        on: dt.date,
        values: Days,
        actor: Actor | None = None,
        reason: str = "",
        carried: Mapping[str, Any] | None = None,
    ) -> FactStep:
        fact = self.fact
        return FactStep(
            enterprise_id=fact.enterprise_id,
            station_id=fact.station_id,
            kind=str(fact._meta.model_name),
            record_id=fact.pk,
            act=act,
            on=on,
            values={**_plain(values), **(carried or {})},
            reason=reason,
            actor_name=actor.name[:80] if actor else "",
            recorded_by_id=actor.user_id if actor else fact.recorded_by_id,
        )


class AsOf(Func):
    """A stepped column as it was in force on a day: the SQL equivalent of ``SteppedFact.as_of``.

    Only rows with a value replaced after that day are looked up; for all others it costs one comparison. One node with
    its text kept, because a measure uses it some forty times in each batch.
    """

    output_field = DateField()

    def __init__(self, name: str, day: dt.date) -> None:
        super().__init__(F(name), F("earlier"), F("earlier_until_on"))
        self.name, self.day = name, day
        self.compiled: dict[Any, str] = {}

    def as_sql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        columns = self.get_source_expressions()
        alias = getattr(columns[0], "alias", None)
        if alias not in self.compiled:
            column, earlier, until = (compiler.compile(each)[0] for each in columns)
            day, name = self.day.isoformat(), self.name
            path = f'$[*] ? (@.until > "{day}" && exists(@.{name})).{name}'
            rows = f"{earlier} || jsonb_build_object('until', '9', '{name}', {column})"  # the last one is today's
            kept = f"(jsonb_path_query_first({rows}, '{path}') #>> '{{}}')::date"
            self.compiled[alias] = f"CASE WHEN {until} > DATE '{day}' THEN {kept} ELSE {column} END"
        return self.compiled[alias], []


def _deadlines(fact: Fact) -> frozenset[str]:
    return fact.stepped_deadlines if isinstance(fact, SteppedFact) else frozenset()


def _days(model: type[Fact], values: Mapping[str, Any]) -> Days:
    return {
        name: dt.date.fromisoformat(day) if day else None
        for name, day in values.items()
        if name not in model.carried
    }


def _stored(earlier: Iterable[tuple[dt.date, Days]]) -> list[dict[str, str | None]] | None:
    return [{"until": until.isoformat(), **_plain(days)} for until, days in earlier] or None


def _plain(days: Mapping[str, Any]) -> dict[str, str | None]:
    return {name: day.isoformat() if day else None for name, day in days.items()}
