"""A quarter that was rated stays as it was, to the digit, whatever is recorded about its records afterwards."""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from disputes.agreements.checking import Given
from disputes.agreements.concluding import conclude_agreement
from disputes.agreements.sweeping import find_breaches
from disputes.lives import DISPUTE_LIFE
from disputes.models import Dispute
from disputes.operations import reopen_dispute, settle_dispute
from facts.lives import all_lives
from foundation.accounts.access import WrongState
from foundation.periods import Period
from incidents.operations import verify_incident
from inspections import operations
from inspections.lives import HAZARD_LIFE
from inspections.models import Hazard
from ratings.choices import EvaluationKind
from ratings.models import Adoption, Rating
from ratings.operations import adopt_standard, correct_ratings, open_evaluation, publish_standard
from ratings.operations.corrections import late_facts
from ratings.operations.standards import shipped_standards
from ratings.selectors import adopted_standard
from tests.factories import DisputeFactory, HazardFactory, IncidentFactory, InspectionFactory
from tests.ratings.conftest import Case, standard

pytestmark = pytest.mark.django_db


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


@contextmanager
def on(text: str) -> Iterator[None]:
    with time_machine.travel(f"2026-{text} 10:00+08:00", tick=True):
        yield


def hazard(case: Case, item: str) -> Hazard:
    return Hazard.objects.get(item=item)


def _agree(case: Case, summary: str, on: dt.date) -> None:
    """Conclude an oral agreement whose instalment is due on 5 October."""
    conclude_agreement(
        actor=case.actor,
        id=Dispute.objects.get(summary=summary).pk,
        kind="oral",
        concluded_on=on,
        presided_by="李珊",
        facts="工资未付。",
        terms="付清。",
        debtor="respondent",
        creditor="applicant",
        total=Decimal(100),
        instalments=[Given(day("10-05"), Decimal(100))],
    )


# what the police record in the fourth quarter about hazards as they stood at the end of the third
ACTS: dict[str, Callable[[Case], Any]] = {
    "reopen": lambda case: operations.reopen_hazard(
        actor=case.actor,
        id=hazard(case, "closed").pk,
        reopened_on=day("10-05"),
        due_on=day("10-20"),
        reason="x",
    ),
    "reopen, late": lambda case: operations.reopen_hazard(
        actor=case.actor,
        id=hazard(case, "closed late").pk,
        reopened_on=day("10-05"),
        due_on=day("10-20"),
        reason="x",
    ),
    "send_back": lambda case: operations.send_back_hazard(
        actor=case.actor, id=hazard(case, "submitted").pk, reason="x"
    ),
    "send_back, refused": lambda case: operations.send_back_hazard(
        actor=case.actor, id=hazard(case, "refused, submitted").pk, reason="x"
    ),
    "extend": lambda case: operations.extend_hazard(
        actor=case.actor, id=hazard(case, "extended").pk, extended_due_on=dt.date(2027, 1, 20), reason="x"
    ),
    "ask_extension": lambda case: operations.ask_extension(
        actor=case.actor,
        id=hazard(case, "extended").pk,
        extension_wanted_on=dt.date(2027, 1, 20),
        extension_asked_by="Manager Ma",
        reason="x",
    ),
    "decline_extension": lambda case: (
        operations.ask_extension(
            actor=case.actor,
            id=hazard(case, "extended").pk,
            extension_wanted_on=dt.date(2027, 1, 20),
            extension_asked_by="Manager Ma",
            reason="x",
        ),
        operations.decline_extension(actor=case.actor, id=hazard(case, "extended").pk, reason="x"),
    ),
    "suspend": lambda case: operations.suspend_deadline(
        actor=case.actor, id=hazard(case, "extended").pk, suspended_on=day("10-05"), reason="x"
    ),
    "resume": lambda case: (
        operations.suspend_deadline(
            actor=case.actor, id=hazard(case, "extended").pk, suspended_on=day("10-02"), reason="x"
        ),
        operations.resume_deadline(
            actor=case.actor, id=hazard(case, "extended").pk, resumed_on=day("10-05"), reason="x"
        ),
    ),
    "mark_major": lambda case: operations.mark_major(
        actor=case.actor, id=hazard(case, "was major").pk, reason="x"
    ),
    "mark_ordinary": lambda case: operations.mark_ordinary(
        actor=case.actor, id=hazard(case, "major").pk, reason="x"
    ),
    "refuse": lambda case: operations.refuse_hazard(
        actor=case.actor, id=hazard(case, "major").pk, reason="No money"
    ),
    "rectify": lambda case: operations.rectify_hazard(
        actor=case.actor, id=hazard(case, "refused").pk, submitted_by="Manager Ma"
    ),
    "close": lambda case: operations.close_hazard(actor=case.actor, id=hazard(case, "submitted").pk),
    "settle": lambda case: settle_dispute(
        actor=case.actor, id=Dispute.objects.get(summary="open").pk, settled_on=day("10-05")
    ),
    "reopen, dispute": lambda case: reopen_dispute(
        actor=case.actor,
        id=Dispute.objects.get(summary="settled").pk,
        reopened_on=day("10-05"),
        due_on=day("10-20"),
        reason="x",
    ),
    "settle, by an agreement": lambda case: _agree(case, "open", day("10-05")),
    "reopen, by a breach": lambda case: (
        _agree(case, "settled", day("08-10")),
        find_breaches(case.actor.bureau_id),
    ),
    "verify": lambda case: verify_incident(
        actor=case.actor,
        id=case.enterprise_.incident_records.get().pk,  # type: ignore[attr-defined]
        verified_on=day("10-05"),
        at_fault=True,
    ),
}


