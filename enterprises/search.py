"""Enterprises, and the persons named in the register, in the one search."""

from django.db.models import Case, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from enterprises.access import Permission
from enterprises.industries import section_name
from enterprises.models import Enterprise
from enterprises.search_keys import police_text, search_text
from enterprises.selectors import ALL, matching, visible
from foundation.accounts.actors import Actor
from foundation.contributions.search import Findable, Found, Hit, register
from foundation.database.fields import field_of
from foundation.searching import code_in, containing, searchable, words_of

PERSONS = ("legal_representative", "responsible_person", "security_chief")


def _enterprises(actor: Actor, text: str) -> QuerySet[Enterprise]:
    """Return the enterprises of a search, with ``begins``: whether the name begins with the text."""
    begins = Case(When(search_text__startswith=searchable(text), then=Value(True)), default=Value(False))
    return matching(actor, visible(actor), text).annotate(begins=begins)


def _persons(actor: Actor, text: str) -> QuerySet[Enterprise]:
    """Return the enterprises whose persons are found by their name, or by the telephone number."""
    named = visible(actor).exclude(**dict.fromkeys(PERSONS, ""))
    return named.filter(containing(text, "police_text"))


def _enterprise(found: Found) -> Hit:
    trade = section_name(found["industry"]) or found["category"]
    why = _found_by_police_text(found)
    line = (_station(found), *why, trade, found["address"], found["code"])
    return Hit(
        found["name"],
        tuple(part for part in line if part),
        names=frozenset([found["name"]]),
        people=frozenset(why),
        colour=found["colour"],
    )


def _found_by_police_text(found: Found) -> list[str]:
    """Return the persons or the telephone number by which an enterprise was found, if nothing else says why."""
    keys = search_text(
        name=found["name"],
        credit_code=found["code"],
        external_id=found["external_id"],
        address=found["address"],
    )
    words, code = words_of(found.text), code_in(found.text)
    if all(word in keys for word in words) or (code and code in keys):
        return []
    named = [found[field] for field in PERSONS if found[field] and _is_named(found[field], words)]
    return list(dict.fromkeys(named)) or [found["phone"]]


def _person(found: Found) -> Hit:
    """Return the person whose name was found, the first one if it was the telephone number."""
    people: dict[str, list[str]] = {}
    for field in PERSONS:
        if found[field]:
            people.setdefault(found[field], []).append(str(field_of(Enterprise, field).verbose_name))
    wanted = words_of(found.text)
    person = next((each for each in people if _is_named(each, wanted)), next(iter(people)))
    line = (found["name"], _station(found), *people[person], found["phone"])
    return Hit(person, tuple(part for part in line if part), people=frozenset([person]))


def _is_named(person: str, words: list[str]) -> bool:
    keys = police_text(legal_representative=person)
    return any(word in keys for word in words)


def _station(found: Found) -> str:
    return found["station"] if len(found.actor.stations) > 1 else ""


register(
    Findable(
        code="enterprises",
        title=_("Enterprises"),
        icon="building-factory-2",
        rank=10,
        permission=Permission.VIEW_ENTERPRISES,
        rows=_enterprises,
        values={
            "name": "name",
            "station": "station__name",
            "industry": "industry_code",
            "category": "category",
            "address": "address",
            "code": "credit_code",
            "external_id": "external_id",
            "colour": "colour",
            "phone": "phone",
            **{field: field for field in PERSONS},
        },
        whole=Enterprise.objects.all,
        hit=_enterprise,
        page="desk:file",
        order=("-begins", "-pk"),
        list_page="enterprises:list",
        list_query={"register": ALL},
    ),
    Findable(
        code="persons",
        title=_("Persons at enterprises"),
        icon="user-check",
        rank=20,
        permission=Permission.VIEW_ENTERPRISES,
        rows=_persons,
        values={
            "name": "name",
            "station": "station__name",
            "phone": "phone",
            **{field: field for field in PERSONS},
        },
        whole=Enterprise.objects.all,
        hit=_person,
        page="desk:file",
        is_noted=False,
    ),
)
