"""A database of 6d8f437 under the code of today, and the systems of departments that were written against that version.

The recording is made by ``record.py`` at 6d8f437 and never made anew: what it says is what later versions keep. Where
a change is meant, it stands in the tables below with its reason.
"""

import datetime as dt
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from standardwebhooks import Webhook

from tests.ports import claim_port
from tests.upgrade import compared, database
from tests.upgrade.harness import ROOT, Checkout
from tests.waiting import patience

pytestmark = [pytest.mark.drill, pytest.mark.xdist_group("upgrade")]

HERE = Path(__file__).parent
RECORDED = json.loads((HERE / "recorded.json").read_text())
MOMENT = RECORDED["moment"]
# What was meant to change since 6d8f437, each with its reason:
# "table" or "table.column" that has another name today → that name
RENAMED: dict[str, str] = {
    "enterprises_activity": "service_activity",
    "django_session": "accounts_session",  # with columns that say whose it is
}
# "table.column" whose values are written in other words today; the pages that show them say the same
RECODED = {
    *("enterprises_enterprise.search_text", "enterprises_enterprise.sort_key"),  # full pinyin, with tones
    "mfa_authenticator.data",  # sealed
    *("django_session.session_key", "django_session.session_data"),  # hashed and sealed
}
# what lines of the audit log's changes began with that only machines need; they are no longer shown
UNTOLD = (
    "Recorded by id ",
    "Recorded at ",
    "Issued by station id ",
    "Created by ",
    "Replaced by ",
    "First id ",
    "Last id ",
)
# such lines that showed codes in both languages, and what they begin with today in each
LABELS = {
    "Count ": ("Number ", "数量 "),
    "Expires at ": ("Expires ", "到期时间 "),
    "From on ": ("From ", "起始日期 "),
    "Merged into id ": ("Merged into ", "并入企业 "),
    "Reason ": ("Reason ", "原因 "),
    "Kind merged": ("State Merged", "状态 合并"),
    "Kind suspended": ("State Suspended", "状态 停业"),
    "Was suspended": ("Previous state Suspended", "原状态 停业"),
    "File ": ("File ", "文件 "),
    "Becomes enterprise": ("Becomes enterprise", "导入为 企业"),
    "Becomes inspection": ("Becomes inspection", "导入为 检查"),
    "Rows ": ("Rows ", "行数 "),
    "Taken ": ("Taken ", "已导入 "),
    "Warned ": ("With remarks ", "有提示 "),
    "Already ": ("Already here ", "原已存在 "),
    "Differs ": ("Differ ", "不一致 "),
    "Updated ": ("Updated ", "已更新 "),
    "Refused ": ("Refused ", "未采纳 "),
}
# acts that are worded otherwise: the old words were not true of a hazard that was closed at once
KINDS = {"用户": "人员"}  # what kinds of objects were called
ACTS = {
    "Closed after re-inspection": "Closed as put right",
    "复查合格销号": "整改到位，已销号",
}
COLOURS = {
    "red": ("Red", "红"),
    "grey": ("Not rated", "待评"),
    "green": ("Green", "绿"),
    "yellow": ("Yellow", "黄"),
}
# what the log kept in the language of the act; today it is in the reader's: only Chinese, only English, either
SPOKEN = {
    "季度评定": "Quarterly evaluation",
    "三色预警默认标准": "Default three-colour standard",
    "仅隐患": "Hazards only",
}
SPOKEN_IN_CHINESE = {
    "Emergency drill": "应急演练",
    "Legal education": "法治宣传",
    "Safety training": "安全培训",
    "Contract ·": "合同 ·",
    "Wages ·": "欠薪 ·",
    "Correction": "更正",
    "Interim veto": "季中否决",
    "Trial run": "试算",
    "Hazards only": "仅隐患",
    "Default three-colour standard": "三色预警默认标准",
    "Quarterly evaluation": "季度评定",
    "Criminal case": "刑事案件",
    "Police call": "接报警情",
    "Public-security case": "治安案件",
    "Routine inspection": "日常检查",
    "Special inspection": "专项检查",
    "Unannounced check": "突击检查",
    "Equipment": "设备",
    "Funds": "资金",
    "Demo data": "演示数据",
    "× activity": "× 活动",
    "× dispute": "× 纠纷",
    "× hazard": "× 隐患",
    "× incident": "× 警情",
    "× inspection": "× 检查",
    "× self-check": "× 自查",
}
# lines that ended in the ids of what they mention; today they end in names
REPLACED_LATER = ("this rating was replaced later", "该评定后来被替换")
NAMED = (
    "Department ",
    "部门 ",
    "Enterprise ",
    "企业 ",
    "Inspection ",
    "检查 ",
    "Merged into ",
    "并入企业 ",
    "Standard ",
    "评定标准 ",
    "Stations ",
    "派出所 ",
    "Station ",
)
# lines with lists, whose separator is Chinese in Chinese
LISTS = ("权限 ", "行业 ", "颜色 ", "变色 ")
NEW = ("rated for the first time: {}", "首次评定为{}")