# a request that waits or was refused moves no deadline; one that stood still for two days is overdue at the year's end, too
MOVE_NOTHING = {"ask_extension", "decline_extension", "resume"}


def test_every_act_is_tried() -> None:
    kinds = all_lives()
    codes = {act for kind in ("hazard", "dispute", "incident") for act in kinds[kind].acts}
    assert {name.partition(",")[0] for name in ACTS} == codes - {
        "withdraw"
    }  # of today only, by the enterprise
    assert {HAZARD_LIFE, DISPUTE_LIFE} <= set(kinds.values())


@pytest.fixture
def rated(case: Case) -> Case:
    """The third quarter, rated by the shipped standard on 1 October, with a hazard and a dispute in every state."""
    case.adopt(shipped_standards()["default"])
    enterprise = case.enterprise_ = case.enterprise()  # type: ignore[attr-defined]
    more: dict[str, dict[str, Any]] = {
        "closed": {"rectified_on": day("08-15"), "closed_on": day("08-18")},
        "closed late": {"closed_on": day("09-18"), "refused_on": day("09-01")},
        "submitted": {"rectified_on": day("08-15")},
        "refused": {"refused_on": day("08-15")},
        "refused, submitted": {"refused_on": day("08-15"), "rectified_on": day("09-15")},
        "extended": {
            "due_on": day("09-25"),
            "extended_due_on": day("12-01"),
            "extension_granted_on": day("09-20"),
        },
        "major": {"major_from_on": day("08-02")},
        "was major": {"major_from_on": day("08-02"), "major_until_on": day("09-02")},
    }
    for item, fields in more.items():
        HazardFactory(
            enterprise=enterprise, item=item, **{"found_on": day("08-01"), "due_on": day("08-20")} | fields
        )
    of_ours = {"enterprise": enterprise, "opened_on": day("08-01"), "due_on": day("08-20")}
    DisputeFactory(summary="open", **of_ours)
    DisputeFactory(summary="settled", settled_on=day("08-10"), **of_ours)
    InspectionFactory(enterprise=enterprise, inspected_on=day("08-01"), conclusion="rectify")
    IncidentFactory(enterprise=enterprise, kind="public_security_case", occurred_on=day("09-20"))
    with on("10-01"):
        case.evaluation = case.rate("2026Q3")  # type: ignore[attr-defined]
    return case


@pytest.mark.parametrize("name", ACTS)
def test_an_act_after_the_quarter_changes_nothing_in_it(rated: Case, name: str) -> None:
    case, enterprise = rated, rated.enterprise_  # type: ignore[attr-defined]
    evaluation = case.evaluation  # type: ignore[attr-defined]
    before, digest = case.measured(enterprise, "2026Q3"), evaluation.digest
    later = case.measured(enterprise, "2026Q4")
    with on("10-06"):
        ACTS[name](case)
    assert case.measured(enterprise, "2026Q3") == before
    assert (case.measured(enterprise, "2026Q4") == later) is (name in MOVE_NOTHING)
    assert case.rate("2026Q3", shipped_standards()["default"], again=True).digest == digest
    assert late_facts(actor=case.actor, evaluation=evaluation) == []
    with pytest.raises(WrongState, match="No fact came late"):
        correct_ratings(actor=case.actor, evaluation_id=evaluation.pk, reason="To see")
    assert Rating.objects.filter(trial=False).count() == 1


