"""What a major hazard needs before it is accepted, and listed supervision by the bureau.

A hazard that a person grades as major begins (``MajorStage``): the enterprise gives the five guarantees 五落实, submits a
rectification plan, experts review the plan and, once it is put right, accept the work. Each comes from the enterprise, or is
entered by an officer from paper or a call. Stages may be recorded late and again; the days say how they follow one another.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.dates import check_own_day
from facts.four_eyes import is_named
from facts.operations import VOIDED, lock_fact, refuse_stale
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import AuditEntry
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import is_anybody_in, is_name
from foundation.deadlines.selectors import InForce, limit_in_force
from foundation.faults import Faults
from foundation.texts import kept
from foundation.words import Words
from inspections.access import Permission
from inspections.choices import GUARANTEED, Severity, Stage
from inspections.models import Hazard, Listing, MajorStage, belonging_to

LONGEST, LONGEST_NAME, LONGEST_NUMBER = 1000, 80, 60  # characters
LONGEST_TIME = dt.timedelta(days=1096)  # of a major hazard's rectification; plausible, not statutory


@dataclass(frozen=True)
class Item:
    """One thing that a stage asks for. ``is_long``: a few lines; ``is_day``: a day, kept in ISO form."""

    name: str
    label: Words
    is_long: bool = False
    is_day: bool = False


EXPERTS = (
    Item("experts", gettext_lazy("Experts")),
    Item("unit", gettext_lazy("Their organisation")),
    Item("opinion", gettext_lazy("Opinion"), is_long=True),
)
ASKED: Mapping[str, tuple[Item, ...]] = {
    Stage.GUARANTEES: (
        Item("measures", gettext_lazy("Rectification measures"), is_long=True),
        Item("funds", gettext_lazy("Funds")),
        Item("until", gettext_lazy("Time limit"), is_day=True),
        Item("responsible", gettext_lazy("Responsible person")),
        Item("contingency", gettext_lazy("Contingency plan"), is_long=True),
        Item("interim", gettext_lazy("Temporary measures until it is put right"), is_long=True),
    ),
    Stage.PLAN: (Item("plan", gettext_lazy("Rectification plan"), is_long=True),),
    Stage.REVIEW: EXPERTS,
    Stage.ACCEPTANCE: EXPERTS,
}
CONCLUDE = (Stage.REVIEW, Stage.ACCEPTANCE)  # experts say whether it passes


# --- what counts ----------------------------------------------------------------------------------------------------


def begin_major(*hazards: Hazard, actor: Actor, on: dt.date | None = None) -> None:
    """Let the rules for major hazards apply from a day on, by default that of the grading, because a person said so today.

    The five guarantees are due so many days after today: the enterprise could not give them before it was told.
    """
    rows = []
    for hazard in hazards:
        begun_on = on or hazard.major_from_on
        assert begun_on is not None
        told_on = max(begun_on, timezone.localdate())
        hazard.__dict__.pop("stages", None)  # it has one more
        rows.append(
            MajorStage(
                **belonging_to(hazard),
                stage=Stage.BEGUN,
                on=begun_on,
                due_on=limit_in_force(actor, GUARANTEED, told_on).from_day(told_on).last_on,
                by=actor.name[:80],
                by_id=actor.user_id,
            )
        )
    MajorStage.objects.bulk_create(rows)


def stages_in_force(hazard: Hazard) -> dict[str, MajorStage]:
    """Return the last row of each stage since the hazard became major; empty if it is not major. One query.

    Without the one that begins it, the rules do not apply to it.
    """
    if hazard.severity is not Severity.MAJOR:
        return {}
    found: dict[str, MajorStage] = {}
    for each in hazard.stages:
        found = {each.stage: each} if each.stage == Stage.BEGUN else found | {each.stage: each}
    return found


def refuses_acceptance(hazard: Hazard) -> str:
    """Return why a major hazard cannot be accepted yet; empty if it can, or if the rules do not apply to it."""
    found = stages_in_force(hazard)
    if Stage.BEGUN not in found:
        return ""
    plan, review, acceptance = (found.get(stage) for stage in (Stage.PLAN, *CONCLUDE))
    if plan is None:
        return _("A major hazard is accepted only with a rectification plan. It has none yet.")
    if review is None or review.on < plan.on:
        return _("Experts have not reviewed the rectification plan of this major hazard yet.")
    if not review.passed:
        return _("The expert review did not pass the rectification plan. A new plan and review are needed.")
    if acceptance is None or acceptance.on < review.on:
        return _("Experts have not accepted the rectification of this major hazard yet.")
    return "" if acceptance.passed else _("The experts did not accept the rectification.")


def refuses_stage(hazard: Hazard) -> str:
    """Return why no stage can be recorded now."""
    if hazard.is_voided:
        return str(VOIDED)
    if hazard.closed_on:
        return _("This hazard was closed on %(day)s.") % {"day": hazard.closed_on.isoformat()}
    return "" if hazard.severity is Severity.MAJOR else _("This hazard is not major.")


# --- recording a stage ----------------------------------------------------------------------------------------------


@transaction.atomic
@as_declared
def record_stage(
    *,
    actor: Actor,
    id: int,
    version: int | None,
    stage: str,
    on: dt.date | None = None,
    reported_by: str = "",
    passed: bool | None = None,
    **told: Any,
) -> MajorStage:
    """Record a stage of a major hazard, for the enterprise by itself, or by an officer who names who reported it.

    ``told`` is what the stage asks (``ASKED``). Raise NotAllowed, Http404, StaleRecord, WrongState if the hazard is not
    major or is closed, ValidationError by field.
    """
    hazard = _lock(actor, id, version, Permission.GOVERN_MAJOR_HAZARDS, refuses_stage)
    if stage not in ASKED:
        raise ValidationError({"stage": _("Choose one of the stages.")})
    today, faults, said = timezone.localdate(), Faults(), {}
    on = on or today
    for item in ASKED[stage]:
        with faults.of():
            said[item.name] = _checked(item, told.get(item.name), hazard)
    with faults.of():
        check_own_day(actor, "on", on)
    if not hazard.found_on <= on <= today:
        words = _("Choose a day from %(day)s, when it was found, until today.")
        faults.add(ValidationError({"on": words % {"day": hazard.found_on.isoformat()}}))
    if stage in CONCLUDE and not isinstance(passed, bool):
        faults.add(ValidationError({"passed": _("Say whether it passed.")}))
    with faults.of():
        reported_by = kept(reported_by, "reported_by", LONGEST_NAME)
    if actor.is_police:
        if not is_name(reported_by):
            faults.add(
                ValidationError({"reported_by": _("Name the person of the enterprise who reported it.")})
            )
        elif is_named(actor, reported_by) or is_anybody_in(reported_by, hazard.found_by):
            words = _("Name the person of the enterprise who reported it, not an officer.")
            faults.add(ValidationError({"reported_by": words}))
    faults.refuse()
    made = MajorStage.objects.create(
        **belonging_to(hazard),
        stage=stage,
        on=on,
        told=said,
        passed=passed if stage in CONCLUDE else None,
        by=reported_by if actor.is_police else actor.name[:80],
        by_id=0 if actor.is_police else actor.user_id,
        entered_by=actor.name[:80] if actor.is_police else "",
    )
    _log(actor, hazard, f"major_{stage}")
    return made


def _lock(
    actor: Actor, id: int, version: int | None, permission: Permission, refuses: Callable[[Hazard], str]
) -> Hazard:
    """Return the hazard of an act, locked. Raise NotAllowed, Http404, StaleRecord, WrongState with why it is refused."""
    require(actor, permission)
    hazard = lock_fact(actor, Hazard, id)
    refuse_stale(actor, hazard, version)
    if words := refuses(hazard):
        raise WrongState(words)
    return hazard


def _checked(item: Item, value: Any, hazard: Hazard) -> str:
    if item.is_day:
        if not isinstance(value, dt.date):
            raise ValidationError({item.name: _("Enter a day.")})
        if value < hazard.found_on:
            words = _("This date cannot be before the day the hazard was found.")
            raise ValidationError({item.name: words})
        if value > timezone.localdate() + LONGEST_TIME:
            words = _("This date is more than %(limit)s days ahead. Check the year.")
            raise ValidationError({item.name: words % {"limit": f"{LONGEST_TIME.days:,}"}})
        return value.isoformat()
    text = kept(str(value or ""), item.name, LONGEST, words=True)
    if not text:
        raise ValidationError({item.name: _("This is missing.")})
    return text


def _log(actor: Actor, hazard: Hazard, verb: str, reason: str = "") -> None:
    """Write the entry in the log; the hazard has a new version, so that whoever saw it before is told."""
    hazard.version += 1
    hazard.save(update_fields=["version", "changed_at"])
    action = kind_of_model(Hazard).action(verb)
    auditing.record(actor=actor, action=action, target=hazard, reason=reason)


# --- listed supervision ----------------------------------------------------------------------------------------------


def listings_of(hazard: Hazard) -> list[Listing]:
    """Return the listed supervisions of a hazard, oldest first. One query."""
    return list(Listing.of(hazard))


def says_listed(log: Sequence[AuditEntry]) -> bool:
    """Return whether one of these entries of a hazard's log put it under listed supervision."""
    return any(each.action == kind_of_model(Hazard).action("list") for each in log)


