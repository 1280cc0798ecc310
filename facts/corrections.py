"""What a person's correction may not change: what an act writes, and what only somebody else decides.

A correction says that a value was never true. It must not do what an act refuses. Imports and the system take what their
source says, except that nobody decides by a sheet about what they reported (``not_theirs``).
"""

from collections.abc import Mapping, Set
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.four_eyes import refusal
from facts.models import Fact, SteppedFact
from facts.steps import Course
from foundation.accounts.actors import Actor
from foundation.faults import Faults
from foundation.words import sentences


def watched(model: type[Fact]) -> tuple[str, ...]:
    """Return the fields whose values before a correction these rules compare with those after it."""
    deadlines = model.stepped_deadlines if issubclass(model, SteppedFact) else ()
    return tuple(dict.fromkeys((model.dated_by, *model.decided, *model.judged, *model.acted, *deadlines)))


def decided_with(fact: Fact, before: Mapping[str, Any]) -> set[str]:
    """Return the fields that only somebody else than who reported the record may change, by what it said before.

    They are what is decided, and once it was decided also the days that belong to it: those of what was accepted.
    """
    found = set(fact.decided)
    if any(before[name] is not None for name in fact.decided):
        found.update(*(group for group in fact.stepped if found & set(group)))
    return found


def not_correctable(fact: Fact, before: Mapping[str, Any], by_act: Set[str]) -> dict[str, str]:
    """Return the fields that a correction cannot change, each with why: only an act writes them.

    ``before`` are the values of the record, ``by_act`` the fields that an act set. The deadline that an act set can be
    corrected, because the correction of a step moves only its day.
    """
    deadlines = _deadlines(fact)
    found = {}
    is_decided = any(before[name] is not None for name in fact.acted)
    for name in dict.fromkeys((*fact.acted, *fact.decided)):
        if before[name] is None and (name in fact.acted or not is_decided):
            found[name] = _("A correction cannot enter this. Record the act itself.")
        elif name in by_act and name in fact.acted and name not in deadlines:
            found[name] = _("An act set this. Correct that step, on the page of the record.")
    return found


def not_theirs(
    actor: Actor, fact: Fact, before: Mapping[str, Any], *, was_refused: str, own_decision: str
) -> dict[str, str]:
    """Return the changed fields that only somebody else than who reported the record changes, each with why.

    They are what is decided, and a deadline that has passed; the day of the report itself is for somebody else than who
    decided about it. ``before`` and the refusals as in :func:`check_correction`.
    """
    changed, deadlines = [name for name in before if getattr(fact, name) != before[name]], _deadlines(fact)
    decided = [name for name in changed if name in fact.decided]
    if any(before[name] is not None for name in fact.acted):
        decided += [name for name in changed if name in fact.judged]
    if actor.is_police:
        decided += [name for name in changed if name in deadlines and _is_reprieve(fact, name, before[name])]
    found: dict[str, str] = {}
    if decided and (words := was_refused or refusal(actor, fact)):
        found |= dict.fromkeys(decided, words)
    if was_refused:
        found |= {name: was_refused for name in changed if name in decided_with(fact, before)}
    if own_decision and fact.reported_day in changed:
        found.setdefault(fact.reported_day, own_decision)
    return found


def check_correction(
    actor: Actor,
    fact: Fact,
    before: Mapping[str, Any],
    course: Course,
    *,
    was_refused: str,
    own_decision: str,
) -> None:
    """Raise ValidationError at what a person's correction of a record changed and may not.

    Neither what is ``not_correctable``, nor what acts would refuse: days of acts stay in order, and a deadline that has
    passed is moved, and an end changed, by somebody who did not report the record. ``was_refused``: why the actor may
    not decide, ``own_decision``: why they may not move the day they decided about, by what the record said before.
    """
    changed = [name for name in before if getattr(fact, name) != before[name]]
    faults = Faults()
    if found := not_theirs(actor, fact, before, was_refused=was_refused, own_decision=own_decision):
        faults.add(ValidationError(dict(found)))
    for name, words in not_correctable(fact, before, course.set_by_acts()).items():
        if name in changed:
            faults.add(ValidationError({name: words}))
    if any(getattr(fact, name) is not None for name in fact.acted):
        for name in changed:
            if name in fact.decided and name not in fact.acted and getattr(fact, name) is None:
                faults.add(ValidationError({name: _("It was decided, so an answer is needed.")}))
    if isinstance(fact, SteppedFact):
        if set(changed) & {*fact.acted, *(name for pair in fact.acts_in_order for name in pair[:2])}:
            with faults.of():
                fact.check_acts_in_order()
        at = next((name for name in changed if name == fact.dated_by or name in course.names), "")
        if at and (why := course.contradicted()):
            words = _("This does not fit what the record said earlier: %(why)s")
            faults.add(ValidationError({at: words % {"why": sentences(*why)}}))
        begun_on = fact.begun_again_on
        for name in set(changed) & fact.undated:
            if begun_on and (day := getattr(fact, name)) and day < begun_on:
                words = _("It was reopened on %(day)s. The deadline cannot be before that day.")
                faults.add(ValidationError({name: words % {"day": begun_on.isoformat()}}))
    faults.refuse()


def _deadlines(fact: Fact) -> frozenset[str]:
    return fact.stepped_deadlines if isinstance(fact, SteppedFact) else frozenset()


def _is_reprieve(fact: Fact, name: str, before: Any) -> bool:
    """Return whether a deadline that has passed was removed or moved to a later day."""
    after = getattr(fact, name)
    return before is not None and before < timezone.localdate() and (after is None or after > before)
