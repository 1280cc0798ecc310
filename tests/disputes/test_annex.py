"""The annex of a paper: all parties, if they are more than sign at the top."""

from typing import Any

import pytest

from disputes.agreements import issuing
from disputes.models import Dispute
from foundation.accounts.models import AuditEntry
from foundation.tenancy.scope import station_scope
from papers.models import Paper
from tests.disputes.test_agreements import at, conclude, dispute, march, sign
from tests.factories import LetterheadFactory, PartyFactory
from tests.facts.people import officer
from tests.fixtures import City

__all__ = ["dispute"]
pytestmark = pytest.mark.django_db


def test_a_paper_that_lists_all_parties_opens_them_once(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    names = ["欧阳建国", "王小丽", "赵大山"]
    for name in names:
        PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of={"name": name})
    with at(march(12)):
        agreed = conclude(one, dispute, kind="oral", copies=1)
        papers = [one.act(issuing.issue_agreement, id=dispute.pk, agreement_id=agreed.pk) for _twice in "12"]
    assert papers[0] == papers[1]
    assert sorted(each["name"] for each in papers[0].data["annex"]) == names
    with station_scope(one.actor.scope()):
        opened = AuditEntry.objects.filter(action="dispute.party_opened", object_id=dispute.pk)
        (entry,) = opened
        first, last = map(int, entry.after["party"].split("–"))
        assert last - first + 1 == len(names)


def test_an_organisation_is_the_party_whoever_signs_for_it(city: City, dispute: Dispute) -> None:
    one = officer(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    person = PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of={"name": "王芳"})
    firm = {"side": "respondent", "kind": "body", "role": "employer", "name": "和顺建筑劳务有限公司"}
    PartyFactory(enterprise=dispute.enterprise, dispute=dispute, of=firm)
    with at(march(12)):
        agreed = conclude(one, dispute)
        to_sign = one.act(issuing.issue_agreement, id=dispute.pk, agreement_id=agreed.pk)
        assert [each["name"] for each in to_sign.data["parties"]] == ["王芳", "和顺建筑劳务有限公司"]
        sign(one, agreed, "applicant", "respondent", "mediator")
        paper = one.act(issuing.issue_agreement, id=dispute.pk, agreement_id=agreed.pk)
    assert [each["name"] for each in paper.data["parties"]] == ["王芳", "和顺建筑劳务有限公司"]
    assert [each["who"] for each in paper.data["signatures"]] == ["王芳", "马振华", "李珊"]
    with station_scope(one.actor.scope()):
        opened = AuditEntry.objects.filter(action="dispute.party_opened", object_id=dispute.pk)
        assert len(opened) == 2, "once for each version"
        assert {each.after["party"] for each in opened} == {str(person.number)}, "nobody knows the firm by it"


def test_a_paper_of_before_the_annex_stays_the_paper(
    city: City, dispute: Dispute, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = officer(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    issue = issuing._issue

    def without_annex(*args: Any, **more: Any) -> Paper:
        *others, data, form_key, single = args
        told = {name: value for name, value in data.items() if name != "annex"}
        return issue(*others, told, form_key, single, **more)

    with at(march(12)):
        agreed = conclude(one, dispute, kind="oral", copies=1)
        with monkeypatch.context() as earlier:
            earlier.setattr(issuing, "_issue", without_annex)
            old = one.act(issuing.issue_agreement, id=dispute.pk, agreement_id=agreed.pk)
        assert one.act(issuing.issue_agreement, id=dispute.pk, agreement_id=agreed.pk) == old
