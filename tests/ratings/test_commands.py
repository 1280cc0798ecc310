"""The commands ``evaluate`` and ``export_ratings``, and runs that fail."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from enterprises.models import Enterprise
from foundation.accounts.access import WrongState
from foundation.contributions.measures import indicators
from foundation.periods import Period
from ratings.engine.measuring import stored_measures
from ratings.management.commands.evaluate import period_by_code
from ratings.models import Adoption, Evaluation, Rating, Standard
from ratings.operations import open_due_evaluations, restart_evaluation, running
from ratings.tasks import sweep
from tests.factories import AdoptionFactory, HazardFactory, InspectionFactory, StandardFactory
from tests.ratings.conftest import Case, standard

pytestmark = pytest.mark.django_db


def evaluate(case: Case, period: str = "2026Q3", **options: Any) -> str:
    said = io.StringIO()
    call_command(
        "evaluate",
        **{"bureau": case.bureau.code, "inline": True} | options,
        period=period,
        stdout=said,
        stderr=io.StringIO(),
    )
    return said.getvalue()


def export(case: Case, period: str = "2026Q3", **options: Any) -> list[dict[str, str]]:
    said = io.StringIO()
    call_command("export_ratings", **{"bureau": case.bureau.code} | options, period=period, stdout=said)
    return list(csv.DictReader(io.StringIO(said.getvalue())))


def firms(case: Case) -> list[Enterprise]:
    found = []
    for number, colour in enumerate(["green", "yellow", "red", "grey"]):
        firm = case.enterprise(
            external_id=f"F{number}", name=f"Firm, {number}", station=[case.first, case.second][number % 2]
        )
        case.deserve(firm, "2026Q3", colour)
        found.append(firm)
    return found


def test_evaluate_and_export(case: Case) -> None:
    case.adopt(standard())
    rows = firms(case)
    HazardFactory(enterprise=rows[0], found_on="2026-08-01", due_on="2026-08-20")
    said = evaluate(case)
    assert "2026Q3 by trainings 1 (regular): 4 enterprises: green 1, yellow 1, red 1, grey 1" in said
    found = export(case)
    assert list(found[0]) == ["station", "external_id", "name", "score", "colour", "decided_by", "coverage"]
    assert [tuple(row.values()) for row in found] == [
        (case.first.code, "F0", "Firm, 0", "100.0", "green", "", "1.0000"),
        (case.second.code, "F1", "Firm, 1", "70.0", "yellow", "", "1.0000"),
        (case.first.code, "F2", "Firm, 2", "10.0", "red", "", "1.0000"),
        (case.second.code, "F3", "Firm, 3", "", "grey", "N1", "1.0000"),
    ]
    assert "nothing to do" in evaluate(case)
    assert Evaluation.objects.count() == 1


def test_export_with_measures(case: Case) -> None:
    case.adopt(standard())
    firm = case.enterprise(external_id="F")
    HazardFactory(enterprise=firm, found_on="2026-08-01", due_on="2026-08-20", major_from_on="2026-08-01")
    InspectionFactory(enterprise=firm, inspected_on="2026-08-01", conclusion="rectify")
    evaluate(case)
    row = export(case, measures=True)[0]
    assert list(row)[7:] == sorted(stored_measures())
    assert set(indicators()) <= set(row)
    shown = {
        "hazards_found": "1",
        "hazards_found_major": "1",
        "hazards_closed": "0",
        "hazards_closed_on_time": "0",
        "hazards_open": "1",
        "hazards_overdue": "1",
        "hazards_overdue_major": "1",
        "inspections": "1",
        "incidents": "0",
        "last_inspection_on": "2026-08-01",
        "last_qualified_on": "",
        "days_on_register": "92",
    }
    assert {code: row[code] for code in shown} == shown


def test_a_trial_by_a_shipped_standard(case: Case) -> None:
    case.adopt(standard())
    firms(case)
    assert "hazards-only 1 (trial)" in evaluate(case, standard="hazards-only")
    assert {row["colour"] for row in export(case, standard="hazards-only")} == {"green", "grey"}
    with pytest.raises(CommandError, match="is not rated"):
        export(case)  # a trial is not the official rating
    evaluate(case)
    assert {row["colour"] for row in export(case)} == {"green", "yellow", "red", "grey"}
    assert {row["colour"] for row in export(case, standard="trainings")} == {"green", "yellow", "red", "grey"}


def test_the_same_facts_give_the_same_digest(case: Case) -> None:
    case.adopt(standard())
    rows = firms(case)
    evaluate(case, standard="hazards-only")
    assert "nothing to do" in evaluate(case, standard="hazards-only")
    evaluate(case, standard="hazards-only", again=True)
    first, second = Evaluation.objects.order_by("run")
    assert first.digest == second.digest
    assert len(first.digest) == 16
    HazardFactory(enterprise=rows[0], found_on="2026-08-01", due_on="2026-08-20")
    evaluate(case, standard="hazards-only", again=True)
    assert Evaluation.objects.get(run=3).digest != first.digest


WRONG = [
    ({"bureau": "NOWHERE"}, "There is no bureau 'NOWHERE'. Bureaus: "),
    ({"period": "2026-3"}, "not a quarter: '2026-3'"),
    ({"period": "2026Q5"}, "not a quarter"),
    ({"period": "0001Q1"}, "not a quarter"),
    ({"period": "9999Q4"}, "not a quarter"),
]


def test_a_code_in_another_spelling_names_its_bureau(case: Case) -> None:
    code = case.bureau.code
    with pytest.raises(CommandError, match=rf"Did you mean '{code}'") as caught:
        evaluate(case, bureau=code.swapcase())
    assert "Bureaus:" not in str(caught.value)


@pytest.mark.parametrize("code", ["2026q3", "２０２６Ｑ３", " 2026 Q3\n"])
def test_a_quarter_in_another_spelling_is_that_quarter(code: str) -> None:
    assert period_by_code(code) == Period(2026, 3)


@pytest.mark.parametrize(("options", "message"), WRONG)
@pytest.mark.parametrize("command", [evaluate, export])
def test_a_wrong_argument_gets_one_sentence(
    case: Case, command: Callable, options: dict, message: str
) -> None:
    with pytest.raises(CommandError) as caught:
        command(case, **options)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value).strip()


def test_wrong_standard_and_wrong_time(case: Case) -> None:
    with pytest.raises(
        CommandError,
        match=r"There is no standard 'nothing'. Standards: default, default-2, default-3, default-4, hazards-only\.",
    ):
        evaluate(case, standard="nothing")
    with pytest.raises(CommandError, match="No standard is adopted yet"):
        evaluate(case)
    with pytest.raises(CommandError, match="has not begun yet"):
        evaluate(case, period="2027Q1", standard="hazards-only")
    case.adopt(standard())
    with pytest.raises(CommandError, match="has not ended yet"):
        evaluate(case, period="2026Q4")
    with pytest.raises(CommandError, match="No enterprise was on the register on 2026-09-30"):
        evaluate(case)
    with pytest.raises(CommandError, match="is not rated"):
        export(case)
    assert not Evaluation.objects.exists()


def test_it_adopts_nothing_and_publishes_only_the_standard_named(case: Case) -> None:
    case.enterprise()
    assert "by default 1 (trial)" in evaluate(case, standard="default")
    assert list(Standard.objects.values_list("code", flat=True)) == ["default"]
    assert not Adoption.objects.exists()


def test_a_standard_that_cannot_be_read_fails_the_run_and_a_restart_repairs_it(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As one that an earlier version published, under a reader that accepts less."""
    case.adopt(standard())
    rows = firms(case)
    read = running.parse
    monkeypatch.setattr(running, "parse", lambda text: read(text.replace("points = 100", "points = what", 1)))
    with pytest.raises(CommandError, match=r"The run failed: Not valid TOML.*\(use --again to restart it\)"):
        evaluate(case)
    failed = Evaluation.objects.get()
    assert (failed.state, "Not valid TOML" in failed.error) == ("failed", True)
    assert not Rating.objects.exists()
    with pytest.raises(CommandError, match="The run failed"):
        evaluate(case)
    monkeypatch.setattr(running, "parse", read)
    said = evaluate(case, again=True)
    assert "4 enterprises" in said
    failed.refresh_from_db()
    assert (failed.state, failed.error, failed.criteria) == ("complete", "", ["G1"])
    assert case.rating(rows[0], "2026Q3").colour == "green"
    assert Evaluation.objects.count() == 1


