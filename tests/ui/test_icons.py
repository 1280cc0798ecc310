"""Every icon named in code and templates is in the style sheet of icons; a missing one would leave a blank."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from foundation.contributions.project import project_apps

ROOT = Path(settings.BASE_DIR)
STYLES = ROOT / "front/built/icons.css"


def named_in_code() -> Iterator[tuple[str, str]]:
    """Yield place and name of every constant passed as ``icon``."""
    for folder in {Path(config.path) for config in project_apps()}:
        for path in folder.rglob("*.py"):
            place, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
            for node in ast.walk(ast.parse(text)) if "icon" in text else ():
                value = None
                if isinstance(node, ast.keyword) and node.arg == "icon":
                    value = node.value
                elif isinstance(node, ast.Assign | ast.AnnAssign):
                    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                    value = node.value if isinstance(target, ast.Name) and target.id == "icon" else None
                if isinstance(value, ast.Constant) and value.value:
                    yield place, str(value.value)


def named_in_templates() -> Iterator[tuple[str, str]]:
    """Yield place and name of every icon in a template."""
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r'{% icon "([^"]+)"|\bti ti-([a-z0-9-]+)(?=[ "])', text):
            yield path.relative_to(ROOT).as_posix(), name[0] or name[1]


def test_every_icon_exists() -> None:
    known = set(re.findall(r"\.ti-([a-z0-9-]+):before", STYLES.read_text(encoding="utf-8")))
    named = [*named_in_code(), *named_in_templates()]
    assert len(named) > 100
    assert [(place, name) for place, name in named if name not in known] == []
