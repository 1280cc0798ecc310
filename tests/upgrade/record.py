"""Makes the recording that later versions are held against. Runs at 6d8f437 alone: it names modules of that version.

    git worktree add /somewhere/base 6d8f437   # with the environment of `make install` and compiled translations
    cp -r tests/upgrade /somewhere/base/tests/
    cd /somewhere/base && PYTHONPATH=$PWD:$PWD/warnings .venv/bin/python -m tests.upgrade.record /somewhere/out

Writes into the folder: the dump of a small demo with everything :mod:`tests.upgrade.story` does in it
(``6d8f437.sql.gz``), what that version told of it (``recorded.json``, ``pages.json``, ``api.json``, ``pushed.json``)
and its description of the API (``openapi.json``). The clock stands in 2025, so that PostgreSQL's own clock, which
no test can stop, is later than everything in it whenever the tests run.

The demo is that of ``manage.py demo``, with one enterprise of each trade instead of several, and four rated quarters
instead of eight.
"""

import dataclasses
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import time_machine
from config.postgres import SUPERUSER, _programs
from config.servers import running

from config import embedded
from tests.upgrade import asking, database
from tests.upgrade.harness import ROOT, SECRET_KEY, Checkout, free_port

DEMO_MADE = "2025-10-28T09:00:00+08:00"
MOMENT = "2025-11-24T10:00:00+08:00"  # of the recording; the tests stop their clock here
NEXT_QUARTER, NEXT_MOMENT = "2025Q4", "2026-01-05T09:00:00+08:00"
BUREAUS = ("AD", "NH")
RATED_QUARTERS = 4