def refuses_listing(hazard: Hazard) -> str:
    """Return why a hazard cannot be put under listed supervision now."""
    if hazard.is_voided:
        return str(VOIDED)
    if hazard.closed_on:
        return _("This hazard was closed on %(day)s.") % {"day": hazard.closed_on.isoformat()}
    if any(each.lifted_on is None for each in listings_of(hazard)):
        return _("This hazard is under listed supervision already.")
    return ""


def refuses_lifting(hazard: Hazard) -> str:
    """Return why there is no listed supervision to lift."""
    if any(each.lifted_on is None for each in listings_of(hazard)):
        return ""
    return _("This hazard is not under listed supervision.")


@transaction.atomic
@as_declared
def list_hazard_for_supervision(
    *,
    actor: Actor,
    id: int,
    version: int | None,
    reason: str,
    listed_on: dt.date | None = None,
    number: str = "",
) -> Listing:
    """Put a hazard under the listed supervision of the bureau. Raise NotAllowed, Http404, StaleRecord, WrongState, ValidationError."""
    hazard = _lock(actor, id, version, Permission.LIST_HAZARDS, refuses_listing)
    faults, today, given = Faults(), timezone.localdate(), reason
    listed_on = listed_on or today
    with faults.of():
        reason = required_reason(given)
    with faults.of():
        number = kept(number, "number", LONGEST_NUMBER, words=True)
    lifted = max((each.lifted_on for each in listings_of(hazard) if each.lifted_on), default=hazard.found_on)
    if not lifted <= listed_on <= today:
        words = _("Choose a day from %(day)s until today.")
        faults.add(ValidationError({"listed_on": words % {"day": lifted.isoformat()}}))
    faults.refuse()
    made = Listing.objects.create(
        **belonging_to(hazard),
        number=number,
        reason=reason,
        listed_on=listed_on,
        listed_by=actor.name[:80],
        listed_by_id=actor.user_id,
    )
    _log(actor, hazard, "list", reason)
    return made


