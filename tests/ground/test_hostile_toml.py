"""A standard or a profile that only a machine would write is refused in a sentence, and at once."""

from pathlib import Path

import pytest

from foundation.toml import NotToml, read
from imports.profile_reading import load
from imports.remarks import ImportFailed
from ratings.standards.parsing import InvalidStandard, parse

HOSTILE = {
    "a = " + "9" * 5_000: "A number has too many digits.",
    "[a]\nb = -" + "9" * 5_000: "A number has too many digits.",
    ".".join("a" * 30_000) + " = 1": "Line 1 has more than 200 dots.",
    "# x\n[" + ".".join("a" * 30_000) + "]": "Line 2 has more than 200 dots.",
    "a" + "." * 60_000 + " = 1": "Line 1 has more than 200 dots.",
    "a = " + "[" * 30_000: "Lists or tables are nested too deeply.",
    "a = " + "{a=" * 20_000: "Lists or tables are nested too deeply.",
    "a = '" + "x" * 500_000 + "'": "The text has more than 500,000 characters.",
}


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_it_says_why(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotToml) as caught:
        read(text)
    assert str(caught.value) == HOSTILE[text]
    with pytest.raises(InvalidStandard, match=HOSTILE[text]):
        parse(text)
    profile = tmp_path / "own.toml"
    profile.write_text(text)
    with pytest.raises(ImportFailed, match=HOSTILE[text]):
        load(str(profile))


@pytest.mark.parametrize(
    "value", ["0x" + "f" * 5_000, "1e999999", "inf", "nan", "'" + "9" * 5_000 + "'", "2026-02-03"]
)
def test_a_number_beyond_all_measure_is_an_invalid_value(value: str) -> None:
    for text in (f"coverage = {value}", f"[grey]\ncoverage = {value}\n[cycle]\nred = {value}"):
        with pytest.raises(InvalidStandard):
            parse(text)
