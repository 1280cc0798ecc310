"""The administrative areas of GB/T 2260: provinces, cities, districts and counties."""

from functools import lru_cache

from enterprises.codes import CodeTable, rows_of
from foundation.identifiers import compact

# levels that only collect others, and are no part of a name
FILLERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


class AreaTable(CodeTable):
    """Areas have six digits; people also type the two or four that count."""

    def _is(self, code: str, typed: str) -> bool:
        return code == typed or (len(typed) in (2, 4) and typed.isdecimal() and code == typed.ljust(6, "0"))


def _above(code: str) -> str:
    if code.endswith("0000"):
        return ""
    return f"{code[:2]}0000" if code.endswith("00") else f"{code[:4]}00"


@lru_cache(maxsize=1)
def table() -> AreaTable:
    """Return the table of areas."""
    return AreaTable({row["code"]: row["name"] for row in rows_of("areas.csv")}, _above)


@lru_cache(maxsize=1)
def _former() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in rows_of("former_areas.csv")}


def is_area(code: str) -> bool:
    """Return whether a code is in the table, and not only one of former areas."""
    return code in table().names


def until(code: str) -> str:
    """Return the year in which an area was merged or renamed, "" for others."""
    return _former().get(compact(code), {}).get("until", "")


def area_name(code: str) -> str:
    """Return the whole name of an area, such as 北京市朝阳区, also of a former one; "" for an unknown code."""
    areas = table()
    former = _former().get(code)
    own = former["name"] if former else areas.names.get(code, "")
    parts = [areas.names[each] for each in areas.path(code)] + [own] if own else []
    named = [each for number, each in enumerate(parts) if each not in FILLERS or number == len(parts) - 1]
    return "".join(named)