LANGUAGES = ("en", "zh-hans")

Copies = Callable[[str], Checkout]


def recorded(name: str) -> Any:
    return json.loads((HERE / name).read_text())


def owner() -> dict[str, Any]:
    return _role("owner")


def _role(alias: str) -> dict[str, Any]:
    entry = settings.DATABASES[alias]
    return {name: entry[name.upper()] for name in ("host", "port", "user", "password")}


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copies]:
    """Gives the code of today on a database of its own: the recorded one, migrated."""
    stem = f"upgrade_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}"
    made = []

    def checkout(name: str, template: str) -> Checkout:
        database.create(owner(), name, template)
        made.append(name)
        return Checkout(
            database=name,
            owner=owner(),
            runtime=_role("default"),
            redis_url=settings.CACHES["default"]["LOCATION"],
            data_dir=tmp_path_factory.mktemp("data"),
        )

    try:
        upgraded = checkout(stem, "template1")
        database.load(owner(), stem)
        migrated = upgraded.manage("migrate")
        assert migrated.returncode == 0, migrated.stderr
        yield lambda name: checkout(f"{stem}_{name}", stem) if name else upgraded
    finally:
        for name in reversed(made):
            database.drop(owner(), name)


@pytest.fixture(scope="module")
def upgraded(copies: Copies) -> Checkout:
    """The migrated database itself, which nobody writes to."""
    return copies("")


# --- the rows -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def figures(upgraded: Checkout) -> dict[str, dict[str, Any]]:
    """Of each recorded table: rows, and a digest of each recorded column; by the names of 6d8f437."""
    wanted = {
        today(table): [today(table, name) for name in told["columns"]]
        for table, told in RECORDED["tables"].items()
    }
    present = database.columns(owner(), upgraded.database)
    gone = [
        f"{table}.{name}" for table in wanted for name in wanted[table] if name not in present.get(table, ())
    ]
    assert not gone, "a table or column has another name"
    found = database.figures(owner(), upgraded.database, wanted)
    return {
        table: {
            "rows": found[today(table)]["rows"],
            "columns": {name: found[today(table)]["columns"][today(table, name)] for name in told["columns"]},
        }
        for table, told in RECORDED["tables"].items()
    }


def today(table: str, column: str = "") -> str:
    """The present name of a table, or of its column."""
    if column:
        return RENAMED.get(f"{table}.{column}", column)
    return RENAMED.get(table, table)


def test_no_row_is_lost(figures: dict[str, dict[str, Any]]) -> None:
    before = {table: told["rows"] for table, told in RECORDED["tables"].items()}
    assert {table: told["rows"] for table, told in figures.items()} == before
    assert sum(before.values()) > 9_000
    assert {table for table, rows in before.items() if not rows} == EMPTY


