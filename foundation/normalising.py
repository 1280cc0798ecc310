"""NFKC in linear time.

Unicode puts the marks on a letter in a fixed order, and Python sorts them by insertion: 40,000 marks on one letter take it
three seconds, a megabyte of them half an hour, in which no other thread of the process runs.
"""

import re
import unicodedata
from functools import cache

# No language puts more on one letter: UAX #15, "Stream-Safe Text Format".
MOST_MARKS = 30
# Halfwidth forms of Japanese marks, which are marks only when they are normalized.
_HALFWIDTH = "\uff9e\uff9f"


def nfkc(text: str) -> str:
    """Return the text NFKC-normalized. Of more than thirty marks in a row, those after are left out."""
    if text.isascii():
        return text
    if len(text) > MOST_MARKS:
        text = _endless().sub(lambda found: found[0][:MOST_MARKS], text)
    return unicodedata.normalize("NFKC", text)


@cache
def _endless() -> re.Pattern[str]:
    """Return the pattern of more marks in a row than any language needs."""
    ranges: list[list[int]] = []
    for code in (*range(0x20000), *range(0xE0000, 0xE1000)):  # in the planes between and above there are none
        if not unicodedata.category(chr(code)).startswith("M"):
            continue
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    kinds = "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges)
    return re.compile(f"[{kinds}{_HALFWIDTH}]{{{MOST_MARKS + 1},}}+")
