"""Lives: the states of a record, and the acts that take it from one to another.

One table for each kind is the source of everything else: what the operations refuse, the buttons of the record page and
why one is missing, the small forms and their URLs, tabs and filters of the list, the words of the audit log, what the
simulator offers, the drawing in docs/lives.md, and a test that walks every arrow.

The state itself is computed from dates (``record.state``), never stored. A function bound to an act makes its change::

    @DISPUTE_LIFE.operation("settle")
    def settle_dispute(dispute: Dispute, *, actor: Actor, settled_on: dt.date) -> None:
        dispute.settled_on = settled_on

    settle_dispute(actor=actor, id=7, version=3, settled_on=today)  # → Dispute

Each act is a dated step of the record (:class:`facts.models.FactStep`). It holds from the day that the function returns, else
from the first day the act asks for, else from today.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import import_module
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar, get_type_hints

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Expression,
    ExpressionWrapper,
    IntegerField,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
)
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules, module_has_submodule
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.open_work import is_off_register
from facts.asks import Answer, Ask, Day, Reason, Text
from facts.dates import check_own_day
from facts.four_eyes import refusal as four_eyes_refusal
from facts.models import Fact
from facts.operations import VOIDED, change_fact
from facts.steps import Course
from foundation.accounts.access import WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import checked_reason, required_reason
from foundation.arguments import refuse_unfit
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import refuse_unstorable
from foundation.faults import Faults
from foundation.words import Words, listed, visible

F = TypeVar("F", bound=Fact)
AWAY = "away"  # in lists, beside the states: needs work, but its enterprise is not on the register
AWAY_CHOICE = (AWAY, gettext_lazy("Not on the register"))
_state: Callable[[Any], Any] = attrgetter("state")  # every model with a life has this property


# --- states and acts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class State:
    """A state of a life: its hue, the condition on rows that are in it today, and the label of its tab.

    ``where`` is the SQL equivalent of the model's ``state``, for rows that are not voided; it takes today's date, or an
    expression for it. A ``rare`` state has a tab only while a record is in it.
    """

    code: TextChoices
    tone: str
    where: Callable[[Any], Q]
    tab: Words = ""
    rare: bool = False


@dataclass(frozen=True)
class Wording:
    """The texts of an act: on its button, above its form, in its form. ``title`` defaults to the label.

    ``own_text`` is what an enterprise's people read above the form, with ``%(today)s``, if they are asked for no day.
    """

    label: Words
    text: Words = ""
    asks: tuple[Ask, ...] = ()
    title: Words = ""
    own_text: Words = ""


@dataclass(frozen=True)
class Unless:
    """What excludes an act although the state allows it: the condition for the drawing, the reason for the person.

    ``why`` returns the reason for a record, empty if nothing excludes the act; ``why_for``, for a record and an actor,
    what needs the log of the record. It is asked only of acts that are possible otherwise.
    """

    condition: str
    why: Callable[[Any], Words]
    why_for: Callable[[Any, Actor], Words] = lambda record, actor: ""

    def reason(self, record: Any, actor: Actor | None) -> str:
        return str(self.why(record) or (self.why_for(record, actor) if actor else ""))


@dataclass(frozen=True)
class Act:
    """One act: from which states (``states``) to which (``to``, empty: no change), who may do it, and its texts.

    ``code`` names the operation and, after the kind, the action in the audit log (``hazard.mark_major``); ``slug`` is
    its URL. ``by_another``: who reported the record does not do it (:mod:`facts.four_eyes`). ``past`` with ``icon`` and
    ``hue`` shows it in the history. ``instead`` has other texts for some states. ``reopens``: it takes back the end of
    a record, which is otherwise finished; the page does not suggest it.
    A ``minor`` act is never the primary one. ``after_end``: it is done to a record that is finished, such as closing its
    file; lists count none as unfinished for it.
    """

    code: str
    states: Set[TextChoices]
    permission: str
    wording: Wording
    past: Words
    done: Words
    icon: str
    hue: str = ""
    to: Set[TextChoices] = frozenset()
    slug: str = ""
    danger: bool = False
    reopens: bool = False
    by_another: bool = False
    minor: bool = False
    after_end: bool = False
    unless: Unless | None = None
    instead: Mapping[TextChoices, Wording] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "slug", self.slug or self.code.replace("_", "-"))

    def wording_for(self, state: TextChoices) -> Wording:
        return self.instead.get(state, self.wording)

    def wordings(self) -> list[Wording]:
        return [self.wording, *self.instead.values()]

    def is_done(self, state: TextChoices) -> bool:
        """Return whether a record in this state has already had the act, and cannot have it again."""
        return state in self.to and state not in self.states

    def asks(self) -> list[Ask]:
        """Return everything it asks for, in any state."""
        return [ask for wording in self.wordings() for ask in wording.asks]

    @property
    def reason(self) -> Reason | None:
        """The reason it asks for, if it does."""
        return next((ask for ask in self.asks() if isinstance(ask, Reason)), None)

    @property
    def days(self) -> list[str]:
        """The names of the days it asks for."""
        return list(dict.fromkeys(ask.name for ask in self.asks() if isinstance(ask, Day)))


class Missing(NamedTuple):
    """An act that the actor's role may do but that is not possible now, and why."""

    label: Words
    why: str


