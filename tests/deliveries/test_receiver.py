"""The sample receiver of the documentation, run as documented."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from django.conf import settings

from deliveries.models import Event, Receipt
from deliveries.operations import replay
from tests.deliveries.conftest import Line

SAMPLE = Path(settings.BASE_DIR) / "docs" / "receiver.py"


@pytest.fixture
def sample(line: Line, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """Run the sample as a process, with the line pointed at it."""
    store = tmp_path / "messages.sqlite"
    environment = os.environ | {"ANQI_SECRET": line.receiver.secret}
    process = subprocess.Popen(
        [sys.executable, str(SAMPLE), "0", str(store)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        url = f"http://127.0.0.1:{int(process.stdout.readline().split()[-1])}/anqi"
        line.move(url)
        yield store, url
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def rows(store: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(store)) as opened:
        return opened.execute(sql).fetchall()


def rating(revision: int, colour: str) -> dict:
    return {"enterprise": 7, "name": "宏远机械", "colour": colour, "score": 70.5, "revision": revision}


def write(line: Line, *messages: dict) -> None:
    with line.scope():
        row = line.now()
        for message in messages:
            row.last_sequence += 1
            data = {"sequence": row.last_sequence, "period": "2026Q3", "ratings": [message]}
            about = {"bureau_id": row.bureau_id, "department_id": row.department_id, "subscription": row}
            about |= {
                "sequence": row.last_sequence,
                "kind": "rating.published",
                "period_code": "2026Q3",
                "size": 1,
            }
            moment = row.created_at
            Event.objects.create(
                **about,
                message_id=f"msg_sample_{row.last_sequence}",
                body=json.dumps({"type": "rating.published", "data": data}),
                created_at=moment,
            )
            Receipt.objects.create(**about, written_at=moment)
        row.save()


def test_the_sample_keeps_each_message_once(line: Line, sample: tuple[Path, str]) -> None:
    store, url = sample
    write(line, rating(1, "yellow"), rating(2, "red"))
    assert line.push().delivered == 2
    assert rows(store, "SELECT sequence FROM message ORDER BY sequence") == [(1,), (2,)]
    assert rows(store, "SELECT name, colour, revision FROM rating") == [("宏远机械", "red", 2)]
    line.operate(replay, from_sequence=1)
    assert line.push().delivered == 2
    assert rows(store, "SELECT count(*) FROM message") == [(2,)]
    assert rows(store, "SELECT colour FROM rating") == [("red",)]
    headers = {"webhook-id": "msg_x", "webhook-timestamp": "1790000000", "webhook-signature": "v1,AAAA"}
    assert httpx.post(url, content=b"{}", headers=headers, trust_env=False).status_code == 401
    assert rows(store, "SELECT count(*) FROM message") == [(2,)]
