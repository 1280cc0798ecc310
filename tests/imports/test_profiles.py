"""Loading a profile reports all mistakes, with place and suggestion."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from imports.profile_reading import FOLDER, load, names
from imports.remarks import ImportFailed
from tests.imports.conftest import DataSet

GOOD = """
[[file]]
path = "a.csv"
becomes = "enterprise"
key = "no"
station = { column = "zip" }
fields = { name = "name" }
"""
FACT = """
[[file]]
path = "a.csv"
becomes = "hazard"
key = "no"
enterprise = "firm"
fields = { item = "what", found_on = "day" }
"""


def mistakes(tmp_path: Path, text: str) -> str:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportFailed) as caught:
        load(str(path))
    return str(caught.value)


@pytest.mark.parametrize("name", names())
def test_shipped_profiles_are_valid(name: str) -> None:
    assert load(name).files
    assert (FOLDER / f"{name}.toml").is_file()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD + "colour = 1", "file 1 (a.csv): unknown key “colour”"),
        (GOOD.replace("becomes", "becums"), "unknown key “becums”. Did you mean “becomes”?"),
        (
            GOOD.replace('"enterprise"', '"enterprize"'),
            "“becomes” cannot be “enterprize”. Did you mean “enterprise”?",
        ),
        (GOOD.replace("{ name =", "{ nmae ="), "enterprise has no field “nmae”. Did you mean “name”?"),
        (GOOD.replace('{ name = "name" }', "{ }"), "“fields” must include “name”"),
        (GOOD.replace('key = "no"', ""), "“key” is missing"),
        (GOOD.replace('station = { column = "zip" }', ""), "“station” is missing"),
        (GOOD.replace('"a.csv"', '"../a.csv"'), "must be inside the data folder"),
        (GOOD.replace('"a.csv"', '"/etc/passwd"'), "must be inside the data folder"),
        (GOOD + 'encoding = "utf-9"', "unknown encoding “utf-9”"),
        (GOOD + 'delimiter = "::"', "“delimiter” must be one character"),
        (GOOD + 'quotes = "loose"', "“quotes” cannot be “loose”"),
        (GOOD + 'skip = { when = { column = "a" } }', "exactly one condition"),
        (GOOD + 'skip = { when = { column = "a", matches = "(" } }', "not a valid regular expression"),
        (GOOD + 'skip = { say = "x" }', "“when” is missing"),
        (GOOD + 'warn = { when = { column = "a", after = "31.1.2020" } }', "write the date as 2026-03-31"),
        (GOOD.replace('{ name = "name" }', '{ name = { column = "a", value = "b" } }'), "exactly one of"),
        (FACT.replace('"hazard"', '"liaison"') + 'keep = ["x"]', "liaison cannot keep source columns"),
        (FACT.replace('enterprise = "firm"', ""), "“enterprise” is missing"),
        (
            FACT.replace("found_on =", 'severity = { column = "s", map = { A = "grave" } }, found_on ='),
            "“grave” is not one of the values",
        ),
        (
            FACT + 'correct = { field = "item", not_before = "found_on" }',
            "“item” is not a date field of hazard",
        ),
        (FACT + "update = true", "unknown key “update”"),
        ("title = 3\n" + GOOD, "“title” must be a text"),
        ("title = 'x'", "[[file]] is missing"),
        ("file = [1]", "must be a table"),
        ("[[file]", "is not TOML"),
    ],
)
def test_a_mistake_is_reported(tmp_path: Path, text: str, told: str) -> None:
    assert told in mistakes(tmp_path, text)


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    told = mistakes(
        tmp_path, GOOD.replace('"enterprise"', '"firm"') + FACT.replace("what", "").replace("key", "kay")
    )
    assert told.count("\n- ") >= 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("profile", "told"),
    [
        ("detroit_fod", "Did you mean “detroit_food”?"),
        ("missing.toml", "cannot be read"),
    ],
)
def test_no_such_profile(profile: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Nothing was imported") as caught:
        call_command("import_records", profile, str(tmp_path), bureau="B1", no_progress=True)
    assert told in str(caught.value)


def test_a_missing_column_is_reported_before_a_row_is_read(data_set: DataSet) -> None:
    data_set.write("checks.csv", "id,no,date,ok,note,note\n")
    with pytest.raises(ImportFailed) as caught:
        data_set.run()
    told = str(caught.value)
    assert "no column “day” (profile: fields › inspected_on)" in told
    assert "“note” appears twice" in told


def test_a_file_that_is_missing(data_set: DataSet) -> None:
    (data_set.folder / "checks.csv").unlink()
    with pytest.raises(ImportFailed, match=r"There is no file checks\.csv"):
        data_set.run()
