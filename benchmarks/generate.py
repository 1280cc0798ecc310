"""Generator of a bureau of any size with realistic records, in SQL.

An enterprise has about 25 facts over the last 400 days: 2.4 inspections, 4 hazards (one in ten open, some overdue),
15 self-checks, 2 activities, 1 incident, half a dispute. Each enterprise has a quality between 0 and 1 that shapes its
records: one in seven checks itself every week and another one every second week, as the default standard wants it for
green and yellow, so that all four colours occur. The owner role writes them, under row-level security and all constraints, twenty
stations per transaction.
"""

import datetime as dt
import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, RoleGrant, Station, User
from foundation.pinyin import reading
from foundation.tenancy.scope import Audience, Scope, station_scope
from ratings.operations import adopt_default_standard
from ratings.operations.evaluations import bureau_actor

STATION_SIZE = 2_000
STATIONS_A_TRANSACTION = 20
DAYS = 400
CODE = "bench"
FACTS = ("inspection", "hazard", "selfcheck", "activity", "incident", "dispute")

AREAS = ("东城", "西河", "南湖", "北桥", "新港", "高塘", "青山", "龙泉", "海陵", "平江")
BRANDS = tuple(first + second for first, second in itertools.product("华永金福安瑞恒德", "达盛源泰兴利丰通"))
TRADES = (
    "机械",
    "电子",
    "纺织",
    "食品",
    "物流",
    "化工",
    "建材",
    "医药",
    "家具",
    "印刷",
    "酒店",
    "商贸",
    "仓储",
)
TABLES = {
    "inspection": "inspections_inspection",
    "hazard": "inspections_hazard",
    "selfcheck": "inspections_selfcheck",
    "activity": "service_activity",
    "incident": "incidents_incident",
    "dispute": "disputes_dispute",
}

# Columns of every fact, from e (the enterprise, with its quality q) and d (the day of the fact).
FACT = {
    "source_values": "'{}'",
    "enterprise_id": "e.id",
    "station_id": "e.station_id",
    "external_key": "''",
    "note": "''",
    "issued_by_station_id": "e.station_id",
    "recorded_by_id": "0",
    "recorded_at": "now()",
    "changed_at": "now()",
    "void_reason": "''",
    "version": "1",
    "voided_at": "CASE WHEN random() < 0.005 THEN now() END",
}
# By kind: the number per enterprise (a reference to e makes PostgreSQL draw it for each row), and the columns. d is the
# day; r1 to r5 are random numbers of the row.
RECORDS: dict[str, tuple[str, dict[str, str]]] = {
    "inspection": (
        "CASE WHEN e.id % 20 = 0 THEN 0 ELSE 1 + (random() * 3)::int END",
        {
            "kind": "(ARRAY['routine','routine','routine','special','unannounced'])[1 + (r1 * 4.99)::int % 5]",
            "inspected_on": "d",
            "conclusion": "CASE WHEN r2 < 0.25 + 0.6 * e.q THEN 'qualified' WHEN r2 < 0.97 THEN 'rectify' ELSE 'unqualified' END",
            "inspectors": "'Li, Wang'",
        },
    ),
    "hazard": (
        "(random() * (3 + 10 * (1 - e.q)))::int",
        {
            "item": "'Item ' || (r1 * 11)::int",
            "place": "'Place ' || (r2 * 5)::int",
            "description": "''",
            "origin": "CASE WHEN r3 < 0.8 THEN 'police' WHEN r3 < 0.95 THEN 'self' ELSE 'department' END",
            "found_on": "d",
            "major_from_on": "CASE WHEN r4 < 0.06 THEN d END",
            "due_on": "d + 7 + (r3 * 30)::int",
            "rectified_on": "CASE WHEN r5 < 0.93 AND d + (r1 * 35)::int <= today THEN d + (r1 * 35)::int END",
            "closed_on": "CASE WHEN r5 < 0.9 AND d + (r1 * 35)::int + 2 <= today THEN d + (r1 * 35)::int + 2 END",
            "refused_on": "CASE WHEN r5 > 0.998 AND d + 20 <= today THEN d + 20 END",
        },
    ),
    "selfcheck": (
        "CASE WHEN e.q > 0.85 THEN 65 WHEN e.q > 0.7 THEN 35 ELSE 1 + (random() * 3)::int END",
        {
            "checked_on": "d",
            "checked_by": "'Guard'",
            "findings": "''",
            "target": "(ARRAY['general','department','vehicle','equipment','funds'])[1 + (r1 * 4.99)::int % 5]",
        },
    ),
    "activity": (
        "(random() * 4)::int + 0 * e.id",
        {
            "kind": "(ARRAY['education','drill','training'])[1 + (r1 * 2.99)::int % 3]",
            "held_on": "d",
            "topic": "'Topic'",
            "attendance": "(r2 * 60)::int",
            "photo_on_file": "r3 < 0.8",
        },
    ),
    "incident": (
        "(random() * 2)::int + 0 * e.id",
        {
            "kind": "CASE WHEN r1 < 0.8 THEN 'police_call' WHEN r1 < 0.87 THEN 'complaint' WHEN r1 < 0.93 THEN "
            "'public_security_case' WHEN r1 < 0.97 THEN 'criminal_case' WHEN r1 < 0.995 THEN 'staff_offence' "
            "WHEN r1 < 0.998 THEN 'group_emergency' ELSE 'death' END",
            "occurred_on": "d",
            "verified_on": "CASE WHEN r2 < 0.8 AND d + 3 <= today THEN d + 3 END",
            "at_fault": "r3 < 0.3",
            "duty_fulfilled": "r4 < 0.6",
            "serious": "r5 < 0.05",
            "summary": "''",
        },
    ),
    "dispute": (
        "random()::int + 0 * e.id",
        {
            "kind": "(ARRAY['wages','labour','contract','other'])[1 + (r1 * 3.99)::int % 4]",
            "opened_on": "d",
            "due_on": "d + 30",
            "settled_on": "CASE WHEN r2 < 0.8 AND d + (r3 * 50)::int <= today THEN d + (r3 * 50)::int END",
            "summary": "'Wages'",
            "people": "(r4 * 30)::int",
        },
    ),
}


