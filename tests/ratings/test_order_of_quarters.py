"""Quarters are rated in their order: each begins with the colours of the one before."""

import pytest

from foundation.accounts.access import WrongState
from foundation.periods import Period
from ratings.operations import open_evaluation
from tests.ratings.conftest import Case, standard

pytestmark = pytest.mark.django_db


def test_an_earlier_quarter_is_not_rated_after_a_later_one(case: Case) -> None:
    case.adopt(standard())
    firm = case.enterprise()
    case.deserve(firm, "2026Q3", "green")
    case.rate("2026Q3")
    with pytest.raises(WrongState, match="has been rated"):
        open_evaluation(actor=case.actor, period=Period(2026, 2))