# tables of the packages below us that nothing of ours writes to
EMPTY = {"account_emailaddress", "account_emailconfirmation", "auth_group", "auth_group_permissions"}


def test_no_value_is_changed(figures: dict[str, dict[str, Any]]) -> None:
    changed = [
        f"{table}.{name}"
        for table, told in RECORDED["tables"].items()
        for name, digest in told["columns"].items()
        if figures[table]["columns"][name] != digest
    ]
    assert set(changed) <= RECODED


def test_ratings_and_digests_stay(figures: dict[str, dict[str, Any]], upgraded: Checkout) -> None:
    assert figures["ratings_rating"] == RECORDED["tables"]["ratings_rating"]
    fields, table = list(RECORDED["evaluations"][0]), today("ratings_evaluation")
    rows = database.asked(
        owner(), upgraded.database, table, f"SELECT {', '.join(fields)} FROM {table} ORDER BY id"
    )
    assert [dict(zip(fields, row, strict=True)) for row in rows] == RECORDED["evaluations"]
    assert {each["kind"] for each in RECORDED["evaluations"]} == {"regular", "correction", "interim", "trial"}


@pytest.mark.usefixtures("django_db_setup")
def test_the_upgraded_schema_is_that_of_a_new_installation(upgraded: Checkout) -> None:
    """Columns, keys, indexes, policies and grants: whichever way a database came here, it is the same."""
    new = database.structure(owner(), connections["owner"].settings_dict["NAME"])
    old = database.structure(owner(), upgraded.database)
    assert (sorted(new - old), sorted(old - new)) == ([], [])


def test_shipped_standards_stay_byte_for_byte() -> None:
    """Wherever they lie: a bureau that adopted one must find the same text."""
    for code, digest in RECORDED["standards"].items():
        found = [*ROOT.glob(f"*/standards/{code}.toml"), *ROOT.glob(f"*/*/standards/{code}.toml")]
        assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in found] == [digest], code


@pytest.mark.parametrize(
    "command",
    ["check --database default", "migrate --check", "makemigrations --check --dry-run"],
)
def test_the_upgraded_database_is_safe_and_complete(upgraded: Checkout, command: str) -> None:
    """Policies, keys and grants are installed for the runtime role, and no migration is missing."""
    done = upgraded.manage(*command.split())
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_log_of_before_is_sealed_as_it_stands(copies: Copies) -> None:
    copy = copies("sealed")
    entries = RECORDED["tables"]["accounts_auditentry"]["rows"]
    assert f"Sealed {entries} entries." in copy.manage("audit", "seal").stdout
    assert copy.manage("audit", "verify").returncode == 0
    with database.unforced(owner(), copy.database, ["accounts_auditentry"]) as cursor:
        cursor.execute(
            "UPDATE accounts_auditentry SET reason = 'other' WHERE id = (SELECT min(id) FROM accounts_auditentry)"
        )
        cursor.execute("ALTER TABLE accounts_auditentry FORCE ROW LEVEL SECURITY")
        cursor.connection.commit()
    refused = copy.manage("audit", "verify")
    assert refused.returncode == 1
    assert "is not what was sealed" in refused.stderr


# --- what people read ---------------------------------------------------------------------------------------------


def test_histories_and_the_log_read_the_same(copies: Copies) -> None:
    told = recorded("pages.json")
    asked = [{name: page[name] for name in ("as", "path", "part")} for page in told]
    answers = copies("pages").ask("pages", moment=MOMENT, pages=asked)
    wrong = [
        f"{page['path']} as {page['as']}, {language}: {difference}"
        for page, answer in zip(told, answers, strict=True)
        for language in LANGUAGES
        for before, now in [without_replaced(page[language], answer[language])]
        for difference in compared.body(reworded(before, language), untimed(before, unnamed(now)))
    ]
    assert not wrong, "\n".join(wrong[:40])