def test_what_is_recorded_late_about_the_quarter_is_corrected(rated: Case) -> None:
    """An act dated in the quarter is a late fact, as a record is; so is a mistake put right."""
    case, enterprise = rated, rated.enterprise_  # type: ignore[attr-defined]
    with on("10-06"):
        operations.reopen_hazard(
            actor=case.actor,
            id=hazard(case, "closed").pk,
            reopened_on=day("09-05"),
            due_on=day("10-20"),
            reason="x",
        )
    late = {
        fact.measure: (fact.was, fact.now)
        for fact in late_facts(actor=case.actor, evaluation=case.evaluation)
    }  # type: ignore[attr-defined]
    assert late["hazards_closed"] == (2, 1)
    assert late["hazards_open"] == (6, 7)
    case.run(correct_ratings(actor=case.actor, evaluation_id=case.evaluation.pk, reason="Late"))  # type: ignore[attr-defined]
    assert case.rating(enterprise, "2026Q3").revision == 2


def test_a_hazard_closed_twice_counts_in_both_quarters(rated: Case) -> None:
    case, enterprise = rated, rated.enterprise_  # type: ignore[attr-defined]
    before = case.measured(enterprise, "2026Q3")
    with on("10-06"):
        ACTS["reopen"](case)
    with on("10-15"):
        operations.close_hazard(actor=case.actor, id=hazard(case, "closed").pk)
    assert case.measured(enterprise, "2026Q3") == before
    row = case.measured(enterprise, "2026Q4")
    assert row is not None
    assert (row["hazards_closed"], row["hazards_closed_on_time"]) == (1, 1)


def test_which_standard_was_adopted_when_stays_known(case: Case) -> None:
    first = case.adopt(standard("first"))
    second = case.adopt(standard("second"))
    adopt_standard(actor=case.actor, standard_id=second.pk)  # again: nothing changes
    case.adopt(standard("first"))
    told = list(Adoption.objects.order_by("pk"))
    assert [each.standard_id for each in told] == [first.pk, second.pk, first.pk]
    assert [each.until_at is None for each in told] == [False, False, True]
    assert all(each.until_at <= following.adopted_at for each, following in pairwise(told))
    assert adopted_standard(case.actor) == first


def test_a_standard_is_adopted_from_a_quarter_on(case: Case) -> None:
    first, second = case.adopt(standard("first")), publish_standard(actor=case.actor, text=standard("second"))
    case.enterprise()
    running = Period.of(timezone.localdate())
    with pytest.raises(ValidationError, match="next year"):
        adopt_standard(actor=case.actor, standard_id=second.pk, from_quarter=running.shift(5).code)
    planned = adopt_standard(actor=case.actor, standard_id=second.pk, from_quarter=running.code)
    again = adopt_standard(actor=case.actor, standard_id=second.pk, from_quarter=running.code)
    assert again == planned
    assert adopted_standard(case.actor) == second
    assert adopted_standard(case.actor, running.shift(-1)) == first
    # what ended before is rated by the one of that time, whenever that happens
    opened = open_evaluation(actor=case.actor, period=running.shift(-1))
    assert (opened.standard, opened.kind) == (first, EvaluationKind.REGULAR)
    with pytest.raises(ValidationError, match="was rated already"):
        adopt_standard(actor=case.actor, standard_id=second.pk, from_quarter=running.shift(-1).code)
    adopt_standard(actor=case.actor, standard_id=first.pk, from_quarter=running.shift(2).code)
    assert adopted_standard(case.actor, running.shift(1)) == second
    assert adopted_standard(case.actor, running.shift(2)) == first
    adopt_standard(actor=case.actor, standard_id=second.pk, from_quarter=running.shift(1).code)
    assert adopted_standard(case.actor, running.shift(2)) == second, "what was planned after it is withdrawn"
    adopt_standard(actor=case.actor, standard_id=first.pk)
    assert {adopted_standard(case.actor, running.shift(number)) for number in (-1, 0, 3)} == {first}
    held = Adoption.objects.get(until_at=None)
    Adoption.objects.filter(pk=held.pk).update(from_quarter="2030Q1")
    held.refresh_from_db()
    assert held.from_quarter == "", "the quarter stays as it was adopted"
