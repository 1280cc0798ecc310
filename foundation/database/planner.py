"""Planner settings for queries that PostgreSQL would misjudge, each for the length of a block.

Behind row-level security PostgreSQL expects a handful of rows, however many a policy lets through. A query that reads
many needs other settings.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager

from django.db import connection

from foundation.database.transactions import exchange_local, set_local, takes_statements


def in_index_order() -> AbstractContextManager[None]:
    """Make plans that follow an index in its order and stop when the page is full.

    PostgreSQL would rather collect and sort the few rows it expects: a million, for the fifty of a page.
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

    With nested loops, collecting 10,000 ratings for 20 subscriptions takes minutes instead of seconds.
    """
    return _planning({"enable_nestloop": "off"})


def for_a_batch(*, whole: bool = True) -> AbstractContextManager[None]:
    """Make plans that rate or publish a whole batch at once; ``whole`` is False for a few named enterprises.

    Otherwise every source would be aggregated once per enterprise (2,209 enterprises: 15 s instead of 0.1 s). JIT is
    off because compiling the long statement would cost more than it gains.
    """
    return _planning({"enable_nestloop": "off" if whole else "on", "jit": "off", "work_mem": "64MB"})


@contextmanager
def _planning(settings: Mapping[str, str]) -> Iterator[None]:
    """Apply settings in the open transaction for the block, then restore the previous values."""
    before = exchange_local(connection, settings)
    try:
        yield
    finally:
        if takes_statements(connection):
            set_local(connection, before)
