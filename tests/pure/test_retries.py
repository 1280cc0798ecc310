"""How long a push waits before it tries again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliveries.operations import pushing

HOURS = 3600
SCHEDULE = [5, 15, 45, 135, 405, 1215, 3645, 10935, 8 * HOURS, 8 * HOURS]


@pytest.mark.parametrize(("attempt", "seconds"), list(enumerate(SCHEDULE, start=2)))
@pytest.mark.parametrize("jitter", [0.8, 1.0, 1.2])
def test_the_schedule(attempt: int, seconds: int, jitter: float, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(pushing.random, "uniform", lambda *ends: asked.append(ends) or jitter)
    assert pushing.wait_before(attempt) == seconds * jitter
    assert asked == [(0.8, 1.2)]


@given(st.integers(2, 10**6))
def test_no_wait_is_longer_than_eight_hours_and_a_fifth(attempt: int) -> None:
    assert 4 <= pushing.wait_before(attempt) <= 8 * HOURS * 1.2


def test_receivers_that_came_back_together_are_not_asked_together() -> None:
    assert len({pushing.wait_before(5) for _number in range(5)}) > 1
