"""What was told follows what became of it: reports, sides, notifications; and one that cannot be done holds nobody up."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from psycopg2.errors import LockNotAvailable, QueryCanceled

from disputes import tasks
from disputes.agreements import paying, sweeping
from disputes.models import DisputeSide, EnterpriseReport, Party, Payment
from disputes.operations import void_dispute
from disputes.people import sides
from disputes.people.sides import write_sides
from disputes.reporting.answering import take_on
from disputes.sheets import _mask_parties
from enterprises.models import Enterprise
from enterprises.operations import hand_over
from foundation.accounts.models import AuditEntry
from foundation.accounts.operations.duties import hand_over_duties
from tests.disputes.test_agreements import at, conclude, march, pay, told
from tests.disputes.test_parties import typed
from tests.disputes.test_reports import owing, proof
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    EnterpriseReportFactory,
    FollowUpFactory,
    LiaisonFactory,
    PartyFactory,
)
from tests.facts.people import ago, ahead, chief, fresh, manager, officer, rows, supervisor, today
from tests.fixtures import City, revealed, scope_of

pytestmark = pytest.mark.django_db


def test_a_report_follows_the_payment_and_the_dispute_that_it_became(city: City) -> None:
    own, police = EnterpriseFactory(station=city.first), officer(city.first)
    dispute, head = owing(city, own, own), manager(own)
    paid = {"amount": "144000", "paid_on": today(), "way": "transfer"}
    head.post("disputes:own_payment", dispute.pk, **paid, file=proof(1))
    (report,) = rows(EnterpriseReport, city.first)
    url = reverse("disputes:report_payment", args=[dispute.pk, report.pk])
    begins = police.client.get(url).context["form"].initial
    assert police.client.post(url, {**begins, "paid_on": today()}).status_code == 302
    (payment,) = rows(Payment, city.first)

    def page() -> str:
        write_sides(city.bureau.pk, city.first.pk, dispute.pk)
        text: str = head.get("disputes:own_report", report.pk).content.decode()
        return text

    assert "has recorded the payment" in page()
    right = {"id": dispute.pk, "reason": "Another day", "paid_on": today(), "amount": Decimal(100_000)}
    corrected = police.act(paying.correct_payment, payment_id=payment.pk, **right)
    assert "has recorded the payment" in page(), "a corrected payment is one"
    police.act(paying.take_back_payment, id=dispute.pk, payment_id=corrected.pk, reason="Another dispute")
    assert "has taken the payment back" in page()
    assert "Taken back" in head.get("disputes:own_disputes").content.decode()
    assert "payment was taken back" in police.get("disputes:report", report.pk).content.decode()
    for state, number in (("paid", 0), ("undone", 1)):
        listed = police.get("disputes:reports", state=state).context_data["table"].paginator.count
        assert listed == number, state

    told_one = EnterpriseReportFactory(enterprise=own, kind="wages")
    taken = police.act(
        take_on, id=told_one.pk, summary="Wages of June", opened_on=told_one.told_on, due_on=ahead(9)
    )
    chief(city.first).act(void_dispute, id=taken.dispute_id, version=1, reason="Recorded twice")
    write_sides(city.bureau.pk, city.first.pk, taken.dispute_id)
    assert "has withdrawn the dispute" in head.get("disputes:own_report", told_one.pk).content.decode()


def test_who_told_a_report_lies_sealed(city: City) -> None:
    report = EnterpriseReportFactory(enterprise__station=city.first, by="ZQPLANT Ma")
    with scope_of(city.first), connection.cursor() as cursor:
        cursor.execute("SELECT by FROM disputes_enterprisereport WHERE id = %s", [report.pk])
        (stored,) = cursor.fetchone()
        assert "ZQPLANT" not in stored
        assert EnterpriseReport.objects.get(pk=report.pk).by == "ZQPLANT Ma"


def test_all_that_an_enterprise_told_is_reached(city: City) -> None:
    own = EnterpriseFactory(station=city.first)
    with scope_of(city.first):
        told_them = [EnterpriseReportFactory(enterprise=own) for _ in range(12)]
    head = manager(own)
    first = head.get("disputes:own_disputes").content.decode()
    everything = reverse("disputes:own_reports")
    assert everything in first
    text = head.client.get(everything).content.decode()
    assert all(reverse("disputes:own_report", args=[each.pk]) in text for each in told_them)
    other = manager(EnterpriseFactory(station=city.first))
    assert everything not in other.get("disputes:own_disputes").content.decode()


def test_a_side_knows_at_once_which_station_leads_after_a_hand_over(
    city: City, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, side = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.second)
    owing(city, lead, side)
    (own,) = rows(DisputeSide, city.second)
    assert not own.is_here
    monkeypatch.setattr(tasks.tell_sides_of, "delay", tasks.tell_sides_of)
    boss = supervisor(city.bureau)
    given = {"on": today(), "reason": "New borders"}
    with django_capture_on_commit_callbacks(execute=True):
        boss.act(hand_over, enterprise_id=lead.pk, to_station_id=city.second.pk, **given)
    found = {each.enterprise_id: each.is_here for each in rows(DisputeSide, city.second)}
    assert found == {lead.pk: True, side.pk: True}
    boss.act(hand_over, enterprise_id=side.pk, to_station_id=city.first.pk, **given)
    assert not rows(DisputeSide, city.first)[0].is_here
    with scope_of(city.first):
        moved = Enterprise.objects.get(pk=side.pk)
    assert "Take your proof of payment there" in manager(moved).get("disputes:own_disputes").text


def test_a_hand_over_tells_no_sides_of_a_closed_dispute(
    city: City, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead, side = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.second)
    days = {"opened_on": ago(30), "settled_on": ago(20)}
    disputes = [DisputeFactory(enterprise=lead, **days, **more) for more in ({}, {"closed_on": ago(9)})]
    for each in disputes:
        of = {"kind": "body", "name": side.name, "side": "respondent"}
        PartyFactory(enterprise=lead, dispute=each, registered_id=side.pk, of=of)
    asked: list[int] = []
    monkeypatch.setattr(tasks.tell_sides_of, "delay", lambda _bureau, _station, id: asked.append(id))
    given = {"on": today(), "reason": "New borders"}
    with django_capture_on_commit_callbacks(execute=True):
        supervisor(city.bureau).act(hand_over, enterprise_id=lead.pk, to_station_id=city.second.pk, **given)
    assert asked == [disputes[0].pk]


def test_a_breach_after_one_that_was_mended_is_told_again(city: City) -> None:
    one, head = officer(city.first), chief(city.first)
    dispute = DisputeFactory(enterprise=EnterpriseFactory(station=city.first), opened_on=march(1))
    with at(march(2)):
        agreement = conclude(one, dispute, kind="oral", copies=1)
    with at(march(12)):
        tasks.find_breaches()
        assert told(head).count("dispute.breached") == 1
        payment = pay(one, dispute, march(9), 100)
        sent = {"agreement": agreement.pk, "reason": "Paid on the 9th", "version": fresh(dispute).version}
        assert head.post("disputes:breach_undo", dispute.pk, 1, **sent).status_code == 302
        one.act(paying.take_back_payment, id=dispute.pk, payment_id=payment.pk, reason="Another dispute")
        tasks.find_breaches()
        assert told(head).count("dispute.breached") == 2
        tasks.find_breaches()
        assert told(head).count("dispute.breached") == 2


def test_a_row_that_somebody_holds_does_not_end_a_sweep(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    def held(_actor: Any, id: int, _today: Any) -> int:
        if id == 1:
            raise OperationalError from LockNotAvailable()
        done.append(id)
        return 1

    actor = sweeping._actor_of(city.bureau.pk)
    found = sweeping._each(city.bureau.pk, [1, 2, 3], lambda id: held(actor, id, None), actor, "held")
    assert (found, done) == (2, [2, 3])


def test_a_statement_that_was_cut_short_is_tried_again_and_no_fault_of_its_row(
    city: City, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Else a slow hour leaves a breach unwritten, or a side untold, as if something were wrong with that dispute."""
    done: list[int] = []

    def once_cut_short(id: int) -> int:
        done.append(id)
        if id == 1 and done.count(1) == 1:
            raise OperationalError from QueryCanceled()
        return 1

    actor = sweeping._actor_of(city.bureau.pk)
    assert sweeping._each(city.bureau.pk, [1, 2, 3], once_cut_short, actor, "at fault") == 3
    assert done == [1, 2, 3, 1]

    asked: list[int] = []

    def always(_bureau: int, _station: int, id: int) -> int:
        asked.append(id)
        raise OperationalError from QueryCanceled()

    disputes = [DisputeFactory(enterprise__station=city.first, opened_on=ago(9)) for _each in range(2)]
    monkeypatch.setattr(sides, "write_sides", always)
    with pytest.raises(OperationalError):  # nobody's fault: the run ends, and the next one goes on
        sides.tell_stale_sides(city.bureau.pk, timezone.now())
    ids = [each.pk for each in disputes]
    assert asked == [*ids, ids[0]]
    assert "at fault" not in caplog.text
    assert "not told" not in caplog.text


