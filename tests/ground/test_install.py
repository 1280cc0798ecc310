"""docs/install.md, walked: the commands as they stand there, and on the pages what is written between them."""

import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from foundation.accounts.models import Bureau, Station, User
from foundation.accounts.selectors import has_operator
from foundation.tenancy.scope import station_scope
from ratings.models import Evaluation, Standard
from ratings.operations.evaluations import bureau_actor
from tests.ground.processes import ROOT

pytestmark = pytest.mark.django_db

TEXT = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]
PASSWORD = "river-stone-77"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The two files and the profile of docs/imports.md."""
    example = (ROOT / "docs" / "imports.md").read_text(encoding="utf-8")
    shops, findings = re.findall(r"```csv\n(.*?)```", example, re.DOTALL)
    (profile,) = re.findall(r"```toml\n(.*?)```", example, re.DOTALL)
    (tmp_path / "shops.csv").write_text(shops, encoding="utf-8")
    (tmp_path / "findings.csv").write_text(findings, encoding="utf-8")
    (tmp_path / "trade_office.toml").write_text(profile, encoding="utf-8")
    return tmp_path


class Walk:
    """The commands of the document, one after the other, and a browser for what lies between."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.left = folder, list(COMMANDS)

    def make(self, target: str) -> None:
        assert self.left.pop(0) == f"make {target}"
        assert re.search(rf"^{target}:.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)

    def manage(self, name: str) -> str:
        """Run the next command of the document, which is this one."""
        program, script, *arguments = shlex.split(self.left.pop(0))
        assert (program, script, arguments[0]) == (".venv/bin/python", "manage.py", name)
        said = io.StringIO()
        there = {"FOLDER": str(self.folder), "trade_office.toml": str(self.folder / "trade_office.toml")}
        try:
            call_command(*(there.get(each, each) for each in arguments), stdout=said, stderr=io.StringIO())
        except SystemExit as left:
            assert left.code == 3  # noqa: PT017  (imported, but a row of the example is refused)
        return said.getvalue()


def enter(link: str, username: str) -> Client:
    """Set a password with a one-time link, then log in."""
    browser, path = Client(), "/" + link.split("/", 3)[3]
    assert username in browser.get(path).content.decode()
    assert browser.post(path, {"password": PASSWORD, "again": PASSWORD}).status_code == 302
    answer = browser.post(reverse("account_login"), {"login": username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return browser


def fill(browser: Client, url: str, label: str, **data: Any) -> str:
    """Open a form that has this title, send it, and return the page that follows."""
    assert label in browser.get(url).content.decode()
    answer = browser.post(url, data, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_from_an_empty_database_to_the_first_colours(folder: Path, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_REQUIRED = False
    walk = Walk(folder)
    walk.make("install")
    walk.make("run")
    assert not has_operator()  # so `make run` says how to create one
    said = walk.manage("create_operator")
    assert has_operator()
    operator = enter(said.strip().splitlines()[-1], "wang")

    page = operator.get("/", follow=True).content.decode()
    assert reverse("accounts:bureaus") in page
    fill(
        operator,
        reverse("accounts:bureau_create"),
        "New bureau",
        code="QH",
        name="Qinghe Bureau",
        rates_from="",
        cut_off_days="3",
    )
    bureau = Bureau.objects.get(code="QH")
    fill(
        operator,
        reverse("accounts:station_create", args=[bureau.pk]),
        "New police station",
        code="QH-1",
        name="Lake Road Station",
    )
    assert Station.objects.filter(bureau=bureau, code="QH-1").exists()
    page = fill(
        operator,
        reverse("accounts:user_create"),
        "Add a person",
        username="zhao",
        full_name="Zhao Min",
        role="supervisor",
        bureau=bureau.pk,
    )
    link = re.search(r'value="(http://[^"]*/invitation/[0-9a-f]+/)"', page)
    assert link, "the page shows the link"
    supervisor = enter(link[1], "zhao")

    page = supervisor.get("/", follow=True).content.decode()
    assert reverse("ratings:standards") in page
    form = supervisor.get(reverse("ratings:standard_create")).context["form"]
    fill(supervisor, reverse("ratings:standard_create"), "New standard", text=form.initial["text"])
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        standard = Standard.objects.get()
    page = fill(supervisor, reverse("ratings:standard_adopt", args=[standard.pk]), "Adopt")
    assert "adopted" in page

    walk.manage("import_records")
    assert "Lotus Tea House" not in supervisor.get(reverse("enterprises:list")).content.decode()  # a dry run
    walk.manage("import_records")
    said = walk.manage("evaluate")
    assert re.search(r"2025Q1 by default 1 \(regular\): 3 enterprises", said), said
    assert walk.left == []
    with station_scope(bureau_actor(bureau.pk).scope()):
        run = Evaluation.objects.get()
    assert run.registered == supervisor.get(reverse("ratings:warning")).context["figures"].total == 3
    assert "Lotus Tea House" in supervisor.get(reverse("enterprises:list")).content.decode()
    edit = reverse("accounts:bureau_edit", args=[bureau.pk])
    version = operator.get(edit).context["form"].fields["version"].initial
    values = {"name": "Qinghe Bureau", "rates_from": "2025Q1", "cut_off_days": "3", "version": version}
    fill(operator, edit, "Edit the bureau", **values)
    assert Bureau.objects.get(code="QH").rates_from == "2025Q1"
    assert User.objects.count() == 2


def test_the_chinese_page_has_the_same_commands() -> None:
    chinese = (ROOT / "docs" / "install.zh-hans.md").read_text(encoding="utf-8")
    assert re.findall(r"```sh\n(.*?)```", chinese, re.DOTALL) == re.findall(
        r"```sh\n(.*?)```", TEXT, re.DOTALL
    )


def test_the_pages_named_exist() -> None:
    """Words in asterisks with an arrow are labels of the application."""
    words = set(re.findall(r"(?<!\*)\*([A-Z][a-z -]+)\*(?!\*)", TEXT))
    catalogue = (ROOT / "locale/zh_Hans/LC_MESSAGES/django.po").read_text(encoding="utf-8")
    assert words
    assert [word for word in words if f'msgid "{word}"' not in catalogue] == []
