"""The industries of GB/T 4754-2017."""

import re
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from enterprises.codes import CodeTable, rows_of
from foundation.identifiers import compact, folded

_CODED = re.compile(r"([A-T]?)(\d{2,4})(?!\d)")
LONGEST = 5  # characters of a code
_ENDS = re.compile(r"(?:行业|企业|单位|业|类)\Z")

SECTIONS = {
    "A": _("Agriculture, forestry, animal husbandry, fishery"),
    "B": _("Mining"),
    "C": _("Manufacturing"),
    "D": _("Electricity, heat, gas and water"),
    "E": _("Construction"),
    "F": _("Wholesale and retail"),
    "G": _("Transport, storage and post"),
    "H": _("Hotels and catering"),
    "I": _("Information, software and IT services"),
    "J": _("Finance"),
    "K": _("Real estate"),
    "L": _("Leasing and business services"),
    "M": _("Research and technical services"),
    "N": _("Water conservancy, environment and public facilities"),
    "O": _("Resident services, repair and other services"),
    "P": _("Education"),
    "Q": _("Health and social work"),
    "R": _("Culture, sports and entertainment"),
    "S": _("Public administration and social organisations"),
    "T": _("International organisations"),
}


def section_choices() -> list[tuple[str, str]]:
    """Return letters and names of all sections in the reader's language; a form asks each time it is shown."""
    return [(code, f"{code} · {name}") for code, name in SECTIONS.items()]


def section_name(industry_code: str) -> str:
    """Return the section an industry code belongs to; empty without a code."""
    return str(SECTIONS.get(industry_code[:1], ""))


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """Return the names of all industries by code, from sections to classes (Chinese, as the standard has them)."""
    return {row["code"]: row["name"] for row in rows_of("industries.csv")}


def is_industry(code: str) -> bool:
    """Return whether a text is a code of the standard, with its section's letter."""
    return code in names()


def proposed(text: str) -> str:
    """Return the code that a text probably means: by code with or without letter, name or everyday word; else ""."""
    plain = compact(text)
    if found := _CODED.match(plain):
        code = found[1] + found[2] if found[1] else _by_digits().get(found[2], "")
        return code if is_industry(code) else ""
    if is_industry(plain):
        return plain
    word = folded(text)
    for each in (word, _ENDS.sub("", word)):
        if code := _by_name().get(each) or _by_word().get(each, ""):
            return code
    inside = [each for each in _by_word() if each in word]
    longest = [each for each in inside if not any(each != other and each in other for other in inside)]
    codes = {_by_word()[each] for each in longest}
    return codes.pop() if len(codes) == 1 else ""


@lru_cache(maxsize=1)
def _by_digits() -> dict[str, str]:
    return {code[1:]: code for code in names() if len(code) > 1}


@lru_cache(maxsize=1)
def _by_name() -> dict[str, str]:
    """Return the codes by folded name, with and without its last 业: divisions before groups, classes, sections."""
    found: dict[str, str] = {}
    for code in sorted(names(), key=lambda code: (len(code) == 1, len(code))):
        name = folded(names()[code])
        for each in (name, _ENDS.sub("", name)):
            found.setdefault(each, code)
    return found


@lru_cache(maxsize=1)
def _by_word() -> dict[str, str]:
    return {folded(row["word"]): row["code"] for row in rows_of("industry_words.csv")}


class IndustryTable(CodeTable):
    """Industries are also known without the letter of their section."""

    def _is(self, code: str, typed: str) -> bool:
        return typed in (code, code[1:])

    def _begins(self, code: str, typed: str) -> bool:
        return code.startswith(typed) or (typed.isdecimal() and code[1:].startswith(typed))


def _above(code: str) -> str:
    """Return the code one level higher: C3670, C367, C36, C. Of what is too long for a code, what could be one."""
    return code[:1] if len(code) == 3 else code[:-1][:LONGEST]


@lru_cache(maxsize=1)
def table() -> IndustryTable:
    """Return the table of industries."""
    return IndustryTable(names(), _above, _by_word())


def industry_name(code: str) -> str:
    """Return the name of an industry, of a section in the reader's language; "" for a code that is not in the table."""
    return str(SECTIONS[code]) if code in SECTIONS else names().get(code, "")
