"""One enterprise of the demo whose facts are written out, so that it can be rated by hand (docs/rating.md).

The dates are those of a demo whose latest complete quarter is 2026Q3. In any other demo they move by whole quarters
(same month of the quarter, same day of the month or its last), see :func:`moved`.
"""

import calendar
import datetime as dt
from typing import Any

from foundation.periods import Period

WRITTEN_FOR = Period(2026, 3)

STATION_CODE = "AD01"
EXTERNAL_ID = "AD-001"
NAME = "清河铭洲精工制造有限公司"
SECURITY_CHIEF = "宋长林"
ENTERPRISE: dict[str, Any] = {
    "external_id": EXTERNAL_ID,
    "name": NAME,
    "address": "清河市东江区创业三路18号",
    "industry_code": "C3670",
    "legal_representative": "马振华",
    "responsible_person": "林丽华",
    "security_chief": SECURITY_CHIEF,
    "headcount": 286,
    "registered_on": "2019-04-08",
}
LIAISON_SINCE = "2024-03-04"


def _weekly(first: str, count: int) -> list[tuple[str, str]]:
    """Return a weekly check from a day on, with alternating targets."""
    turn = ("department", "vehicle", "equipment", "funds")
    start = dt.date.fromisoformat(first)
    return [((start + dt.timedelta(weeks=week)).isoformat(), turn[week % 4]) for week in range(count)]


# Day and target. 2026Q3: 11 of 13 weeks; checks of key targets: 4 in July, 3 in August, 4 in September.
SELF_CHECKS = [
    *_weekly("2024-04-10", 11),
    *_weekly("2024-07-03", 12),
    *_weekly("2024-10-16", 10),
    *_weekly("2025-01-08", 3),
    *_weekly("2025-02-12", 6),
    *_weekly("2025-04-02", 11),
    *_weekly("2025-07-02", 12),
    *_weekly("2025-10-15", 11),
    *_weekly("2026-01-07", 6),
    *_weekly("2026-02-25", 5),
    *_weekly("2026-04-01", 13),
    ("2026-07-01", "department"),
    ("2026-07-08", "vehicle"),
    ("2026-07-15", "equipment"),
    ("2026-07-22", "funds"),
    ("2026-07-29", "general"),
    ("2026-08-05", "department"),
    ("2026-08-12", "vehicle"),
    ("2026-08-19", "equipment"),
    ("2026-09-02", "department"),
    ("2026-09-09", "vehicle"),
    ("2026-09-16", "equipment"),
    ("2026-09-17", "funds"),
    *_weekly("2026-10-14", 11),
]

ACTIVITIES: list[dict[str, Any]] = [
    {"held_on": "2024-09-11", "kind": "education", "topic": "防范电信网络诈骗法治宣传", "attendance": 132},
    {
        "held_on": "2024-11-20",
        "kind": "drill",
        "topic": "反恐防暴应急演练",
        "attendance": 96,
        "photo_on_file": True,
    },
    {"held_on": "2025-03-12", "kind": "education", "topic": "治安管理处罚法宣讲", "attendance": 140},
    {
        "held_on": "2025-06-11",
        "kind": "drill",
        "topic": "突发事件疏散演练",
        "attendance": 121,
        "photo_on_file": True,
    },
    {"held_on": "2025-09-10", "kind": "education", "topic": "禁毒法治宣传", "attendance": 88},
    {
        "held_on": "2025-12-03",
        "kind": "drill",
        "topic": "盗窃抢劫处置演练",
        "attendance": 104,
        "photo_on_file": True,
    },
    {
        "held_on": "2026-03-18",
        "kind": "education",
        "topic": "企业事业单位内部治安保卫条例学习",
        "attendance": 126,
    },
    {
        "held_on": "2026-06-10",
        "kind": "drill",
        "topic": "消防疏散与治安联动演练",
        "attendance": 118,
        "photo_on_file": True,
    },
    {
        "held_on": "2026-08-20",
        "kind": "training",
        "topic": "保安员岗位培训",
        "attendance": 14,
        "photo_on_file": True,
    },
]

