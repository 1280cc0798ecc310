"""Agreements on their pages: from the form with its proposal to the receipt of the last payment."""

import base64
import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from disputes import tasks
from disputes.models import Agreement, Dispute, Payment
from facts.models import Attachment
from papers.models import Paper
from papers.operations.issuing import chinese_day
from tests.disputes.test_agreements import drawn
from tests.factories import (
    DisputeFactory,
    EnterpriseFactory,
    LetterheadFactory,
    MediationSessionFactory,
    PartyFactory,
)
from tests.facts.people import ago, ahead, chief, fresh, manager, officer, rows, supervisor, today
from tests.fixtures import City
from tests.papers.test_orders import words_of

pytestmark = pytest.mark.django_db
KEY = "8d3f9f0a-1111-4222-8333-44445555666"


@pytest.fixture
def dispute(city: City) -> Dispute:
    enterprise = EnterpriseFactory(station=city.first, name="和顺建筑劳务有限公司")
    LetterheadFactory(bureau=city.bureau, station=city.first)
    made: Dispute = DisputeFactory(enterprise=enterprise, opened_on=ago(40), amount="864000.00")
    MediationSessionFactory(enterprise=enterprise, dispute=made, on=ago(20))
    return made


def typed(**more: Any) -> dict[str, Any]:
    return {
        "kind": "peoples",
        "concluded_on": ago(20).isoformat(),
        "presided_by": "王建国",
        "facts": "四十人三个月工资未付。" * 40,
        "terms": "分期支付。" * 60,
        "debtor": "respondent",
        "creditor": "applicant",
        "total": "100",
        "number": "3",
        "every": "1m",
        "copies": "3",
        "rows": "1",
        "form_key": f"{KEY}1",
    } | more


