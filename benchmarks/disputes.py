"""List, board and picture of a bureau with many disputes, as an officer and as a supervisor.

``python -m benchmarks.disputes --disputes 100000``. Two thirds are settled, one in three has a way and sessions, one in five an
agreement with four instalments, some of them in breach. Of each page stand the milliseconds: median and p95 of a request, and its
processor time in Python and in PostgreSQL. ``--explain`` prints the plans of what takes longest.
"""

import argparse
from collections.abc import Iterator
from typing import Any

from benchmarks import own
from benchmarks.readers import bureau_for, empty_bureau, fill, measure_pages, options_of

EACH = 4  # disputes of an enterprise
DAYS = 730  # over which they were opened
INSTALMENTS = 4


def main() -> None:
    options = options_of("disputes", 100_000, __doc__)
    with own.servers(options.data_dir, keep=options.keep):
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Generate the bureau unless it is there, then print the figures of each reader."""
    from foundation.accounts.choices import Role
    from foundation.accounts.models import RoleGrant

    bureau = bureau_for(options, generated)
    for role in (Role.OFFICER, Role.SUPERVISOR):
        grant = RoleGrant.objects.filter(bureau=bureau, role=role).order_by("id")[0]
        measure_pages(options, role, grant, pages(is_supervisor=role == Role.SUPERVISOR))


def pages(*, is_supervisor: bool) -> Iterator[tuple[str, str]]:
    """Yield the names and addresses of the pages."""
    rows = "/disputes/"
    yield "list", rows
    yield "list_mine", f"{rows}?led=on"
    yield "list_risk", f"{rows}?risk=high"
    yield "list_stage", f"{rows}?stage=performance"
    yield "list_week", f"{rows}?ends=week"
    yield "list_late", f"{rows}?ends=late"
    yield "list_breach", f"{rows}?breach=now"
    yield "list_way", f"{rows}?way=peoples"
    yield "list_no_way", f"{rows}?way=none&state=open"
    yield "list_no_follow_up", f"{rows}?followed=none"
    yield "list_result", f"{rows}?result=police-failed"
    yield "list_kind", f"{rows}?kind=wages&state=overdue"
    yield "list_enterprise", f"{rows}?q=华达"
    yield "list_deep", f"{rows}?page=40"
    yield "board", f"{rows}board/"
    yield "board_mine", f"{rows}board/?led=on"
    yield "board_risk", f"{rows}board/?risk=high"
    if is_supervisor:
        yield "picture", f"{rows}picture/"
        yield "picture_cold", f"{rows}picture/"


# --- the bureau ------------------------------------------------------------------------------------------------------


def generated(disputes: int, stations: int) -> Any:
    """Create a bureau with so many disputes in every stage."""
    from benchmarks import generate

    def write(ids: list[int]) -> None:
        _disputes(ids)
        _mediation(ids)
        _agreements(ids)
        _follow_ups(ids)
        generate._around(ids)

    return fill(*empty_bureau(stations), disputes // EACH, write)


def _disputes(stations: list[int]) -> None:
    """Add the disputes: two thirds settled, one in ten of those closed; a third of the open ones may grow."""
    from django.utils import timezone

    from benchmarks import generate

    settled = "e.r2 < 0.67 AND d + (e.r3 * 60)::int <= today"
    columns = generate.FACT | {
        "kind": "(ARRAY['wages','wages','labour','contract','injury','between','consumer','other'])[1 + (r1 * 7)::int]",
        "opened_on": "d",
        "due_on": "d + 30",
        "settled_on": f"CASE WHEN {settled} THEN d + (r3 * 60)::int END",
        "closed_on": f"CASE WHEN {settled} AND r4 < 0.1 THEN greatest(d + (r3 * 60)::int, today - 5) END",
        "summary": "'Wages of ' || (r5 * 40)::int || ' workers'",
        "people": "1 + (r4 * 40)::int",
        "risk": "CASE WHEN r5 < 0.1 THEN 'high' WHEN r5 < 0.3 THEN 'medium' ELSE '' END",
        "risk_next_on": "CASE WHEN r5 < 0.3 THEN today - 5 + (r1 * 30)::int END",
        "lead_id": "CASE WHEN r1 < 0.5 THEN g.id ELSE 0 END",
        "lead_name": "CASE WHEN r1 < 0.5 THEN 'Officer' ELSE '' END",
    }
    source = f"""(
        SELECT e.id, e.station_id, today, today - (random() ^ 1.2 * {DAYS})::int AS d,
            random() AS r1, random() AS r2, random() AS r3, random() AS r4, random() AS r5
        FROM (SELECT id, station_id, %(today)s::date AS today
              FROM enterprises_enterprise WHERE station_id = ANY(%(stations)s)) e
        CROSS JOIN LATERAL generate_series(1, {EACH}) OFFSET 0
    ) e JOIN (SELECT station_id, min(user_id) AS id FROM accounts_rolegrant WHERE role = 'officer' GROUP BY 1) g
        ON g.station_id = e.station_id"""
    generate._insert(
        "disputes_dispute", columns, source, {"today": timezone.localdate(), "stations": stations}
    )


_OF = {"enterprise_id": "v.enterprise_id", "station_id": "v.station_id", "dispute_id": "v.id"}


def _from(where: str, more: str = "") -> str:
    return f"disputes_dispute v {more} WHERE v.station_id = ANY(%(stations)s) AND v.voided_at IS NULL AND {where}"


def _entered(table: str, columns: dict[str, str], source: str, stations: list[int]) -> None:
    from benchmarks import generate

    entered = dict.fromkeys(("key", "by", "voided_by", "void_reason"), "''") | {"by_id": "0", "at": "now()"}
    generate._insert(table, _OF | entered | columns, source, {"stations": stations})


def _mediation(stations: list[int]) -> None:
    """Let one dispute in three be led by a way, one in twelve by a second one, with sessions and some planned ones."""
    texts = dict.fromkeys(("reason", "recipient", "offence", "ground", "minors", "agent"), "''")
    flags = {"oral": "false", "needs_appraisal": "false", "on_the_spot": "false"}
    running = "v.settled_on IS NULL AND v.id %% 12 = 0"
    way = (
        texts
        | flags
        | {
            "kind": "(ARRAY['police','peoples','peoples','admin'])[1 + v.id %% 4]",
            "from_on": "v.opened_on + 1",
            "body": "'Committee'",
            "running": f"CASE WHEN {running} THEN 'first' ELSE '' END",
            "due_on": f"CASE WHEN {running} THEN v.opened_on + 8 END",
        }
    )
    _entered("disputes_way", way, _from("v.id %% 3 = 0"), stations)
    second = way | {"kind": "'transfer'", "from_on": "v.opened_on + 9", "running": "''", "due_on": "NULL"}
    _entered("disputes_way", second, _from("v.id %% 12 = 3"), stations)
    meeting = {
        "begins_at": "'09:00'",
        "ends_at": "'11:00'",
        "manner": "'joint'",
        "place": "'Room 2'",
        "officer_id": "1",
        "officer_name": "'Officer'",
        "officer_number": "''",
        "second_name": "''",
        "second_number": "''",
    }
    said = dict.fromkeys(("led_by", "next_step", "camera", "late_reason"), "''")
    numbers = dict.fromkeys(("applicants", "respondents", "others", "appointment_id", "replaces_id"), "0")
    session = (
        meeting
        | said
        | numbers
        | {
            '"on"': "v.opened_on + 3",
            "present": "'[]'",
            "minutes": "'Heard'",
            "is_standard": "false",
            "is_recorded": "false",
            "next_on": "CASE WHEN v.id %% 5 = 0 THEN v.opened_on + 10 END",
        }
    )
    _entered("disputes_mediationsession", session, _from("v.id %% 3 = 0"), stations)
    ended = dict.fromkeys(("ended_as", "ended_by", "ended_reason"), "''")
    planned = meeting | ended | {'"on"': "current_date + (v.id %% 9)::int - 2", "moves_id": "0"}
    _entered("disputes_appointment", planned, _from("v.settled_on IS NULL AND v.id %% 15 = 0"), stations)


def _agreements(stations: list[int]) -> None:
    """Let one dispute in five have an agreement of four instalments, of which most were paid, and breaches of the others."""
    from benchmarks import generate

    given = {"stations": stations}
    texts = ("place", "presided_number", "organisation", "mediators", "witnesses", "recorded_by", "form_key")
    agreed = _OF | dict.fromkeys((*texts, "ended_as", "end_reason", "ended_by"), "''")
    agreed |= {
        "kind": "'peoples'",
        "concluded_on": "v.opened_on + 12",
        "presided_by": "'Officer'",
        "facts": "'Wages'",
        "terms": "'Paid in parts'",
        "debtor": "'respondent'",
        "creditor": "'applicant'",
        "copies": "3",
        "signers": "'{applicant,respondent}'",
        "effective_on": "CASE WHEN v.id %% 50 > 0 THEN v.opened_on + 12 END",
        "confirm_by": "CASE WHEN v.id %% 50 > 0 THEN v.opened_on + 42 END",
        "replaces_id": "0",
        "recorded_by_id": "0",
        "recorded_at": "now()",
    }
    generate._insert("disputes_agreement", agreed, _from("v.id %% 5 = 0"), given)
    of = {
        "enterprise_id": "a.enterprise_id",
        "station_id": "a.station_id",
        "dispute_id": "a.dispute_id",
        "agreement_id": "a.id",
    }
    of_all = "disputes_agreement a {more} WHERE a.station_id = ANY(%(stations)s) AND {where}"
    parts = of_all.format(more=f"CROSS JOIN generate_series(1, {INSTALMENTS}) i", where="true")
    due = "a.concluded_on + 30 * i"
    columns = of | {"number": "i", "due_on": due, "fen": "100000 + i", "way": "'transfer'"}
    generate._insert("disputes_instalment", columns, parts, given)
    empty = ("remark", "recorded_by", "form_key", "taken_back_by", "taken_back_reason")
    paid = of | dict.fromkeys(empty, "''") | dict.fromkeys(("proof_id", "replaces_id", "recorded_by_id"), "0")
    paid |= {
        "paid_on": f"least({due} + (a.id %% 7)::int - 5, current_date)",
        "fen": "100000 + i",
        "number": "CASE WHEN a.id %% 2 = 0 THEN i ELSE 0 END",
        "way": "'transfer'",
        "recorded_at": "now()",
    }
    where = f"{due} - 5 <= current_date AND a.effective_on IS NOT NULL AND (a.id + i) %% 13 > 0"
    source = of_all.format(more=f"CROSS JOIN generate_series(1, {INSTALMENTS}) i", where=where)
    generate._insert("disputes_payment", paid, source, given)
    breach = of | {
        "number": "i",
        "due_on": due,
        '"on"': f"{due} + 1",
        "fen": "100000 + i",
        "made_at": "now()",
    }
    where = f"{due} < current_date AND a.effective_on IS NOT NULL AND (a.id + i) %% 13 = 0"
    source = of_all.format(more=f"CROSS JOIN generate_series(1, {INSTALMENTS}) i", where=where)
    generate._insert("disputes_breach", breach, source, given)


def _follow_ups(stations: list[int]) -> None:
    """Let half of the settled disputes be followed up, most of them done."""
    from benchmarks import generate

    texts = ("officer_name", "planned_by", "key", "satisfied", "said", "done_by", "judged_by")
    done = "v.id %% 8 > 0 AND v.settled_on + 30 <= current_date"
    columns = (
        _OF
        | dict.fromkeys((*texts, "drop_reason", "dropped_by", "void_reason"), "''")
        | {
            "planned_on": "v.settled_on + 30",
            "way": "'call'",
            "officer_id": "0",
            "question": "'Is it kept?'",
            "planned_by_id": "0",
            "recorded_at": "now()",
            "changed_at": "now()",
            "done_by_id": "0",
            "done_on": f"CASE WHEN {done} THEN v.settled_on + 30 END",
            "reached": f"CASE WHEN {done} THEN v.id %% 9 > 0 END",
            "relapse": f"CASE WHEN {done} THEN v.id %% 40 = 2 END",
            "reopened": f"CASE WHEN {done} AND v.id %% 40 = 2 THEN true END",
        }
    )
    source = _from("v.settled_on IS NOT NULL AND v.id %% 2 = 0")
    generate._insert("disputes_followup", columns, source, {"stations": stations})


if __name__ == "__main__":
    main()
