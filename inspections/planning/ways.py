"""Along which way an enterprise lies: the road in its address 创业三路, else its street or township."""

import re
from functools import lru_cache

from enterprises.models import Enterprise
from foundation.identifiers import folded

_ROAD = "(?:大道|大街|路|街|巷|弄)"
# what stands before the house number; administrative names before it are cut off
_BEFORE_NUMBER = re.compile(rf"\A(\D*{_ROAD})(?:[东南西北中]段)?\d")
_AREAS = re.compile(rf"\A.*(?:街道|镇|乡|区|县|市)(?=[\u3400-\u9fff]{{1,8}}{_ROAD}\Z)")


@lru_cache(maxsize=8_192)
def road_in(address: str) -> str:
    """Return the road of an address, "" if it names none before a house number."""
    found = _BEFORE_NUMBER.match(folded(address))
    road = _AREAS.sub("", found[1]) if found else ""
    return road if len(road) <= 10 else ""


def way_of(enterprise: Enterprise) -> str:
    """Return what enterprises must have in common to be visited on one trip; "" if nothing is known."""
    return road_in(enterprise.address) or enterprise.street
