"""What a dispute asks for is on Today of the right person: who was named for it, and the chief where nobody is left."""

import datetime as dt
import re

import pytest
from django.core.exceptions import ValidationError

from disputes.filing.leading import name_lead
from disputes.models import Appointment, Dispute, FollowUp
from foundation.accounts.duties import orphans
from foundation.inbox.models import Notification
from foundation.tenancy.scope import Audience, station_scope
from tests.accounts.test_leaving import leave
from tests.desk.test_open_work import MINE, listed, looked_after, sections
from tests.factories import (
    AgreementFactory,
    AppointmentFactory,
    DisputeFactory,
    FollowUpFactory,
    InstalmentFactory,
    MediationSessionFactory,
    RiskMeasureFactory,
)
from tests.facts.people import Person, ago, ahead, chief, fresh, log, officer, rows, supervisor
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
FAR = {"opened_on": ago(3), "due_on": ahead(60)}  # of a dispute that is not due by itself


def kinds_with(person: Person, dispute: Dispute, whose: str = "") -> set[str]:
    """Return the kinds of work under which a dispute stands on Today."""
    found = sections(person, whose)
    return {code for code, each in found.items() if any(item.row.key == dispute.pk for item in each.items)}


def test_who_leads_a_dispute_has_it_on_today_beside_the_liaison_officer(city: City) -> None:
    liaison, lead, colleague = officer(city.first), officer(city.first), officer(city.first)
    enterprise = looked_after(city, liaison)
    due = DisputeFactory(enterprise=enterprise, opened_on=ago(3), due_on=ahead(1), lead_id=lead.user.pk)
    late = DisputeFactory(enterprise=enterprise, **FAR, lead_id=lead.user.pk)
    agreed = AgreementFactory(enterprise=enterprise, dispute=late, concluded_on=ago(3), effective_on=ago(3))
    InstalmentFactory(enterprise=enterprise, agreement=agreed, due_on=ago(2))
    for person in (lead, liaison):
        assert kinds_with(person, due) == {"disputes"}
        assert kinds_with(person, late) == {"instalments_overdue"}
        for section in sections(person, MINE).values():
            assert len(listed(person, section.all_url)) == section.total, section.code
    assert not kinds_with(colleague, due) | kinds_with(colleague, late)


def test_who_is_to_ask_has_the_follow_up_on_today(city: City) -> None:
    liaison, asking, colleague = officer(city.first), officer(city.first), officer(city.first)
    enterprise = looked_after(city, liaison)
    settled = DisputeFactory(enterprise=enterprise, opened_on=ago(30), settled_on=ago(10))
    FollowUpFactory(enterprise=enterprise, dispute=settled, planned_on=ago(0), officer_id=asking.user.pk)
    for person in (liaison, asking):
        assert kinds_with(person, settled) == {"follow_ups"}
    assert not kinds_with(colleague, settled)


def test_what_waits_for_somebody_stands_on_today_although_the_deadline_is_far(city: City) -> None:
    person, boss = officer(city.first), chief(city.first)
    enterprise = looked_after(city, person)
    agreed, unsigned, measured, promised, planned, done = (
        DisputeFactory(enterprise=enterprise, **FAR) for _number in range(6)
    )
    AgreementFactory(enterprise=enterprise, dispute=agreed, concluded_on=ago(1), effective_on=ago(1))
    paper = AgreementFactory(enterprise=enterprise, dispute=unsigned, concluded_on=ago(2))
    RiskMeasureFactory(enterprise=enterprise, dispute=measured, until_on=ago(3))
    RiskMeasureFactory(enterprise=enterprise, dispute=done, until_on=ago(3), done_on=ago(4))
    for each in (promised, planned):
        MediationSessionFactory(
            enterprise=enterprise, dispute=each, on=ago(2), next_on=ago(1), next_step="Ask the bank"
        )
    AppointmentFactory(enterprise=enterprise, dispute=planned, officer_id=boss.user.pk, on=ahead(20))
    for reader in (person, boss):
        for dispute, kind in (
            (agreed, "agreements"),
            (unsigned, "agreements"),
            (measured, "dispute_steps"),
            (promised, "dispute_steps"),
        ):
            assert kinds_with(reader, dispute) == {kind}
        assert not kinds_with(reader, done) | kinds_with(reader, planned)
    found = sections(person)
    offers = {item.row.key: [each.url for each in item.offers] for item in found["agreements"].items}
    assert f"/agreement/{paper.pk}/sign/" in offers[unsigned.pk][0]
    assert "settle" in offers[agreed.pk][0]
    assert {item.row.more for item in found["dispute_steps"].items} == {
        "Visit the site each day",
        "Ask the bank",
    }


