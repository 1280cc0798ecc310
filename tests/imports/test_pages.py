"""The pages of imports: only for the bureau's supervisor, with a constant number of queries."""

import re
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau, Station
from imports.models import Import
from tests.exports.reading import lines_of, taken
from tests.factories import RoleGrantFactory, UserFactory
from tests.imports.conftest import DataSet, bureau_scope

ROOT = Path(__file__).resolve().parents[2]
BAD = "".join(f"x{number},9,2025-02-03,yes,\n" for number in range(60))


def log_in(role: Role, bureau: Bureau, station: Station | None = None) -> Client:
    user = UserFactory()
    if role == Role.OPERATOR:
        RoleGrantFactory(user=user, role=role, bureau=None, station=None)
    else:
        RoleGrantFactory(user=user, role=role, bureau=bureau, station=station)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def imported(data_set: DataSet) -> Import:
    data_set.write("checks.csv", "id,no,day,ok,note\na,1,2025-02-03,perhaps,\n" + BAD)
    data_set.run()
    data_set.run("B2")
    with bureau_scope():
        return Import.objects.get()


def pages(run: Import) -> list[str]:
    return [
        reverse("imports:list"),
        reverse("imports:report", args=[run.pk]),
    ]


def test_the_supervisor_reads_list_report_and_csv(imported: Import) -> None:
    client = log_in(Role.SUPERVISOR, imported.bureau)
    client.get(reverse("imports:list"))  # the first request after a log-in saves the session
    for address in pages(imported):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(address)
        assert answer.status_code == 200, address
        statements = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
        assert len(statements) <= 12, statements
    lines = lines_of(taken(client, reverse("imports:report", args=[imported.pk]), "csv").content)
    assert len(lines) == 62
    assert any("Unknown value “perhaps”" in line[3] for line in lines)
    listed = client.get(reverse("imports:list")).content.decode()
    assert "import_records PROFILE FOLDER" in listed
    assert "detroit_food" in listed


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("", "No enterprise “9”", "page=3"),
        ("outcome=warned", "Unknown value", "No enterprise"),
        ("file=firms.csv", "Nothing matches these filters", "No enterprise"),
        ("q=perhaps", "Unknown value", "No enterprise"),
        ("what=no_enterprise", "No enterprise", "Unknown value"),
        ("q=17", "No enterprise", "Unknown value"),
        ("outcome=nonsense", "nonsense is not one of the available choices", "Unknown value"),
        ("q=%00&file=../x&page=9999&sort=evil", "A filter has an invalid value", "Unknown value"),
    ],
)
def test_filters(imported: Import, query: str, shown: str, hidden: str) -> None:
    client = log_in(Role.SUPERVISOR, imported.bureau)
    answer = client.get(reverse("imports:report", args=[imported.pk]) + "?" + query)
    assert answer.status_code == 200
    results = answer.content.decode().split('id="results"')[1]
    assert shown in results
    assert hidden not in results


def test_other_roles_are_refused(imported: Import) -> None:
    bureau, other = imported.bureau, Bureau.objects.get(code="B2")
    station = bureau.stations.first()
    for client, expected in (
        (log_in(Role.SUPERVISOR, other), 404),
        (log_in(Role.OFFICER, bureau, station), 403),
        (log_in(Role.CHIEF, bureau, station), 403),
        (log_in(Role.OPERATOR, bureau), 403),
        (Client(), 302),
    ):
        for address in pages(imported)[1:]:
            assert client.get(address).status_code == expected, (address, expected)
    assert log_in(Role.SUPERVISOR, other).get(reverse("imports:report", args=[2**63])).status_code == 404


def test_a_failed_and_a_tried_run(imported: Import, data_set: DataSet) -> None:
    data_set.run(dry_run=True)
    data_set.write("checks.csv", "id\n")
    with pytest.raises(Exception, match="does not match the profile"):
        data_set.run()
    client = log_in(Role.SUPERVISOR, imported.bureau)
    with bureau_scope():
        failed, tried = Import.objects.order_by("-id")[:2]
    assert (
        "does not match the profile"
        in client.get(reverse("imports:report", args=[failed.pk])).content.decode()
    )
    assert "This was a dry run" in client.get(reverse("imports:report", args=[tried.pk])).content.decode()
    assert client.get(reverse("imports:list")).status_code == 200


def test_a_report_says_who_ran_the_import_and_how_long_in_the_readers_language(imported: Import) -> None:
    client = log_in(Role.SUPERVISOR, imported.bureau)
    for page in pages(imported)[:2]:
        assert "命令行" in client.get(page, HTTP_ACCEPT_LANGUAGE="zh-hans").content.decode(), page
    report = client.get(reverse("imports:report", args=[imported.pk]), HTTP_ACCEPT_LANGUAGE="zh-hans")
    assert re.search(r"\d\.\d 秒</div>", report.content.decode())


def test_what_is_beyond_the_kept_remarks_is_counted_and_said(
    data_set: DataSet, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The refusals come after the last remark that is kept: filters cannot find them, the counts do."""
    monkeypatch.setattr("imports.remarks.KEPT_ISSUES", 3)
    monkeypatch.setattr("imports.staff.views.KEPT_ISSUES", 3)
    odd = "".join(f"o{number},1,2025-02-03,perhaps,\n" for number in range(5))
    data_set.write("checks.csv", f"id,no,day,ok,note\n{odd}{BAD}")
    data_set.run()
    with pytest.raises(SystemExit):  # some rows are refused
        call_command(
            "import_records",
            data_set.path,
            str(data_set.folder),
            "--bureau=B2",
            "--no-progress",
            "--dry-run",
        )
    printed = capsys.readouterr().out
    assert "60 × checks.csv no, first in row 7" in printed
    assert "5 × checks.csv ok, first in row 2" in printed

    with bureau_scope() as bureau:
        run = Import.objects.first()
    client = log_in(Role.SUPERVISOR, bureau)
    report = reverse("imports:report", args=[run.pk])
    for query in ("", "?outcome=refused"):
        page = client.get(report + query).content.decode()
        assert "Only the first 3 of 65 remarks are kept." in page
        table = page.split("All remarks, counted")[1].split("</table>")[0]
        counts = re.findall(r'data-label="(?:What|Remarks)">([^<]*)<', table)
        assert counts == [
            "No enterprise “…” in the register of this bureau.",
            "60",
            "Unknown value “…”, taken as “…”.",
            "5",
        ]
    lines = lines_of(taken(client, report, "csv").content)
    assert (lines[0], len(lines)) == (["File", "Row", "Column", "What", "Outcome"], 1 + 3)


def test_every_download_is_named_by_one_function() -> None:
    """A name written into the header by hand breaks with the first Chinese character."""
    written = [
        str(path.relative_to(ROOT))
        for folder in (
            "foundation",
            "enterprises",
            "facts",
            "imports",
            "desk",
            "portal",
            "warnings",
            "config",
        )
        for path in (ROOT / folder).rglob("*.py")
        if "attachment;" in path.read_text(encoding="utf-8")
    ]
    assert written == []
