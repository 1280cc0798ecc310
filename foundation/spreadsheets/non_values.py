"""What stands in a cell in the place of a value: an error of the spreadsheet, a number that lost its digits, the title of a row of totals."""

import re

from foundation.normalising import nfkc

# what spreadsheets show in a cell whose formula failed
_ERROR = re.compile(
    r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!"
    r"|GETTING_DATA|UNCALCULATED!)|(?:Err|错误):5\d\d",
    re.IGNORECASE,
)
# what a spreadsheet saves of a number with more digits than it shows, from the nine of a telephone number on
_DIGITS_LOST = re.compile(r"-?\d(?:\.\d+)?E\+(?:0?[89]|[1-9]\d)", re.IGNORECASE)
_TOTALS = re.compile(
    r"(?:本页|本表|本所|全部|全所|全局|各所)?(?:合|小|总|共|累)计(?:[:(\d].*|人数|户数|家数)?"
)
_ENGLISH_TOTALS = re.compile(r"(?:grand|sub)?-?totals?:?")


def is_error(text: str) -> bool:
    """Return whether a cell shows an error of its spreadsheet, such as ``#REF!``."""
    return text[:1] in "#eE错" and bool(_ERROR.fullmatch(text))


def has_lost_digits(text: str) -> bool:
    """Return whether a spreadsheet has shortened a number, such as 3.50102E+17."""
    return "+" in text and bool(_DIGITS_LOST.fullmatch(text))


def is_totals(text: str, *, also_english: bool) -> bool:
    """Return whether a cell is the title of a row of totals, such as 合计."""
    if not (also_english or "计" in text):
        return False
    word = "".join(nfkc(text).split()).casefold()
    return bool(_TOTALS.fullmatch(word)) or (also_english and bool(_ENGLISH_TOTALS.fullmatch(word)))
