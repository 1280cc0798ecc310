"""What pages and style sheets name is there, whether it is served from the packages or from the collected folder."""

import posixpath
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from config.static import PackageFinder, named_by_templates
from foundation.field.files import FIRST, LATER, SCRIPTS, STYLES

URL = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')?#]+)""")


def everything() -> dict[str, Path]:
    """Return what ``collectstatic`` collects."""
    return {
        name: Path(storage.path(name))
        for finder in finders.get_finders()
        for name, storage in finder.list([])
    }


def test_templates_name_what_is_collected() -> None:
    named = {name for _template, name in named_by_templates()}
    assert len(named) > 20
    assert named <= everything().keys()


def test_style_sheets_name_what_is_collected() -> None:
    files = everything()
    named = {
        (sheet, posixpath.normpath(posixpath.join(posixpath.dirname(sheet), name)))
        for sheet, path in files.items()
        if sheet.endswith(".css")
        for name in URL.findall(path.read_text(encoding="utf-8"))
    }
    assert ("front/icons.css", "front/icons.woff2") in named
    assert {name for _sheet, name in named} <= files.keys()


def test_nothing_else_of_a_package_is_collected() -> None:
    """One sheet of Tabler's, not the thirty it brings; and no page of an administration nobody installed."""
    ours = {f"anqi/{path.name}" for path in Path(finders.find("anqi/theme.css") or "").parent.iterdir()}
    named = {name for _template, name in named_by_templates()}
    of_phones = {*FIRST, *LATER, *SCRIPTS, *STYLES}  # named by the page that works without network
    assert everything().keys() == ours | named | of_phones | {"front/icons.woff2"}


@pytest.mark.parametrize(
    "name", ["front/no-such.css", "tabler/css/tabler.min.css", "anqi/no-such.css", "admin/css/base.css"]
)
def test_a_name_that_leads_nowhere_is_an_error_of_check(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "page.html").write_text("<link href=\"{% static '" + name + "' %}\">")
    monkeypatch.setattr(settings, "TEMPLATES", [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}])
    (error,) = PackageFinder().check()
    assert error.msg == f"page.html names {name}, which no folder and no package has."


def test_a_package_without_its_file_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.static.NPM_FILES", {"node_modules/htmx.org/dist": ("htmx", ["gone.js"])})
    monkeypatch.setattr("config.static.named_by_templates", lambda: iter(()))
    (caution,) = PackageFinder().check()
    assert caution.msg == "htmx/gone.js is missing. Run: make install"
