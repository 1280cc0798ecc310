"""Proposals of what the columns of a file mean.

Settled, without a question, is only what has an exact name or was confirmed for the same layout before. All else is for
a person to confirm.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from foundation.contributions.sheets import Target
from foundation.identifiers import IdentifierField, folded, phone_number
from imports import contents, taken_away
from imports.contents import Example
from imports.layouts import BETWEEN
from imports.naming import KEY, RUNNING_NUMBERS, STATION, Name, exact, last_of, names_of, near

SAME_NAME, CONFIRMED, NEAR_NAME, CONTENT = "same_name", "confirmed_before", "near_name", "content"
LISTED = "listed"  # of a list that was taken away from here
ALTERNATIVES = 4
_LEAST_FIT = 0.5  # share of its values that a field must be able to take
_PARTS = re.compile(r"[及和与、/／|｜(（)）,，&+\s]+|\band\b")


@dataclass(frozen=True)
class Column:
    """What a column of a file becomes.

    ``becomes`` has names of fields, "key", "station", "enterprise.code", "enterprise.number" or "enterprise.name"; two
    for a column to split into name and phone, none for one that nobody maps. ``how``: plain, split, map (``mapping`` has
    the values, "" where somebody must choose), join and either (several columns for one field), fixed (no column of the
    file, position -1: ``mapping[""]`` is the value).
    """

    position: int
    name: str
    becomes: tuple[str, ...] = ()
    how: str = "plain"
    mapping: dict[str, str] = field(default_factory=dict)
    settled: bool = False
    why: str = ""
    alternatives: list[str] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)


@dataclass(frozen=True)
class _Candidate:
    score: float
    column: int
    becomes: tuple[str, ...]
    why: str
    how: str = "plain"


def propose(
    target: Target,
    header: list[str],
    samples: list[list[str]],
    remembered: Mapping[str, Column] | None = None,
) -> list[Column]:
    """Return a proposal for each column with a name. ``samples`` are rows of cells, the more the better.

    ``remembered`` are the columns that were confirmed for this layout before, by name.
    """
    raws = [[row[place] if place < len(row) else "" for row in samples] for place in range(len(header))]
    values = [contents.values_of(each) for each in raws]
    known = remembered or {}
    if (place := taken_away.place_of_numbers(header)) is not None and any(
        map(any, map(taken_away.kind_and_number, values[place]))
    ):
        known = {**_listed(target, header, values), **known}
    chosen = {place: known[name] for place, name in enumerate(header) if name in known}
    taken = {name for column in chosen.values() for name in column.becomes}
    found = {
        place: _candidates(target, name, values[place])
        for place, name in enumerate(header)
        if place not in chosen and name
    }
    picked = _pick(found, taken)
    _share(target, header, values, found, picked)
    columns = []
    for place, name in enumerate(header):
        if not name:
            continue
        if place in chosen:
            column = _remembered(target, chosen[place], place, name, values[place])
        else:
            column = _column(target, place, name, values[place], picked.get(place))
        others = [
            each for one in sorted(found.get(place, ()), key=lambda one: -one.score) for each in one.becomes
        ]
        others += _of_like_content(target, values[place])
        kept = [each for each in dict.fromkeys(others) if each not in column.becomes][:ALTERNATIVES]
        columns.append(replace(column, alternatives=kept, examples=examples(target, column, raws[place])))
    return columns


def _listed(target: Target, header: list[str], values: list[list[str]]) -> dict[str, Column]:
    """Return the columns of a list that was taken away from here. What it shows beside the fields becomes nothing."""
    fields = taken_away.fields_of(target)
    found = {}
    for place, name in enumerate(header):
        field = fields.get(folded(name))
        found[name] = Column(place, name, (field,) if field else (), settled=True, why=LISTED)
    return found


def examples(target: Target, column: Column, raws: list[str]) -> list[Example]:
    """Return five values of a column, those written most differently, and what is read from each."""

    def read(raw: str) -> Example:
        return contents.readings(target, column.becomes, column.how, column.mapping, raw)

    return [read(each) for each in contents.most_different(raws, lambda raw: read(raw).fault is not None)]


def _remembered(target: Target, was: Column, place: int, name: str, values: list[str]) -> Column:
    """Return a column as it was confirmed; one with values nobody has chosen for is asked again."""
    new = {}
    if len(was.becomes) == 1 and was.how in ("plain", "map"):
        new = contents.value_list(target, was.becomes[0], values, name)
        new = {value: meant for value, meant in new.items() if value not in was.mapping}
    return Column(
        place,
        name,
        was.becomes,
        "map" if new else was.how,
        {**was.mapping, **new},
        settled=not new,
        why=LISTED if was.why == LISTED else CONFIRMED,
    )


def _column(target: Target, place: int, name: str, values: list[str], picked: _Candidate | None) -> Column:
    if picked is None:
        return Column(place, name, settled=True)
    mapping: dict[str, str] = {}
    how = picked.how
    if how == "plain":
        mapping = contents.value_list(target, picked.becomes[0], values, name)
        how = "map" if mapping else how
    settled = picked.why == SAME_NAME and how == "plain" and _suits(target, picked.becomes[0], values)
    return Column(place, name, picked.becomes, how, mapping, settled, picked.why)


def _suits(target: Target, name: str, values: list[str]) -> bool:
    """Return whether the content does not contradict the field, nor is that of a field with a list of values."""
    if len(values) < 3:
        return True
    fit = contents.fit(target, name, values)
    if fit is not None and fit < _LEAST_FIT:
        return False
    return not (name in target.fields and _is_text(target, name)) or not contents.is_of_a_list(target, values)


# --- candidates -----------------------------------------------------------------------------------------------------


def _candidates(target: Target, name: str, values: list[str]) -> list[_Candidate]:
    """Return what a column may become, by its name and its content; the column's place is set by ``_pick``."""
    if folded(name) in RUNNING_NUMBERS and contents.is_running_number(values[:3] or ["1"]):
        return []
    found = []
    if split := _split(target, name, values):
        found.append(split)
    same = exact(target, name)
    for place in same:
        if place == KEY and not _is_key(values):
            continue
        if split and place in split.becomes:
            continue
        found.append(_Candidate(1.0 if _suits(target, place, values) else 0.6, -1, (place,), SAME_NAME))
    like = near(target, name)
    for place, score in like.items():
        if place in same or (place == KEY and not _is_key(values)):
            continue
        fit = contents.fit(target, place, values)
        if fit is None or fit >= _LEAST_FIT:
            found.append(_Candidate(score * 0.97, -1, (place,), NEAR_NAME))
    named = {each.becomes[0] for each in found}
    found += [
        _Candidate(score, -1, (place,), CONTENT)
        for place, score in _by_content(target, name, values)
        if place not in named
    ]
    return found


