"""Lists that were taken away as files and come in again: how they are recognised, and what of them is compared."""

from foundation.contributions.sheets import NUMBER, Target, targets
from foundation.identifiers import folded
from foundation.ids import LARGEST_INTEGER
from foundation.spreadsheets.writing import ABOUT
from foundation.words import in_all_languages
from imports.naming import RECORD


def place_of_numbers(header: list[str]) -> int | None:
    """Return the place of the column with the numbers of the records, None in a list that is not from here."""
    names = set(map(folded, in_all_languages(NUMBER)))
    return next((place for place, name in enumerate(header) if folded(name) in names), None)


def kind_and_number(text: str) -> tuple[str, int]:
    """Return the kind of a record and its number, ("", 0) for any other text."""
    kind, _dash, digits = text.strip().partition("-")
    is_number = len(digits) < 20 and digits.isascii() and digits.isdigit() and not digits.startswith("0")
    if kind not in targets or not is_number or int(digits) > LARGEST_INTEGER:
        return "", 0
    return kind, int(digits)


def fields_of(target: Target) -> dict[str, str]:
    """Return what the columns of the list become, by their folded names in every language. The others become nothing."""
    listed = {RECORD: NUMBER, **target.listed}
    return {folded(name): field for field, label in listed.items() for name in in_all_languages(label)}


def is_about(sheet: str) -> bool:
    """Return whether a sheet of a workbook is the first one of a list, which says what, when and by whom."""
    return sheet in in_all_languages(ABOUT)