INSPECTIONS: list[dict[str, Any]] = [
    {"inspected_on": "2024-06-12", "kind": "routine", "conclusion": "qualified"},
    {"inspected_on": "2024-09-05", "kind": "routine", "conclusion": "qualified"},
    {"inspected_on": "2024-12-10", "kind": "routine", "conclusion": "rectify"},
    {"inspected_on": "2025-03-20", "kind": "routine", "conclusion": "qualified"},
    {"inspected_on": "2025-06-17", "kind": "routine", "conclusion": "qualified"},
    {"inspected_on": "2025-09-16", "kind": "special", "conclusion": "qualified"},
    {"inspected_on": "2025-12-09", "kind": "routine", "conclusion": "rectify"},
    {"inspected_on": "2026-01-20", "kind": "unannounced", "conclusion": "unqualified"},
    {"inspected_on": "2026-02-09", "kind": "reinspection", "conclusion": "qualified"},
    {"inspected_on": "2026-06-16", "kind": "routine", "conclusion": "rectify"},
    {"inspected_on": "2026-07-03", "kind": "reinspection", "conclusion": "qualified"},
    {"inspected_on": "2026-08-11", "kind": "routine", "conclusion": "rectify"},
    {"inspected_on": "2026-08-28", "kind": "reinspection", "conclusion": "rectify"},
    {"inspected_on": "2026-10-16", "kind": "reinspection", "conclusion": "qualified"},
]

# "inspection" is the day of the inspection that found the hazard.
HAZARDS: list[dict[str, Any]] = [
    {"inspection": "2024-12-10", "found_on": "2024-12-10", "item": "夜间巡逻未按规定执行", "place": "厂区北侧",
     "due_on": "2024-12-24", "rectified_on": "2024-12-20", "closed_on": "2024-12-23"},
    {"inspection": "2025-12-09", "found_on": "2025-12-09", "item": "重要部位门锁损坏", "place": "财务室",
     "due_on": "2025-12-24", "rectified_on": "2025-12-18", "closed_on": "2025-12-22"},
    {"inspection": "2026-01-20", "found_on": "2026-01-20", "item": "入侵报警装置失灵", "place": "财务室",
     "major_from_on": "2026-01-20", "due_on": "2026-02-06", "rectified_on": "2026-02-05", "closed_on": "2026-02-09"},
    {"origin": "self", "reported_on": "2026-05-12", "found_on": "2026-05-12", "item": "围墙破损可翻越",
     "place": "厂区西侧", "due_on": "2026-05-26", "rectified_on": "2026-05-21", "closed_on": "2026-05-22"},
    # Rectified in time, re-inspected three days later: on time.
    {"inspection": "2026-06-16", "found_on": "2026-06-16", "item": "外来人员车辆未登记", "place": "大门岗",
     "due_on": "2026-07-01", "rectified_on": "2026-06-26", "closed_on": "2026-07-03"},
    # Found by the enterprise itself.
    {"origin": "self", "reported_on": "2026-07-14", "found_on": "2026-07-14", "item": "照明设施损坏",
     "place": "厂区北侧", "due_on": "2026-07-28", "rectified_on": "2026-07-24", "closed_on": "2026-07-27"},
    # On time by a granted extension.
    {"inspection": "2026-08-11", "found_on": "2026-08-11", "item": "视频监控存储不足30天", "place": "监控室",
     "due_on": "2026-08-26", "extension_granted_on": "2026-08-24", "extended_due_on": "2026-09-05",
     "rectified_on": "2026-09-03", "closed_on": "2026-09-04"},
    # Late.
    {"inspection": "2026-08-11", "found_on": "2026-08-11", "item": "值班记录缺失", "place": "门卫室",
     "due_on": "2026-08-21", "rectified_on": "2026-08-27", "closed_on": "2026-08-28"},
    # The same item at the same place as in December, and overdue at the end of September.
    {"inspection": "2026-08-11", "found_on": "2026-08-11", "item": "重要部位门锁损坏", "place": "财务室",
     "due_on": "2026-09-10", "rectified_on": "2026-10-14", "closed_on": "2026-10-16"},
]  # fmt: skip