def main() -> None:
    """Build, dump, load the dump again, and write down what is told of it."""
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="anqi-recording-") as name:
        Path(name).chmod(0o755)
        data_dir = Path(name) / "data"
        keys = embedded.read_keys(data_dir)
        keys["secret_key"] = SECRET_KEY
        embedded.write_keys(data_dir, keys)
        os.environ |= {
            "DATA_DIR": str(data_dir),
            "ANQI_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        with running(data_dir):
            told = build()
            _dump(data_dir, out / database.DUMP.name)
            _Recording(data_dir, out, told).write()


def build() -> dict[str, Any]:
    """The demo and the story; what the recording has to know of it."""
    import django

    django.setup()
    import deliveries
    import desk

    assert {ROOT} == {Path(each.__file__).parents[n] for each, n in ((desk, 1), (deliveries, 2))}, (
        "another checkout"
    )
    from desk.demo import trades
    from desk.management.commands import demo
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    from tests.upgrade.story import Story

    settings.ALLOWED_HOSTS = ["testserver"]
    call_command("migrate", verbosity=0)
    trades.TRADES[:] = [dataclasses.replace(trade, count=1) for trade in trades.TRADES]
    demo.RATED_QUARTERS = RATED_QUARTERS
    with time_machine.travel(DEMO_MADE, tick=True) as clock:
        call_command("demo", stdout=io.StringIO(), stderr=io.StringIO())
        story = Story(clock)
        story.run()
        told = _known(story)
    for connection in connections.all():
        connection.close()
    return told


def _known(story: Any) -> dict[str, Any]:
    """Ids, keys and secrets, with what only a look into the database tells."""
    from deliveries.models import Receipt, Subscription
    from enterprises.models import Enterprise
    from foundation.accounts.models import AuditEntry, Bureau, Session
    from foundation.accounts.selectors import stations_of
    from foundation.rest.paging import cursor_of
    from foundation.tenancy.scope import Audience, Scope, station_scope
    from imports.models import Import
    from ratings.models import Evaluation, Rating, Standard
    from tests.upgrade.story import SCOPES

    ids = story.ids
    ids["session"] = Session.objects.get().pk
    for code in ("NH", "AD"):
        bureau = Bureau.objects.get(code=code)
        with station_scope(Scope(tuple(stations_of(bureau.pk)), bureau=bureau.pk, audience=Audience.SYSTEM)):
            runs = Evaluation.objects.filter(bureau=bureau)
            if code == "NH":
                ids["foreign"] = Enterprise.objects.order_by("id")[0].pk
                ids["imports"] = list(Import.objects.order_by("id").values_list("pk", flat=True))
                ids["foreign_evaluation"] = runs.order_by("id")[0].pk
                continue
            for kind in ("interim", "trial"):
                ids[kind] = runs.filter(kind=kind).order_by("id")[0].pk
            standards = Standard.objects.filter(bureau=bureau)
            ids["standard"] = standards.get(code="default").pk
            ids["hazards_only"] = standards.get(code="hazards-only", version=1).pk
            ids["cursor"] = cursor_of("a", Enterprise.objects.order_by("id")[9].pk)
            ids["newest_entry"] = AuditEntry.objects.order_by("-id")[0].pk
            department = Subscription.objects.get(pk=ids["worse"]).department_id
            row = Receipt.objects.filter(department_id=department, acknowledged_at=None).order_by("id")[0]
            ids["waiting"] = [row.subscription_id, row.sequence]
            counts = {
                "enterprises": Enterprise.objects.count(),
                "ratings": Rating.objects.filter(period_code="2025Q3", trial=False)
                .values("enterprise")
                .distinct()
                .count(),
                "evaluations": runs.exclude(kind="trial").filter(state="complete").count(),
            }
    return {
        "ids": ids,
        "keys": story.keys,
        "webhook_secrets": story.webhook_secrets,
        "scopes": SCOPES,
        "counts": counts,
    }


def _dump(data_dir: Path, to: Path) -> None:
    """Schema and rows as SQL that the owner role of any database can run, without anything of this machine."""
    keys = embedded.read_keys(data_dir)["postgres"]
    command = [
        str(_programs() / "pg_dump"),
        "--no-owner",
        "--no-comments",
        "--rows-per-insert=500",
        "--encoding=UTF8",
        f"--host={embedded.HOST}",
        f"--port={keys['port']}",
        f"--username={SUPERUSER}",
        embedded.DATABASE,
    ]
    place = os.environ | {"PGPASSWORD": keys["superuser_password"]}
    script = subprocess.run(command, env=place, check=True, capture_output=True, text=True).stdout
    script = re.sub(r"^\\(un)?restrict .*\n", "", script, flags=re.MULTILINE)  # for psql alone
    with gzip.GzipFile(to, "wb", compresslevel=9, mtime=0) as file:
        file.write(script.encode())


class _Recording:
    """What 6d8f437 tells of the dump."""

    def __init__(self, data_dir: Path, out: Path, told: dict[str, Any]) -> None:
        self.data_dir, self.out, self.told = data_dir, out, told
        keys = embedded.read_keys(data_dir)
        place = {"host": embedded.HOST, "port": keys["postgres"]["port"]}
        self.owner = place | {"user": embedded.OWNER_ROLE, "password": keys["postgres"]["owner_password"]}
        self.runtime = place | {
            "user": embedded.RUNTIME_ROLE,
            "password": keys["postgres"]["runtime_password"],
        }
        self.redis_url = f"redis://:{keys['valkey']['password']}@{embedded.HOST}:{keys['valkey']['port']}/5"

    def write(self) -> None:
        ids = self.told["ids"]
        whole = self.loaded("whole")
        every = database.columns(self.owner, whole.database)
        tables = {table: names for table, names in every.items() if table not in database.OF_THE_CODE}
        self.save(
            "recorded.json",
            {
                "version": "6d8f437",
                "moment": MOMENT,
                "keys": self.told["keys"],
                "webhook_secrets": self.told["webhook_secrets"],
                "ids": ids,
                "tables": database.figures(self.owner, whole.database, tables),
                "evaluations": self.evaluations(whole.database),
                "standards": _standards(),
            },
        )
        asked = self.pages()
        told = self.loaded("pages").ask("pages", moment=MOMENT, pages=asked)
        assert told[0]["en"]["title"] != told[0]["zh-hans"]["title"], (
            "manage.py translations --compile comes first"
        )
        self.save("pages.json", [page | answer for page, answer in zip(asked, told, strict=True)])
        requests = asking.requests(ids, self.told["counts"], self.told["scopes"])
        told = self.loaded("api").ask("api", moment=MOMENT, keys=self.told["keys"], requests=requests)
        self.save(
            "api.json", [request | {"answer": answer} for request, answer in zip(requests, told, strict=True)]
        )
        self.save("openapi.json", whole.ask("schema", moment=MOMENT))
        self.save("pushed.json", self.pushed(self.loaded("pushed")))

    def loaded(self, name: str) -> Checkout:
        """A database of its own with the dump in it."""
        database.create(self.owner, name)
        database.load(self.owner, name, self.out / database.DUMP.name)
        return Checkout(
            database=name,
            owner=self.owner,
            runtime=self.runtime,
            redis_url=self.redis_url,
            data_dir=self.data_dir,
        )

    def save(self, name: str, told: Any) -> None:
        (self.out / name).write_text(_pretty(told) + "\n")

    def evaluations(self, name: str) -> list[dict[str, Any]]:
        fields = ("id", "bureau_id", "period_code", "kind", "run", "state", "digest", "registered", "counts")
        rows = database.asked(
            self.owner,
            name,
            "ratings_evaluation",
            f"SELECT {', '.join(fields)} FROM ratings_evaluation ORDER BY id",
        )
        return [dict(zip(fields, row, strict=True)) for row in rows]

    def pages(self) -> list[dict[str, str]]:
        ids = self.told["ids"]
        records = [
            ("officer", "enterprises/activities", "activity"),
            ("officer", "enterprises/activities", "voided_activity"),
            ("officer", "inspections/hazards", "hazard"),
            ("officer", "inspections/hazards", "voided_hazard"),
            ("officer", "inspections/hazards", "refused_hazard"),
            ("officer", "inspections/hazards", "own_hazard"),
            ("officer", "inspections", "inspection"),
            ("officer", "inspections/self-checks", "self_check"),
            ("officer", "incidents", "incident"),
            ("officer", "disputes", "dispute"),
        ]
        newest = ids["newest_entry"] + 1
        logs = [("bureau", newest - gone) for gone in (0, 50, 100, 150)]
        logs += [("nh-bureau", newest), ("chief", newest), ("chief", newest - 60), ("operator", newest)]
        runs = [f"/imports/{pk}/" for pk in ids["imports"]]
        files = [f"/file/{ids[name]}/log/" for name in ("enterprise", "other", "handed_over", "registered")]
        return [
            {"as": f"session:{ids['session']}", "path": f"/disputes/{ids['dispute']}/", "part": "record"},
            *(
                {"as": who, "path": f"/{where}/{ids[name]}/", "part": "record"}
                for who, where, name in records
            ),
            *({"as": "nh-bureau", "path": path, "part": "rows"} for path in runs),
            *({"as": who, "path": f"/people/log/?before={before}", "part": "log"} for who, before in logs),
            *(
                {"as": "bureau", "path": path, "part": "life"}
                for path in [f"/file/{ids['enterprise']}/", *files]
            ),
        ]

    def pushed(self, checkout: Checkout) -> list[dict[str, Any]]:
        port = free_port()
        database.aim_pushes(self.owner, checkout.database, port)
        told = checkout.ask("pushed", moment=NEXT_MOMENT, period=NEXT_QUARTER, bureaus=BUREAUS, port=port)
        next_quarter = {"moment": NEXT_MOMENT, "period": NEXT_QUARTER, "bureaus": BUREAUS}
        return [next_quarter | {"digests": told["digests"]}, *told["came"]]


def _pretty(told: Any) -> str:
    """Indented; of a list each entry in a line of its own, so that a comparison shows which one differs."""
    if not isinstance(told, list):
        return json.dumps(told, ensure_ascii=False, indent=1)
    return "[\n" + ",\n".join(json.dumps(each, ensure_ascii=False) for each in told) + "\n]"


def _standards() -> dict[str, str]:
    """SHA-256 of each standard that is shipped."""
    from ratings.operations.standards import shipped_standards

    return {code: hashlib.sha256(text.encode()).hexdigest() for code, text in shipped_standards().items()}


if __name__ == "__main__":
    main()