def _is_key(values: list[str]) -> bool:
    """Return whether values can tell rows apart: each once, and not merely their numbers."""
    return len(set(values)) == len(values) and not contents.is_running_number(values)


def _split(target: Target, name: str, values: list[str]) -> _Candidate | None:
    """Return that a column has names with telephone numbers."""
    if "phone" not in target.fields or not values or contents.share(values, contents.has_both) < _LEAST_FIT:
        return None
    people = [each for each in target.fields if contents.is_person_field(target, each)]
    for part in (name, *_PARTS.split(name)):
        if not part:
            continue
        named = exact(target, part) or sorted(near(target, part), key=lambda each: -near(target, part)[each])
        if person := next((each for each in named if each in people), None):
            return _Candidate(0.98, -1, (person, "phone"), CONTENT, "split")
    default = "responsible_person" if "responsible_person" in people else next(iter(people), None)
    return _Candidate(0.6, -1, (default, "phone"), CONTENT, "split") if default else None


def _by_content(target: Target, name: str, values: list[str]) -> list[tuple[str, float]]:
    """Return fields that the content alone speaks for, with how much.

    Codes and telephone numbers speak for themselves under any name that names nothing else; days, numbers and names of
    firms only if the field is required and the column has no name to speak of.
    """
    if len(values) < 2:
        return []
    kind = Name(name)
    found = []
    for place in names_of(target):
        field = target.fields.get(place)
        strong = place == "enterprise.code" or (isinstance(field, IdentifierField) and place in target.looks)
        if strong:
            looks = target.looks.get(place)
            fit = contents.share(values, looks) if looks else contents.fit(target, place, values) or 0.0
            if fit >= 0.8 and not kind.turns and kind.kind in ("", "phone", "code", "key", "count", "kind"):
                found.append((place, 0.55))
        elif kind.is_generic and place in target.required and field is not None:
            looks = target.looks.get(place)
            typed = looks or field.get_internal_type() != "CharField" or field.choices
            fit = contents.share(values, looks) if looks else contents.fit(target, place, values) or 0.0
            if typed and fit >= 0.8:
                found.append((place, 0.5))
    return found


