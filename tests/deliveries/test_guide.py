"""The guides: served to everybody who is signed in, in both languages, from data; their samples run."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from deliveries.guide.pages import SAMPLES, TOPICS, VERIFIERS
from deliveries.meanings import MEANINGS
from deliveries.payloads import SENT
from deliveries.sealing import new_secret
from deliveries.sending import Parcel, Sender, signed_headers
from foundation.accounts.choices import Role
from ratings.operations.standards import shipped_standards
from ratings.standards.parsing import parse
from tests.deliveries.department_desk import Desk, person
from tests.deliveries.stand_ins import lay_go, lay_java
from tests.factories import AdoptionFactory, StandardFactory

NODE = next((str(each) for each in [Path(sys.executable).with_name("node")] if each.exists()), "node")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("topic", [each.slug for each in TOPICS])
def test_every_guide_in_both_languages(db: None, topic: str, language: str) -> None:
    page = person(Role.OPERATOR).get(
        reverse("deliveries:guide", args=[topic]), headers={"accept-language": language}
    )
    assert page.status_code == 200
    text = page.content.decode()
    for each in TOPICS:
        assert reverse("deliveries:guide", args=[each.slug]) in text
    if language == "zh-hans":
        main = text.split('class="guide-text"')[1]
        assert any("\u4e00" <= letter <= "\u9fff" for letter in main)


def test_they_need_a_login_and_know_no_other(client: Client, db: None) -> None:
    assert client.get(reverse("deliveries:guide")).status_code == 302
    desk = Desk()
    assert desk.get("guide").status_code == 200
    assert desk.get("guide", "secrets").status_code == 404
    assert desk.get("guide_file", "settings.py").status_code == 404
    for name, sample in SAMPLES.items():
        found = desk.get("guide_file", name)
        assert found.content.decode() == sample.text
        assert name in found.headers["Content-Disposition"]


def test_catalogues_come_from_data(db: None) -> None:
    desk = Desk()
    text = shipped_standards()["hazards-only"]
    book = parse(text)
    standard = StandardFactory(bureau=desk.bureau, code="hazards-only", body=text)
    AdoptionFactory(bureau=desk.bureau, standard=standard)
    codes = desk.shown("guide", "codes")
    for criterion in book.criteria:
        assert f"<code>{criterion.code}</code>" in codes
    for code in filter(None, book.decisions()):
        assert f"<code>{code}</code>" in codes
    events = desk.shown("guide", "events")
    for each in SENT:
        assert f'id="{each.type}"' in events
    failures = desk.shown("guide", "failures")
    for anchor in MEANINGS:
        assert f'id="{anchor}"' in failures


def _sent(url: str, secret: str) -> int | None:
    parcel = Parcel(
        bureau_id=1,
        department_id=1,
        subscription_id=1,
        token=None,
        url=url,
        allowed_hosts=("127.0.0.0/8",),
        secrets=(secret,),
        sequence=1,
        message_id="msg_example",
        body='{"type":"rating.published","data":{"name":"企业"}}',
    )
    assert signed_headers(parcel, timezone.now())["webhook-id"] == "msg_example"
    sender = Sender(url=url, allowed_hosts=parcel.allowed_hosts, plain_http=True)
    try:
        return sender.send(parcel, timezone.now()).status
    finally:
        sender.close()


@pytest.mark.parametrize("name", ["verify.py", "verify.mjs"])
def test_the_examples_verify(name: str, tmp_path: Path) -> None:
    """As a developer runs them: what is signed with the secret is accepted, anything else is refused."""
    sample = next(each for each in VERIFIERS if each.name == name)
    (tmp_path / name).write_text(sample.text)
    (tmp_path / "node_modules").symlink_to(Path(settings.BASE_DIR) / "node_modules")
    program = {"py": sys.executable, "mjs": NODE}[name.rpartition(".")[2]]
    _verifies([program, name, "0"], tmp_path, ["accepted", "msg_example", "rating.published"])


@pytest.mark.drill
@pytest.mark.skipif(shutil.which("go") is None, reason="no Go here: apt-get install golang-go")
def test_the_example_in_go_verifies(tmp_path: Path) -> None:
    """With a stand-in for its library (``stand_ins.py``)."""
    lay_go(tmp_path)
    (tmp_path / "verify.go").write_text(next(each for each in VERIFIERS if each.name == "verify.go").text)
    apart = os.environ | {"GOFLAGS": "-mod=mod", "GOPROXY": "off"}
    for command in (["go", "vet", "./..."], ["go", "build", "-o", "verify", "."]):
        made = subprocess.run(command, cwd=tmp_path, env=apart, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr
    _verifies(["./verify", "0"], tmp_path, ["accepted", "msg_example"])


@pytest.mark.drill
@pytest.mark.skipif(
    shutil.which("javac") is None, reason="no Java here: apt-get install default-jdk-headless"
)
def test_the_example_in_java_verifies(tmp_path: Path) -> None:
    """With a stand-in for its library (``stand_ins.py``)."""
    (tmp_path / "Verify.java").write_text(next(each for each in VERIFIERS if each.name == "Verify.java").text)
    made = subprocess.run(
        ["javac", "-d", "library", *lay_java(tmp_path)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    _verifies(["java", "-cp", "library", "Verify.java", "0"], tmp_path, ["accepted", "msg_example"])


def _verifies(command: list[str], folder: Path, accepted: list[str]) -> None:
    """Run an example; send it a message signed with its secret, and one signed with another."""
    secret = new_secret()
    process: Any = subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | {"ANQI_SECRET": secret},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        url = f"http://127.0.0.1:{int(process.stdout.readline().split()[-1].rpartition(':')[2])}/"
        assert _sent(url, secret) == 204
        assert process.stdout.readline().split() == accepted
        assert _sent(url, new_secret()) == 401
    finally:
        # with the program that a wrapper such as the wheel's `node` starts
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        process.stdout.close()


def test_the_examples_contain_no_cryptography() -> None:
    for sample in VERIFIERS:
        assert "hmac" not in sample.text.lower()
        assert "sha256" not in sample.text.lower()
