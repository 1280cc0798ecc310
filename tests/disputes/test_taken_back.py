"""What was entered wrongly goes, with all that followed from it, and what does not concern it stays."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from disputes import bulk, tasks
from disputes.after.planning import proposal
from disputes.after.recording import void_follow_up
from disputes.after.screening import screen, void_screening
from disputes.after.surveys import send_survey
from disputes.agreements import issuing, paying, sweeping, undoing
from disputes.filing.merging import merge_into
from disputes.mediation.choices import Cause, Running
from disputes.models import (
    Agreement,
    Breach,
    Confirmation,
    Dispute,
    DisputeSide,
    FollowUp,
    Party,
    Payment,
    TeamMember,
    WayStep,
)
from disputes.people import sides
from disputes.people.parties import add_party, link_party, void_party
from disputes.people.sides import write_sides
from foundation.accounts.access import WrongState
from foundation.links import operations as links
from foundation.links.models import SignedLink
from papers.models import Paper
from tests.disputes.test_agreements import (
    AGREED,
    agree_before_the_police,
    at,
    conclude,
    faults,
    march,
    pay,
    told,
)
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    FollowUpFactory,
    LetterheadFactory,
    WayFactory,
    WayStepFactory,
)
from tests.facts.people import ago, ahead, chief, fresh, log, officer, rows, supervisor
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
CREDIT_CODE = "91350100M000100Y43"


@pytest.fixture
def dispute(city: City) -> Dispute:
    made: Dispute = DisputeFactory(
        enterprise=EnterpriseFactory(station=city.first), opened_on=dt.date(2026, 2, 10)
    )
    return made


def test_a_payment_under_a_replaced_agreement_is_corrected_and_taken_back(
    city: City, dispute: Dispute
) -> None:
    one = officer(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    with at(march(15)):
        first = conclude(one, dispute, kind="oral", copies=1)
        wrong, other = pay(one, dispute, march(9), 40), pay(one, dispute, march(10), 20)
        conclude(one, dispute, kind="oral", copies=1, replaces=first.pk, end_reason="They agreed anew")
        page = one.get("disputes:detail", dispute.pk).text
        assert f"payments/{wrong.pk}/correct/" in page
        asked = one.get("disputes:payment_correct", dispute.pk, wrong.pk)
        assert asked.context["form"].initial["amount"] == Decimal(40)
        sent = {"paid_on": march(9), "amount": "45", "way": "cash", "reason": "Mistyped"}
        answer = one.post("disputes:payment_correct", dispute.pk, wrong.pk, **sent)
        assert answer.status_code == 302, answer.context["form"].errors
        too_much = one.post("disputes:payment_correct", dispute.pk, other.pk, **sent | {"amount": "256"})
        assert list(too_much.context["form"].errors) == ["amount"], "of what that agreement says"
        one.act(issuing.issue_receipt, id=dispute.pk, payment_id=other.pk)
        one.act(paying.take_back_payment, id=dispute.pk, payment_id=other.pk, reason="Another dispute")
    paid = rows(Payment, city.first)
    assert [(each.fen, bool(each.taken_back_at), each.agreement_id) for each in paid] == [
        (4_000, True, first.pk),
        (2_000, True, first.pk),
        (4_500, False, first.pk),
    ]
    assert [each.void_reason for each in rows(Paper, city.first)] == ["Another dispute"]


def test_a_breach_that_never_was_is_undone_in_one_place(city: City, dispute: Dispute) -> None:
    one, head = officer(city.first), chief(city.first)
    way = WayFactory(
        enterprise=dispute.enterprise, dispute=dispute, kind="police", from_on=AGREED, accepted_on=AGREED
    )
    with at(AGREED):
        agreement = agree_before_the_police(one, dispute)
    given = {"id": dispute.pk, "agreement_id": agreement.pk, "number": 1, "reason": "Paid on the 9th"}
    with at(march(12)):
        tasks.find_breaches()
        assert (fresh(dispute).settled_on, fresh(way).running) == (None, Running.CASE)
        with pytest.raises(WrongState):
            head.act(undoing.undo_breach, **given)
        pay(one, dispute, march(9), 100)
        page = head.get("disputes:detail", dispute.pk).text
        assert "breach/1/undo/" in page
        assert "/settlement/" not in page, "that comes back with it"
        stale = head.post(
            "disputes:breach_undo", dispute.pk, 1, agreement=0, reason="x y", version=fresh(dispute).version
        )
        assert stale.status_code == 422
        sent = {"agreement": agreement.pk, "reason": "Paid on the 9th", "version": fresh(dispute).version}
        answer = head.post("disputes:breach_undo", dispute.pk, 1, **sent)
        assert answer.status_code == 302, answer.context["form"].errors
        assert fresh(dispute).settled_on == AGREED
        assert (fresh(way).running, [bool(each.voided_at) for each in rows(WayStep, city.first)]) == (
            Running.SECOND,
            [True],
        )
        (breach,) = rows(Breach, city.first)
        assert (breach.undone_by, breach.undone_reason) == (str(head.user), "Paid on the 9th")
        assert "breach/1/undo/" not in head.get("disputes:detail", dispute.pk).text
        tasks.find_breaches()
        assert fresh(dispute).settled_on == AGREED
        (payment,) = rows(Payment, city.first)
        one.act(paying.take_back_payment, id=dispute.pk, payment_id=payment.pk, reason="Another dispute")
        tasks.find_breaches()
        assert [bool(each.undone_at) for each in rows(Breach, city.first)] == [True, False], "found again"
        assert fresh(dispute).settled_on is None


def test_a_stale_page_neither_declares_a_breach_nor_asks_the_court(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    with at(march(12)):
        first = conclude(one, dispute, kind="oral", copies=1)
        pay(one, dispute, march(9), 40)
        declare = one.get("disputes:breach_declare", dispute.pk, 1).context["form"]
        assert declare["agreement"].value() == first.pk
        second = conclude(one, dispute, kind="oral", copies=1, replaces=first.pk, end_reason="Agreed anew")
        pay(one, dispute, march(9), 40)
        version = fresh(dispute).version
        seen = {"agreement": first.pk, "version": version}
        for name, place, more in (
            ("breach_declare", 1, {"reason": "It will not pay"}),
            ("confirmation_step", "applied", {"on": march(11), "court": "东江区人民法院"}),
        ):
            answer = one.post(f"disputes:{name}", dispute.pk, place, **seen, **more)
            assert answer.status_code == 422, name
        assert rows(Breach, city.first) + rows(Confirmation, city.first) == []
        applied = {"on": march(11), "court": "东江区人民法院", "agreement": second.pk, "version": version}
        assert one.post("disputes:confirmation_step", dispute.pk, "applied", **applied).status_code == 302


def test_a_voided_way_takes_its_letter_and_leaves_what_the_chief_extended(
    city: City, dispute: Dispute
) -> None:
    one, head = officer(city.first), chief(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    place = {"enterprise": dispute.enterprise, "dispute": dispute}
    police = WayFactory(**place, kind="police", from_on=ago(9), accepted_on=ago(9))
    WayStepFactory(**place, way=police, kind="failed", cause="none", on=ago(5))
    WayStepFactory(**place, way=police, kind="extended", said="The bureau, no. 12", on=ago(4))
    letter = WayFactory(
        **place, kind="transfer", recipient="labour", body="Labour inspection", from_on=ago(2)
    )
    sent = one.post("disputes:way_letter", dispute.pk, letter.pk, facts="Wages.", asked="Look into it.")
    assert sent.status_code == 302
    invited = {"role": "justice", "name": "Wang Jing", "invited_on": ago(1)}
    one.post("disputes:member_new", dispute.pk, **invited)
    (member,) = rows(TeamMember, city.first)
    assert one.post("disputes:member_invitation", dispute.pk, member.pk).status_code == 302
    for name, id in (("way_void", letter.pk), ("member", member.pk)):
        more = {"what": "wrong", "on": ago(0)} if name == "member" else {}
        for _twice in range(1 + (name == "member")):
            assert (
                one.post(f"disputes:{name}", dispute.pk, id, reason="Not theirs", **more).status_code == 302
            )
    assert [each.void_reason for each in rows(Paper, city.first)] == ["Not theirs"] * 2
    refused = one.post("disputes:way_void", dispute.pk, police.pk, reason="Another dispute")
    assert refused.status_code == 422
    assert "chief" in str(refused.context["form"].non_field_errors())
    assert head.post("disputes:way_void", dispute.pk, police.pk, reason="Another dispute").status_code == 302


def test_what_became_of_a_member_is_recorded_once_and_twice_says_so(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    one.post("disputes:member_new", dispute.pk, role="justice", name="Wang Jing", invited_on=ago(3))
    (member,) = rows(TeamMember, city.first)
    for sent in (
        {"what": "accepted", "on": ago(2)},
        {"what": "conflict", "on": ago(2), "said_by": "The respondent", "reason": "A cousin"},
        {"what": "left", "on": ago(1), "reason": "Ill for long"},
    ):
        for words in ("Recorded.", "Nothing was changed"):
            answer = one.post("disputes:member", dispute.pk, member.pk, **sent)
            assert answer.status_code == 302
            assert words in one.client.get(answer.url).text
    other = one.post("disputes:member", dispute.pk, member.pk, what="declined", on=ago(1), reason="Busy")
    assert other.status_code == 422
    acts = [each.action.partition(".")[2] for each in log(city.first, object_id=dispute.pk)]
    assert acts == ["team_invite", "team_accept", "team_conflict", "team_leave"]


def test_nobody_voids_the_screening_or_follow_up_that_they_reported(city: City, dispute: Dispute) -> None:
    one, other = officer(city.first), officer(city.first, "Zhou Min")
    (screened,) = one.act(screen, enterprise_ids=[dispute.enterprise_id])
    done = FollowUpFactory(
        enterprise=dispute.enterprise,
        dispute=dispute,
        done_on=ago(1),
        reached=False,
        done_by_id=one.user.pk,
    )
    for operation, id in ((void_screening, screened.pk), (void_follow_up, done.pk)):
        with pytest.raises(WrongState, match="Zhou Min"):
            one.act(operation, id=id, reason="Mistaken")
        assert other.act(operation, id=id, reason="Mistaken").voided_at


def test_the_time_for_a_case_stands_still_for_an_appraisal_or_a_hearing_alone(
    city: City, dispute: Dispute
) -> None:
    one = officer(city.first)
    place = {"enterprise": dispute.enterprise, "dispute": dispute}
    way = WayFactory(**place, kind="police", from_on=march(1), accepted_on=march(1))
    WayStepFactory(**place, way=way, kind="failed", cause="none", on=march(2))
    at_way = ("disputes:way_step", dispute.pk, way.pk)
    with at(march(20)):
        no_reason = one.post(*at_way, query="?step=suspended", on=march(10), cause="none", said="No time")
        assert list(no_reason.context["form"].errors) == ["cause"]
        begin = {"cause": "appraisal", "said": "Injury, county hospital"}
        early = one.post(*at_way, query="?step=suspended", on=march(1), **begin)
        assert early.status_code == 422
        assert one.post(*at_way, query="?step=suspended", on=march(10), **begin).status_code == 302
        assert (fresh(way).running, fresh(way).due_on) == (Running.SUSPENDED, None)
        assert "stands still since 2026-03-10" in one.get("disputes:detail", dispute.pk).text
        assert one.post(*at_way, query="?step=suspended", on=march(12), **begin).status_code == 422
        assert one.post(*at_way, query="?step=resumed", on=march(10)).status_code == 422
        assert one.post(*at_way, query="?step=resumed", on=march(15)).status_code == 302
        assert (fresh(way).running, fresh(way).due_on) == (
            Running.CASE,
            dt.date(2026, 4, 7),
        )  # holiday rolled
        assert "it stood still for 5 days" in one.get("disputes:detail", dispute.pk).text
    assert [each.cause for each in rows(WayStep, city.first)] == ["none", Cause.APPRAISAL, ""]


def test_follow_ups_are_counted_from_the_last_instalment(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    with at(AGREED):
        conclude(one, dispute, kind="oral", copies=1)
        settled = fresh(dispute)
        with scope_of(city.first):
            (call,) = proposal(one.actor, settled, "low")
    assert call.planned_on == march(31) + dt.timedelta(days=30)
    with at(march(9)), scope_of(city.first):
        pay(one, dispute, march(9), 300)
        (call,) = proposal(one.actor, fresh(dispute), "low")
    assert call.planned_on == march(9) + dt.timedelta(days=30), "it was over on that day"


def test_merging_brings_each_party_once_under_its_own_number(city: City) -> None:
    one, head = officer(city.first), chief(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    first, second = (DisputeFactory(enterprise=enterprise, opened_on=ago(9)) for _number in range(2))
    names = ("陈建国", "李明"), ("陈建国", "王芳")
    for dispute, both in zip((first, second), names, strict=True):
        for name in both:
            phone = {"陈建国": "13800000731", "李明": "13800000732", "王芳": "13800000733"}[name]
            one.act(add_party, dispute_id=dispute.pk, side="applicant", role="worker", name=name, phone=phone)
    one.act(
        add_party, dispute_id=first.pk, side="respondent", kind="body", role="employer", name="Heshun Ltd"
    )
    one.act(add_party, dispute_id=second.pk, side="third", kind="body", role="other", name="Heshun Ltd")
    merge = {"id": first.pk, "version": None, "into": second.pk, "reason": "The same matter"}
    with pytest.raises(ValidationError) as caught:
        head.act(merge_into, **merge)
    assert faults(caught) == ["into"], "on both sides"
    wrong = next(each for each in rows(Party, city.first) if each.side == "third")
    head.act(void_party, dispute_id=second.pk, party_id=wrong.pk, reason="Not involved")
    head.act(merge_into, **merge)
    valid = [each for each in rows(Party, city.first) if each.voided_at is None]
    assert sorted((each.name, each.number) for each in valid) == [
        ("Heshun Ltd", 5),
        ("李明", 4),
        ("王芳", 2),
        ("陈建国", 1),
    ]
    (entry,) = log(city.first, action="dispute.merge")
    assert entry.after["party_numbers"] == "1 = 1, 2 → 4, 3 → 5"
    assert f"#{first.pk}" in entry.after["merged"]


def test_two_files_with_a_paid_agreement_each_are_merged_by_saying_which_counts(
    city: City, dispute: Dispute
) -> None:
    one, head = officer(city.first), chief(city.first)
    other = DisputeFactory(enterprise=dispute.enterprise, opened_on=dispute.opened_on)
    merge = {"into": dispute.pk, "reason": "The same matter"}
    with at(march(12)):
        first, second = (conclude(one, each, kind="oral", copies=1) for each in (dispute, other))
        for each in (dispute, other):
            pay(one, each, march(9), 40)
        version = fresh(other).version
        asked = head.post("disputes:merge", other.pk, version=version, **merge)
        assert list(asked.context["form"].errors) == ["counts"]
        answer = head.post("disputes:merge", other.pk, version=version, counts="this", **merge)
        assert answer.status_code == 302, answer.context["form"].errors
    assert [(each.pk, each.ended_as) for each in rows(Agreement, city.first)] == [
        (first.pk, "replaced"),
        (second.pk, ""),
    ]
    assert [each.taken_back_at for each in rows(Payment, city.first)] == [None, None]


def test_one_fault_neither_holds_up_reminders_nor_hides_that_the_database_is_gone(
    city: City, dispute: Dispute, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = officer(city.first)
    other = DisputeFactory(enterprise=EnterpriseFactory(station=city.first), opened_on=dt.date(2026, 2, 20))
    with scope_of(city.first):
        Dispute.objects.update(lead_id=one.user.pk)
    with at(march(8)):
        for each in (dispute, other):
            conclude(one, each, kind="oral", copies=1)
        reminded = sweeping._remind

        def broken(of: Dispute, *more: Any) -> int:
            if of.pk == min(dispute.pk, other.pk):
                raise ZeroDivisionError
            return reminded(of, *more)

        with monkeypatch.context() as half:
            half.setattr(sweeping, "_remind", broken)
            assert sweeping.remind(city.bureau.pk) == 1
        assert told(one) == ["dispute.instalment_soon"]

        def gone(*_any: Any, **_more: Any) -> int:
            raise OperationalError

        monkeypatch.setattr(sweeping, "_remind", gone)
        monkeypatch.setattr(sides, "write_sides", gone)
        for sweep in (
            lambda: sweeping.remind(city.bureau.pk),
            lambda: sides.tell_stale_sides(city.bureau.pk, dispute.recorded_at),
        ):
            with pytest.raises(OperationalError):
                sweep()


def test_the_answer_of_a_link_is_read_in_the_order_in_which_links_are_made(city: City) -> None:
    one = officer(city.first)
    settled = DisputeFactory(
        enterprise=EnterpriseFactory(station=city.first), opened_on=ago(9), settled_on=ago(2)
    )
    survey = FollowUpFactory(
        dispute=settled, enterprise=settled.enterprise, way="survey", planned_on=ahead(3)
    )
    _found, token = one.act(send_survey, id=survey.pk)
    links.answer_link(token=token, answer={"kept": "yes", "satisfied": "yes", "said": "Paid"})
    with CaptureQueriesContext(connection) as queries:
        assert links.take_answers(city.bureau.pk) == 1
    locked = [each["sql"] for each in queries if "FOR NO KEY UPDATE" in each["sql"]]
    table = SignedLink._meta.db_table
    link = next(place for place, each in enumerate(locked) if table in each)
    assert any(FollowUp._meta.db_table in each for each in locked[:link]), "the link last"
    assert fresh(survey).said == "Paid"


def test_who_leads_many_is_judged_by_as_many_statements_at_one_station_as_at_three(city: City) -> None:
    boss, one = supervisor(city.bureau), officer(city.first)
    disputes = [
        DisputeFactory(enterprise=EnterpriseFactory(station=each)) for each in (city.first, city.second)
    ]
    counts = []
    for actor in (one.actor, boss.actor):
        with scope_of(city.first, city.second), CaptureQueriesContext(connection) as queries:
            monkey = pytest.MonkeyPatch()
            monkey.setattr(bulk, "require", lambda *_any: None)
            bulk.NameLead().judge(actor, [each.pk for each in disputes], {"officer_id": one.user.pk})
            monkey.undo()
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_party_is_linked_when_its_enterprise_comes_to_the_register(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    given = {
        "side": "respondent",
        "kind": "body",
        "role": "employer",
        "name": "Heshun",
        "credit_code": CREDIT_CODE,
    }
    party = one.act(add_party, dispute_id=dispute.pk, **given)
    with pytest.raises(WrongState):
        one.act(link_party, dispute_id=dispute.pk, party_id=party.pk, reason="It is registered")
    enterprise = EnterpriseFactory(station=city.second, credit_code=CREDIT_CODE)
    assert "/link/" in one.get("disputes:parties", dispute.pk).text
    answer = one.post("disputes:party_link", dispute.pk, party.pk, reason="It is registered")
    assert answer.status_code == 302, answer.context["form"].errors
    assert [each.registered_id for each in rows(Party, city.first)] == [0, enterprise.pk]
    write_sides(city.bureau.pk, city.first.pk, dispute.pk)
    assert [each.side for each in rows(DisputeSide, city.second)] == ["respondent"]
