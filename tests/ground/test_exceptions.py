"""``docs/exceptions.md`` lists every exception that our code does not pass on, and who learns of it."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from config.settings import BASE_DIR

TABLE = BASE_DIR / "docs" / "exceptions.md"
NOT_OURS = {"tests", "node_modules"}
NOTHING = "–"
Place = tuple[str, str, str]  # path, qualified name, exception


def files() -> Iterator[Path]:
    """Yield the Python files of the project without its tests."""
    yield from BASE_DIR.glob("*.py")
    for folder in [*BASE_DIR.iterdir(), BASE_DIR / ".ci"]:
        if (
            folder.is_dir()
            and folder.name not in NOT_OURS
            and (folder.name[0] != "." or folder.name == ".ci")
        ):
            yield from folder.rglob("*.py")


def always_raises(body: list[ast.stmt]) -> bool:
    """Return whether these statements always end in a ``raise``."""
    last = body[-1]
    if isinstance(last, ast.If):
        return bool(last.orelse) and always_raises(last.body) and always_raises(last.orelse)
    return isinstance(last, ast.Raise)


def passes_on(handler: ast.ExceptHandler) -> bool:
    """Return whether every way out of a handler is an exception."""
    leaves = any(isinstance(node, ast.Return | ast.Continue | ast.Break) for node in ast.walk(handler))
    return always_raises(handler.body) and not leaves


def caught_in(node: ast.AST, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield qualified name and exception of each handler that does not pass on, and of each ``suppress()``."""
    for child in ast.iter_child_nodes(node):
        inner = name
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{name}.{child.name}".lstrip(".")
        elif isinstance(child, ast.ExceptHandler) and not passes_on(child):
            yield name, ast.unparse(child.type) if child.type else "everything"
        elif isinstance(child, ast.Call) and ast.unparse(child.func).rpartition(".")[2] == "suppress":
            yield name, f"suppress({', '.join(map(ast.unparse, child.args))})"
        yield from caught_in(child, inner)


def in_the_code() -> Counter[Place]:
    return Counter(
        (path.relative_to(BASE_DIR).as_posix(), name or "module", what)
        for path in set(files())
        for name, what in caught_in(ast.parse(path.read_text()))
    )


def rows() -> list[list[str]]:
    """Return the cells of the table's rows: place, exception, person, operator, why nobody."""
    lines = [line for line in TABLE.read_text().splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def place_of(row: list[str]) -> Place:
    found = re.fullmatch(r"`([^`]+): ([^`]+)`", row[0])
    assert found, f"not a place: {row[0]}"
    return found[1], found[2], row[1].strip("`")


def test_every_caught_exception_has_its_row_and_every_row_its_exception() -> None:
    listed, present = Counter(map(place_of, rows())), in_the_code()
    assert sorted(present - listed) == [], "not in docs/exceptions.md"
    assert sorted(listed - present) == [], "in docs/exceptions.md, but no longer in the code"


def test_every_row_says_who_learns_of_it_or_why_nobody() -> None:
    for row in rows():
        place, (person, operator, why) = row[0], row[2:]
        assert person, place
        assert operator, place
        assert why or (person, operator) != (NOTHING, NOTHING), (
            f"{place}: nobody learns of it, and nothing says why"
        )


def test_the_log_lines_of_the_table_are_written_there() -> None:
    for row in rows():
        path, _name, _what = place_of(row)
        for event in re.findall(r"log `([^`]+)`", row[3]):
            assert f'"{event}' in (BASE_DIR / path).read_text(), f"{row[0]} logs no “{event}”"


def test_what_counts_as_passed_on() -> None:
    handled = """
class Reader:
    def read(self):
        try:
            run()
        except A:
            pass
        except B as error:
            raise C from error
        except D:
            if ok:
                return 1
            raise
        except E:
            if ok:
                raise
            else:
                raise C
        except F:
            if ok:
                raise
        with contextlib.suppress(G, H):
            run()
"""
    assert [what for _name, what in caught_in(ast.parse(handled))] == ["A", "D", "F", "suppress(G, H)"]
    assert {name for name, _what in caught_in(ast.parse(handled))} == {"Reader.read"}
