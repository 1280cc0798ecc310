"""Officers who find nothing in inspection after inspection, with a guard for small samples."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from django.db.models import CharField, Count, F, Func, Q, Value

from foundation.accounts.actors import Actor
from foundation.contributions.limits import SEPARATORS
from foundation.periods import Period
from inspections.supervising.counting import found_something, held, judged

Z = 1.96  # 95 %


@dataclass(frozen=True)
class Finder:
    """An officer by name, at one station: in how many inspections of a quarter they took part, and how many found something."""

    station_id: int
    name: str
    inspections: int
    found: int

    @property
    def at_most(self) -> float:
        """The highest share of inspections with findings that their inspections do not rule out, per cent."""
        return 100 * wilson(self.found, self.inspections)[1]


@dataclass(frozen=True)
class Silent:
    """Who found nothing in a quarter. ``striking``: so seldom that chance does not explain it; ``too_few``: the others.

    ``usual``: per cent of a station's inspections that find something, by station.
    """

    striking: list[Finder]
    too_few: int
    usual: Mapping[int, float]


def wilson(hits: int, tries: int) -> tuple[float, float]:
    """Return the interval in which a share lies with 95 % confidence (Wilson 1927); 0 to 1 for no tries.

    >>> [round(each, 3) for each in wilson(0, 10)]
    [0.0, 0.278]
    """
    if not tries:
        return 0.0, 1.0
    p, z2 = hits / tries, Z * Z
    middle = (p + z2 / (2 * tries)) / (1 + z2 / tries)
    half = Z / (1 + z2 / tries) * sqrt(p * (1 - p) / tries + z2 / (4 * tries * tries))
    return max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))


def with_officer(name: str) -> Q:
    """Return the condition on an inspection that it names this officer, among others or alone."""
    edge = SEPARATORS.pattern
    return Q(inspectors__regex=rf"(^|{edge})\s*{re.escape(name.strip())}\s*({edge}|$)")


def silent_officers(actor: Actor, period: Period, usual: Mapping[int, float]) -> Silent:
    """Return the officers who found nothing in a quarter. One query.

    They stand out if even the upper end of the interval around their share is below ``usual``, the share at their station:
    so nobody stands out after a few inspections, or where little is found. In the order of the stations and names: it is
    no ranking. An inspection counts for each of its officers; re-inspections count for nobody.
    """
    finders = [each for each in _finders(actor, period) if not each.found]
    striking = [each for each in finders if each.at_most < usual.get(each.station_id, 0)]
    return Silent(
        sorted(striking, key=lambda each: (each.station_id, each.name)), len(finders) - len(striking), usual
    )


def _finders(actor: Actor, period: Period) -> list[Finder]:
    split = Func(F("inspectors"), Value(SEPARATORS.pattern), function="regexp_split_to_array")
    one = Func(Func(split, function="unnest"), function="btrim", output_field=CharField())
    rows = (
        held(actor, period)
        .filter(judged())
        .exclude(inspectors="")
        .alias(hit=found_something())
        .annotate(officer=one)
        .values("station_id", "officer")
        .annotate(number=Count("pk"), hits=Count("pk", filter=Q(hit=True)))
        .values_list("station_id", "officer", "number", "hits")
    )
    return [Finder(*row) for row in rows if row[1]]