def without_replaced(told: Any, found: Any) -> tuple[Any, Any]:
    """Both without the ratings that were replaced later: today the timeline keeps them, and has room for fewer others."""
    if not isinstance(found, list):
        return told, found
    kept = [
        row
        for row in found
        if not (isinstance(row, dict) and str(row.get("text", "")).endswith(REPLACED_LATER))
    ]
    return (told[: len(kept)] if len(kept) < len(found) else told), kept


def unnamed(found: Any) -> Any:
    """Today's rows of the audit log without the names of what they mention, which must not be numbers."""
    for row in found:
        if isinstance(row, dict) and "act" in row:
            numbers = [
                line for line in row["changes"] if re.fullmatch(rf"({'|'.join(NAMED)})[\d, →、]+", line)
            ]
            assert not numbers, f"ids: {numbers}"
            row["changes"] = [_unnamed(line) for line in row["changes"]]
    return found


def untimed(told: Any, found: Any) -> Any:
    """Today's events without what the version before did not tell: the time of recording, more of what changed.

    Fields begin with a capital letter today.
    """
    for before, now in zip(told, found, strict=False):
        if isinstance(now, dict) and "on" in now and now["on"].startswith(f"{before.get('on')} "):
            now["on"] = before["on"]
        if isinstance(now, dict) and before.get("text"):
            parts, more = (each["text"].casefold().split(" · ") for each in (before, now))
            if more[: len(parts)] == parts:
                now["text"] = before["text"]
    return found


def _unnamed(line: str) -> str:
    begins = next((each for each in NAMED if line.startswith(each)), None)
    return f"{begins}…" if begins else line


def reworded(told: Any, language: str) -> Any:
    """The recording as today's pages say it: rows of the audit log tell no codes and nothing that only machines need."""
    if isinstance(told, dict) and "Inspectors" in told["fields"]:  # set apart as the reader does it
        told["fields"]["Inspectors"] = told["fields"]["Inspectors"].replace("、", ", ")
    if isinstance(told, dict):  # amounts have grouped thousands
        for name, value in told["fields"].items():
            if re.fullmatch(r"\d{4,}\.\d\d", value):
                told["fields"][name] = f"{Decimal(value):,}"
    for event in told["life"] if isinstance(told, dict) else ():
        event["title"] = ACTS.get(event["title"], event["title"])
        event["changes"] = [line.replace("： ", "：") for line in event["changes"]]
    for row in told:
        if isinstance(row, dict) and "act" in row:
            shown = [line for line in row["changes"] if not line.startswith(UNTOLD)]
            row["changes"] = [_unnamed(_line(line, LANGUAGES.index(language))) for line in shown]
            row |= {name: _spoken(row[name], language) for name in ("object", "told")}
            row["act"] = ACTS.get(row["act"], row["act"])
            row["kind"] = KINDS.get(row.get("kind"), row.get("kind"))
        elif isinstance(row, dict) and row.get("text"):
            row["text"] = _spoken(row["text"], language)
            row["title"] = ACTS.get(row["title"], row["title"])
    return told


def _spoken(text: str, language: str) -> str:
    """A name or a reason of the program in the reader's language."""
    for word, other in (SPOKEN if language == LANGUAGES[0] else SPOKEN_IN_CHINESE).items():
        text = text.replace(word, other)
    return text


def _line(line: str, language: int) -> str:
    """A line of changes as today's log has it."""
    line = re.sub(
        r"(?<![\d,.])\d{4,}\.\d\d(?!\d)", lambda found: f"{Decimal(found[0]):,}", line
    )  # grouped thousands
    begins = next((before for before in LABELS if line.startswith(before)), None)
    if begins:
        return LABELS[begins][language] + line.removeprefix(begins)
    words = {code: each[language] for code, each in COLOURS.items()}
    if line.startswith(("Counts by colour ", "各颜色数量 ")):
        counted = re.sub(r"(\w+): (\d+)", lambda found: f"{words[found[1]]} {found[2]}", line)
        return counted.replace(", ", (", ", "、")[language])
    if line.startswith(LISTS):
        line = line.replace(", ", "、")
    changed = ("{} to {}", "{}变{}")[language]
    line = re.sub(r"none>(\w+)", lambda found: NEW[language].format(words[found[1]]), line)
    return re.sub(r"(\w+)>(\w+)", lambda found: changed.format(words[found[1]], words[found[2]]), line)