def test_all_enterprises_of_who_leaves_are_locked_at_once_in_their_order(city: City) -> None:
    """Otherwise two who hand over at once wait for each other: each duty locked its own enterprises alone."""
    head, leaver, successor = chief(city.first), officer(city.first), officer(city.first)
    first, second = (EnterpriseFactory(station=city.first) for _ in range(2))
    with scope_of(city.first):
        LiaisonFactory(
            enterprise=second, officer=leaver.user, from_on=ago(90)
        )  # the first duty: the later one
        dispute = DisputeFactory(enterprise=first, opened_on=ago(9), settled_on=ago(3))
        FollowUpFactory(dispute=dispute, enterprise=first, planned_on=ahead(3), officer_id=leaver.user.pk)
    with CaptureQueriesContext(connection) as queries:
        head.act(
            hand_over_duties,
            user_id=leaver.user.pk,
            successors={city.first.pk: successor.user.pk},
            reason="x y",
        )
    table = Enterprise._meta.db_table
    locks = [
        each["sql"] for each in queries if f'FROM "{table}"' in each["sql"] and "FOR " in each["sql"][-60:]
    ]
    assert f"({first.pk}, {second.pk})" in locks[0], locks[0]


def test_what_may_name_somebody_unreadable_is_not_shown(city: City) -> None:
    """A party's name is sealed; once its key is gone, nobody can mask it in texts that lie in clear."""
    enterprise = EnterpriseFactory(station=city.first)
    dispute = DisputeFactory(enterprise=enterprise, opened_on=ago(9), claimed="Wages for 陈建国, he says")
    PartyFactory(enterprise=enterprise, dispute=dispute, of=typed())
    police = officer(city.first)
    page = police.get("disputes:detail", dispute.pk).content.decode()
    assert "Wages for 陈**, he says" in page
    with override_settings(SECRET_KEY="lost", SECRET_KEY_FALLBACKS=[]):
        again = officer(city.first)
        for name in ("detail", "correct"):
            page = again.get(f"disputes:{name}", dispute.pk).content.decode()
            assert "陈建国" not in page, name
            assert "he says" not in page, name
        form = again.get("disputes:correct", dispute.pk).context["form"]
        given = {name: value for name, value in form.initial.items() if value not in (None, "")}
        sent = again.post(
            "disputes:correct", dispute.pk, **given | {"place": "Yard 3", "version": 1, "reason": "The place"}
        )
        assert sent.status_code == 302, sent.context["form"].errors
    assert fresh(dispute).claimed == "Wages for 陈建国, he says"


