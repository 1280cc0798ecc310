"""The enterprises of the demo, planned before anything is written."""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from stdnum.cn import uscc

from demo import showcase
from demo.characters import QUARTERS, SHARES
from demo.places import DISTRICTS, STREETS
from demo.places import SHARES as STATION_SHARES
from demo.trades import TRADES, Trade
from demo.words import BRAND_FIRST, BRAND_SECOND, GIVEN_NAMES, ROADS, SURNAMES
from enterprises.models import Enterprise
from foundation.accounts.models import Bureau, Station, User
from foundation.periods import Period

_CODE_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_SHOWCASE_TRADE = Trade("C3670", showcase.NAME, 1, (286, 286))


@dataclass
class Plan:
    """One enterprise with its character; ``enterprise`` is set once ``values`` are in the register.

    ``receiving`` is the station that gets it by a hand-over on ``handed_on``.
    """

    number: int
    values: dict[str, Any]
    character: str
    turn: int
    trade: Trade
    officers: list[User]  # of its station, the liaison officer first
    enterprise: Enterprise = field(init=False)
    receiving: Station | None = None
    receiving_officers: list[User] = field(default_factory=list)
    handed_on: dt.date | None = None
    closed_on: dt.date | None = None
    reopened_on: dt.date | None = None

    @property
    def is_showcase(self) -> bool:
        return self.character == "showcase"

    def police_on(self, day: dt.date) -> tuple[int, list[User]]:
        """Return id and officers of the station that had custody on a day."""
        if self.receiving and self.handed_on and day >= self.handed_on:
            return self.receiving.pk, self.receiving_officers
        return self.values["station_id"], self.officers


def random_for(*parts: Any) -> random.Random:
    """Return a generator of random numbers that are the same in every demo."""
    return random.Random(":".join(map(str, ("anqi", *parts))))


def person(rng: random.Random) -> str:
    """Return an invented name."""
    return rng.choice(SURNAMES) + rng.choice(GIVEN_NAMES)


def credit_code(rng: random.Random, district: str) -> str:
    """Return an invented unified social credit code with a valid check character and a district that does not exist."""
    stem = "91" + district + "".join(rng.choice(_CODE_CHARACTERS) for _ in range(9))
    return stem + uscc.calc_check_digit(stem)


def _names(rng: random.Random) -> Iterator[tuple[Trade, str]]:
    """Yield trades and names in random order, each name once."""
    brands = [first + second for first in BRAND_FIRST for second in BRAND_SECOND]
    rng.shuffle(brands)
    trades = [trade for trade in TRADES for _ in range(trade.count)]
    rng.shuffle(trades)
    taken: set[str] = set()
    for trade in trades:
        for road in rng.sample(ROADS, len(ROADS)):
            name = trade.name.format(brand=brands[-1], road=road)
            if name not in taken:
                break
        brands.pop()
        taken.add(name)
        yield trade, name


def _characters(count: int) -> list[str]:
    """Return characters in the wanted shares, in random order."""
    found: list[str] = []
    for name, share in SHARES:
        found += [name] * min(round(count * share / 100), count - len(found))
    random_for("characters").shuffle(found)
    return found


def plan_register(
    bureau: Bureau,
    stations: list[Station],
    officers: dict[int, list[User]],
    today: dt.date,
    limit: int | None = None,
) -> list[Plan]:
    """Return the enterprises of a bureau. The first of the large bureau is the showcase."""
    latest = Period.of(today).shift(-1)
    rng = random_for("register", bureau.code)
    named = list(_names(rng))[:limit]
    characters = _characters(len(named))
    turns: dict[str, int] = {}
    plans = []
    if bureau.code == "AD":
        home = next(station for station in stations if station.code == showcase.STATION_CODE)
        values = showcase.dated(showcase.ENTERPRISE, latest) | _common(bureau, home, rng)
        plans.append(Plan(1, values, "showcase", 0, _SHOWCASE_TRADE, officers[home.pk]))
    weights = [STATION_SHARES.get(station.code, 1) for station in stations]
    first_number = len(plans) + 1
    for number, ((trade, name), character) in enumerate(zip(named, characters, strict=True), first_number):
        turn = turns[character] = (turns.get(character, -1) + 1) % 6
        station = rng.choices(stations, weights)[0]
        values = _values(bureau, trade, name, number, rng) | _common(bureau, station, rng)
        team = officers[station.pk]
        liaison = number % len(team)
        plan = Plan(number, values, character, turn, trade, team[liaison:] + team[:liaison])
        _plan_changes(plan, stations, officers, today, rng)
        plans.append(plan)
    return plans


def _values(bureau: Bureau, trade: Trade, name: str, number: int, rng: random.Random) -> dict[str, Any]:
    _district, place = DISTRICTS[bureau.code]
    road = next((road for road in ROADS if road in name), rng.choice(ROADS))
    low, high = trade.staff
    return {
        "external_id": f"{bureau.code}-{number:03d}",
        "name": name,
        "address": f"{place}{road}{rng.randint(1, 288)}号",
        "industry_code": trade.industry,
        "legal_representative": person(rng),
        "responsible_person": person(rng),
        "security_chief": "" if number % 41 == 7 else person(rng),
        "headcount": int(low * (high / low) ** rng.random()),  # mostly small, few large
        "key_unit_class": trade.key_class,
        "dangerous_goods": trade.dangerous,
        "registered_on": dt.date(rng.randint(2012, 2023), rng.randint(1, 12), rng.randint(1, 28)),
    }


def _common(bureau: Bureau, station: Station, rng: random.Random) -> dict[str, Any]:
    district, _place = DISTRICTS[bureau.code]
    return {
        "station_id": station.pk,
        "credit_code": credit_code(rng, district),
        "division_code": district,
        "street": STREETS.get(station.code, ""),
        "phone": f"0000-{rng.randint(2000000, 8999999)}",
    }


def _plan_changes(
    plan: Plan, stations: list[Station], officers: dict[int, list[User]], today: dt.date, rng: random.Random
) -> None:
    """Set when the enterprise is registered, closed or handed over."""
    latest = Period.of(today).shift(-1)
    if plan.character == "new":
        # Of six, two are old enough to be rated, two began in the latest complete quarter and two in the current one.
        begin = latest.shift(1 if plan.turn > 3 else 0 if plan.turn > 1 else -2)
        plan.values["registered_on"] = min(today, begin.start + dt.timedelta(days=rng.randint(2, 20)))
    elif plan.character == "closed":
        end = latest.shift(-rng.randint(0, QUARTERS - 4))
        plan.closed_on = end.start + dt.timedelta(days=rng.randint(5, 80))
        if plan.turn == 2:
            plan.reopened_on = plan.closed_on + dt.timedelta(days=150)
    elif plan.character == "handed_over" and len(stations) > 1:
        others = [station for station in stations if station.pk != plan.values["station_id"]]
        plan.receiving = others[plan.number % len(others)]
        plan.receiving_officers = officers[plan.receiving.pk]
        plan.handed_on = latest.shift(-(plan.turn % 4)).start + dt.timedelta(days=rng.randint(5, 60))