# The last one was moved into the main building, and is none any more.
KEY_POSITIONS: list[dict[str, Any]] = [
    {"name": "财务室", "kind": "cash"},
    {"name": "监控室", "kind": "control"},
    {"name": "大门岗", "kind": "gate"},
    {"name": "成品仓库", "kind": "store"},
    {"name": "危化品库", "kind": "dangerous"},
    {"name": "门卫室", "kind": "gate", "ended_on": "2026-09-15"},
]

_CALLS = [
    "2024-07-11",
    "2024-08-21",
    "2024-10-23",
    "2024-12-04",
    "2025-01-15",
    "2025-02-19",
    "2025-03-11",
    "2025-04-16",
    "2025-05-14",
    "2025-06-25",
    "2025-07-16",
    "2025-08-13",
    "2025-09-24",
    "2025-10-22",
    "2025-12-17",
    "2026-01-14",
    "2026-03-11",
    "2026-04-15",
    "2026-06-03",
    "2026-07-09",
    "2026-08-15",
    "2026-09-02",
]
INCIDENTS: list[dict[str, Any]] = [
    *(
        {"kind": "police_call", "occurred_on": day, "verified_on": day, "summary": "员工之间口角报警"}
        for day in _CALLS
    ),
    {"kind": "public_security_case", "occurred_on": "2026-04-20", "verified_on": "2026-04-22", "at_fault": True,
     "duty_fulfilled": False, "summary": "更衣室财物被盗，储物柜未设锁"},
    {"kind": "public_security_case", "occurred_on": "2026-07-20", "verified_on": "2026-07-23", "at_fault": False,
     "duty_fulfilled": True, "summary": "外来人员强行闯入厂区，保安及时制止"},
    {"kind": "public_security_case", "occurred_on": "2026-08-03", "verified_on": "2026-08-05", "at_fault": True,
     "duty_fulfilled": False, "summary": "仓库零星物资被盗，夜间无人巡逻"},
    # Not verified yet: does not count.
    {"kind": "public_security_case", "occurred_on": "2026-09-20", "summary": "员工斗殴，正在核查"},
]  # fmt: skip

DISPUTES: list[dict[str, Any]] = [
    {"kind": "labour", "opened_on": "2026-02-04", "due_on": "2026-03-06", "settled_on": "2026-02-25",
     "summary": "班次调整引发员工与管理人员争执", "people": 6},
    {"kind": "wages", "opened_on": "2026-07-08", "due_on": "2026-08-07", "settled_on": "2026-07-30",
     "summary": "外包班组反映加班工资未结清", "people": 11, "amount": "38600.00"},
    {"kind": "contract", "opened_on": "2026-09-15", "due_on": "2026-10-15", "summary": "运输费用结算争议",
     "people": 2, "amount": "12500.00"},
]  # fmt: skip


def moved(day: str, latest: Period) -> dt.date:
    """Return a day of this module in a demo whose latest complete quarter is ``latest``."""
    written = dt.date.fromisoformat(day)
    quarters = (latest.year - WRITTEN_FOR.year) * 4 + latest.quarter - WRITTEN_FOR.quarter
    month = written.year * 12 + written.month - 1 + quarters * 3
    year, month = month // 12, month % 12 + 1
    return dt.date(year, month, min(written.day, calendar.monthrange(year, month)[1]))


def dated(record: dict[str, Any], latest: Period) -> dict[str, Any]:
    """Return a record with its days moved."""
    return {
        name: moved(value, latest) if name.endswith("_on") and isinstance(value, str) else value
        for name, value in record.items()
    }
