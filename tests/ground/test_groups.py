"""Tests that share a system, or need the whole machine, run on one worker of pytest-xdist."""

import os

import pytest


@pytest.mark.xdist_group("together")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process only")
def test_a_group_is_seen_by_the_scheduler(request: pytest.FixtureRequest) -> None:
    """pytest-xdist reads the group from the end of the node id; an unsupported pytest would break groups silently."""
    assert request.node.nodeid.endswith("@together")


@pytest.mark.drill
@pytest.mark.xdist_group("together")
@pytest.mark.skipif("DRILLS_UNTIL" not in os.environ, reason="no run that must end in time")
def test_a_drill_of_a_group_comes_later(request: pytest.FixtureRequest) -> None:
    assert request.node.nodeid.endswith("@late_together")


@pytest.mark.drill
@pytest.mark.skipif("DRILLS_UNTIL" not in os.environ, reason="no run that must end in time")
def test_a_drill_of_no_group_has_none(request: pytest.FixtureRequest) -> None:
    assert "@" not in request.node.nodeid