def test_what_a_leaver_was_named_for_is_handed_over(city: City) -> None:
    boss, leaver, heir = chief(city.first), officer(city.first), officer(city.first)
    heir.user.police_number = "041309"
    heir.user.save(update_fields=["police_number"])
    enterprise = looked_after(city, officer(city.first))
    dispute = DisputeFactory(enterprise=enterprise, **FAR)
    AppointmentFactory(
        enterprise=enterprise, dispute=dispute, officer_id=leaver.user.pk, on=ahead(1), begins_at=dt.time(9)
    )
    settled = DisputeFactory(
        enterprise=enterprise, opened_on=ago(30), settled_on=ago(10), lead_id=leaver.user.pk, lead_name="Left"
    )
    FollowUpFactory(
        enterprise=enterprise,
        dispute=settled,
        planned_on=ago(0),
        officer_id=leaver.user.pk,
        officer_name="Left",
    )
    with pytest.raises(ValidationError):
        leave("revoke", boss, leaver)
    leave("revoke", boss, leaver, successors={city.first.pk: heir.user.pk})

    before, after = rows(Appointment, city.first)
    assert (before.ended_as, after.moves_id, after.begins_at) == ("moved", before.pk, dt.time(9))
    assert (after.officer_id, after.officer_number, after.second_id) == (heir.user.pk, "041309", None)
    assert rows(FollowUp, city.first)[0].officer_name == str(heir.user)
    assert fresh(settled).lead_id == heir.user.pk
    assert kinds_with(heir, dispute) == {"mediation_sessions"}
    assert kinds_with(heir, settled) == {"follow_ups"}
    acts = [entry.action for entry in log(city.first)]
    assert {"dispute.session_hand_over", "dispute.follow_up_hand_over", "dispute.lead"} <= set(acts)


def test_a_session_that_nobody_is_left_for_is_the_chiefs(city: City) -> None:
    boss, leaver, second = chief(city.first), officer(city.first), officer(city.first)
    enterprise = looked_after(city, officer(city.first))
    alone, both = (DisputeFactory(enterprise=enterprise, **FAR) for _number in range(2))
    AppointmentFactory(enterprise=enterprise, dispute=alone, officer_id=leaver.user.pk, on=ahead(1))
    AppointmentFactory(
        enterprise=enterprise,
        dispute=both,
        officer_id=leaver.user.pk,
        second_id=second.user.pk,
        second_name=str(second.user),
        on=ahead(2),
    )
    assert not kinds_with(boss, alone)
    leave("revoke", boss, leaver, successors={city.first.pk: None})
    assert kinds_with(boss, alone) == {"mediation_sessions"}
    assert kinds_with(second, both) == {"mediation_sessions"}
    assert not kinds_with(boss, both)
    actor = boss.actor
    with station_scope(actor.scope()):
        found = {duty.code: counts for duty, counts in orphans(actor)}
    assert found == {"dispute_sessions": [(str(leaver.user), 1)]}
    left = boss.get("disputes:list", left="on").context["table"].page.object_list
    assert [row.record.pk for row in left] == [alone.pk]


def test_whoever_is_named_to_lead_is_told_once(city: City) -> None:
    boss, lead = chief(city.first), officer(city.first)
    dispute = DisputeFactory(enterprise=looked_after(city, boss), **FAR)
    for person in (boss, lead):  # who names themselves knows it
        boss.act(name_lead, id=dispute.pk, version=None, officer_id=person.user.pk)
    with scope_of(city.first, audience=Audience.SYSTEM):
        told = Notification.objects.filter(code="dispute.lead").values_list("user_id", flat=True)
        assert list(told) == [lead.user.pk]


def test_no_link_of_a_dispute_leads_a_reader_to_a_refusal(city: City) -> None:
    """Also of a supervisor, who reads everything and records nothing."""
    person = officer(city.first)
    enterprise = looked_after(city, person)
    settled = DisputeFactory(enterprise=enterprise, opened_on=ago(40), settled_on=ago(30))
    survey = {"way": "survey", "done_on": ago(1), "relapse": True, "reached": True, "satisfied": "no"}
    FollowUpFactory(enterprise=enterprise, dispute=settled, planned_on=ago(2), **survey)
    FollowUpFactory(enterprise=enterprise, dispute=settled, planned_on=ago(1))
    waits = DisputeFactory(enterprise=enterprise, opened_on=ago(20), risk="high", risk_next_on=ago(1))
    for reader in (supervisor(city.bureau), person):
        for dispute in (settled, waits):
            page = reader.get("disputes:detail", dispute.pk).text
            links = set(re.findall(r'(?:href|hx-get)="(/disputes/[^"#]*)"', page))
            answers = {link: reader.client.get(link.replace("&amp;", "&")).status_code for link in links}
            assert set(answers.values()) <= {200, 302}, answers
