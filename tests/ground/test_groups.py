"""Tests that share a system, or the whole machine, run on one worker of pytest-xdist."""

import os

import pytest


@pytest.mark.xdist_group("together")
@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="one process only")
def test_a_group_is_seen_by_the_scheduler(request: pytest.FixtureRequest) -> None:
    """It goes by the end of the node id; with a pytest that pytest-xdist does not know the groups fall apart silently."""
    assert request.node.nodeid.endswith("@together")