def _of_like_content(target: Target, values: list[str]) -> list[str]:
    """Return the fields of the same type as the content, to offer beside the proposal."""
    if len(values) < 2:
        return []

    def fields(*kinds: str) -> list[str]:
        return [name for name, each in target.fields.items() if each.get_internal_type() in kinds]

    if contents.share(values, contents.is_day) >= 0.8:
        return fields("DateField")
    if contents.share(values, contents.is_number) >= 0.8:
        return fields("PositiveIntegerField", "DecimalField")
    people = [name for name in target.fields if contents.is_person_field(target, name)]
    if people and contents.share(values, target.looks[people[0]]) >= 0.8:
        return people
    return fields("BooleanField") if contents.share(values, contents.is_truth) >= 0.8 else []


# --- one field, one column ------------------------------------------------------------------------------------------


def _pick(found: dict[int, list[_Candidate]], taken: set[str]) -> dict[int, _Candidate]:
    """Give each column at most one candidate, the best first, and each field at most one column."""
    order = sorted(
        (replace(each, column=place) for place, candidates in found.items() for each in candidates),
        key=lambda each: (-each.score, each.column),
    )
    picked: dict[int, _Candidate] = {}
    used = set(taken)
    for each in order:
        if each.column not in picked and not used & set(each.becomes):
            picked[each.column] = each
            used |= set(each.becomes)
    return picked


def _share(
    target: Target,
    header: list[str],
    values: list[list[str]],
    found: dict[int, list[_Candidate]],
    picked: dict[int, _Candidate],
) -> None:
    """Let several columns have one field: telephone numbers either here or there, parts of a text joined."""
    for place, candidates in found.items():
        if place in picked:
            continue
        for each in candidates:
            first = next((other for other in picked.values() if other.becomes == each.becomes), None)
            if (
                first is None
                or each.why != SAME_NAME
                or first.why != SAME_NAME
                or not _is_phone(target, each.becomes[0])
            ):
                continue
            for column in (first.column, place):
                picked[column] = replace(each, column=column, why=NEAR_NAME, how="either")
            break
    groups: dict[str, list[int]] = {}
    for place, name in enumerate(header):
        is_open = place not in picked or picked[place].why != SAME_NAME
        if BETWEEN in name and place in found and is_open and not _is_choice(target, name):
            groups.setdefault(name.partition(BETWEEN)[0], []).append(place)
    used = {name for place, each in picked.items() for name in each.becomes}
    for above, places in groups.items():
        named = [each for each in exact(target, above) if each in target.fields and _is_text(target, each)]
        if (
            len(places) < 2
            or not named
            or named[0] in used - {n for p in places if p in picked for n in picked[p].becomes}
        ):
            continue
        for place in places:
            picked[place] = _Candidate(0.7, place, (named[0],), NEAR_NAME, "join")


def _is_phone(target: Target, name: str) -> bool:
    field = target.fields.get(name)
    return isinstance(field, IdentifierField) and field.normalise is phone_number


def _is_choice(target: Target, name: str) -> bool:
    """Return whether the lower name of a column is that of a field with a list of values, so no part of a text."""
    return any(target.fields[each].choices for each in exact(target, last_of(name)) if each in target.fields)


def _is_text(target: Target, name: str) -> bool:
    field = target.fields[name]
    plain = field.get_internal_type() in ("CharField", "TextField") and not isinstance(field, IdentifierField)
    return plain and not field.choices and name not in target.looks and name != STATION
