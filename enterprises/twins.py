"""Entries of the register that a new one may repeat: the same code, the same name, or a like name at a like address."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db.models import F, Q, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Replace
from django.utils.translation import gettext_lazy as _

from enterprises import selectors
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.identifiers import compact, folded
from foundation.words import Words

SAME_CODE = _("the same credit code")
SAME_NAME = _("the same name")
LIKE_NAME = _("a similar name at this address")
MOST, MOST_LIKE = 5, 200
LIKE = 0.8
SHORTEST = 2  # letters of a name, without its place and legal form
SHORTEST_PLACE = 4  # of an address, without its province, city and district
CODE_LENGTH = 18
_MARKS = "()[]【】〔〕《》「」“”\"'·・.,，、-_ "
_COMMON = re.compile(
    r"(?:股份有限公司|有限责任公司|有限公司|责任公司|总公司|分公司|公司|集团|个体工商户|经营部|商行|商店|店|厂){1,4}\Z"
)
_PLACE = re.compile(r"\A(?:[^省市区县]{2,8}省)?(?:[^市区县]{2,6}市)?(?:[^区县]{1,4}[区县])?")


@dataclass(frozen=True)
class Twin:
    """An enterprise that the actor sees, and in what it is the same."""

    enterprise: Enterprise
    why: Words


def twins(actor: Actor, *, name: str = "", credit_code: str = "", address: str = "") -> list[Twin]:
    """Return what the actor sees of the register that may be this enterprise, the surest first. One statement.

    What another station has is not looked at: registering it is refused as before.
    """
    code, wanted, place = compact(credit_code), plain(name), plain(address)
    core = core_of(wanted)
    asked = Q()
    if len(code) == CODE_LENGTH:
        asked |= Q(credit_code=code)
    if len(core) >= SHORTEST:
        asked |= Q(plain__contains=core)
    if core and len(where := _PLACE.sub("", place)) >= SHORTEST_PLACE:
        asked |= Q(plain__contains=where)
    if not asked:
        return []
    rows = selectors.visible(actor).alias(plain=_plain(F("search_text"))).filter(asked)
    fields = ("pk", "name", "site", "credit_code", "external_id", "address", "colour", "station_id")
    found = []
    for each in rows.only(*fields).order_by("sort_key", "pk")[:MOST_LIKE]:
        other = plain(each.name)
        if code and each.credit_code == code:
            found.append((0, Twin(each, SAME_CODE)))
        elif other == wanted:
            found.append((1, Twin(each, SAME_NAME)))
        elif place and _alike(place, plain(each.address)) and _alike(core, core_of(other)):
            found.append((2, Twin(each, LIKE_NAME)))
    return [twin for _rank, twin in sorted(found, key=lambda pair: pair[0])][:MOST]


def plain(text: str) -> str:
    """Return a name or an address without differences of width, case, brackets, marks and blanks."""
    return "".join(letter for letter in folded(text) if letter not in _MARKS)


def core_of(name: str) -> str:
    """Return what a plain name has of its own: without its place and its legal form."""
    own = _COMMON.sub("", _PLACE.sub("", name)) or _COMMON.sub("", name)
    return own or name


def _alike(one: str, other: str) -> bool:
    if not one or not other:
        return False
    shorter, longer = sorted((one, other), key=len)
    if shorter in longer and 2 * len(shorter) >= len(longer):
        return True
    if set(re.findall(r"\d+", one)) != set(re.findall(r"\d+", other)):
        return False  # another house number
    return SequenceMatcher(None, one, other).ratio() >= LIKE


def _plain(column: Combinable) -> Combinable:
    for mark in " ()[]":
        column = Replace(column, Value(mark), Value(""))
    return column