def test_an_imported_title_names_no_party_of_the_dispute(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    dispute = DisputeFactory(enterprise=enterprise, opened_on=ago(9), summary="Wages of 陈**")
    PartyFactory(enterprise=enterprise, dispute=dispute, of=typed())
    police = officer(city.first)
    with scope_of(city.first):
        given = {"summary": "Wages of 陈建国 again", "people": 3}
        assert _mask_parties(police.actor, dispute, given) == {"summary": "Wages of 陈** again", "people": 3}
        assert _mask_parties(police.actor, dispute, {"summary": "Wages of 陈建国"}) == {}


def test_the_log_says_whose_parties_were_taken_away(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    dispute = DisputeFactory(enterprise=enterprise, opened_on=ago(9), kind="wages")
    for each in (typed(), typed(name="Anna Berg", identity="", phone="")):
        PartyFactory(enterprise=enterprise, dispute=dispute, of=each)
    police = officer(city.first)
    answer = police.post("disputes:parties", dispute.pk, download="csv")
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert len(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))) == 3
    with scope_of(city.first):
        (entry,) = revealed(AuditEntry.objects.filter(action="export.take_away"))
    assert f"{dispute.get_kind_display()} {dispute.pk}" in entry.after["filters"]
    assert rows(Party, city.first)