# --- what systems ask -----------------------------------------------------------------------------------------------

# What is answered otherwise on purpose, with the status of today: a cursor ahead of the stream was an empty list, so a
# system that had mistaken its number waited for ever.
REFUSED_NOW = {"events after the last": 409}


def test_the_api_answers_as_it_did(copies: Copies) -> None:
    told = recorded("api.json")
    requests = [{name: value for name, value in each.items() if name != "answer"} for each in told]
    answers = copies("api").ask("api", moment=MOMENT, keys=RECORDED["keys"], requests=requests)
    wrong = [
        f"{each['name']} ({each['method']} {each['path']}): {difference}"
        for each, answer in zip(told, answers, strict=True)
        for difference in compared.answer(each["answer"], answer)
        if REFUSED_NOW.get(each["name"]) != answer["status"]
    ]
    assert not wrong, f"{len(wrong)} differences\n" + "\n".join(wrong[:40])


def test_the_description_only_grows(upgraded: Checkout) -> None:
    found = compared.inlined(upgraded.ask("schema", moment=MOMENT))
    wrong = list(compared.schema(recorded("openapi.json"), found))
    assert not wrong, "\n".join(wrong[:40])


def test_messages_are_pushed_as_they_were(copies: Copies) -> None:
    """Those written before the upgrade to the byte; those of the next quarter with the same fields and figures."""
    then, *messages = recorded("pushed.json")
    checkout, port = copies("pushed"), claim_port()
    database.aim_pushes(owner(), checkout.database, port)
    asked = {name: then[name] for name in ("moment", "period", "bureaus")}
    told = checkout.ask("pushed", port=port, **asked)
    assert told["digests"] == then["digests"], "the next quarter comes out as it would have"
    now = {_place_of(message): message for message in told["came"]}
    assert list(now) == [_place_of(message) for message in messages], "the same messages in the same order"
    wrong = []
    for message in messages:
        place, found = _place_of(message), now[_place_of(message)]
        was_written = json.loads(message["body"])["data"]["period"] != then["period"]
        if was_written:
            assert found["body"] == message["body"]
            assert found["headers"]["webhook-id"] == message["headers"]["webhook-id"]
        assert set(message["headers"]) <= set(found["headers"])
        before, after = json.loads(message["body"]), json.loads(found["body"])
        if not was_written:
            # the database says when, and its clock is today's
            assert dt.datetime.fromisoformat(after["timestamp"]).tzinfo is not None
            after["timestamp"] = before["timestamp"]
        differences = compared.body(before, after)
        wrong += [f"{place}: {difference}" for difference in differences]
        verify(found)
        verify(message)
    assert not wrong, "\n".join(wrong[:40])
    assert {json.loads(message["body"])["data"]["cause"] for message in messages} == {
        "regular",
        "correction",
        "interim",
    }


def _place_of(message: dict[str, Any]) -> tuple[str, int]:
    return message["path"], json.loads(message["body"])["data"]["sequence"]


def verify(message: dict[str, Any]) -> None:
    """What the ready package of the specification does, the clock aside: the secret of the recording signs."""
    headers = message["headers"]
    hook = Webhook(RECORDED["webhook_secrets"][message["path"].strip("/")])
    moment = dt.datetime.fromtimestamp(int(headers["webhook-timestamp"]), dt.UTC)
    assert hook.sign(headers["webhook-id"], moment, message["body"]) in headers["webhook-signature"].split()
    assert headers["content-type"] == "application/json"


