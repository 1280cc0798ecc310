"""Agreements: concluded, signed, paid in any order, breached and settled again; through the operations."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone, translation
from PIL import Image, ImageDraw

from disputes import tasks
from disputes.agreements import concluding, confirming, issuing, paying, settling, signing, sweeping
from disputes.agreements.checking import Given
from disputes.agreements.performance import State
from disputes.agreements.reading import agreements_of, debts_of, with_open
from disputes.filing.merging import merge_into
from disputes.mediation.choices import Cause, Running, WayKind
from disputes.mediation.ways import session_days
from disputes.models import Agreement, Breach, Dispute, Instalment, Payment, WayStep
from disputes.operations import close_dispute, correct_dispute, reopen_dispute, void_dispute
from facts.staff.history import changes_of
from foundation.accounts.access import WrongState
from foundation.inbox.models import Notification
from foundation.tenancy.scope import Audience, Scope, station_scope
from papers.models import Paper
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    LetterheadFactory,
    MediationSessionFactory,
    PartyFactory,
    WayFactory,
)
from tests.facts.people import Person, chief, fresh, log, officer, rows
from tests.fixtures import City
from tests.inbox.conftest import inbox_of

pytestmark = pytest.mark.django_db
AGREED = dt.date(2026, 3, 2)


NAMES = {"applicant": "王芳", "respondent": "马振华", "third": "赵静", "mediator": "李珊"}


def at(day: dt.date) -> time_machine.travel:
    return time_machine.travel(
        dt.datetime.combine(day, dt.time(9), timezone.get_current_timezone()), tick=False
    )


def drawn() -> bytes:
    image = Image.new("RGBA", (300, 120), (0, 0, 0, 0))
    ImageDraw.Draw(image).line([(20, 90), (120, 20), (280, 100)], fill="black", width=5)
    into = io.BytesIO()
    image.save(into, "PNG")
    return into.getvalue()


def march(day: int) -> dt.date:
    return dt.date(2026, 3, day)


def values(**more: Any) -> dict[str, Any]:
    """Return what an agreement over 300.00 in three instalments says."""
    days = (march(10), march(20), march(31))
    return {
        "kind": "peoples",
        "concluded_on": AGREED,
        "presided_by": "李珊",
        "facts": "工资三个月未付。",
        "terms": "分三期支付。",
        "debtor": "respondent",
        "creditor": "applicant",
        "total": Decimal(300),
        "instalments": [Given(day, Decimal(100)) for day in days],
        "copies": 3,
    } | more


def met(dispute: Dispute, on: dt.date) -> None:
    """A session of the dispute was held on a day, unless one was."""
    with station_scope(Scope((dispute.station_id,), audience=Audience.SYSTEM)):
        held = session_days(dispute)
    if not held:
        MediationSessionFactory(enterprise=dispute.enterprise, dispute=dispute, on=on)


def conclude(person: Person, dispute: Dispute, **more: Any) -> Agreement:
    """Conclude an agreement, a written one in a session of its day."""
    met(dispute, min(more.get("concluded_on") or AGREED, AGREED))
    made: Agreement = person.act(concluding.conclude_agreement, id=dispute.pk, **values(**more))
    return made


def sign(person: Person, agreement: Agreement, *signers: str, on: dt.date = AGREED) -> Any:
    return person.act(
        signing.sign_agreement,
        id=agreement.dispute_id,
        agreement_id=agreement.pk,
        signatures=[signing.SignatureGiven(each, NAMES[each], drawn()) for each in signers],
        signed_on=on,
    )


def agree_before_the_police(person: Person, dispute: Dispute, **more: Any) -> Agreement:
    """Conclude an agreement of public-security mediation, which all sign."""
    made = conclude(person, dispute, kind="security", presided_number="041203", **more)
    sign(person, made, "applicant", "respondent", "mediator")
    return made


def pay(person: Person, dispute: Dispute, day: dt.date, amount: int, **more: Any) -> Payment:
    made: Payment = person.act(
        paying.record_payment,
        id=dispute.pk,
        agreement_id=None,
        paid_on=day,
        amount=Decimal(amount),
        **more,
    )
    return made


def told(person: Person) -> list[str]:
    """Return of what a person was told, the settlements left out."""
    with station_scope(person.actor.scope()):
        found = Notification.objects.filter(user=person.user).exclude(code__contains="settle")
        return list(found.order_by("pk").values_list("code", flat=True))


def states(dispute: Dispute, day: dt.date) -> list[str]:
    with station_scope(Scope((dispute.station_id,), audience=Audience.SYSTEM)):
        found = agreements_of(dispute).in_force
        assert found
        return [str(each.state) for each in found.performance_on(day).standings]


def faults(error: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    return sorted(error.value.message_dict)


@pytest.fixture
def dispute(city: City) -> Dispute:
    enterprise = EnterpriseFactory(station=city.first)
    made: Dispute = DisputeFactory(enterprise=enterprise, opened_on=dt.date(2026, 2, 10))
    return made


ALL = ("applicant", "respondent", "mediator")


def test_from_the_agreement_to_the_last_instalment(city: City, dispute: Dispute) -> None:
    one, head = officer(city.first), chief(city.first)
    with station_scope(Scope((city.first.pk,), audience=Audience.SYSTEM)):
        Dispute.objects.filter(pk=dispute.pk).update(lead_id=one.user.pk)
    with at(AGREED):
        agreement = conclude(one, dispute, form_key="a" * 36)
        assert conclude(one, dispute, form_key="a" * 36).pk == agreement.pk
        assert fresh(dispute).settled_on is None, "nobody has signed"
        sign(one, agreement, "applicant")
        with pytest.raises(ValidationError) as caught:  # docusealco/docuseal#481
            sign(one, agreement, "mediator")
        assert faults(caught) == ["signatures"]
        sign(one, agreement, "respondent", "mediator")
        assert fresh(dispute).settled_on == AGREED
        assert fresh(agreement).confirm_by == dt.date(2026, 4, 1)
    with at(march(12)):
        tasks.find_breaches()
        tasks.find_breaches()
        (breach,) = rows(Breach, city.first)
        assert (breach.number, breach.on, breach.fen) == (1, march(11), 10_000)
        assert fresh(dispute).settled_on is None
        pay(one, dispute, march(12), 150)
        assert states(dispute, march(12)) == [State.LATE, State.AHEAD, State.AHEAD]
        assert states(dispute, march(11))[0] == State.BREACH, "what was true on a day stays so"
        settled = head.act(settling.settle_as_agreed, id=dispute.pk, settled_on=march(12))
        assert settled.settled_on == march(12)
    with at(march(31)):
        tasks.find_breaches()
        assert states(dispute, march(31)) == [State.LATE, State.PART, State.DUE]
        with pytest.raises(ValidationError) as caught:
            pay(one, dispute, march(31), 151)
        assert faults(caught) == ["amount"]
        pay(one, dispute, march(31), 150)
        assert states(dispute, march(31)) == [State.LATE, State.LATE, State.ON_TIME]
        assert len(rows(Breach, city.first)) == 1
    assert told(one) == told(head) == ["dispute.breached"]
    acts = [each.action for each in log(city.first, object_id=dispute.pk)]
    assert acts == [
        "dispute.agree",
        "dispute.sign_agreement",
        "dispute.sign_agreement",
        "dispute.settle",
        "dispute.breach",
        "dispute.reopen",
        "dispute.pay",
        "dispute.settle",
        "dispute.pay",
    ]
    text = "".join(str(each.after) + each.reason for each in log(city.first, object_id=dispute.pk))
    assert "王芳" not in text
    assert "李珊" not in text


def test_a_payment_taken_back_was_never_paid(city: City, dispute: Dispute) -> None:
    """openstudioproject/openstudio#315: a payment is removed, and the bill stays paid."""
    one = officer(city.first)
    with at(march(15)):
        agreement = conclude(one, dispute)
        sign(one, agreement, *ALL)
        first = pay(one, dispute, march(9), 100)
        before = states(dispute, march(15))
        wrong = pay(one, dispute, march(8), 100)
        assert states(dispute, march(15))[:2] == [State.ON_TIME, State.ON_TIME]
        back = one.act(paying.take_back_payment, id=dispute.pk, payment_id=wrong.pk, reason="Another dispute")
        assert states(dispute, march(15)) == before
        assert back.taken_back_reason == "Another dispute"
        with pytest.raises(WrongState):
            one.act(paying.take_back_payment, id=dispute.pk, payment_id=wrong.pk, reason="Once more")
        with pytest.raises(ValidationError, match="Nothing was changed"):
            one.act(
                paying.correct_payment,
                id=dispute.pk,
                payment_id=first.pk,
                reason="It was right",
                paid_on=march(9),
                amount=Decimal(100),
            )
        again = one.act(
            paying.correct_payment,
            id=dispute.pk,
            payment_id=first.pk,
            reason="It was the 12th",
            paid_on=march(12),
            amount=Decimal("100"),
        )
        assert states(dispute, march(15))[0] == State.LATE
        assert again.replaces_id == first.pk
        assert {each.pk for each in rows(Payment, city.first)} == {first.pk, wrong.pk, again.pk}


