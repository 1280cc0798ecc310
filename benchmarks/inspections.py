"""Lists and figures of a bureau with many inspections, as an officer and as a supervisor, and a checklist sent.

``python -m benchmarks.inspections --inspections 300000``. One in five was made by a checklist of twenty items. Of each page stand
the milliseconds: median and p95 of a request, and its processor time in Python and in PostgreSQL. ``--explain`` prints the plans of
what takes longest.
"""

import argparse
from collections.abc import Iterator
from typing import Any

from benchmarks import own
from benchmarks.readers import bureau_for, empty_bureau, fill, measure_pages, options_of

PER_ENTERPRISE = 2.4  # inspections that the generator draws on average
CHECKED, ITEMS = 5, 20  # one in so many has answers to so many items


def main() -> None:
    options = options_of("inspections", 300_000, __doc__)
    with own.servers(options.data_dir, keep=options.keep):
        measure(options)


def measure(options: argparse.Namespace) -> None:
    """Generate the bureau unless it is there, then print the figures of each reader."""
    from foundation.accounts.choices import Role
    from foundation.accounts.models import RoleGrant

    bureau = bureau_for(options, generated)
    for role in (Role.OFFICER, Role.SUPERVISOR):
        grant = RoleGrant.objects.filter(bureau=bureau, role=role).order_by("id")[0]
        measure_pages(options, role, grant, pages(grant.user_id, is_supervisor=role == Role.SUPERVISOR))


def pages(user_id: int, *, is_supervisor: bool) -> Iterator[tuple[str, str]]:
    """Yield the names and addresses of the pages."""
    rows = "/inspections/"
    yield "list", rows
    yield "list_mine", f"{rows}?liaison={user_id}"
    yield "list_conclusion", f"{rows}?conclusion=rectify"
    yield "list_none_yet", f"{rows}?conclusion=none"
    yield "list_special", f"{rows}?kind=special"
    yield "list_quarter", f"{rows}?period=quarter"
    yield "list_nothing_found", f"{rows}?found=nothing"
    yield "list_inspector", f"{rows}?inspector=Li"
    yield "list_item_failed", f"{rows}?failed=A01"
    yield "list_industry", f"{rows}?section=C"
    yield "list_enterprise", f"{rows}?q=华达"
    yield "list_oldest", f"{rows}?sort=inspected_on"
    yield "list_deep", f"{rows}?page=40"
    yield "failing", f"{rows}checklists/failing/"
    yield "failing_item", f"{rows}checklists/failing/?item=A01"
    if is_supervisor:
        yield "figures", f"{rows}figures/"
        yield "figures_cold", f"{rows}figures/"


# --- the bureau ------------------------------------------------------------------------------------------------------


def generated(inspections: int, stations: int) -> Any:
    """Create a bureau with so many inspections, hazards of them, and answers to checklists."""
    from benchmarks import generate

    def write(ids: list[int]) -> None:
        generate._records("inspection", ids)
        _hazards(ids)
        generate._around(ids)
        _answers(ids)

    return fill(*empty_bureau(stations), int(inspections / PER_ENTERPRISE), write)


def _hazards(stations: list[int]) -> None:
    """Add a hazard to every other inspection."""
    from benchmarks import generate

    columns = generate.FACT | {
        "inspection_id": "v.id",
        "item": "'Item ' || v.id %% 40",
        "place": "'Place ' || v.id %% 7",
        "description": "''",
        "origin": "'police'",
        "found_on": "v.inspected_on",
        "due_on": "v.inspected_on + 15",
        "closed_on": "CASE WHEN v.id %% 9 > 0 THEN v.inspected_on + 12 END",
    }
    source = """inspections_inspection v JOIN enterprises_enterprise e ON e.id = v.enterprise_id
        WHERE v.station_id = ANY(%(stations)s) AND v.id %% 2 = 0"""
    generate._insert("inspections_hazard", columns, source, {"stations": stations})


def _answers(stations: list[int]) -> None:
    """Let one inspection in five have answered a checklist."""
    from benchmarks import generate

    of = {"enterprise_id": "v.enterprise_id", "station_id": "v.station_id", "inspection_id": "v.id"}
    where = f"inspections_inspection v WHERE v.station_id = ANY(%(stations)s) AND v.id %% {CHECKED} = 0"
    texts = dict.fromkeys(("camera", "left_reason", "concluded_reason"), "''")
    flags = {"certificate_shown": "true", "lists": "'[]'", "officers": "'[]'"}
    code = "'A' || lpad(i::text, 2, '0')"
    columns = of | {
        "place": "i",
        "section": "'Gate'",
        "section_en": "''",
        "code": code,
        "asked": f"jsonb_build_object('code', {code}, 'ask', 'Exit', 'hazard', 'Exit locked')",
        "answer": "(ARRAY['pass','pass','pass','pass','fail','n_a'])[1 + (random() * 5.99)::int %% 6]",
        "note": "''",
    }
    source = where.replace(" v ", f" v CROSS JOIN generate_series(1, {ITEMS}) i ", 1)
    generate._insert("inspections_checkeditem", columns, source, {"stations": stations})
    sums = {
        "weight_asked": "count(*) FILTER (WHERE answer IN ('pass', 'fail'))",
        "weight_passed": "count(*) FILTER (WHERE answer = 'pass')",
        "critical_failed": "0",
        "passed": "coalesce(array_agg(code) FILTER (WHERE answer = 'pass'), '{}')",
        "failed": "coalesce(array_agg(code) FILTER (WHERE answer = 'fail'), '{}')",
    }
    answered = "inspections_checkeditem v WHERE v.station_id = ANY(%(stations)s)"
    keys = {name: f"v.{name}" for name in of}
    source = f"{answered} GROUP BY {', '.join(keys.values())}"
    generate._insert("inspections_checkrecord", keys | texts | flags | sums, source, {"stations": stations})


if __name__ == "__main__":
    main()
