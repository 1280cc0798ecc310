"""No pattern that reads outside text takes more than linear time: a long text must not stop a process."""

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]

import pytest
from django.apps import apps
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models

LONGEST = 16_000
NOTICEABLE_S = 0.004
# Twice the text is twice the work in a line and four times in a square.
MOST = 3
REPETITIONS = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)


# They read our own sources and tables, never a stranger's text.
OWN_TEXT = ("config.management.", "config.static.", "foundation.ui.checks.", "foundation.pinyin._SYLLABLE")


def _modules() -> Iterator[str]:
    """The modules of ours that use patterns."""
    root = Path(settings.BASE_DIR)
    for place in (root, root / "warnings"):
        for package in sorted(path.parent for path in place.glob("*/__init__.py")):
            for path in sorted(package.rglob("*.py")):
                parts = path.relative_to(place).with_suffix("").parts
                if parts[0] != "tests" and "migrations" not in parts and "import re\n" in path.read_text():
                    yield ".".join(parts)


def _written_in_place(name: str) -> Iterator[re.Pattern[str]]:
    """The patterns that a module gives to ``re.sub`` and its like as text."""
    file = importlib.import_module(name).__file__
    assert file is not None
    for call in ast.walk(ast.parse(Path(file).read_text())):
        match call:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="re"), attr=function),
                args=[ast.Constant(str(text)), *_more],
            ) if function not in ("compile", "escape"):
                yield re.compile(text)


def _patterns() -> dict[str, re.Pattern[str]]:
    """Every pattern of a module, and those of the validators of fields."""
    found = {}
    for name in _modules():
        if not name.startswith(OWN_TEXT):
            found |= {f"{name}: {each.pattern}": each for each in _written_in_place(name)}
        for key, value in vars(importlib.import_module(name)).items():
            own = f"{name}.{key}".startswith(OWN_TEXT)
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str) and not own:
                found[f"{name}.{key}"] = value
    for model in apps.get_models():
        for field in model._meta.get_fields():
            for validator in field.validators if isinstance(field, models.Field) else ():
                if isinstance(validator, RegexValidator):
                    found[f"{model._meta.label}.{field.name}: {validator.regex.pattern}"] = validator.regex
    return found


def _characters(parsed: object) -> set[str]:
    """Some characters that the pattern speaks of: literals, and of each class one inside."""
    found: set[str] = set()
    if isinstance(parsed, _parser.SubPattern | list | tuple):
        items = list(parsed)
        if len(items) == 2 and items[0] is _constants.LITERAL:
            found.add(chr(items[1]))
        elif len(items) == 2 and items[0] is _constants.RANGE:
            found.add(chr(items[1][0]))
        elif len(items) == 2 and items[0] is _constants.CATEGORY:
            found.add({_constants.CATEGORY_DIGIT: "1", _constants.CATEGORY_SPACE: " "}.get(items[1], "a"))
        else:
            for item in items:
                found |= _characters(item)
    return found


def _sample(parsed: object) -> str:
    """A text that a part of a pattern takes: the first of its branches, each repetition once."""
    found = ""
    for operation, value in parsed if isinstance(parsed, _parser.SubPattern | list) else ():
        if operation in REPETITIONS:
            found += _sample(value[2])
        elif operation is _constants.SUBPATTERN:
            found += _sample(value[3])
        elif operation is _constants.BRANCH:
            found += _sample(value[1][0])
        elif operation is _constants.ATOMIC_GROUP:
            found += _sample(value)
        elif operation is _constants.IN:
            found += min(_characters(value), default="a")
        elif operation in (_constants.LITERAL, _constants.ANY):
            found += chr(value) if value else "a"
    return found


def _repeated(parsed: object) -> set[str]:
    """What a pattern takes several times, where that is longer than a character."""
    found: set[str] = set()
    if isinstance(parsed, _parser.SubPattern | list | tuple):
        items = list(parsed)
        if len(items) == 2 and items[0] in REPETITIONS:
            found.add(_sample(items[1][2]))
        for item in items:
            found |= _repeated(item)
    return {each for each in found if len(each) > 1}


def _attacks(pattern: re.Pattern[str]) -> Iterator[Callable[[int], str]]:
    """Long texts that nearly match: repeated characters, pairs and phrases of the pattern, ended by something else."""
    parsed = _parser.parse(pattern.pattern, pattern.flags)
    own = sorted(_characters(parsed))[:6]
    characters = list(dict.fromkeys([*own, "a", "1", " ", ".", "x"]))
    pairs = [one + other for one in own for other in own if one != other]
    units = list(dict.fromkeys([*characters, *pairs, *sorted(_repeated(parsed))]))
    starts = ["", *(character for character in own if not character.isalnum()), "://", "".join(own)]
    for start in dict.fromkeys(starts):
        for unit in units:
            yield lambda length, start=start, unit=unit: start + unit * (length // len(unit)) + "\x01!"


def _seconds(pattern: re.Pattern[str], text: str, tries: int = 1) -> float:
    took = []
    for _number in range(tries):
        began = time.process_time()
        pattern.sub("", text)  # goes on where a search ends, so that it sees every start
        took.append(time.process_time() - began)
    return min(took)


def growth(pattern: re.Pattern[str]) -> float:
    """By what the time of the worst text grows when the text doubles; 0 where no text takes noticeable time."""
    worst = 0.0
    for attack in _attacks(pattern):
        length = 250
        while (first := _seconds(pattern, attack(length))) < NOTICEABLE_S and length < LONGEST:
            length *= 4
        if first >= NOTICEABLE_S:
            twice = attack(length * 2)
            grown = _seconds(pattern, twice) / first
            if grown >= MOST:  # or was the processor busy with something else?
                grown = _seconds(pattern, twice, 3) / _seconds(pattern, attack(length), 3)
            if grown >= MOST:
                return grown
            worst = max(worst, grown)
    return worst


PATTERNS = _patterns()


def test_the_patterns_are_found() -> None:
    assert {
        "config.logs._KEY",
        "deliveries.addresses.HOST",
        "imports.cells._UNIT",
    } <= PATTERNS.keys()


@pytest.mark.drill
@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_backtracks(name: str) -> None:
    assert growth(PATTERNS[name]) < MOST


@pytest.mark.parametrize(
    "pattern",
    [r"/[a1:-]*[1][a1:-]{19,}(?=/|$)", r" *\n *", r"[\d,]*\.?\d+!", r"(?:[-;](?:gzip|br))+(?=\")"],
)
def test_one_that_backtracks_is_noticed(pattern: str) -> None:
    assert growth(re.compile(pattern)) >= MOST
