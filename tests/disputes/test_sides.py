"""The snapshots that enterprises have of their sides of a dispute."""

from typing import Any

import pytest
from django.utils import timezone
from stdnum.cn import uscc

from disputes.models import Dispute, DisputeSide, Party
from disputes.operations import void_dispute
from disputes.people import sides as sides_module
from disputes.people.sides import tell_stale_sides, write_sides
from disputes.tasks import tell_sides_of
from tests.factories import DisputeFactory, EnterpriseFactory, PartyFactory
from tests.facts.people import ago, ahead, chief, manager, officer, rows, today
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
STEMS = ("91510300MA1QHWAA0", "91510300MA1QHWAB9")


def sides(city: City) -> list[DisputeSide]:
    return [*rows(DisputeSide, city.first), *rows(DisputeSide, city.second)]


def test_another_registered_party_has_its_own_row_and_reads_that_alone(
    city: City, django_capture_on_commit_callbacks: Any
) -> None:
    lead = EnterpriseFactory(station=city.first)
    codes = [stem + uscc.calc_check_digit(stem) for stem in STEMS]
    other = EnterpriseFactory(station=city.second, credit_code=codes[0])
    foreign = EnterpriseFactory(station=city.elsewhere, credit_code=codes[1])
    dispute = DisputeFactory(enterprise=lead, opened_on=ago(9), due_on=ahead(5), summary="Wages of forty")
    person = officer(city.first)
    with django_capture_on_commit_callbacks() as told:
        for each in (other, foreign):
            sent = {
                "side": "respondent",
                "role": "contractor",
                "name": each.name,
                "credit_code": each.credit_code,
            }
            answer = person.post("disputes:party_add", dispute.pk, query="?kind=body", **sent)
            assert answer.status_code == 302, answer.context["form"].errors
    assert told, "the task is queued when the transaction is done"
    linked, text = rows(Party, city.first)
    assert (linked.registered_id, text.registered_id) == (other.pk, 0), "one of another bureau is text"
    for _twice in range(2):
        tell_sides_of(city.bureau.pk, city.first.pk, dispute.pk)
    assert {(each.enterprise_id, each.is_lead, each.side, each.next_on) for each in sides(city)} == {
        (lead.pk, True, "", ahead(5)),
        (other.pk, False, "respondent", ahead(5)),
    }
    page = manager(other).get("disputes:own_disputes").content.decode()
    assert "Wages" in page
    assert "Wages of forty" not in page
    assert lead.name not in page
    with scope_of(city.second):
        assert not Dispute.objects.exists(), "nothing else of the other station"
        assert DisputeSide.objects.get().enterprise_id == other.pk
    there = officer(city.second).get("desk:file_tab", other.pk, "disputes").content.decode()
    assert "A side in disputes that others lead" in there
    assert "Wages of forty" not in there
    assert person.post("disputes:settle", dispute.pk, version=1, settled_on=today()).status_code == 302
    assert person.post("disputes:party_void", dispute.pk, linked.pk, reason="Not involved").status_code == 302
    assert write_sides(city.bureau.pk, city.first.pk, dispute.pk) == 1
    own, its = sides(city)
    assert (own.settled_on, own.next_on, own.ended_at) == (today(), None, None)
    assert its.ended_at is not None
    assert "No disputes" in manager(other).get("disputes:own_disputes").content.decode()


def test_the_nightly_task_writes_what_is_missing_and_then_nothing(city: City) -> None:
    DisputeFactory(enterprise=EnterpriseFactory(station=city.first), opened_on=ago(9), due_on=ahead(5))
    DisputeFactory(enterprise=EnterpriseFactory(station=city.second), opened_on=ago(9), settled_on=ago(2))
    since = rows(Dispute, city.first)[0].recorded_at
    assert tell_stale_sides(city.bureau.pk, since) == 2
    assert len(sides(city)) == 2
    assert tell_stale_sides(city.bureau.pk, since) == 0


def test_the_nightly_task_finds_what_no_task_told(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a night without a queue: a party that came, a dispute that was voided; one that fails hinders no other."""
    one, other, third = (
        DisputeFactory(enterprise__station=city.first, opened_on=ago(9), settled_on=ago(2))
        for _number in range(3)
    )
    since = one.recorded_at
    assert tell_stale_sides(city.bureau.pk, since) == 3
    stem = STEMS[0]
    party = EnterpriseFactory(station=city.second, credit_code=stem + uscc.calc_check_digit(stem))
    PartyFactory(
        enterprise=one.enterprise,
        dispute=one,
        registered_id=party.pk,
        of={"kind": "body", "name": party.name, "side": "respondent"},
    )
    chief(city.first).act(void_dispute, id=other.pk, version=None, reason="Recorded twice")
    assert tell_stale_sides(city.bureau.pk, since) == 2
    assert [each.ended_at is None for each in rows(DisputeSide, city.first)] == [True, False, True]
    assert [each.dispute_id for each in rows(DisputeSide, city.second)] == [one.pk]
    assert tell_stale_sides(city.bureau.pk, since) == 0

    def fails(bureau_id: int, station_id: int, dispute_id: int) -> int:
        if dispute_id == one.pk:
            raise RuntimeError("a bad one")
        return write_sides(bureau_id, station_id, dispute_id)

    monkeypatch.setattr(sides_module, "write_sides", fails)
    with scope_of(city.first):
        Dispute.objects.filter(pk__in=[one.pk, third.pk]).update(changed_at=timezone.now())
    assert tell_stale_sides(city.bureau.pk, since) == 1