def refuse_missing(act: Act, record: Any, actor: Actor, values: Mapping[str, Any]) -> None:
    """Raise ValidationError at what a person must answer for an act and did not. The system answers what it knows."""
    if not actor.user_id:
        return
    errors = {}
    for ask in act.wording_for(_state(record)).asks:
        if not isinstance(ask, Day | Text | Answer):
            continue
        if isinstance(ask, Day) and ask.name not in values and not ask.starts_empty:  # today
            continue
        field = ask.field_for(record, actor)
        value = values.get(ask.name)
        if field is None or not field.required:
            continue
        if value is None or (isinstance(value, str) and not visible(value).strip()):
            errors[ask.name] = field.error_messages["required"]
        elif isinstance(ask, Text) and len(value) > ask.max_length:
            errors[ask.name] = _("At most %(limit)d characters.") % {"limit": ask.max_length}
    if errors:
        raise ValidationError(errors)


class Operation(Generic[F]):
    """The public operation of an act: everything around the change itself.

    require → lock → refuse a record that is voided, stale, or in a state that excludes the act → change → append the
    step → check → increment the version → save → log. Raise NotAllowed, Http404, WrongState, StaleRecord, ValidationError by field,
    like ``change_fact``.
    """

    def __init__(self, life: "Life[F]", act: Act, change: Callable[..., dt.date | None]) -> None:
        self.life, self.act, self.change = life, act, change
        self.__name__, self.__module__, self.__doc__ = change.__name__, change.__module__, change.__doc__

    @cached_property
    def declared(self) -> dict[str, Any]:
        """What the operation takes, by name; resolved at the first call, when the modules it names are loaded."""
        own = {name: kind for name, kind in get_type_hints(self.change).items() if name != "return"}
        return own | {"id": int, "version": int | None, "reason": str}

    def under(self, permission: str) -> "Operation[F]":
        """Return the same operation for holders of another permission, whose own act includes this one."""
        return Operation(self.life, replace(self.act, permission=permission), self.change)

    def __call__(
        self, *, actor: Actor, id: int, version: int | None = None, reason: str = "", **values: Any
    ) -> F:
        act = self.act
        require(actor, act.permission)
        # a day or an answer that is missing is told with the other faults
        told = {**values, "id": id, "version": version, "reason": reason}
        refuse_unfit({name: each for name, each in told.items() if each is not None}, self.declared)
        is_required = act.reason is not None and act.reason.required
        faults, given, reason = Faults(), reason, ""
        with faults.of():
            reason = required_reason(given) if is_required else checked_reason(given)
        for name in act.days:
            with faults.of():
                check_own_day(actor, name, values.get(name))

        def change(record: F) -> None:
            if words := self.life.refusal(act, record, actor):
                raise WrongState(words)
            refuse_missing(act, record, actor, values)
            course = Course(record)
            asked = {name: values[name] for name in act.days if values.get(name)}
            on = self.change(record, actor=actor, **values) or next(
                iter(asked.values()), timezone.localdate()
            )
            refuse_unstorable(record)  # before its step is written
            at = next((name for name, day in asked.items() if day == on), None)
            course.after_act(actor=actor, act=act.code, on=on, reason=reason, at=at)

        return change_fact(
            actor=actor,
            permission=act.permission,
            model=self.life.model,
            id=id,
            version=version,
            action=self.life.action(act),
            change=change,
            reason=reason,
            faults=faults,
        )


