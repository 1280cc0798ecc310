"""B7 of default-4: what only the police read counts in the forecast of the enterprise's own people too."""

import datetime as dt

import pytest
import time_machine

from foundation.tenancy.scope import station_scope
from ratings.operations import adopt_standard, publish_standard
from ratings.operations.standards import shipped_standards
from ratings.simulate.simulation import simulate
from tests.factories import DisputeFactory, FollowUpFactory, ScreeningFactory
from tests.facts.people import manager
from tests.ratings.conftest import Case

pytestmark = pytest.mark.django_db


def test_an_enterprise_learns_the_number_and_no_more(case: Case) -> None:
    """Its forecast counts the follow-ups that only the police read, as the evaluation will."""
    with time_machine.travel("2026-08-20 10:00+08:00", tick=True):
        enterprise = case.enterprise()
        dispute = DisputeFactory(
            enterprise=enterprise, opened_on=dt.date(2026, 6, 1), settled_on=dt.date(2026, 7, 1)
        )
        FollowUpFactory(enterprise=enterprise, dispute=dispute, planned_on=dt.date(2026, 8, 1))
        ScreeningFactory(enterprise=enterprise, screened_on=dt.date(2026, 8, 1))
        published = publish_standard(actor=case.actor, text=shipped_standards()["default-4"])
        adopt_standard(actor=case.actor, standard_id=published.pk)
        seen = []
        for actor in (case.actor, manager(enterprise).actor):
            with station_scope(actor.scope()):
                found = simulate(actor, enterprise.pk)
            assert found
            seen.append(found.end.score)
        assert seen[0] == seen[1]