@transaction.atomic
@as_declared
def lift_supervision(
    *, actor: Actor, id: int, version: int | None, reason: str, lifted_on: dt.date | None = None
) -> Listing:
    """End the listed supervision of a hazard, closed or not. Raise as :func:`list_hazard_for_supervision`."""
    hazard = _lock(actor, id, version, Permission.LIST_HAZARDS, refuses_lifting)
    (listing,) = (each for each in listings_of(hazard) if each.lifted_on is None)
    faults, today, given = Faults(), timezone.localdate(), reason
    lifted_on = lifted_on or today
    with faults.of():
        reason = required_reason(given)
    if not listing.listed_on <= lifted_on <= today:
        words = _("Choose a day from %(day)s until today.")
        faults.add(ValidationError({"lifted_on": words % {"day": listing.listed_on.isoformat()}}))
    faults.refuse()
    listing.lifted_on, listing.lift_reason, listing.lifted_at = lifted_on, reason, timezone.now()
    listing.lifted_by, listing.lifted_by_id = actor.name[:80], actor.user_id
    listing.save()
    _log(actor, hazard, "lift", reason)
    return listing


# --- for the hazard's page -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """One stage as the page of the hazard shows it: what was recorded, if it was, and whether this actor may record it."""

    stage: Stage
    made: MajorStage | None

    @property
    def rows(self) -> list[tuple[Words, str]]:
        """What was told, with its labels."""
        return (
            [(item.label, self.made.told.get(item.name, "")) for item in ASKED[self.stage]]
            if self.made
            else []
        )


@dataclass(frozen=True)
class Governance:
    """A major hazard as its page shows it: the stages, until when the guarantees are due, and what is still missing.

    Nothing is due or missing where the rules do not apply; stages may be recorded all the same.
    """

    stages: list[Shown]
    guaranteed_by: dt.date | None
    rule: InForce | None
    is_late: bool
    missing: str
    may_record: bool

    @property
    def owes_guarantees(self) -> bool:
        """Whether the five guarantees are still to be given."""
        given = any(each.made for each in self.stages if each.stage is Stage.GUARANTEES)
        return bool(self.missing and self.guaranteed_by) and not given


def governance_of(actor: Actor, hazard: Hazard) -> Governance | None:
    """Return how a major hazard is governed; None for another one, and for a closed one of which nothing was recorded."""
    found = stages_in_force(hazard)
    if hazard.severity is not Severity.MAJOR or (hazard.closed_on and not found):
        return None
    begun, given = found.get(Stage.BEGUN), found.get(Stage.GUARANTEES)
    rule = limit_in_force(actor, GUARANTEED, timezone.localdate(begun.made_at)) if begun else None
    by = begun.due_on if begun else None
    return Governance(
        [Shown(stage, found.get(stage)) for stage in Stage if stage in ASKED],
        by,
        rule,
        bool(by and (given.on if given else timezone.localdate()) > by),
        refuses_acceptance(hazard) if hazard.closed_on is None else "",
        allows(actor, Permission.GOVERN_MAJOR_HAZARDS) and not refuses_stage(hazard),
    )