class Life(Generic[F]):
    """The states and acts of one kind of record, in the order in which pages show them.

    ``begins`` are the states of a new record, ``by_time`` the transitions without an act: (from, to, why).
    """

    def __init__(
        self,
        model: type[F],
        states: Iterable[State],
        acts: Iterable[Act],
        *,
        begins: Iterable[TextChoices] = (),
        by_time: Iterable[tuple[TextChoices, TextChoices, Words]] = (),
    ) -> None:
        self.model = model
        self.states = {str(state.code): state for state in states}
        self.acts = {act.code: act for act in acts}
        self.begins = tuple(begins) or (next(iter(self.states.values())).code,)
        self.by_time = tuple(by_time)
        self.operations: dict[str, Operation[F]] = {}
        _lives[self.kind] = self

    @property
    def kind(self) -> str:
        """The name of the kind."""
        return str(self.model._meta.model_name)

    def action(self, act: Act) -> str:
        """Return the action of an act in the audit log."""
        return kind_of_model(self.model).action(act.code)

    def operation(self, code: str) -> Callable[[Callable[..., dt.date | None]], Operation[F]]:
        """Bind the function that makes the change of an act to a locked record. It may return the day of the act."""
        if code not in self.acts or code in self.operations:
            raise ImproperlyConfigured(f"{self.kind} has no act {code} without operation.")

        def bind(change: Callable[..., dt.date | None]) -> Operation[F]:
            self.operations[code] = Operation(self, self.acts[code], change)
            return self.operations[code]

        return bind

    # --- what follows from the table ---

    def refusal(
        self,
        act: Act,
        record: F,
        actor: Actor | None = None,
        four_eyes: Callable[[Actor, F], str] = four_eyes_refusal,
    ) -> str:
        """Return why an act is not possible now, in words for the person; empty if it is.

        With an actor also why this one may not do it: who reported a record does not decide about it. ``four_eyes`` says so
        instead of a query, where it is known.
        """
        if record.is_voided:
            return str(VOIDED)
        if act.unless and (words := act.unless.why(record)):
            return str(words)
        if _state(record) in act.states:
            if actor and act.unless and (words := act.unless.why_for(record, actor)):
                return str(words)
            return four_eyes(actor, record) if act.by_another and actor else ""
        return _("This %(kind)s is now in the state “%(state)s”, so this is no longer possible.") % {
            "kind": self.model._meta.verbose_name,
            "state": _state(record).label,
        }

    def possible(
        self,
        record: F,
        actor: Actor | None = None,
        four_eyes: Callable[[Actor, F], str] = four_eyes_refusal,
    ) -> list[Act]:
        """Return the acts that are possible now, regardless of permissions; the first is the primary one.

        With an actor only those that the operation would take from this one; ``four_eyes`` as for ``refusal``.
        """
        if record.is_voided:
            return []
        state = _state(record)
        return [
            act
            for act in self.acts.values()
            if state in act.states  # most are out by this alone, and nobody reads why
            and not self.refusal(
                act, record, actor if actor and allows(actor, act.permission) else None, four_eyes
            )
        ]

    def next_acts(self, record: F, actor: Actor) -> list[Act]:
        """Return the acts that a list offers an actor: those that lead on, as far as the record's own columns say.

        The record's page has them all, and asks its log besides.
        """
        return [
            act
            for act in self.possible(record)
            if act.to
            and not act.reopens
            and not act.minor
            and not act.after_end
            and allows(actor, act.permission)
        ]

    def missing(self, act: Act, record: F, actor: Actor) -> Missing:
        """Return an act that is not possible now and the reason, for the record page."""
        state = _state(record)
        excluded = act.unless.reason(record, actor) if act.unless else ""
        why = excluded or _("Possible only in the state: %(states)s.") % {
            "states": listed(each.label for each in self.in_order(act.states))
        }
        return Missing(act.wording_for(state).label, why)

    def in_order(self, codes: Iterable[TextChoices]) -> list[TextChoices]:
        """Return states in the order of the table."""
        wanted = {str(code) for code in codes}
        return [state.code for code, state in self.states.items() if code in wanted]

    @property
    def live(self) -> list[TextChoices]:
        """The states in which something is still to be done: not only to reopen or file away a finished record."""
        return self.in_order(
            code for act in self.acts.values() if not act.reopens and not act.after_end for code in act.states
        )

    def where(
        self, *codes: TextChoices | str, today: dt.date | Expression | None = None, voided: bool = False
    ) -> Q:
        """Return the condition on rows that are in one of these states today.

        Voided rows are in no state, except with ``voided``: then they count in the state they would otherwise have.
        """
        today = today or timezone.localdate()
        found = Q(pk__in=())
        for number, code in enumerate(codes):
            condition = self.states[str(code)].where(today)
            found = condition if number == 0 else found | condition
        return found if voided else Q(voided_at=None) & found

    def listed(
        self, *codes: TextChoices | str, today: dt.date | Expression | None = None, voided: bool = False
    ) -> Q:
        """Return the condition on rows that a list shows under these states, or under AWAY.

        Work on an enterprise that is not on the register rests: its records in a live state are under AWAY only.
        """
        today = today or timezone.localdate()
        live = {str(code) for code in self.live}
        asked = {str(code) for code in codes}
        away, found = Q(is_off_register(today)), Q(pk__in=())
        if over := asked - live - {AWAY}:
            found |= self.where(*sorted(over), today=today, voided=voided)
        if still := asked & live:
            found |= self.where(*sorted(still), today=today, voided=voided) & ~away
        if AWAY in asked:
            found |= self.where(*self.live, today=today) & away
        return found

    def count_live(self, rows: QuerySet[Any], today: dt.date | None = None) -> dict[str, int]:
        """Return how many rows a list shows under each live state and under AWAY. One query.

        It asks for each row once whether its enterprise is on the register.
        """
        today, live = today or timezone.localdate(), list(map(str, self.live))
        states = Case(
            *(When(self.where(code, today=today), then=Value(number)) for number, code in enumerate(live)),
            output_field=IntegerField(),
        )
        away = ExpressionWrapper(Q(is_off_register(today)), output_field=BooleanField())
        rows = rows.filter(self.where(*self.live, today=today)).order_by()
        grouped = rows.annotate(in_live=states, is_away=away).values("in_live", "is_away")
        counts = dict.fromkeys([*live, AWAY], 0)
        for group in grouped.annotate(number=Count("pk")):
            if group["is_away"]:
                counts[AWAY] += group["number"]
            elif group["in_live"] is not None:
                counts[live[group["in_live"]]] += group["number"]
        return counts

    def applies(self, code: str) -> Q:
        """Return the condition on rows whose state allows an act."""
        return self.where(*self.in_order(self.acts[code].states))

    def tone(self, state: TextChoices) -> str:
        """Return the hue of a state; grey for a state outside the table (voided)."""
        found = self.states.get(str(state))
        return found.tone if found else "secondary"

    def arrows(self) -> Iterator[tuple[TextChoices, Act, TextChoices]]:
        """Yield each (from, act, to) of the table. An act that changes no state leads back to the same state."""
        for act in self.acts.values():
            for start in self.in_order(act.states):
                for end in self.in_order(act.to) or [start]:
                    yield start, act, end


_lives: dict[str, Life[Any]] = {}


def all_lives() -> dict[str, Life[Any]]:
    """Return every life by the name of its kind."""
    return dict(sorted(_lives.items()))


def load_lives() -> None:
    """Import the lives of all apps and the operations that belong to them."""
    autodiscover_modules("lives")
    for life in all_lives().values():
        app = life.model._meta.app_config
        if module_has_submodule(app.module, "operations"):
            import_module(f"{app.name}.operations")