def test_from_the_proposal_to_the_receipt(city: City, dispute: Dispute) -> None:
    boss = {"kind": "body", "side": "respondent", "role": "employer", "name": dispute.enterprise.name}
    PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of=boss)
    one, head = officer(city.first, "李珊"), chief(city.first)
    assert "agreement/" in one.get("disputes:detail", dispute.pk).text
    address = reverse("disputes:agreement_create", args=[dispute.pk])
    assert one.client.get(address).context["form"].initial["total"] == Decimal(864000)

    nonsense = one.client.post(address, typed(divide="1", shares="9E999999 9E999999"))
    assert [each.split(":")[0] for each in nonsense.context["proposal_errors"]] == ["Shares in percent"]
    proposed = one.client.post(address, typed(divide="1", first_on=ago(10).isoformat()))
    form = proposed.context["form"]
    assert [str(form[f"amount_{n}"].value()) for n in (1, 2, 3)] == ["33.33", "33.33", "33.34"]
    assert form["terms"].value().startswith("分期支付。")
    assert rows(Agreement, city.first) == []
    refused = one.client.post(address, typed(divide="1", shares="50 49"))
    assert refused.status_code == 422
    assert refused.context["proposal_errors"] == [
        "Shares in percent: The shares must be more than 0 and 100 together."
    ]

    lines = {
        "rows": "4",
        **{f"due_on_{n}": day.isoformat() for n, day in ((1, ago(10)), (2, ago(3)), (4, ahead(9)))},
        **{f"amount_{n}": amount for n, amount in ((1, "33.33"), (2, "33.33"), (4, "33.33"))},
    }
    short = one.client.post(address, typed(**lines))
    assert list(short.context["form"].errors) == ["total"]
    late = one.client.post(address, typed(**lines | {"amount_4": "33.34", "due_on_4": "2100-01-01"}))
    assert list(late.context["form"].errors) == ["due_on_4"], "at the row where it was typed"
    lines["amount_4"] = "33.34"
    for _twice in range(2):
        assert one.client.post(address, typed(**lines)).status_code == 302
    (agreement,) = rows(Agreement, city.first)

    unsigned = one.get("disputes:detail", dispute.pk).text
    assert "Not in effect yet" in unsigned
    assert "In breach" not in unsigned, "nobody owes anything before all have signed"
    assert "payments/" not in unsigned
    too_soon = one.client.get(reverse("disputes:payment_record", args=[dispute.pk]), follow=True)
    assert "Not all have signed the agreement yet" in too_soon.text

    picture = "data:image/png;base64," + base64.b64encode(drawn()).decode()
    sign = {
        "way": "screen",
        "signed_on": ago(20).isoformat(),
        "name_applicant": "陈大勇",
        "name_mediator": "王建国",
    }
    out_of_turn = one.post(
        "disputes:agreement_sign",
        dispute.pk,
        agreement.pk,
        **sign,
        picture_applicant=picture,
        picture_mediator=picture,
    )
    assert out_of_turn.status_code == 422
    signed = sign | {"name_respondent": "吴立新"}
    signed |= {f"picture_{each}": picture for each in ("applicant", "respondent", "mediator")}
    for _twice in range(2):
        answer = one.post("disputes:agreement_sign", dispute.pk, agreement.pk, **signed)
        assert answer.status_code == 302, answer.context["form"].errors
    assert fresh(dispute).settled_on == ago(20)

    page = one.get("disputes:detail", dispute.pk).text
    assert "In breach for 10 days" in page
    assert "陈大勇" in page
    tasks.find_breaches()
    assert fresh(dispute).settled_on is None

    pay = reverse("disputes:payment_record", args=[dispute.pk])
    dialog = one.client.get(pay, headers={"HX-Request": "true"})
    assert 'hx-encoding="multipart/form-data"' in dialog.text
    assert str(dialog.context["form"].initial["amount"]) == "33.33"
    given = {"paid_on": ago(2).isoformat(), "amount": "66.66", "way": "wages", "agreement": agreement.pk}
    proof = SimpleUploadedFile("回单.png", drawn(), "image/png")
    answer = one.client.post(pay, given | {"file": proof, "form_key": f"{KEY}2"})
    assert answer.status_code == 302, answer.context["form"].errors
    again = head.client.post(pay, given | {"form_key": f"{KEY}3"})
    assert (again.status_code, list(again.context["form"].errors)) == (422, ["amount"])
    less = given | {"amount": "10", "paid_on": ago(1).isoformat()}
    assert head.client.post(pay, less | {"form_key": f"{KEY}4"}).status_code == 302
    asked = one.client.post(pay, less | {"form_key": f"{KEY}5"})
    assert list(asked.context["form"].errors) == ["again"]
    assert 'type="checkbox" name="again"' in asked.text
    assert one.client.post(pay, less | {"form_key": f"{KEY}5", "again": "on"}).status_code == 302
    first, _second, third = rows(Payment, city.first)
    assert first.proof_id == rows(Attachment, city.first)[0].pk
    assert (
        one.post(
            "disputes:payment_take_back",
            dispute.pk,
            third.pk,
            version=fresh(dispute).version,
            reason="Typed twice",
        ).status_code
        == 302
    )
    assert (
        one.post(
            "disputes:payment_take_back",
            dispute.pk,
            third.pk,
            version=fresh(dispute).version,
            reason="Once more",
        ).status_code
        == 422
    )

    settle = head.get("disputes:settle_as_agreed", dispute.pk)
    assert settle.context["form"].initial["settled_on"] == today(), "not before the day it was reopened"
    version = fresh(dispute).version
    sent = {"version": version, "settled_on": today().isoformat(), "agreement": agreement.pk}
    answer = head.post("disputes:settle_as_agreed", dispute.pk, **sent)
    assert answer.status_code == 302
    assert fresh(dispute).settled_on == today()

    step = {"on": ago(15).isoformat(), "court": "东江区人民法院", "version": fresh(dispute).version}
    step["agreement"] = agreement.pk
    assert one.post("disputes:confirmation_step", dispute.pk, "applied", **step).status_code == 302

    for number, (name, id, part) in enumerate(
        (
            ("agreement_paper", agreement.pk, "人民调解协议书"),
            ("confirmation_paper", agreement.pk, "司法确认申请书"),
            ("payment_receipt", first.pk, "陆拾陆元陆角陆分"),
        )
    ):
        answer = one.post(f"disputes:{name}", dispute.pk, id, form_key=f"{KEY}{number}")
        assert answer.status_code == 302, answer.context["form"].errors
        paper = rows(Paper, city.first)[-1]
        assert part in words_of(one.get("papers:word", paper.pk).content)
        assert one.post(f"disputes:{name}", dispute.pk, id, form_key=f"{KEY}9").url == answer.url
        assert manager(dispute.enterprise).get("papers:paper", paper.pk).status_code == 404

    cover = words_of(one.get("disputes:cover", dispute.pk).content)
    titles = ["人民调解协议书", "司法确认申请书", "付款收据"]
    assert sorted(titles, key=cover.index) == titles, "in the order in which they were issued"
    receipt = words_of(one.get("papers:word", rows(Paper, city.first)[-1].pk).content)
    # island-is/island.is#22588: the day of the payment, and that of the issue
    assert chinese_day(ago(2)) in receipt
    assert "被申请方（和顺建筑劳务有限公司）" in receipt, "the only party of the side, whoever signed for it"
    assert "申请方（陈大勇）" in receipt, "who signed"
    assert chinese_day(today()) in receipt

    page = supervisor(city.bureau).get("disputes:detail", dispute.pk)
    assert page.status_code == 200
    assert "Record a payment" not in page.text
    assert manager(dispute.enterprise).get("disputes:detail", dispute.pk).status_code in (403, 404)