def test_two_officers_record_the_same_payment(city: City, dispute: Dispute) -> None:
    one, other = officer(city.first, "Li Shan"), officer(city.first)
    with at(march(15)):
        agreed = conclude(one, dispute)
        with pytest.raises(WrongState):
            pay(one, dispute, march(9), 60)
        sign(one, agreed, "applicant", "respondent", "mediator")
        made = pay(one, dispute, march(9), 60, form_key="b" * 36)
        assert pay(one, dispute, march(9), 60, form_key="b" * 36).pk == made.pk
        with pytest.raises(ValidationError) as caught:
            pay(other, dispute, march(9), 60)
        assert "Li Shan" in caught.value.message_dict["again"][0]
        assert pay(other, dispute, march(9), 60, again=True).pk != made.pk


def test_a_written_agreement_comes_after_its_session(city: City, dispute: Dispute) -> None:
    one = officer(city.first, "Li Shan")

    def refusal(**more: Any) -> list[str]:
        with pytest.raises(ValidationError) as caught:
            one.act(concluding.conclude_agreement, id=dispute.pk, **values(**more))
        assert faults(caught) == ["concluded_on"]
        found: list[str] = caught.value.message_dict["concluded_on"]
        return found

    with at(march(15)):
        for more in ({}, {"kind": "security", "presided_number": "041203"}):
            assert refusal(**more) == [
                "No session is recorded. First record the session in which they agreed."
            ]
        met(dispute, march(3))
        assert refusal() == ["The first session was held on 2026-03-03. An agreement cannot be older."]
        made = one.act(concluding.conclude_agreement, id=dispute.pk, **values(concluded_on=march(3)))
        assert refusal(replaces=made.pk, ended_as="corrected", end_reason="Another day")
        corrected = values(concluded_on=march(3), terms="分三期。")
        one.act(
            *(concluding.conclude_agreement,),
            **corrected
            | {"id": dispute.pk, "replaces": made.pk, "ended_as": "corrected", "end_reason": "Typed wrongly"},
        )


