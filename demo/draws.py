"""A random draw of inspections, and the same drawn again for a reason that a second person approved."""

import datetime as dt
from typing import Any

from django.utils import timezone

from demo import showcase
from demo.places import BUREAU
from enterprises.choices import Colour
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, RoleGrant, Station
from foundation.accounts.selectors import actor_for
from foundation.lots.models import Draw
from foundation.lots.operations import decide, draw_lot, freeze
from foundation.tenancy.scope import station_scope
from inspections.drawn_visits import KIND, OFFICERS, drawable

TAKE = 4
DAYS = 45  # until those drawn are to be inspected
DOUBLED = "本季度已列入分局专项检查，避免重复检查。"
SECONDED = "借调分局专班，本季度不在所内执勤。"
AGAIN = "抽取后一名民警借调分局专班，无法参加检查，须排除该民警后重新抽取。"
AGREED = "借调情况属实，同意重新抽取。"


def draw_inspections(bureau: Bureau) -> int:
    """Let the chief of the bureau's first station draw inspections and draw them again. Return how many draws.

    The station needs ratings: the pool is its yellow enterprises. A station too small for it draws nothing, nor does a
    bureau that has draws.
    """
    if bureau.code != BUREAU[0]:
        return 0
    station = bureau.stations.order_by("code").first()
    chief = _of_role(station=station, role=Role.CHIEF)
    supervisor = _of_role(bureau=bureau, role=Role.SUPERVISOR)
    if station is None or chief is None or supervisor is None:
        return 0
    with station_scope(chief.scope()):
        first = None if Draw.objects.exists() else _draw_first(chief, station)
        again = _ask_again(chief, first) if first else None
    if again is None:
        return 0
    with station_scope(supervisor.scope()):
        decide(actor=supervisor, id=again.pk, approved=True, reason=AGREED)
    with station_scope(chief.scope()):
        draw_lot(actor=chief, id=again.pk)
    return 2


def _of_role(**of: Any) -> Actor | None:
    grant = RoleGrant.objects.filter(revoked_at=None, **of).order_by("pk").first()
    return actor_for(user=grant.user, grant_id=grant.pk) if grant else None


def _draw_first(chief: Actor, station: Station) -> Draw | None:
    """Freeze a pool, leave out the enterprise whose facts are written out, and draw."""
    criteria = {"station": station.pk, "station_name": station.name, "colour": Colour.YELLOW}
    pool = drawable(chief, criteria)
    excused = [each for each in pool.entries if each.name == showcase.NAME]
    if len(pool.entries) <= TAKE + 1 or len(pool.people) <= OFFICERS:
        return None
    due_on = timezone.localdate() + dt.timedelta(days=DAYS)
    frozen = freeze(
        actor=chief,
        kind=KIND,
        criteria=criteria,
        stations=[station.pk],
        take=TAKE,
        terms={"due_on": due_on.isoformat()},
        excuses={each.id: DOUBLED for each in excused},
    )
    return draw_lot(actor=chief, id=frozen.pk)


def _ask_again(chief: Actor, first: Draw) -> Draw:
    """Ask for the same draw without one of the officers who were drawn."""
    _enterprise, (_one, seconded) = first.result[0]
    return freeze(
        actor=chief,
        kind=KIND,
        criteria=first.criteria,
        stations=first.stations,
        take=first.take,
        terms=first.terms,
        excuses={pk: reason for pk, _name, reason in first.excused},
        people_excuses={seconded: SECONDED},
        redraws=first.pk,
        reason=AGAIN,
    )
