"""What an address says of itself: the administrative area and the street or township it begins with.

A proposal, never an answer: pages show it, and a person takes it or not.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from enterprises import areas
from foundation.identifiers import folded

_STREET = re.compile(r"[\u3400-\u9fff]{1,12}?(?:街道(?:办事处)?|镇|乡|苏木)(?!路|街|巷|村口|政府路|道)")
_UNKNOWN = re.compile(
    r"\A(?:[^省市区县]{1,8}省)?(?:[^市区县]{1,8}市)?[^区县街镇乡]{1,8}[区县]"
)  # not in the table
_OFFICE = re.compile(r"办事处\Z")
_ENDS = re.compile(r"(?:特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区|省|市|地区|盟|自治州)\Z")
_JOINTS = re.compile(r"[,，、;；/\\|·-]+")


@dataclass(frozen=True)
class Place:
    """Code of the area and name of the street, each empty if the address does not say it clearly."""

    area: str = ""
    street: str = ""


def place_of(address: str, *, near: Collection[str] = (), streets: Collection[str] = ()) -> Place:
    """Return the area and the street that an address names.

    ``near`` are the areas of the reader's own enterprises: they decide between areas of one name, and without a province or
    city only they are meant. ``streets`` are names that are known to be streets, also without 街道.
    """
    text = _JOINTS.sub("", folded(address)).removeprefix("中国")
    area, rest = _area(text, frozenset(near))
    if not area:
        rest = _UNKNOWN.sub("", text)
    return Place(area, "" if area and area in areas.table().below else _street(rest, streets))


def _area(text: str, near: frozenset[str]) -> tuple[str, str]:
    """Return the lowest area that the beginning of a text names alone, and the rest of the text."""
    table = areas.table()
    found = dict(_descend("", text))
    whole = {code: rest for code, rest in found.items() if code not in table.below}
    # without the city or province: 朝阳区建国路 is meant where the reader's enterprises are
    for code in _beside(near):
        if code not in whole and text.startswith(table.names[code]):
            whole[code] = text.removeprefix(table.names[code])
    shortest = min((len(rest) for rest in whole.values()), default=0)
    best = {code: rest for code, rest in whole.items() if len(rest) == shortest}
    if len(best) > 1 and (mine := {code: rest for code, rest in best.items() if code in near}):
        best = mine
    if len(best) == 1:
        return next(iter(best.items()))
    if not best and found:  # a city without its district
        code, rest = min(found.items(), key=lambda pair: len(pair[1]))
        return (code if len([each for each in found.values() if each == rest]) == 1 else "", rest)
    return "", text


def _descend(above: str, text: str) -> Iterator[tuple[str, str]]:
    """Yield the areas below one that a text begins with, level by level, with the rest of the text."""
    table = areas.table()
    for code in table.below.get(above, ()):
        name = table.names[code]
        if name in areas.FILLERS:  # 北京市朝阳区 has no word for the level between
            yield from _descend(code, text.removeprefix(name))
            continue
        if begun := next((each for each in _spellings(name) if text.startswith(each)), ""):
            rest = text.removeprefix(begun)
            yield code, rest
            yield from _descend(code, rest)
        elif not above:  # 朝阳市双塔区, without its province
            yield from _cities(code, text)


def _cities(province: str, text: str) -> Iterator[tuple[str, str]]:
    table = areas.table()
    for code in table.below.get(province, ()):
        name = table.names[code]
        if name not in areas.FILLERS and text.startswith(name):
            yield code, text.removeprefix(name)
            yield from _descend(code, text.removeprefix(name))


@lru_cache(maxsize=4_096)
def _spellings(name: str) -> tuple[str, ...]:
    """Return a name as addresses have it: 广西壮族自治区, 广西; a district of two characters only whole."""
    short = _ENDS.sub("", name)
    return (name, short) if len(short) > 1 and short != name else (name,)


def _beside(near: Collection[str]) -> list[str]:
    """Return the districts and counties of the cities that these areas are in."""
    table = areas.table()
    return [each for city in {f"{code[:4]}00" for code in near} for each in table.below.get(city, ())]


def _street(text: str, streets: Collection[str]) -> str:
    known = sorted((each for each in streets if text.startswith(folded(each))), key=len)
    if known:
        return known[-1]
    if found := _STREET.match(text):
        return _OFFICE.sub("", found[0])
    bare = {re.sub(r"(?:街道|镇|乡)\Z", "", each): each for each in streets}
    fits = sorted((each for each in bare if len(each) > 1 and text.startswith(folded(each))), key=len)
    longer = fits and re.match(r"[东南西北中]?(?:路|大街|街|巷|道|大道)", text[len(fits[-1]) :])
    return bare[fits[-1]] if fits and not longer else ""