def test_what_is_agreed_by_word_of_mouth_needs_no_session(city: City, dispute: Dispute) -> None:
    one = officer(city.first, "Li Shan")
    with at(march(15)):
        assert one.act(concluding.conclude_agreement, id=dispute.pk, **values(kind="oral", copies=1))


@pytest.mark.parametrize(
    ("more", "at_fields"),
    [
        ({"concluded_on": dt.date(2026, 2, 9)}, ["concluded_on"]),
        ({"concluded_on": dt.date(2026, 4, 9)}, ["concluded_on", "due_on_1", "due_on_2", "due_on_3"]),
        ({"total": Decimal("299.99")}, ["total"]),
        ({"total": Decimal(-1)}, ["total"]),
        ({"instalments": [Given(march(10), Decimal(10) ** 12)], "total": Decimal(1)}, ["amount_1"]),
        ({"instalments": [Given(march(10), Decimal("1.001"))], "total": Decimal(1)}, ["amount_1"]),
        ({"instalments": [Given(march(1), Decimal(300))]}, ["due_on_1"]),
        ({"instalments": [Given(dt.date(2100, 1, 1), Decimal(300))]}, ["due_on_1"]),
        (
            {"instalments": [Given(dt.date(2100, 1, 1), Decimal(1)), Given(march(20), Decimal(299))]},
            ["due_on_1"],  # a wrong day says nothing about the next one
        ),
        ({"instalments": [Given(None, Decimal(300))]}, ["due_on_1"]),
        ({"instalments": [], "total": Decimal(300)}, ["total"]),
        ({"debtor": "applicant"}, ["creditor"]),
        ({"kind": "security"}, ["presided_number"]),
        (
            {"kind": "spot", "presided_number": "041267"},
            ["due_on_1", "due_on_2", "due_on_3"],
        ),
        ({"copies": 1}, ["copies"]),
        ({"terms": " ", "facts": "…", "presided_by": ""}, ["facts", "presided_by", "terms"]),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    more: dict[str, Any], at_fields: list[str], city: City, dispute: Dispute
) -> None:
    with at(march(15)), pytest.raises(ValidationError) as caught:
        conclude(officer(city.first), dispute, **more)
    assert faults(caught) == at_fields
    assert rows(Agreement, city.first) == []


def test_a_payment_before_the_agreement_is_refused(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    with at(march(15)):
        sign(one, conclude(one, dispute), "applicant", "respondent", "mediator")
        for more in (
            {"day": march(1), "amount": 1},
            {"day": march(16), "amount": 1},
            {"day": march(9), "amount": -1},
            {"day": march(9), "amount": 10**12},
            {"day": march(9), "amount": 1, "number": 4},
            {"day": march(9), "amount": 1, "proof_id": 77},
        ):
            with pytest.raises(ValidationError):
                pay(one, dispute, **more)  # type: ignore[arg-type]
    assert rows(Payment, city.first) == []


def test_who_recorded_the_dispute_leaves_its_settlement_to_a_colleague(city: City) -> None:
    one, head = officer(city.first), chief(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=march(1), recorded_by_id=one.user.pk)
    with at(march(5)):
        agreement = conclude(one, dispute, kind="oral", copies=1)
        assert agreement.effective_on == AGREED
        assert fresh(dispute).settled_on is None
        with pytest.raises(WrongState):
            one.act(settling.settle_as_agreed, id=dispute.pk, settled_on=AGREED)
        head.act(settling.settle_as_agreed, id=dispute.pk, settled_on=AGREED)
    assert fresh(dispute).settled_on == AGREED


def test_a_corrected_agreement_keeps_its_payments_and_a_new_one_begins_anew(
    city: City, dispute: Dispute
) -> None:
    one = officer(city.first)
    with at(march(15)):
        first = conclude(one, dispute, kind="oral", copies=1)
        pay(one, dispute, march(9), 100)
        with pytest.raises(WrongState):
            conclude(one, dispute)
        with pytest.raises(WrongState):
            one.act(concluding.void_agreement, id=dispute.pk, agreement_id=first.pk, reason="Never was")
        end = {"replaces": first.pk, "ended_as": "corrected", "end_reason": "Wrong days"}
        with pytest.raises(ValidationError) as caught:
            conclude(
                one,
                dispute,
                total=Decimal(99),
                instalments=[Given(march(12), Decimal(99))],
                **end,
            )
        assert faults(caught) == ["total"]
        with pytest.raises(ValidationError, match="Nothing was changed"):
            conclude(one, dispute, kind="oral", copies=1, **end)
        second = conclude(one, dispute, kind="oral", copies=1, place="Room 2", **end)
        assert states(dispute, march(15)) == [State.ON_TIME, State.DUE, State.AHEAD]
        third = conclude(
            one, dispute, kind="oral", copies=1, replaces=second.pk, end_reason="They agreed anew"
        )
        assert states(dispute, march(15)) == [State.BREACH, State.DUE, State.AHEAD]
        assert [each.ended_as for each in rows(Agreement, city.first)] == ["corrected", "replaced", ""]
        assert fresh(third).replaces_id == second.pk


def test_what_the_database_says_is_owed_is_what_follows_from_the_days(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    with at(march(31)):
        conclude(one, dispute, kind="oral", copies=1)
        for day, amount, number in ((20, 30, 3), (10, 60, 0), (12, 90, 3)):
            pay(one, dispute, march(day), amount, number=number)
            with station_scope(one.actor.scope()):
                found = agreements_of(dispute).in_force
                assert found
                expected = [each.open for each in found.performance_on(march(31)).standings]
                owed = [each.open_fen for each in with_open(Instalment.objects.order_by("number"))]
            assert owed == expected
        with station_scope(one.actor.scope()):
            (debt,) = debts_of(dispute, march(31))
        assert (debt.side, debt.open, debt.overdue, debt.next_on) == (
            "respondent",
            12_000,
            12_000,
            march(10),
        )


def test_public_security_mediation_that_is_not_performed_starts_the_case_clock(
    city: City, dispute: Dispute
) -> None:
    one = officer(city.first)
    way = WayFactory(
        enterprise=dispute.enterprise,
        dispute=dispute,
        kind=WayKind.PUBLIC_SECURITY,
        from_on=dispute.opened_on,
        accepted_on=dispute.opened_on,
    )
    with at(AGREED):
        agreement = conclude(one, dispute, kind="security", presided_number="041267")
        sign(one, agreement, *ALL)
        assert fresh(agreement).confirm_by is None, "no court confirms it"
    way = WayFactory(enterprise=dispute.enterprise, dispute=dispute, kind="police", from_on=AGREED)
    with at(march(24)):
        tasks.find_breaches()
        tasks.find_breaches()
        steps = [(each.kind, each.cause, each.on) for each in rows(WayStep, city.first)]
        assert steps == [("failed", Cause.NOT_PERFORMED, march(11))]
        assert (fresh(way).running, fresh(way).due_on) == (Running.CASE, march(11) + dt.timedelta(days=30))


def test_the_confirmation_goes_step_by_step_within_its_time_limit(city: City, dispute: Dispute) -> None:
    one = officer(city.first)

    def step(code: str, on: dt.date, **more: Any) -> Any:
        return one.act(confirming.record_step, id=dispute.pk, agreement_id=None, step=code, on=on, **more)

    with at(dt.date(2026, 4, 20)):
        conclude(one, dispute, kind="oral", copies=1)
        with pytest.raises(WrongState):
            step("confirmed", march(9), number="1")
        for on, court in (
            (dt.date(2026, 4, 2), "东江区人民法院"),
            (march(20), ""),
            (march(1), "东江区人民法院"),
        ):
            with pytest.raises(ValidationError):
                step("applied", on, court=court)
        first = step("applied", march(20), court="东江区人民法院")
        assert step("applied", march(20)).pk == first.pk
        wrong = step("refused", march(25), number="（2026）清特 7 号")
        with pytest.raises(WrongState):
            step("confirmed", march(25), number="（2026）清特 7 号")
        one.act(confirming.take_back_step, id=dispute.pk, step_id=wrong.pk, reason="The other one")
        step("accepted", march(22))
        step("confirmed", march(25), number="（2026）清特 7 号")
    assert [each.action for each in log(city.first, object_id=dispute.pk)][
        -1
    ] == "dispute.confirmation_confirmed"


def test_the_course_of_a_dispute_shows_sums_with_grouped_thousands(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    with at(march(6)):
        conclude(one, dispute, kind="oral", copies=1)
    with at(march(12)):
        pay(one, dispute, march(9), 100)
        entries = [each for each in log(city.first, object_id=dispute.pk) if "paid" in each.after]
        assert len(entries) == 1
        entries[0].after["paid"] = "86400.00"
        (shown,) = changes_of(fresh(dispute), entries[0], {}, {})
        assert shown[2] == "86,400.00"


def test_who_leads_is_reminded_once_and_a_part_paid_instalment_is_declared_in_breach(
    city: City, dispute: Dispute
) -> None:
    one = officer(city.first)
    with station_scope(Scope((city.first.pk,), audience=Audience.SYSTEM)):
        Dispute.objects.filter(pk=dispute.pk).update(lead_id=one.user.pk)
    with at(march(6)):
        agreement = conclude(one, dispute, kind="oral", copies=1)
        assert fresh(dispute).settled_on == AGREED
        tasks.remind_of_instalments()
        assert told(one) == []
    for day in (7, 8, 10):
        with at(march(day)):
            for _twice in range(2):
                tasks.remind_of_instalments()
    assert told(one) == ["dispute.instalment_soon", "dispute.instalment_today"]
    with translation.override("zh-hans"):
        assert [str(fresh(dispute)) in each.text for each in inbox_of(one.actor)] == [True, True]
    declare = {"id": dispute.pk, "agreement_id": agreement.pk, "number": 1, "reason": "Says it will not pay"}
    with at(march(12)):
        pay(one, dispute, march(9), 40)
        tasks.find_breaches()
        assert rows(Breach, city.first) == [], "some of it is paid"
        one.act(sweeping.declare_breach, **declare)
        with pytest.raises(WrongState):
            one.act(sweeping.declare_breach, **declare)
        tasks.find_breaches()
        assert [(each.number, each.fen) for each in rows(Breach, city.first)] == [(1, 6_000)]
        assert fresh(dispute).settled_on is None


def test_a_job_that_is_killed_half_way_has_changed_nothing(
    city: City, dispute: Dispute, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = officer(city.first)
    with at(march(12)):
        conclude(one, dispute, kind="oral", copies=1)
        with monkeypatch.context() as broken:
            broken.setattr(sweeping, "notify", lambda *args, **more: 1 / 0)
            assert sweeping.find_breaches(city.bureau.pk) == 0
        assert rows(Breach, city.first) == []
        assert fresh(dispute).settled_on == AGREED
        tasks.find_breaches()
        assert len(rows(Breach, city.first)) == 1
        assert fresh(dispute).settled_on is None


def test_a_dispute_that_fails_does_not_hold_up_the_others(
    city: City, dispute: Dispute, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = officer(city.first)
    other = DisputeFactory(enterprise=EnterpriseFactory(station=city.first), opened_on=dt.date(2026, 2, 20))
    with at(march(12)):
        for each in (dispute, other):
            conclude(one, each, kind="oral", copies=1)
        written = sweeping._write

        def broken(actor: Any, of: Dispute, *args: Any, **more: Any) -> Breach:
            if of.pk == min(dispute.pk, other.pk):
                raise ZeroDivisionError
            return written(actor, of, *args, **more)

        with monkeypatch.context() as half:
            half.setattr(sweeping, "_write", broken)
            tasks.find_breaches()
        assert [each.dispute_id for each in rows(Breach, city.first)] == [max(dispute.pk, other.pk)]


def test_no_reason_names_a_party(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of={"name": "欧阳建国"})
    with at(march(12)):
        first = conclude(one, dispute, kind="oral", copies=1)
        payment = pay(one, dispute, march(9), 40)
        named = "欧阳建国 is away"
        attempts = (
            (paying.take_back_payment, {"payment_id": payment.pk}),
            (sweeping.declare_breach, {"agreement_id": first.pk, "number": 1}),
        )
        for operation, arguments in attempts:
            with pytest.raises(ValidationError) as caught:
                one.act(operation, id=dispute.pk, reason=named, **arguments)
            assert faults(caught) == ["reason"]
        with pytest.raises(ValidationError) as caught:
            conclude(one, dispute, replaces=first.pk, ended_as="corrected", end_reason=named)
        assert faults(caught) == ["end_reason"]
        acts: tuple[tuple[Any, dict[str, Any]], ...] = (
            (reopen_dispute, {"reopened_on": march(12), "due_on": march(30)}),
            (correct_dispute, {"kind": "labour"}),
            (void_dispute, {}),
        )
        for act, arguments in acts:
            with pytest.raises(ValidationError) as caught:
                chief(city.first).act(act, id=dispute.pk, version=None, reason=named, **arguments)
            assert faults(caught) == ["reason"]
        assert rows(Breach, city.first) == []
        assert [each.taken_back_at for each in rows(Payment, city.first)] == [None]
    assert not any("欧阳" in each.reason for each in log(city.first, object_id=dispute.pk))


def test_a_payment_that_was_sent_twice_is_known_after_the_agreement_was_replaced(
    city: City, dispute: Dispute
) -> None:
    one = officer(city.first)
    with at(march(12)):
        first = conclude(one, dispute, kind="oral", copies=1)
        sent = {"agreement_id": first.pk, "paid_on": march(9), "amount": Decimal(40), "form_key": "k" * 32}
        payment = one.act(paying.record_payment, id=dispute.pk, **sent)
        conclude(one, dispute, kind="oral", copies=1, replaces=first.pk, end_reason="They agreed anew")
        assert one.act(paying.record_payment, id=dispute.pk, **sent).pk == payment.pk


def test_two_files_with_an_agreement_each_are_not_merged_by_themselves(city: City, dispute: Dispute) -> None:
    one, head = officer(city.first), chief(city.first)
    other = DisputeFactory(enterprise=dispute.enterprise, opened_on=dispute.opened_on)
    merge = {"id": other.pk, "version": None, "into": dispute.pk, "reason": "The same matter"}
    with at(march(12)):
        conclude(one, dispute, kind="oral", copies=1)
        second = conclude(one, other, kind="oral", copies=1)
        with pytest.raises(ValidationError):
            head.act(merge_into, **merge)
        one.act(concluding.void_agreement, id=other.pk, agreement_id=second.pk, reason="Never was")
        head.act(merge_into, **merge)
    assert fresh(dispute).absorbed == [other.pk]


def test_a_dispute_is_not_closed_while_something_is_owed(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    close = {"id": dispute.pk, "version": None, "closed_on": march(9)}
    with at(march(9)):
        conclude(one, dispute, kind="oral", copies=1)
        pay(one, dispute, march(9), 100)
        with pytest.raises(WrongState, match=r"200\.00 yuan"):
            one.act(close_dispute, **close)
        pay(one, dispute, march(9), 200)
        one.act(close_dispute, **close)
        assert fresh(dispute).closed_on == march(9)
        # closed, it is complete: nothing is agreed anew in it, and nothing is owed again
        agreed, wrong = rows(Agreement, city.first)[0], rows(Payment, city.first)[0]
        end = {"replaces": agreed.pk, "end_reason": "They agreed anew"}
        more = values(
            total=Decimal(400), instalments=[Given(march(20), Decimal(400))], ended_as="corrected", **end
        )
        correction = {"payment_id": wrong.pk, "paid_on": march(9), "reason": "Less was paid"}
        for refused in (
            lambda: conclude(one, dispute, kind="oral", copies=1, **end),
            lambda: one.act(
                concluding.conclude_agreement, id=dispute.pk, **more | {"kind": "oral", "copies": 1}
            ),
            lambda: one.act(paying.correct_payment, id=dispute.pk, amount=Decimal(1), **correction),
            lambda: one.act(paying.take_back_payment, id=dispute.pk, payment_id=wrong.pk, reason="Never was"),
        ):
            with pytest.raises(WrongState, match="Reopen it first"):
                refused()
        conclude(one, dispute, kind="oral", copies=1, ended_as="corrected", place="Room 2", **end)
    assert fresh(dispute).closed_on == march(9)


def test_the_papers_of_what_was_recorded_wrongly_are_voided(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    with at(march(12)):
        first = conclude(one, dispute, kind="oral", copies=1)
        payment = pay(one, dispute, march(9), 40)
        one.act(issuing.issue_agreement, id=dispute.pk, agreement_id=first.pk)
        one.act(issuing.issue_receipt, id=dispute.pk, payment_id=payment.pk)
        one.act(paying.take_back_payment, id=dispute.pk, payment_id=payment.pk, reason="Not this one")
        agreed, receipt = rows(Paper, city.first)
        assert (agreed.void_reason, receipt.void_reason) == ("", "Not this one")
        end = {"replaces": first.pk, "end_reason": "Wrong days"}
        second = conclude(one, dispute, kind="oral", copies=1, ended_as="corrected", place="Room 2", **end)
        assert fresh(agreed).void_reason == "Wrong days"
        paper = one.act(issuing.issue_agreement, id=dispute.pk, agreement_id=second.pk)
        conclude(one, dispute, kind="oral", copies=1, replaces=second.pk, end_reason="They agreed anew")
        assert fresh(paper).voided_at is None, "it was theirs until then"
