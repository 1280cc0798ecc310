"""The file of a dispute: how likely it is to grow, who leads it, two files on one matter."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from disputes import bulk
from disputes.choices import Risk, RiskReason
from disputes.filing.leading import name_lead
from disputes.filing.merging import merge_into
from disputes.filing.risk import HIGH, MeasureGiven, complete_measure, measures_of, review_risk
from disputes.filing.rules import GRAVE, level_by
from disputes.models import Dispute, Party, RiskMeasure, RiskReview
from disputes.people.parties import correct_party, void_party
from foundation.accounts.access import WrongState
from foundation.inbox.models import Notification
from foundation.tenancy.scope import Audience, station_scope
from tests.accounts.test_leaving import leave
from tests.factories import AttachmentFactory, DisputeFactory, EnterpriseFactory, LiaisonFactory, PartyFactory
from tests.facts.people import Person, ago, ahead, chief, fresh, manager, officer, rows, supervisor, today
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db


@given(st.sets(st.sampled_from(RiskReason.values)))
def test_more_reasons_never_lower_the_level(reasons: set[str]) -> None:
    order = [Risk.LOW, Risk.MEDIUM, Risk.HIGH]
    level = level_by(reasons)
    for more in RiskReason.values:
        assert order.index(level_by(reasons | {more})) >= order.index(level)
    assert (level == Risk.HIGH) >= bool(reasons & GRAVE)
    assert (level == Risk.LOW) == (not reasons)


def told(person: Person, city: City) -> int:
    with scope_of(city.first, audience=Audience.SYSTEM):
        return Notification.objects.filter(user_id=person.user.pk, code=HIGH).count()


def test_a_risk_is_reviewed_told_and_met(city: City) -> None:
    head, person = chief(city.first), officer(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, people=40, opened_on=ago(3), due_on=ahead(60))
    address = reverse("disputes:risk", args=[dispute.pk])
    form = person.client.get(address).context["form"]
    assert form.initial["reasons"] == ["people"], "forty people are many"

    sent = person.client.post(
        address, {"reasons": ["people", "amount"], "level": "low", "version": dispute.version}
    )
    assert sent.status_code == 422
    assert "Medium" in sent.text
    assert not rows(RiskReview, city.first)
    person.act(
        review_risk,
        id=dispute.pk,
        version=dispute.version,
        reasons=["people"],
        level="low",
        why="They have a lawyer and wait for him.",
    )
    assert told(head, city) == 0
    for _time in range(2):
        answer = person.client.post(
            address,
            {
                "reasons": ["people", "threats"],
                "what": "Visit the site each day",
                "who": "Officer Zhou",
                "until_on": ahead(9).isoformat(),
                "version": fresh(dispute).version if _time == 0 else dispute.version + 1,
            },
        )
        assert answer.status_code in (302, 409, 422)
    latest, first = sorted(rows(RiskReview, city.first), key=lambda each: -each.pk)
    assert (first.level, first.proposed, bool(first.why)) == ("low", "medium", True)
    assert (latest.level, latest.next_on) == ("high", ahead(7))
    assert told(head, city) == 1

    page = head.get("disputes:detail", dispute.pk)
    assert "Threats" in page.text
    assert "Visit the site each day" in page.text
    today_page = head.get("desk:today", whose="station")
    due = [each.row for group in today_page.context["groups"] for each in group.items]
    assert due[0].key == dispute.pk, "a high risk stands first"

    (measure,) = rows(RiskMeasure, city.first)
    for _time in range(2):
        person.act(complete_measure, id=dispute.pk, measure_id=measure.pk)
    (measure,) = rows(RiskMeasure, city.first)
    assert (measure.done_on, measure.done_by) == (today(), person.actor.name)
    with pytest.raises(ValidationError) as refused:
        person.act(
            review_risk,
            id=dispute.pk,
            version=None,
            reasons=["weather"],
            level="extreme",
            measure=MeasureGiven("", "Somebody", ago(1)),
        )
    assert set(refused.value.error_dict) == {"reasons", "level", "what", "until_on"}


def test_an_officer_of_the_station_leads_it(city: City) -> None:
    person, colleague, stranger = officer(city.first), officer(city.first), officer(city.second)
    dispute = DisputeFactory(enterprise__station=city.first)
    person.act(name_lead, id=dispute.pk, version=dispute.version, officer_id=colleague.user.pk)
    assert fresh(dispute).lead_name == str(colleague.user)
    with pytest.raises(ValidationError):
        person.act(name_lead, id=dispute.pk, version=None, officer_id=stranger.user.pk)
    person.post("disputes:lead", dispute.pk, officer_id="", version=fresh(dispute).version)
    assert (fresh(dispute).lead_id, fresh(dispute).lead_name) == (0, "")
    assert supervisor(city.bureau).get("disputes:lead", dispute.pk).status_code == 403


def test_the_list_narrows_to_what_a_person_leads_and_names_the_lead_of_many(city: City) -> None:
    person, colleague = officer(city.first), officer(city.first)
    mine, theirs = (DisputeFactory(enterprise__station=city.first, opened_on=ago(5)) for _number in range(2))
    LiaisonFactory(enterprise=mine.enterprise, officer=person.user)
    DisputeFactory(enterprise__station=city.first, opened_on=ago(5), risk="high")

    def listed(**asked: str) -> set[int]:
        return {
            row.record.pk for row in person.get("disputes:list", **asked).context["table"].page.object_list
        }

    assert listed(led="on") == {mine.pk}
    assert len(listed(risk="high")) == 1
    assert listed(risk="none") == {mine.pk, theirs.pk}
    act, ids = bulk.ACTS[0], [mine.pk, theirs.pk]
    arguments = {"officer_id": colleague.user.pk}
    assert person.act(lambda actor: act.judge(actor, ids, arguments)).ready == ids
    person.act(lambda actor: act.perform(actor, ids, arguments))
    judged = person.act(lambda actor: act.judge(actor, ids, arguments))
    assert (judged.ready, judged.same) == ([], ids)
    assert listed(led="on") == set()


def test_whoever_names_the_lead_of_many_locks_their_enterprises_in_the_order_of_all(city: City) -> None:
    """The latest dispute comes first in the list, its enterprise last here: two officers would wait for each other."""
    person = officer(city.first)
    enterprises = [EnterpriseFactory(station=city.first) for _number in range(2)]
    ids = [DisputeFactory(enterprise=each, opened_on=ago(9)).pk for each in enterprises[::-1]]
    with CaptureQueriesContext(connection) as queries, scope_of(city.first):
        bulk.NameLead().perform(person.actor, ids, {"officer_id": person.user.pk})
    first = next(each["sql"] for each in queries if "FOR NO KEY UPDATE" in each["sql"])
    assert f"IN ({enterprises[0].pk}, {enterprises[1].pk}) ORDER BY" in first
    assert {each.lead_id for each in rows(Dispute, city.first)} == {person.user.pk}


def test_what_a_leaver_leads_goes_to_the_successor_and_nothing_stays_behind(city: City) -> None:
    boss, person, colleague = chief(city.first), officer(city.first), officer(city.first)
    dispute = DisputeFactory(enterprise__station=city.first, opened_on=ago(5))
    moved = DisputeFactory(
        enterprise__station=city.second, opened_on=ago(5), lead_id=officer(city.first).user.pk
    )
    boss.act(name_lead, id=dispute.pk, version=None, officer_id=person.user.pk)
    with pytest.raises(ValidationError):
        leave("revoke", boss, person)
    leave("revoke", boss, person, successors={city.first.pk: colleague.user.pk})
    assert fresh(dispute).lead_name == str(colleague.user)
    there = officer(city.second).get("disputes:list", left="on").context["table"].page.object_list
    assert [row.record.pk for row in there] == [moved.pk], "the lead stayed at the other station"


def test_an_open_file_does_not_disappear_in_a_settled_one(city: City) -> None:
    head, enterprise = chief(city.first), EnterpriseFactory(station=city.first)
    waits = DisputeFactory(enterprise=enterprise, opened_on=ago(9))
    settled = DisputeFactory(enterprise=enterprise, opened_on=ago(40), settled_on=ago(30))
    merge = {"version": None, "reason": "the same matter"}
    with pytest.raises(WrongState, match="is open"):
        head.act(merge_into, id=waits.pk, into=settled.pk, **merge)
    assert not fresh(waits).is_voided
    head.act(merge_into, id=settled.pk, into=waits.pk, **merge)
    assert (fresh(waits).settled_on, fresh(waits).absorbed) == (None, [settled.pk])


def test_two_files_on_one_matter_become_one(city: City) -> None:
    person, head = officer(city.first), chief(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    first, second, third = (DisputeFactory(enterprise=enterprise, opened_on=ago(9)) for _number in range(3))
    elsewhere = DisputeFactory(enterprise=EnterpriseFactory(station=city.first))
    for dispute in (first, second):
        person.act(
            review_risk,
            id=dispute.pk,
            version=dispute.version,
            reasons=["people"],
            measure=MeasureGiven(f"Of {dispute.pk}", "Zhou", ahead(3)),
        )
    with pytest.raises(ValidationError):
        head.act(merge_into, id=first.pk, version=None, into=elsewhere.pk, reason="the same matter")
    for _time in range(2):
        head.act(merge_into, id=first.pk, version=None, into=second.pk, reason="the same matter")
    with pytest.raises(WrongState):
        head.act(merge_into, id=first.pk, version=None, into=third.pk, reason="the same matter")
    survivor = fresh(second)
    assert survivor.absorbed == [first.pk]
    assert fresh(first).is_voided
    with scope_of(city.first):
        assert [each.what for each in measures_of(survivor)] == [f"Of {first.pk}", f"Of {second.pk}"]
    assert person.get("disputes:detail", first.pk).url == reverse("disputes:detail", args=[second.pk])

    alone = f"{reverse('disputes:detail', args=[first.pk])}?alone=1"
    assert alone in person.get("disputes:detail", second.pk).text, "what happened in it is still read"
    assert "Risk reviewed" in person.client.get(alone).text

    head.act(merge_into, id=second.pk, version=None, into=third.pk, reason="and once more")
    assert fresh(third).absorbed == [second.pk, first.pk]
    assert person.get("disputes:detail", first.pk).url == reverse("disputes:detail", args=[third.pk])
    with scope_of(city.first):
        assert len(measures_of(fresh(third))) == 2


def test_whoever_was_taken_off_or_merged_stays_masked(city: City) -> None:
    """Texts name them still: on the page of the file, in its form, and where a merged file is read."""
    person, head = officer(city.first), chief(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    first, second = (
        DisputeFactory(enterprise=enterprise, opened_on=ago(9), note="甄秘密 waits at the gate")
        for _number in range(2)
    )
    parties = [
        PartyFactory(enterprise=enterprise, dispute=dispute, of={"name": "甄秘密", "phone": "13800000731"})
        for dispute in (first, second)
    ]
    head.act(merge_into, id=first.pk, version=None, into=second.pk, reason="the same matter")
    assert [fresh(each).voided_at is None for each in parties] == [False, True]
    head.act(void_party, dispute_id=second.pk, party_id=parties[1].pk, reason="Not involved")
    pages = [
        reverse("disputes:detail", args=[second.pk]),
        f"{reverse('disputes:detail', args=[first.pk])}?alone=1",
    ]
    for page in (*pages, reverse("disputes:correct", args=[second.pk])):
        text = person.client.get(page).text
        assert ("甄** waits at the gate" in text, "甄秘密" in text) == (True, False), page


def test_files_are_merged_while_a_key_is_missing_and_nobody_is_lost(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    first, second = (DisputeFactory(enterprise=enterprise, opened_on=ago(9)) for _number in range(2))
    people = [
        ("甄秘密", "13800000731", first),
        ("贾明白", "13800000732", second),
        ("甄秘密", "13800000731", second),
    ]
    for name, phone, dispute in people:
        PartyFactory(enterprise=enterprise, dispute=dispute, of={"name": name, "phone": phone})
    with override_settings(SECRET_KEY="lost", SECRET_KEY_FALLBACKS=[]):
        chief(city.first).act(merge_into, id=second.pk, version=None, into=first.pk, reason="the same matter")
    assert {each.name for each in rows(Party, city.first) if each.voided_at is None} == {"甄秘密", "贾明白"}


def test_the_risk_of_a_merged_file_comes_along_and_no_title_names_a_party(city: City) -> None:
    person, head = officer(city.first), chief(city.first)
    enterprise = EnterpriseFactory(station=city.first)
    first, second = (
        DisputeFactory(enterprise=enterprise, opened_on=ago(9), summary=words)
        for words in ("陈建国讨薪", "Wages")
    )
    measure = MeasureGiven("Visit the site", "Zhou", ahead(3))
    person.act(review_risk, id=first.pk, version=None, reasons=["threats"], measure=measure)
    party = PartyFactory(enterprise=enterprise, dispute=second)
    power = AttachmentFactory(kind="dispute", record_id=first.pk, enterprise=enterprise, name="power.jpg")
    agent = PartyFactory(
        enterprise=enterprise,
        dispute=first,
        of={"name": "李明", "representative": "王芳", "power_id": power.pk},
    )
    with pytest.raises(ValidationError) as refused:
        head.act(merge_into, id=first.pk, version=None, into=second.pk, reason="the same matter")
    assert set(refused.value.error_dict) == {"into"}
    assert not fresh(first).is_voided
    head.act(void_party, dispute_id=second.pk, party_id=party.pk, reason="Not involved")
    head.act(merge_into, id=first.pk, version=None, into=second.pk, reason="the same matter")
    assert (fresh(second).risk, fresh(second).risk_next_on) == ("high", ahead(7))
    assert "Visit the site" in person.get("disputes:detail", second.pk).text
    assert "power.jpg" in person.get("disputes:detail", second.pk).text, "files come along"
    given = {
        "dispute_id": second.pk,
        "party_id": agent.pk,
        "phone": "13800000731",
        "reason": "Wrong telephone",
    }
    assert person.act(correct_party, **given).power_id == power.pk
    log = person.get("desk:file_tab", enterprise.pk, "log")
    assert "Another file merged into it" in log.text
    assert "bsorbed" not in log.text


def test_nobody_of_an_enterprise_reads_what_belongs_to_a_dispute(city: City) -> None:
    person = officer(city.first)
    dispute = DisputeFactory(enterprise__station=city.first)
    person.act(review_risk, id=dispute.pk, version=None, reasons=["weapons"])
    theirs = manager(dispute.enterprise)
    with station_scope(theirs.actor.scope()):
        assert Dispute.objects.count() == 1  # its own simulator counts it
        assert RiskReview.objects.count() == 0
    assert theirs.get("disputes:risk", dispute.pk).status_code == 403
