"""Settings of the planner for queries that it would misjudge, each for the length of a block.

Behind row-level security PostgreSQL expects a handful of rows, however many a policy lets through. Where a query
reads many, its plan must be told so.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from django.db import connection

from foundation.database.transactions import exchange_local, set_local, takes_statements


def in_index_order() -> AbstractContextManager[None]:
    """Make plans that go along an index in its order and stop when the page is full.

    PostgreSQL would rather collect and sort the few rows it expects: all of a million, for the fifty of a page.
    """
    other_ways = (
        "enable_sort",
        "enable_bitmapscan",
        "enable_hashjoin",
        "enable_mergejoin",
        "enable_seqscan",
    )
    return _planning({**dict.fromkeys(other_ways, "off"), "max_parallel_workers_per_gather": "0"})


def without_nested_loops() -> AbstractContextManager[None]:
    """Make plans that read each table once.

    With a loop, 10,000 ratings are put together for 20 subscriptions in minutes instead of seconds.
    """
    return _planning({"enable_nestloop": "off"})


def for_a_batch(*, whole: bool = True) -> AbstractContextManager[None]:
    """Make plans that rate or publish a whole batch at once; ``whole`` is False for a few named enterprises.

    Every source would be aggregated once per enterprise (2,209 enterprises: 15 s instead of 0.1 s). Compiling the long
    statement would cost more than it gains.
    """
    return _planning({"enable_nestloop": "off" if whole else "on", "jit": "off", "work_mem": "64MB"})


@contextmanager
def _planning(settings: Mapping[str, str]) -> Iterator[None]:
    """Apply settings for the block, in the open transaction, and give back what they were before."""
    before = exchange_local(connection, settings)
    try:
        yield
    finally:
        if takes_statements(connection):
            set_local(connection, before)
