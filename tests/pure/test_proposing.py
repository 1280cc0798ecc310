"""The proposal for the plan: never over the limit, nobody twice, what is due first comes first."""

import datetime as dt
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from inspections.planning.proposing import Job, Proposal, propose
from inspections.planning.ways import road_in
from inspections.planning.weeks import month_of, next_month, weeks_of_month

MONDAY = dt.date(2026, 11, 23)
DAYS = [MONDAY + dt.timedelta(days=number) for number in range(5)]
PEOPLE = [1, 2, 3, 4]

jobs = st.lists(
    st.builds(
        Job,
        key=st.integers(1, 60),
        street=st.sampled_from(["", "North", "South", "Station"]),
        band=st.integers(0, 3),
        due_on=st.none() | st.dates(dt.date(2026, 10, 1), dt.date(2026, 12, 31)),
        officer=st.sampled_from([0, *PEOPLE, 9]),
        pair=st.none() | st.sampled_from([(1, 2), (3, 4), (2, 3)]),
    ),
    max_size=40,
)
pairs = st.tuples(st.sampled_from(PEOPLE), st.sampled_from(DAYS))


@given(
    found=jobs,
    officers=st.lists(st.sampled_from(PEOPLE), max_size=4),
    limit=st.integers(1, 6),
    taken=st.dictionaries(pairs, st.integers(0, 8), max_size=12),
    away=st.frozensets(pairs, max_size=8),
)
def test_what_every_proposal_keeps(
    found: list[Job], officers: list[int], limit: int, taken: dict[Any, int], away: frozenset[Any]
) -> None:
    made = propose(found, days=DAYS, officers=officers, limit=limit, taken=taken, away=away)
    placed = [key for trip in made.trips for key in trip.jobs]
    assert sorted(placed + list(made.left)) == sorted({job.key for job in found}), "each once, or left"

    load = Counter(taken)
    for trip in made.trips:
        assert trip.officer != trip.second
        assert trip.jobs
        for who in trip.officers:
            assert who in officers
            assert (who, trip.on) not in away
            load[who, trip.on] += len(trip.jobs)
            assert load[who, trip.on] <= limit
    # the first of each key, as it was taken
    first: dict[int, Job] = {}
    for job in sorted(found, key=lambda each: each.urgency):
        first.setdefault(job.key, job)
    for trip in made.trips:
        assert {first[key].street for key in trip.jobs} == {trip.street}
        assert all(
            first[key].pair is None or set(first[key].pair or ()) == set(trip.officers) for key in trip.jobs
        )
    free = [first[key] for key in made.left if first[key].pair is None]
    if free:
        most_urgent_left = min(job.urgency for job in free)
        assert all(first[key].urgency < most_urgent_left for key in placed), "due first"
    assert made == propose(found, days=DAYS, officers=officers, limit=limit, taken=taken, away=away)


def trips(made: Proposal) -> list[tuple[int, str, list[int]]]:
    return [((trip.on - MONDAY).days, trip.street, trip.jobs) for trip in made.trips]


def test_one_way_along_a_street_serves_five() -> None:
    along = [Job(number, "Station road", 2, MONDAY, officer=3) for number in range(1, 6)]
    other = [Job(10, "North", 1, MONDAY), Job(11, "North", 3, MONDAY)]
    made = propose([*along, *other], days=DAYS, officers=PEOPLE, limit=6)
    assert trips(made) == [(0, "North", [10, 11]), (0, "Station road", [1, 2, 3, 4, 5])]
    assert made.trips[1].officer == 3, "who looks after them goes"


def test_a_street_that_does_not_fit_goes_on_the_next_day_and_the_rest_is_left() -> None:
    along = [Job(number, "Station road", 2, MONDAY) for number in range(1, 9)]
    made = propose(along, days=DAYS[:2], officers=[1, 2], limit=3)
    assert trips(made) == [(0, "Station road", [1, 2, 3]), (1, "Station road", [4, 5, 6])]
    assert made.left == (7, 8)
    assert propose(along, days=DAYS, officers=[1], limit=3).left == tuple(range(1, 9)), "nobody goes alone"


def test_who_was_drawn_by_lot_goes() -> None:
    made = propose([Job(1, "North", pair=(2, 4)), Job(2, "North")], days=DAYS, officers=PEOPLE, limit=6)
    assert [set(trip.officers) for trip in made.trips if 1 in trip.jobs] == [{2, 4}]
    away = frozenset((2, day) for day in DAYS)
    assert propose([Job(1, pair=(2, 4))], days=DAYS, officers=PEOPLE, limit=6, away=away).left == (1,)


def test_the_road_of_an_address() -> None:
    known = {
        "清河市东江区创业三路18号": "创业三路",
        "东江区开发区街道站前街120号院内": "站前街",
        "清河市北岸路西段7号": "北岸路",
        "滨河大道9号": "滨河大道",
        "石桥镇向阳村": "",
        "12 Station Road": "",
    }
    assert {address: road_in(address) for address in known} == known


@given(st.dates(dt.date(2024, 1, 1), dt.date(2030, 12, 31)))
def test_no_month_loses_its_31st(day: dt.date) -> None:
    """GothenburgBitFactory/taskwarrior#1698: the 31st slides to the 28th for good."""
    first = month_of(f"{day:%Y-%m}")
    parts = weeks_of_month(first)
    assert sum((until - since).days + 1 for since, until in parts) == (next_month(first) - first).days
    assert sum(since <= day <= until for since, until in parts) == 1
    assert next_month(next_month(first), -1) == first
    assert next_month(first, 12) == first.replace(year=first.year + 1)
