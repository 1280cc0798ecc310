"""The parties of a dispute as a file: masked from the list, unmasked only with the right to open, each opening in the log."""

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.disputes.test_parties import identity
from tests.factories import DisputeFactory, EnterpriseFactory, PartyFactory
from tests.facts.people import ago, fresh, log, manager, officer
from tests.fixtures import City

pytestmark = pytest.mark.django_db
SECRETS = ("陈建国", identity(), "13800000731", "王秘密")


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    content: bytes = answer.content
    return content.decode("utf-8-sig")


def test_masked_from_the_list_and_unmasked_for_a_reason_that_is_logged(city: City) -> None:
    enterprise = EnterpriseFactory(station=city.first)
    dispute = DisputeFactory(enterprise=enterprise, opened_on=ago(9))
    of = {"dispute": dispute, "enterprise": enterprise}
    first = PartyFactory(
        **of,
        of={"name": "陈建国", "identity": identity(), "phone": "13800000731", "representative": "王秘密"},
    )
    second = PartyFactory(**of, of={"name": "李大力"})
    person = officer(city.first)

    masked = text_of(person.post("disputes:parties", dispute.pk, download="csv"))
    assert len(list(csv.reader(io.StringIO(masked)))) == 3
    assert "陈**" in masked
    assert not [each for each in SECRETS if each in masked]

    page = "disputes:party_sheet_opened"
    assert person.post(page, dispute.pk, reason="", kind="csv").status_code == 422
    assert person.post(page, dispute.pk, reason="陈建国 来电", kind="csv").status_code == 422
    assert not [each for each in log(city.first) if "open_party" in each.action]
    answer = person.post(page, dispute.pk, reason="For the court", kind="csv")
    opened = text_of(answer)
    assert all(each in opened for each in SECRETS)
    back = SimpleUploadedFile("parties.csv", answer.content)
    again = person.post("disputes:party_sheet", dispute.pk, side=first.side, role=first.role, file=back)
    assert [(why, lines) for why, _number, lines, _more in again.context["left_out"]] == [
        ("a party already, on this side", "2")
    ]
    assert [(row.number, [cell.field for cell in row.wrong]) for row in again.context["wrong"]] == [
        (3, ["name"])
    ]
    assert answer.headers["Cache-Control"] == "private, no-store"
    entries = [each for each in log(city.first) if each.reason == "For the court"]
    assert [each.after["party"] for each in entries] == [f"{first.number}–{second.number}"]
    assert not [each for each in entries if any(secret in str(each.after) for secret in SECRETS)]
    assert fresh(dispute).version == dispute.version

    assert officer(city.second).post(page, dispute.pk, reason="Curious", kind="csv").status_code == 404
    assert manager(enterprise).post(page, dispute.pk, reason="Curious", kind="csv").status_code in (403, 404)


def test_who_is_called_like_a_common_word_does_not_make_reasons_impossible(city: City) -> None:
    """What stands in the place of a name, as 经理, names nobody; of 高兴 the refusal says, masked, which word it is."""
    enterprise = EnterpriseFactory(station=city.first)
    dispute = DisputeFactory(enterprise=enterprise, opened_on=ago(9))
    of = {"dispute": dispute, "enterprise": enterprise}
    party = PartyFactory(**of, of={"name": "高兴", "representative": "经理"})
    person = officer(city.first)
    for page, ids, more in (
        ("disputes:party_sheet_opened", [], {"kind": "csv"}),
        ("disputes:party_open", [party.pk], {}),
    ):
        refused = person.post(page, dispute.pk, *ids, reason="他们很高兴", **more)
        (why,) = refused.context["form"].errors["reason"]
        assert "(高*)" in why, page
        assert person.post(page, dispute.pk, *ids, reason="经理要求核对", **more).status_code == 200, page
    kept = [each.reason for each in log(city.first) if "open" in each.action]
    assert kept == ["经理要求核对"] * 2
