"""Facts that the characters alone would not produce: vetoes, and hazards due this week."""

import datetime as dt

from demo.characters import HABITS, behaviour
from demo.facts import History, record
from demo.register import random_for
from foundation.periods import Period
from inspections.models import Hazard


def _pick(histories: list[History], count: int = 1, **wanted: object) -> list[History]:
    """Take the first enterprises with these values that were not picked before."""
    found = [
        history
        for history in histories
        if not history.picked and all(getattr(history.plan, name) == value for name, value in wanted.items())
    ][:count]
    for history in found:
        history.picked = True
    return found


def vetoes(histories: list[History], latest: Period) -> None:
    """Add five events that make red whatever the score: three long past with a later release, the others recent."""

    def day(age: int, number: int) -> dt.date:
        return latest.shift(1 - age).start + dt.timedelta(days=number)

    rng = random_for("vetoes")
    for history in _pick([each for each in histories if each.plan.trade.dangerous], character="good"):
        history.incident(
            day(5, 33), "dangerous_goods_lost", "危险物品账实不符，短少一桶，次日追回", rng, at_fault=True
        )
        history.inspect(day(4, 40), HABITS["silent"], rng, conclusion="qualified", kind="special")
    for history in _pick(histories, character="good", turn=1):
        history.incident(day(7, 20), "death", "检修作业坠落，一人死亡", rng, at_fault=True, wait=9)
        history.inspect(day(6, 30), HABITS["silent"], rng, conclusion="qualified", kind="special")
    for history in _pick(histories, character="improving"):
        history.incident(
            day(9, 50), "criminal_case", "夜间仓库被盗，值班人员脱岗", rng, at_fault=True, serious=True
        )
        history.inspect(day(8, 20), HABITS["silent"], rng, conclusion="qualified", kind="special")
    for history in _pick(histories, character="fair", turn=2):
        history.incident(day(1, 47), "group_emergency", "拖欠劳务费引发四十余人聚集堵门", rng, at_fault=True)
    for history in _pick(histories, character="declining"):
        history.incident(
            day(1, 61), "criminal_case", "成品库大宗盗窃，报警装置长期停用", rng, at_fault=True, serious=True
        )
    for history in _pick(histories, count=2, character="careless"):
        _major_overdue(history, day(1, 6), refused=history.plan.turn == 1)


def veto_of_today(histories: list[History], today: dt.date) -> None:
    """Add a death in the current quarter at a good enterprise, whose colour falls at once."""
    rng = random_for("veto of today")
    day = max(Period.of(today).start, today - dt.timedelta(days=4))
    for history in _pick(
        [each for each in histories if each.plan.trade.industry.startswith("C")], character="good"
    ):
        history.incident(day, "death", "设备检修作业触电，一人死亡", rng, at_fault=True, wait=1)


def _major_overdue(history: History, day: dt.date, *, refused: bool) -> None:
    """Add a major hazard that stays open for months."""
    if not history.on_register(day):
        return
    rng = random_for("overdue", history.enterprise.external_id)
    inspection = history.hold(day, "special", "unqualified", rng)
    hazard = record(
        Hazard,
        history,
        day,
        inspection=inspection,
        item="入侵报警装置失灵",
        place="成品库",
        found_on=day,
        due_on=day + dt.timedelta(days=14),
        major_from_on=day,
        refused_on=day + dt.timedelta(days=40) if refused else None,
    )
    history.facts.hazards.append(hazard)


def due_soon(histories: list[History], today: dt.date, each: int = 5) -> None:
    """Add hazards at every station whose deadline is around today, at any time of the quarter."""
    by_station: dict[int, list[History]] = {}
    for history in histories:
        if history.plan.character in ("good", "fair", "excellent") and history.on_register(today):
            by_station.setdefault(history.enterprise.station_id, []).append(history)
    for station_id in sorted(by_station):
        # Two hazards for the officer of the demo login, so that it has work; the rest for any officer.
        team = by_station[station_id]
        first = team[0].plan.officers
        mine = [
            history for history in team if history.plan.officers[0] == min(first, key=lambda user: user.pk)
        ]
        for number, history in enumerate([*mine[:2], *[one for one in team if one not in mine][: each - 2]]):
            _recent_hazard(history, today, number)


def recent_inspections(histories: list[History], today: dt.date) -> None:
    """Add recent routine inspections, so that by the inspection cycle only a few are due.

    Their interval follows the enterprise's present behaviour: a quarter, a month or a week.
    """
    visited: dict[int, dt.date] = {}
    for each in histories[0].facts.inspections:
        visited[each.enterprise_id] = max(each.inspected_on, visited.get(each.enterprise_id, dt.date.min))
    for history in histories:
        plan = history.plan
        habits = HABITS[behaviour(plan.character, plan.turn, 0)]
        cycle_days = 90 if habits.on_time > 0.9 else 30 if habits.on_time > 0.6 else 7
        rng = random_for("visit", history.enterprise.external_id)
        day = today - dt.timedelta(days=rng.randint(2, cycle_days - 2))
        last_on = visited.get(history.enterprise.pk, dt.date.min)
        late = (today - last_on).days > cycle_days - 7
        if (
            habits.inspections
            and late
            and rng.random() < 0.85
            and history.on_register(day)
            and day.weekday() < 5
        ):
            history.hold(day, "routine", "qualified" if cycle_days > 7 else "rectify", rng)


def open_at_showcase(history: History, today: dt.date) -> None:
    """Add an open hazard in the current quarter, so that the written-out quarters stay as they are."""
    found_on = max(Period.of(today).start, today - dt.timedelta(days=6))
    history.facts.hazards.append(
        record(
            Hazard,
            history,
            found_on,
            item="监控盲区",
            place="货运通道",
            origin="self",
            found_on=found_on,
            reported_on=found_on,
            due_on=today + dt.timedelta(days=8),
        )
    )


def _recent_hazard(history: History, today: dt.date, number: int) -> None:
    rng = random_for("recent", history.enterprise.external_id)
    found_on = today - dt.timedelta(days=(9, 12, 14, 10, 8)[number % 5])
    if not history.on_register(found_on):
        return
    inspection = history.hold(found_on, "routine", "rectify", rng)
    item, place = history.deck[-1 - number]
    due_on = today + dt.timedelta(days=(2, -1, 5, 0, 4)[number % 5])
    history.facts.hazards.append(
        record(
            Hazard,
            history,
            found_on,
            inspection=inspection,
            item=item,
            place=place,
            found_on=found_on,
            due_on=due_on,
        )
    )