def test_a_stale_page_pays_nothing(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    address = reverse("disputes:agreement_create", args=[dispute.pk])
    line = {"due_on_1": ago(1).isoformat(), "amount_1": "100"}
    one.client.post(address, typed(kind="oral", copies="1", **line))
    (first,) = rows(Agreement, city.first)
    assert fresh(dispute).settled_on == ago(20), "an oral agreement takes effect at once"
    anew = {
        "replaces": first.pk,
        "ended_as": "replaced",
        "end_reason": "They agreed anew",
        "form_key": f"{KEY}8",
    }
    answer = one.client.post(address, typed(kind="oral", copies="1", **line | anew))
    assert answer.status_code == 302, answer.context["form"].errors
    pay = reverse("disputes:payment_record", args=[dispute.pk])
    given = {"paid_on": ago(2).isoformat(), "amount": "1", "way": "cash", "agreement": first.pk}
    assert one.client.post(pay, given).status_code == 422
    assert rows(Payment, city.first) == []
    page = one.get("disputes:detail", dispute.pk).text
    assert "1 earlier agreement" in page
    # from a dialog over the page it leads back to: with a fragment the browser would not read it again
    below = {"HX-Request": "true", "HX-Current-URL": f"http://testserver/disputes/{dispute.pk}/?alone=1"}
    paid = {**given, "agreement": rows(Agreement, city.first)[-1].pk}
    led = one.client.post(pay, paid, headers=below | {"HX-Current-URL": below["HX-Current-URL"][:-8]})
    assert led.headers["HX-Redirect"] == f"/disputes/{dispute.pk}/"
    led = one.client.post(pay, {**paid, "amount": "2"}, headers=below)
    assert led.headers["HX-Redirect"] == f"/disputes/{dispute.pk}/#agreement", "another page: it is read"
    assert dt.date.today().isoformat()[:4] in page


def test_pages_mask_the_parties_and_what_is_recorded_keeps_their_names(city: City, dispute: Dispute) -> None:
    one, name = officer(city.first), "欧阳建国"
    PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of={"name": name})
    address = reverse("disputes:agreement_create", args=[dispute.pk])
    one.client.post(address, typed(terms=f"{name}收到工资后离场。", total="", debtor="", creditor=""))
    (first,) = rows(Agreement, city.first)
    anew = one.client.get(address)
    signing = one.get("disputes:agreement_sign", dispute.pk, first.pk)
    assert name not in anew.text + signing.text
    assert "收到工资后离场" in signing.text
    begin = anew.context["form"].initial["terms"]
    sent = {
        "terms": f"{begin}三日内。",
        "replaces": first.pk,
        "ended_as": "replaced",
        "end_reason": "They agreed anew",
        "form_key": f"{KEY}9",
    }
    answer = one.client.post(address, typed(total="", debtor="", creditor="", **sent))
    assert answer.status_code == 302, answer.context["form"].errors
    assert [each.terms for each in rows(Agreement, city.first)][-1] == f"{name}收到工资后离场。三日内。"
