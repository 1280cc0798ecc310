"""Pages of a long list in the order of an index."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

PLANS = {
    **dict.fromkeys(
        ("enable_sort", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "enable_seqscan"), "off"
    ),
    "max_parallel_workers_per_gather": "0",
}


@contextmanager
def walking_in_order() -> Iterator[None]:
    """Plans that go along an index in its order and stop when the page is full.

    Behind row-level security PostgreSQL expects so few rows that it would rather collect and sort them: all of a
    million, for the fifty of a page.
    """
    with connection.cursor() as cursor:
        read = [f"current_setting('{name}')" for name in PLANS]
        write = [
            "set_config(%s, %s, true)" for _name in PLANS
        ]  # evaluated from left to right, after the reading
        walking = [part for pair in PLANS.items() for part in pair]
        cursor.execute(f"SELECT {', '.join(read + write)}", walking)
        before = cursor.fetchone()[: len(PLANS)]
        yield
        cursor.execute(
            f"SELECT {', '.join(write)}", [part for pair in zip(PLANS, before, strict=True) for part in pair]
        )
