"""CSV that people open in a spreadsheet."""

import re

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)*")


def harmless(value: object) -> str:
    """Return a text cell that no spreadsheet takes for a formula. A plain number stays as it is."""
    text = str(value)
    is_formula = text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text
