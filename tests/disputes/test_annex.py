"""The annex of a paper: all parties, if they are more than sign at the top."""

from typing import Any

import pytest

from disputes.agreements import issuing
from disputes.models import Dispute
from foundation.accounts.models import AuditEntry
from foundation.tenancy.scope import station_scope
from papers.models import Paper
from tests.disputes.test_agreements import at, conclude, dispute, march
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
        assert opened.count() == len(names)


def test_a_paper_of_before_the_annex_stays_the_paper(
    city: City, dispute: Dispute, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = officer(city.first)
    LetterheadFactory(bureau=city.bureau, station=city.first)
    issue = issuing._issue

    def without_annex(*args: Any) -> Paper:
        *others, data, form_key = args
        return issue(*others, {name: value for name, value in data.items() if name != "annex"}, form_key)

    with at(march(12)):
        agreed = conclude(one, dispute, kind="oral", copies=1)
        with monkeypatch.context() as earlier:
            earlier.setattr(issuing, "_issue", without_annex)
            old = one.act(issuing.issue_agreement, id=dispute.pk, agreement_id=agreed.pk)
        assert one.act(issuing.issue_agreement, id=dispute.pk, agreement_id=agreed.pk) == old