# --- a client that was generated then -------------------------------------------------------------------------------


@pytest.fixture
def client_of_then(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python client that a generator makes of the recorded description, importable as ``anqi_then``."""
    pytest.importorskip(
        "openapi_python_client", reason="the generator is part of the test extra: make install"
    )
    (tmp_path / "config.yaml").write_text("post_hooks: []\n")
    command = [
        sys.executable,
        "-m",
        "openapi_python_client",
        "generate",
        "--meta",
        "none",
        "--fail-on-warning",
    ]
    command += ["--path", str(HERE / "openapi.json"), "--config", str(tmp_path / "config.yaml")]
    done = subprocess.run(
        [*command, "--output-path", str(tmp_path / "anqi_then")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(tmp_path)


@pytest.fixture
def address(copies: Copies) -> Iterator[str]:
    """A server of the upgraded database, its clock at the moment of the recording."""
    checkout, port = copies("served"), claim_port()
    server = subprocess.Popen(
        checkout.command("serve"),
        cwd=ROOT,
        env=checkout.surroundings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdin
        assert server.stdout
        server.stdin.write(json.dumps({"moment": MOMENT, "port": port}) + "\n")
        server.stdin.flush()
        assert server.stdout.readline().strip() == "serving"
        yield f"http://127.0.0.1:{port}"
    finally:
        server.communicate(timeout=patience(30))


@pytest.mark.usefixtures("client_of_then")
def test_a_client_generated_then_works_now(address: str) -> None:
    """It lists, reads, acknowledges and answers; what it does not know it keeps aside."""
    from anqi_then import AuthenticatedClient
    from anqi_then.api.deliveries import acknowledgement_post, events_get, feedback_post, subscriptions_get
    from anqi_then.api.enterprises import enterprise_detail_get, enterprises_get
    from anqi_then.api.ratings import (
        evaluations_get,
        rating_detail_get,
        rating_history_get,
        ratings_get,
        standards_get,
    )
    from anqi_then.models import FeedbackRequest, RatingDetail

    answers = {
        each["name"]: each["answer"]["json"] for each in recorded("api.json") if "json" in each["answer"]
    }
    ids = RECORDED["ids"]
    with AuthenticatedClient(address, RECORDED["keys"]["full"], raise_on_unexpected_status=True) as client:
        register = enterprises_get.sync(client=client, page_size=3)
        assert [each.id for each in register.results] == [
            each["id"] for each in answers["enterprises full"]["results"]
        ]
        one = enterprise_detail_get.sync(ids["enterprise"], client=client)
        assert one.to_dict().items() >= answers["enterprise full"].items()
        ratings = ratings_get.sync(client=client, page_size=3)
        assert [each.to_dict()["colour"] for each in ratings.results] == [
            each["colour"] for each in answers["ratings full"]["results"]
        ]
        rating = rating_detail_get.sync(ids["enterprise"], client=client)
        assert isinstance(rating, RatingDetail)
        assert len(rating.lines) == len(answers["rating full"]["lines"])
        assert rating_history_get.sync(ids["enterprise"], client=client).quarters
        assert evaluations_get.sync(client=client).results
        assert standards_get.sync(client=client).results
        assert len(subscriptions_get.sync(client=client).results) == len(
            answers["subscriptions full"]["results"]
        )
        subscription, sequence = ids["waiting"]
        pulled = events_get.sync(client=client, subscription=subscription, after=sequence - 1)
        (event, *_later) = pulled.events
        assert event.receipt.acknowledged_at is None
        receipt = acknowledgement_post.sync(
            subscription, sequence, client=client, idempotency_key="from-then"
        )
        assert receipt.acknowledged_at is not None
        told = FeedbackRequest(text="已核查。")
        answered = feedback_post.sync(subscription, sequence, client=client, body=told)
        assert answered.feedback == "已核查。"
