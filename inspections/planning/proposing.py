"""A proposal for the plan: due work onto officers and days. Pure: it knows no database, and nothing is planned by it.

Jobs are taken in the order of their urgency. Each joins a trip along its street whose two officers have room that day,
else a new trip begins on the earliest day on which two have room, if possible for all that is left of the street.

1. Nobody gets more visits a day than the limit, also with what is planned already, and none when absent.
2. No job is placed twice.
3. A job is left out only when no two officers have room on any day, so none that is less urgent is placed after it. One
   with officers drawn by lot is left out when these two have none, one with a first day when no two have room from then on.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Job:
    """An enterprise to be visited. ``band`` comes before the day in its urgency; ``officer`` looks after it, 0: nobody.

    ``pair``: the two officers who were drawn for it by lot, and who alone may go. ``since_on``: the first day on which it
    may be visited, None: any.
    """

    key: int
    street: str = ""
    band: int = 0
    due_on: dt.date | None = None
    officer: int = 0
    pair: tuple[int, int] | None = None
    since_on: dt.date | None = None

    def may_be_on(self, day: dt.date) -> bool:
        return self.since_on is None or day >= self.since_on

    @property
    def urgency(self) -> tuple[int, dt.date, int]:
        """What jobs are sorted by; one without a day comes last of its band."""
        return self.band, self.due_on or dt.date.max, self.key


@dataclass
class Trip:
    """What two officers do along one street on one day."""

    on: dt.date
    officer: int
    second: int
    street: str
    jobs: list[int] = field(default_factory=list)

    @property
    def officers(self) -> tuple[int, int]:
        return self.officer, self.second


@dataclass(frozen=True)
class Proposal:
    """Trips by day, and the jobs for which there is no room."""

    trips: tuple[Trip, ...] = ()
    left: tuple[int, ...] = ()

    @property
    def number(self) -> int:
        """How many jobs it places."""
        return sum(len(trip.jobs) for trip in self.trips)


class _Room:
    """How many more visits each officer can make on each day, and what trips that have begun hope to get."""

    def __init__(
        self,
        days: Sequence[dt.date],
        officers: Sequence[int],
        limit: int,
        taken: Mapping[tuple[int, dt.date], int],
        away: frozenset[tuple[int, dt.date]],
    ) -> None:
        self.days, self.officers = days, officers
        self.free = {
            (who, on): 0 if (who, on) in away else max(limit - taken.get((who, on), 0), 0)
            for on in days
            for who in officers
        }
        self.hoped: Counter[tuple[int, dt.date]] = Counter()

    def of(self, trip: Trip) -> int:
        return min(self.free[who, trip.on] for who in trip.officers)

    def take(self, trip: Trip, key: int) -> None:
        trip.jobs.append(key)
        for who in trip.officers:
            self.free[who, trip.on] -= 1

    def pair(self, on: dt.date, wanted: int, job: Job, *, unhoped: bool) -> tuple[int, int] | None:
        """Return two officers with room for so many on a day, the job's own first, else those with the most room."""
        room = {
            who: self.free[who, on] - (self.hoped[who, on] if unhoped else 0)
            for who in self.officers
            if (who, on) in self.free
        }
        fit = [who for who in self.officers if room[who] >= wanted and self.free[who, on] >= 1]
        if job.pair:
            fit = [who for who in fit if who in job.pair]
        fit.sort(key=lambda who: (who != job.officer, -room[who], self.officers.index(who)))
        return (fit[0], fit[1]) if len(fit) > 1 else None


def propose(
    jobs: Sequence[Job],
    *,
    days: Sequence[dt.date],
    officers: Sequence[int],
    limit: int,
    taken: Mapping[tuple[int, dt.date], int] | None = None,
    away: frozenset[tuple[int, dt.date]] = frozenset(),
) -> Proposal:
    """Return which jobs two officers do on which day. ``taken``: visits planned already, by officer and day.

    The same arguments give the same proposal.
    """
    first: dict[int, Job] = {}
    for each in sorted(jobs, key=lambda job: job.urgency):
        first.setdefault(each.key, each)
    room = _Room(sorted(set(days)), list(dict.fromkeys(officers)), limit, taken or {}, away)
    rest = Counter(job.street for job in first.values())
    trips: list[Trip] = []
    left: list[int] = []
    for job in first.values():
        trip = next((each for each in trips if _fits(job, each) and room.of(each)), None)
        if trip is None:
            trip = _begin(job, min(rest[job.street], limit), room)
            if trip is None:
                left.append(job.key)
                continue
            trips.append(trip)
            for who in trip.officers:
                room.hoped[who, trip.on] += min(rest[job.street], room.free[who, trip.on])
        room.take(trip, job.key)
        rest[job.street] -= 1
        for who in trip.officers:
            room.hoped[who, trip.on] = max(room.hoped[who, trip.on] - 1, 0)
    trips.sort(key=lambda each: (each.on, room.officers.index(each.officer), each.street))
    return Proposal(tuple(trips), tuple(left))


def _fits(job: Job, trip: Trip) -> bool:
    is_theirs = job.pair is None or set(job.pair) == set(trip.officers)
    return trip.street == job.street and is_theirs and job.may_be_on(trip.on)


def _begin(job: Job, along: int, room: _Room) -> Trip | None:
    """Return a new trip for a job: with room for all along its street if there is any, else for the job alone."""
    for wanted, unhoped in ((along, True), (1, True), (1, False)):
        for on in filter(job.may_be_on, room.days):
            pair = room.pair(on, wanted, job, unhoped=unhoped)
            if pair is not None:
                return Trip(on, *pair, job.street)
    return None
