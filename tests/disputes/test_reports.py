"""What an enterprise tells its station about disputes, and what the station answers."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from disputes.models import Agreement, Dispute, DisputeSide, EnterpriseReport, Payment
from disputes.people.sides import write_sides
from disputes.portal_pages import REPORTS_SHOWN
from disputes.reporting.answering import confirm_payment
from enterprises.models import Enterprise
from foundation.accounts.access import Role
from foundation.accounts.models import Bureau
from foundation.inbox.models import Notification
from foundation.tenancy.scope import Audience, station_scope
from inspections.selectors import count_pressing
from portal.pressing import pressing
from tests.attachments.pictures import drawn
from tests.disputes.test_planted import leaks
from tests.factories import (
    AgreementFactory,
    DepartmentFactory,
    DisputeFactory,
    EnterpriseFactory,
    EnterpriseReportFactory,
    InstalmentFactory,
    LiaisonFactory,
    PartyFactory,
)
from tests.facts.people import Person, ago, ahead, log, manager, officer, rows, today
from tests.fixtures import City, scope_of_bureau

pytestmark = pytest.mark.django_db

SAID = "ZQPLANT Forty workers of the third site have had no wages since May"
PHONE = "13777770731"
REPORT = {
    "about": "mediation",
    "kind": "wages",
    "said": SAID,
    "people": "40",
    "amount": "288000",
    "contact": "ZQPLANT-Ma",
    "phone": PHONE,
}


@pytest.fixture
def own(city: City) -> Enterprise:
    return EnterpriseFactory(station=city.first, name="Nanhai Building")


def told(user: Person, bureau: Bureau) -> list[tuple[str, Any]]:
    """Return what the person was notified of: cause and values."""
    with scope_of_bureau(bureau, audience=Audience.SYSTEM):
        found = Notification.objects.filter(user_id=user.user.pk).order_by("pk")
        return [(each.code, each.values) for each in found]


def test_an_enterprise_reports_a_dispute_and_the_station_takes_it_on(city: City, own: Enterprise) -> None:
    """Sent twice it is one report; its words and its telephone stand in no log, list, notification or readable column."""
    head, police = manager(own), officer(city.first)
    LiaisonFactory(enterprise=own, officer=police.user, from_on=ago(300))
    for _twice in range(2):
        sent = head.post("disputes:own_report_create", **REPORT)
        assert sent.status_code == 302, sent.context["form"].errors
    (report,) = rows(EnterpriseReport, city.first)
    assert PHONE not in report.sealed_phone
    receipt = head.client.get(sent.url).content.decode()
    assert report.number in receipt
    assert "What happens next" in receipt
    assert PHONE in receipt
    assert "With the station" in head.get("disputes:own_disputes").content.decode()
    # the officer finds it: notified, on Today, in the list
    assert ("dispute_report.told", own.name) in [
        (code, said.get("enterprise")) for code, said in told(police, city.bureau)
    ]
    assert not leaks(police.get("accounts:inbox"), ["ZQPLANT", PHONE])
    for page in (police.get("desk:today"), police.get("disputes:reports")):
        text = page.content.decode()
        assert reverse("disputes:report", args=[report.pk]) in text
        assert not leaks(page, ["ZQPLANT", PHONE])
    page = police.get("disputes:report", report.pk).content.decode()
    assert SAID in page
    assert PHONE in page
    begins = police.get("disputes:report_take", report.pk).context["form"].initial
    assert (begins["summary"], begins["opened_on"]) == ("40 people, 288,000 yuan", today())
    refused = police.post("disputes:report_take", report.pk, summary=f"Call {PHONE}", opened_on=today())
    assert list(refused.context["form"].errors) == ["summary"]
    taken = {"summary": "Wages of forty", "opened_on": today(), "due_on": ahead(30)}
    answers = [police.post("disputes:report_take", report.pk, **taken).status_code for _twice in range(2)]
    assert answers == [302, 302]
    colleague = officer(city.first)
    assert colleague.post("disputes:report_take", report.pk, **taken).status_code == 422
    (dispute,) = rows(Dispute, city.first)
    assert (dispute.people, dispute.amount, dispute.heard) == (40, Decimal(288000), "portal")
    assert police.post("disputes:report_decline", report.pk, reason="Too late").status_code == 422
    assert SAID in police.get("disputes:detail", dispute.pk).content.decode()
    assert "The station has taken it on" in head.client.get(sent.url).content.decode()
    entries = [each for each in log(city.first) if each.action.startswith("dispute_report.")]
    assert [each.action for each in entries] == ["dispute_report.tell", "dispute_report.take"]
    assert not [each for each in entries if "ZQPLANT" in f"{each.before}{each.after}{each.reason}"]


def test_a_corrected_amount_is_another_report(city: City, own: Enterprise) -> None:
    head = manager(own)
    for amount in ("288000", "288000", "298000"):
        assert head.post("disputes:own_report_create", **REPORT | {"amount": amount}).status_code == 302
    assert [each.amount for each in rows(EnterpriseReport, city.first)] == [288000, 298000]


def test_the_enterprise_reads_why_its_report_is_declined(city: City, own: Enterprise) -> None:
    head, police = manager(own), officer(city.first)
    for field, wrong in {
        "about": "payment",
        "kind": "nonsense",
        "said": " ",
        "people": "0",
        "amount": "-5",
        "phone": "none",
        "happened_on": ahead(3),
    }.items():
        answer = head.post("disputes:own_report_create", **REPORT | {field: wrong})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    # what the dispute could not have: whoever takes the report on has no field to mend it
    silly = {"people": "20000", "amount": "2000000000", "happened_on": "0202-06-01", "phone": ""}
    for field, wrong in silly.items():
        answer = head.post("disputes:own_report_create", **REPORT | {field: wrong})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    head.post("disputes:own_report_create", **REPORT)
    (report,) = rows(EnterpriseReport, city.first)
    assert police.post("disputes:report_decline", report.pk, reason="").status_code == 422
    assert police.post("disputes:report_decline", report.pk, reason="Known already").status_code == 302
    assert "Known already" in head.get("disputes:own_report", report.pk).content.decode()
    assert (
        police.post("disputes:report_take", report.pk, summary="Wages", opened_on=today()).status_code == 422
    )
    assert rows(Dispute, city.first) == []
    # the same once more is a new report: the other one has its answer
    head.post("disputes:own_report_create", **REPORT)
    assert len(rows(EnterpriseReport, city.first)) == 2


def test_what_waits_for_an_answer_is_first_however_much_was_answered(city: City, own: Enterprise) -> None:
    head, answered_at = manager(own), timezone.now()
    waits = EnterpriseReportFactory(enterprise=own)
    for days in range(REPORTS_SHOWN):
        answered_on = answered_at - dt.timedelta(days=days)
        EnterpriseReportFactory(enterprise=own, answered_at=answered_on, declined=f"Known for {days} days")
    shown = head.get("disputes:own_disputes").context["reports"]
    assert shown[0].pk == waits.pk
    assert [each.declined for each in shown[1:3]] == ["Known for 0 days", "Known for 1 days"]


def test_an_officer_enters_a_report_from_a_call_and_files_it_with_a_dispute(
    city: City, own: Enterprise
) -> None:
    police, head = officer(city.first), manager(own)
    led = DisputeFactory(enterprise=own, opened_on=ago(9), summary="Wages of May")
    values = {**REPORT, "enterprise": own.pk, "way": "call", "told_on": ago(1)}
    refused = police.post("disputes:report_create", **values)
    assert list(refused.context["form"].errors) == ["by"]
    sent = police.post("disputes:report_create", **values, by="Ma Zhenhua")
    (report,) = rows(EnterpriseReport, city.first)
    assert (report.by, report.way, report.told_on) == ("Ma Zhenhua", "call", ago(1))
    assert report.entered_by == police.actor.name
    assert sent.url == reverse("disputes:report", args=[report.pk])
    page = head.get("disputes:own_report", report.pk).content.decode()
    assert "entered by" in page
    foreign = DisputeFactory(enterprise__station=city.first, opened_on=ago(9))
    assert police.post("disputes:report_take", report.pk, into=foreign.pk).status_code == 422
    assert police.post("disputes:report_take", report.pk, into=led.pk).status_code == 302
    assert len(rows(Dispute, city.first)) == 2
    (report,) = rows(EnterpriseReport, city.first)
    assert report.dispute_id == led.pk
    again = {"into": led.pk}, {"summary": "Wages of June", "opened_on": today()}
    answers = [police.post("disputes:report_take", report.pk, **each).status_code for each in again]
    assert answers == [302, 422], "taken on as another dispute it would be another answer"
    assert len(rows(Dispute, city.first)) == 2


def owing(city: City, lead: Enterprise, debtor: Enterprise) -> Dispute:
    """Return a dispute under whose agreement a side owes 288,000 yuan in two instalments."""
    dispute = DisputeFactory(enterprise=lead, opened_on=ago(30), settled_on=ago(20))
    body = {"kind": "body", "name": debtor.name, "side": "respondent", "credit_code": debtor.credit_code}
    PartyFactory(enterprise=lead, dispute=dispute, registered_id=debtor.pk, of=body)
    agreement = AgreementFactory(
        enterprise=lead,
        dispute=dispute,
        concluded_on=ago(20),
        effective_on=ago(20),
        debtor="respondent",
        creditor="applicant",
    )
    for number, day in ((1, ahead(1)), (2, ahead(30))):
        InstalmentFactory(
            enterprise=lead,
            dispute=dispute,
            agreement=agreement,
            number=number,
            due_on=day,
            fen=14_400_000,
        )
    write_sides(city.bureau.pk, lead.station_id, dispute.pk)
    return dispute


def proof(number: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("bank.jpg", drawn(number, 600), content_type="image/jpeg")


@pytest.mark.parametrize("leads", [True, False])
def test_a_proof_of_payment_is_confirmed_in_one_act(city: City, own: Enterprise, leads: bool) -> None:
    """Also of a side that does not lead the dispute; then its file is copied to the dispute."""
    lead = own if leads else EnterpriseFactory(station=city.first)
    dispute, head, police = owing(city, lead, own), manager(own), officer(city.first)
    page = head.get("disputes:own_disputes").content.decode()
    assert "288,000.00 yuan" in page
    chinese = head.client.get(reverse("disputes:own_disputes"), headers={"Accept-Language": "zh-hans"})
    assert "288,000.00 元" in chinese.content.decode()
    form = head.get("disputes:own_payment", dispute.pk).content.decode()
    assert "288,000.00 yuan" in form
    assert ahead(1).isoformat() in form
    (due,) = [each for each in head.get("portal:my_tasks").context["now"] if each.icon == "cash"]
    assert (due.due_on, due.url) == (ahead(1), reverse("disputes:own_disputes"))
    assert due.presses
    with station_scope(head.actor.scope()):
        assert pressing(head.actor) == count_pressing(head.actor) + 1, "every page says that something is due"
    paid = {"amount": "144000", "paid_on": today(), "way": "transfer"}
    for field, wrong in {"amount": "300000", "paid_on": ahead(1), "way": "x", "file": ""}.items():
        answer = head.post("disputes:own_payment", dispute.pk, **{**paid, "file": proof(1), field: wrong})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    for _twice in range(2):
        sent = head.post("disputes:own_payment", dispute.pk, **paid, file=proof(1))
        assert sent.status_code == 302, sent.context["form"].errors
    (due,) = [each for each in head.get("portal:my_tasks").context["now"] if each.icon == "cash"]
    assert f"Your proof of {today()} (144,000.00 yuan) waits for the station" in due.text
    (report,) = rows(EnterpriseReport, city.first)
    assert head.get("disputes:own_report_file", report.pk).status_code == 200
    assert police.get("disputes:report_file", report.pk).status_code == 200
    detail = police.get("disputes:detail", dispute.pk).content.decode()
    url = reverse("disputes:report_payment", args=[dispute.pk, report.pk])
    assert url in detail
    begins = police.client.get(url).context["form"].initial
    assert (begins["amount"], begins["paid_on"], begins["way"]) == (Decimal(144000), today(), "transfer")
    for _twice in range(2):
        police.client.post(url, {**begins, "paid_on": today()})
    (payment,) = rows(Payment, city.first)
    assert payment.fen == 14_400_000
    assert police.get("disputes:file", dispute.pk, payment.proof_id).status_code == 200
    write_sides(city.bureau.pk, city.first.pk, dispute.pk)
    assert "144,000.00 yuan" in head.get("disputes:own_disputes").content.decode()
    assert "Your proof" not in head.get("portal:my_tasks").content.decode()
    assert "has recorded the payment" in head.get("disputes:own_report", report.pk).content.decode()
    head.post("disputes:own_payment", dispute.pk, **paid, file=proof(2))
    _first, second = rows(EnterpriseReport, city.first)
    assert police.post("disputes:report_decline", second.pk, reason="Cannot be read").status_code == 302
    assert "Cannot be read" in head.get("disputes:own_report", second.pk).content.decode()
    assert len(rows(Payment, city.first)) == 1


def test_a_payment_locks_the_enterprises_on_both_sides_in_the_order_of_all(
    city: City, own: Enterprise
) -> None:
    """Otherwise whoever confirms one waits for whoever screens both, and the other way round."""
    lead = EnterpriseFactory(station=city.first)
    dispute, head, police = owing(city, lead, own), manager(own), officer(city.first)
    paid = {"amount": "144000", "paid_on": today(), "way": "transfer", "file": proof(1)}
    head.post("disputes:own_payment", dispute.pk, **paid)
    (report,) = rows(EnterpriseReport, city.first)
    (agreement,) = rows(Agreement, city.first)
    given = {
        "dispute_id": dispute.pk,
        "agreement_id": agreement.pk,
        "paid_on": today(),
        "amount": Decimal(144000),
    }
    with CaptureQueriesContext(connection) as queries:
        police.act(confirm_payment, id=report.pk, **given)
    table = f'FROM "{Enterprise._meta.db_table}"'
    locked = [each["sql"] for each in queries if "FOR NO KEY UPDATE" in each["sql"] and table in each["sql"]]
    assert f"IN ({own.pk}, {lead.pk})" in locked[0]


def test_who_is_named_in_a_report_is_masked_for_the_police(city: City, own: Enterprise) -> None:
    """As on the page of the dispute. Whom to call is shown; a reason that names a party is refused: the log keeps it."""
    dispute, head, police = owing(city, own, own), manager(own), officer(city.first)
    PartyFactory(enterprise=own, dispute=dispute, of={"name": "甄秘密"})
    words = "For 甄 秘密, who signed; her number is 13900001111"
    paid = {"amount": "144000", "paid_on": today(), "way": "transfer", "remark": words}
    assert head.post("disputes:own_payment", dispute.pk, **paid, file=proof(1)).status_code == 302
    (report,) = rows(EnterpriseReport, city.first)
    for name, key in (("report", report.pk), ("detail", dispute.pk)):
        text = police.get(f"disputes:{name}", key).content.decode()
        assert "For 甄**, who signed; her number is 139****1111" in text, name
    assert words in head.get("disputes:own_report", report.pk).content.decode()
    for reason in ("Not signed by 甄秘密", "Call 13900001111"):
        refused = police.post("disputes:report_decline", report.pk, reason=reason)
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    head.post("disputes:own_report_create", **REPORT | {"said": "甄秘密 says call 13900001111"})
    _proof, other = rows(EnterpriseReport, city.first)
    text = police.get("disputes:report", other.pk).content.decode()
    assert "says call 139****1111" in text
    assert PHONE in text


def test_a_proof_for_another_station_is_taken_there(city: City) -> None:
    lead, own = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.second)
    dispute, head = owing(city, lead, own), manager(own)
    (side,) = rows(DisputeSide, city.second)
    assert (side.owes, side.is_here) == (288000, False)
    assert "Take your proof of payment there" in head.get("disputes:own_disputes").content.decode()
    paid = {"amount": "144000", "paid_on": today(), "way": "transfer", "file": proof(1)}
    answer = head.post("disputes:own_payment", dispute.pk, **paid)
    assert answer.status_code == 422
    assert rows(EnterpriseReport, city.second) == []


@pytest.mark.parametrize("who", ["neighbour", "officer_second", "department_officer", "operator"])
def test_nobody_else_reads_a_report(who: str, city: City, own: Enterprise) -> None:
    manager(own).post("disputes:own_report_create", **REPORT)
    (report,) = rows(EnterpriseReport, city.first)
    person = {
        "neighbour": lambda: manager(EnterpriseFactory(station=city.first)),
        "officer_second": lambda: officer(city.second),
        "department_officer": lambda: Person(
            Role.DEPARTMENT_OFFICER, bureau=city.bureau, department=DepartmentFactory(bureau=city.bureau)
        ),
        "operator": lambda: Person(Role.OPERATOR),
    }[who]()
    for name in ("report", "own_report", "report_file", "own_report_file", "report_take", "report_decline"):
        for answer in (
            person.get(f"disputes:{name}", report.pk),
            person.post(f"disputes:{name}", report.pk, reason="x"),
        ):
            assert answer.status_code in (403, 404, 405)
            assert not leaks(answer, ["ZQPLANT", PHONE])
    for name in ("reports", "own_disputes"):
        assert not leaks(person.get(f"disputes:{name}"), ["ZQPLANT", PHONE])