def test_a_failed_quarter_keeps_the_next_waiting_and_the_sweep_alive(case: Case) -> None:
    AdoptionFactory(bureau=case.bureau, standard=StandardFactory(bureau=case.bureau, body="broken"))
    case.bureau.rates_from = "2026Q2"
    case.bureau.save()
    case.enterprise()
    for evaluation in open_due_evaluations(bureau=case.bureau):
        case.run(evaluation)
    assert list(Evaluation.objects.values_list("period_code", "state")) == [("2026Q2", "failed")]
    assert open_due_evaluations(bureau=case.bureau) == []
    sweep()
    assert Evaluation.objects.count() == 1


def test_an_error_in_the_middle_of_a_run(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second of two batches fails: the first one's ratings stay hidden, and a restart rates everybody once."""
    case.adopt(standard())
    rows = firms(case)
    monkeypatch.setattr("ratings.operations.evaluations.SMALLEST_BATCH", 2)
    real, calls = running.visible_from, []

    def failing(*options: Any) -> Any:
        calls.append(options)
        if len(calls) == 2:
            raise KeyError("a bug")
        return real(*options)

    monkeypatch.setattr(running, "visible_from", failing)
    evaluation = case.rate("2026Q3")
    assert evaluation.batches.count() == 2
    assert (evaluation.state, evaluation.error) == ("failed", "'a bug'")
    assert Rating.objects.count() == 2
    rows[0].refresh_from_db()
    assert rows[0].rated_period == ""
    with pytest.raises(CommandError, match="is not rated"):
        export(case)
    restart_evaluation(actor=case.actor, evaluation_id=evaluation.pk)
    case.run(evaluation)
    assert (evaluation.state, evaluation.registered, Rating.objects.count()) == ("complete", 4, 4)
    with pytest.raises(WrongState, match="Only a failed"):
        restart_evaluation(actor=case.actor, evaluation_id=evaluation.pk)


def test_an_export_compares_no_rating_with_all_others(case: Case) -> None:
    """With a nested loop it did not finish at 50 thousand ratings while PostgreSQL expected few."""
    case.adopt(standard())
    firms(case)
    evaluate(case)
    plans: list[str] = []

    def explained(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and 'FROM "ratings_rating"' in sql:
            with connection.connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN {sql}", params)
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explained):
        assert len(export(case)) == 4
    assert len(plans) == 3
    assert [plan for plan in plans if "Nested Loop Anti Join" in plan] == []
