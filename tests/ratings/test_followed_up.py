"""B7 of default-4: what only the police read counts in the forecast of the enterprise's own people too."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine

from disputes.operations import reopen_dispute, settle_dispute
from foundation.tenancy.scope import station_scope
from ratings.operations import adopt_standard, publish_standard
from ratings.operations.standards import shipped_standards
from ratings.simulate.simulation import simulate
from tests.factories import DisputeFactory, FollowUpFactory, ScreeningFactory
from tests.facts.people import manager, officer
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


def test_settling_a_dispute_moves_the_points_on_the_enterprises_own_page(case: Case) -> None:
    """As its page shows them for the end of the running quarter: overdue then, settled in time, broken out again."""
    with time_machine.travel("2026-08-20 10:00+08:00", tick=True):
        enterprise = case.enterprise()
        dispute = DisputeFactory(
            enterprise=enterprise, opened_on=dt.date(2026, 7, 10), due_on=dt.date(2026, 8, 25)
        )
        ScreeningFactory(enterprise=enterprise, screened_on=dt.date(2026, 8, 1))
        published = publish_standard(actor=case.actor, text=shipped_standards()["default-4"])
        adopt_standard(actor=case.actor, standard_id=published.pk)
        head, police = manager(enterprise), officer(enterprise.station)

        def points() -> Decimal:
            return head.get("portal:my_enterprise").context["simulation"].end.score

        overdue = points()
        police.act(settle_dispute, id=dispute.pk, settled_on=dt.date(2026, 8, 20))
        settled = points()
        assert settled > overdue
        again = {"reopened_on": dt.date(2026, 8, 20), "due_on": dt.date(2026, 9, 10)}
        police.act(reopen_dispute, id=dispute.pk, reason="An instalment was not paid", **again)
        assert points() == overdue