def bureau() -> Bureau | None:
    """Return the bureau of an earlier run, if there is one."""
    return Bureau.objects.filter(code=CODE).first()


def generate(n: int) -> Bureau:
    """Create a bureau of ``n`` enterprises with stations, people, records, audit log and the default standard."""
    made = Bureau.objects.create(code=CODE, name="Benchmark bureau")
    stations = [
        Station.objects.create(bureau=made, code=f"s{number:04}", name=f"Station {number:04}")
        for number in range(max(2, -(-n // STATION_SIZE)))
    ]
    people(made, stations)
    actor = bureau_actor(made.pk)
    with station_scope(actor.scope()):
        adopt_default_standard(actor=actor)
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT setseed(0.421)")
    size = -(-n // len(stations))
    for share in _shares([station.pk for station in stations]):
        first = stations.index(next(each for each in stations if each.pk == share[0])) * size
        with transaction.atomic(using="owner"), _scope(made.pk, share):
            _enterprises(made.pk, share, first, size, n)
            for kind in FACTS:
                _records(kind, share)
            _around(share)
    settle()
    return made


def settle() -> None:
    """Bring statistics and visibility map up to date, as autovacuum would."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def facts(bureau_id: int) -> int:
    """Return the number of facts."""
    stations = bureau_actor(bureau_id).stations
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in TABLES.values())
    scope = Scope(stations, bureau=bureau_id, audience=Audience.SYSTEM)
    with station_scope(scope), connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return cursor.fetchone()[0]


def people(made: Bureau, stations: list[Station]) -> None:
    """Create an officer for each station, later the liaison of its enterprises, and a supervisor."""
    officers = User.objects.bulk_create(
        User(username=f"officer-{each.code}", full_name=f"Officer {each.code}", password="!")
        for each in stations
    )
    supervisor = User.objects.create(username="supervisor", full_name="Supervisor", password="!")
    RoleGrant.objects.bulk_create(
        [
            *(
                RoleGrant(user=officer, role=Role.OFFICER, bureau=made, station=station)
                for officer, station in zip(officers, stations, strict=True)
            ),
            RoleGrant(user=supervisor, role=Role.SUPERVISOR, bureau=made),
        ]
    )


def _scope(bureau_id: int, stations: list[int]) -> AbstractContextManager[Scope]:
    return station_scope(Scope(tuple(stations), bureau=bureau_id, audience=Audience.SYSTEM), using="owner")


def _shares(stations: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(stations), STATIONS_A_TRANSACTION):
        yield stations[start : start + STATIONS_A_TRANSACTION]


def _insert(table: str, columns: dict[str, str], source: str, params: dict[str, Any]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {source}",
            params,
        )


def _enterprises(bureau_id: int, stations: list[int], first: int, size: int, n: int) -> None:
    def initials(words: tuple[str, ...]) -> list[str]:
        return [reading(word).initials for word in words]

    def whole(words: tuple[str, ...]) -> list[str]:
        return [reading(word).full for word in words]

    def keys(words: tuple[str, ...]) -> list[str]:
        return [reading(word).sort_key for word in words]

    def named(kind: str) -> str:
        return " || ".join(
            f"(%({word}_{kind})s)[1 + (i / {step}) %% {count}]"
            for word, step, count in (
                ("area", 1, len(AREAS)),
                ("brand", len(AREAS), len(BRANDS)),
                ("trade", len(AREAS) * len(BRANDS), len(TRADES)),
            )
        )

    columns = {
        "bureau_id": "%(bureau)s",
        "station_id": "(%(stations)s)[1 + (i - %(first)s) / %(size)s]",
        "external_id": "'B' || i",
        "name": named("word") + " || '有限公司' || i",
        "credit_code": "'91' || lpad(i::text, 16, '0')",
        "site": "''",
        "address": "'解放路' || i % 900 || '号'",
        "division_code": "'320102'",
        "industry_code": "(ARRAY['C13','C39','F51','G59','H61','I65','Q84'])[1 + i % 7]",
        "category": "''",
        "legal_representative": "'Zhang'",
        "responsible_person": "'Li'",
        "security_chief": "'Wang'",
        "phone": "'025'",
        "headcount": "5 + (i * 37) % 400",
        "key_unit_class": "CASE WHEN i % 10 = 3 THEN '4' ELSE '' END",
        "dangerous_goods": "i % 33 = 3",
        "registered_on": "%(today)s::date - 500 - (i * 13) % 2000",
        "source_values": "'{}'",
        "colour": "'grey'",
        "rated_period": "''",
        "search_text": named("word")
        + " || '有限公司' || i || ' ' || "
        + named("initials")
        + " || 'yxgs' || i || ' 91' || "
        "lpad(i::text, 16, '0') || ' b' || i || ' 解放路' || i % 900 || '号 ' || "
        + named("pinyin")
        + " || 'youxiangongsi' || i",
        "police_text": "'zhang zhang zhang 025 025'",
        "sort_key": named("key") + " || 'you3xian4gong1si1' || i",
        "version": "1",
        "created_at": "now()",
        "changed_at": "now()",
    }
    columns = {name: sql.replace(" % ", " %% ") for name, sql in columns.items()}
    words = {"area": AREAS, "brand": BRANDS, "trade": TRADES}
    params: dict[str, object] = {
        "bureau": bureau_id,
        "stations": stations,
        "first": first,
        "size": size,
        "today": timezone.localdate(),
        "last": min(n, first + size * len(stations)) - 1,
    }
    for word, choices in words.items():
        params |= {
            f"{word}_word": list(choices),
            f"{word}_initials": initials(choices),
            f"{word}_pinyin": whole(choices),
            f"{word}_key": keys(choices),
        }
    _insert("enterprises_enterprise", columns, "generate_series(%(first)s, %(last)s) i", params)


def _records(kind: str, stations: list[int]) -> None:
    many, columns = RECORDS[kind]
    source = f"""(
        SELECT e.*, today - (random() ^ 1.2 * {DAYS})::int AS d,
            random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5
        FROM (SELECT id, station_id, (id * 7919 % 1000) / 1000.0 AS q, %(today)s::date AS today
              FROM enterprises_enterprise WHERE station_id = ANY(%(stations)s)) e
        CROSS JOIN LATERAL generate_series(1, {many}) OFFSET 0
    ) e"""
    every = {name: sql.replace(" % ", " %% ") for name, sql in (FACT | columns).items()}
    source = source.replace(" % ", " %% ")
    _insert(TABLES[kind], every, source, {"today": timezone.localdate(), "stations": stations})


def _around(stations: list[int]) -> None:
    """Create liaisons (nine in ten, shared among the officers of the station), inactivity (one in 100), past custody (one in 200) and two log entries each."""
    today, params = timezone.localdate(), {"stations": stations, "other": stations[-1]}
    source = "enterprises_enterprise e WHERE e.station_id = ANY(%(stations)s)"
    _insert(
        "enterprises_liaison",
        {
            "enterprise_id": "e.id",
            "station_id": "e.station_id",
            "officer_id": "g.ids[1 + e.id %% array_length(g.ids, 1)]",
            "kind": "'main'",
            "from_on": f"DATE '{today - dt.timedelta(days=700)}'",
        },
        "(SELECT station_id, array_agg(user_id ORDER BY user_id) AS ids FROM accounts_rolegrant "
        f"WHERE role = 'officer' GROUP BY station_id) g, {source} AND e.id %% 10 > 0 AND g.station_id = e.station_id",
        params,
    )
    _insert(
        "enterprises_inactivity",
        {
            "enterprise_id": "e.id",
            "station_id": "e.station_id",
            "kind": "'suspended'",
            "reason": "'Works'",
            "from_on": f"DATE '{today}' - (e.id %% 300)::int - 1",
            "recorded_at": "now()",
        },
        f"{source} AND e.id %% 100 = 7",
        params,
    )
    _insert(
        "enterprises_custody",
        {
            "enterprise_id": "e.id",
            "station_id": "e.station_id",
            "held_by_station_id": "%(other)s",
            "reason": "'Moved'",
            "until_on": f"DATE '{today}' - (e.id %% 300)::int",
            "handed_over_at": "now()",
        },
        f"{source} AND e.id %% 200 = 11",
        params,
    )
    _insert(
        "accounts_auditentry",
        {
            "at": "now()",
            "actor_id": "0",
            "actor_name": "'Officer'",
            "role": "'officer'",
            "bureau_id": "e.bureau_id",
            "station_id": "e.station_id",
            "enterprise_id": "e.id",
            "address": "''",
            "request_id": "''",
            "action": "'create'",
            "object_type": "'enterprise'",
            "object_id": "e.id",
            "object_label": "e.name",
            "reason": "''",
            "before": "'{}'",
            "after": "'{}'",
        },
        f"generate_series(1, 2), {source}",
        params,
    )
