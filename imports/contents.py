"""What the values of a column look like, what they probably mean, and which of them to show."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial

from django.db import models

from foundation.contributions.sheets import Target, targets
from foundation.identifiers import IdentifierField, folded
from foundation.normalising import nfkc
from foundation.shapes import looks_like_person
from foundation.spreadsheets import non_values
from imports import cells, spelled_days
from imports.labels import choices_by_label
from imports.naming import BY_CODE, KEY
from imports.profile import FieldSpec
from imports.remarks import Refused, Remark
from imports.rows import Row
from imports.targets import ENTERPRISE
from imports.values import maker

BLANK = ("/", "-", "--", "—", "——", "\\", "n/a")  # what lenient files write into empty cells
SHOWN = 5
_NEARLY_ALL = 0.8
LOOKED_AT = 300  # values by which the content of a column is judged
_DAY_FAULTS = frozenset(("two_digit_year", "month_only", "day_or_month_first", "no_such_day"))
_NUMBERS = frozenset(("PositiveIntegerField", "PositiveSmallIntegerField", "DecimalField"))
_NOT = re.compile(r"^[非不无未]|^(?:no|not|non)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Example:
    """A value as it stands in the file, what is read from it for each field, and why it cannot be read."""

    raw: str
    read: tuple[str, ...] = ()
    fault: Remark | None = None


def values_of(raws: Iterable[str]) -> list[str]:
    """Return the cleaned values of a column without empty ones."""
    texts = (cells.clean(each)[0] for each in raws)
    return [each for each in texts if each and each.casefold() not in BLANK and not cells.is_masked(each)]


# --- what a field expects -------------------------------------------------------------------------------------------


def fit(target: Target, name: str, values: list[str]) -> float | None:
    """Return the share of values that a field could take; None if it takes any text."""
    check = _check(target, name)
    if check is None:
        return None
    return share(values, check)


def share(values: list[str], check: Callable[[str], bool]) -> float:
    """Return the share of the first values that pass; 1 if there are none."""
    looked_at = values[:LOOKED_AT]
    return sum(map(check, looked_at)) / len(looked_at) if looked_at else 1.0


def _check(target: Target, name: str) -> Callable[[str], bool] | None:
    if name == BY_CODE:
        return targets[ENTERPRISE].looks["credit_code"]
    field = target.fields.get(name)
    if field is None:
        return None if name == KEY else _is_words
    kind = field.get_internal_type()
    if kind == "DateField":
        return is_day
    if kind in _NUMBERS:
        return is_number
    looks, proposes = target.looks.get(name), target.proposes.get(name)
    if field.choices or kind == "BooleanField" or proposes:
        return lambda text: bool(looks and looks(text)) or meant(target, name, text) != ""
    if looks and isinstance(field, IdentifierField):
        return lambda text: looks(text) or non_values.has_lost_digits(text)
    return _is_words


def is_day(text: str) -> bool:
    """Return whether a text is a day, or would be one if it were written in full."""
    found = spelled_days.read(text)
    return found.day is not None or found.fault in _DAY_FAULTS


def is_number(text: str) -> bool:
    """Return whether a text is a number, perhaps with a unit."""
    try:
        cells.as_decimal(text, "", [])
    except Refused:
        return False
    return True


def is_truth(text: str) -> bool:
    """Return whether a text says yes or no."""
    try:
        cells.as_truth(text, "", lenient=True)
    except Refused:
        return False
    return True


def _is_words(text: str) -> bool:
    """Return whether a text is no day, telephone number or code."""
    firm = targets[ENTERPRISE]
    looks_other = firm.looks["phone"](text) or firm.looks["credit_code"](text)
    return not (looks_other or (text[:1].isdigit() and spelled_days.read(text).day))


def is_person_field(target: Target, name: str) -> bool:
    """Return whether a field names a person."""
    return target.looks.get(name) is looks_like_person


def has_both(text: str) -> bool:
    """Return whether a cell has a person's name and a telephone number."""
    found = cells.name_and_phone(text)
    return found is not None and all(found)


# --- lists of values ------------------------------------------------------------------------------------------------


def meant(target: Target, name: str, text: str, column: str = "") -> str:
    """Return the value of a field that a text probably means, "" if that is not clear."""
    field = target.fields[name]
    proposes = target.proposes.get(name)
    if proposes and (proposed := proposes(text)):
        return proposed
    if field.get_internal_type() == "BooleanField":
        if is_truth(text):
            return "yes" if cells.as_truth(text, "", lenient=True) else "no"
        word = folded(text)
        if len(word) >= 2 and _NOT.match(word) and word[1:] in folded(column):
            return "no"
        return "yes" if len(word) >= 2 and word in folded(column) else ""
    return _choice(choices_by_label(field), folded(text))


def is_of_a_list(target: Target, values: list[str]) -> bool:
    """Return whether nearly all values are words of one list of values: 合格, 限期整改, 合格."""
    listed = [choices_by_label(each) for each in target.fields.values() if each.choices]
    return any(share(values, partial(_is_among, words)) >= _NEARLY_ALL for words in listed)


def _is_among(words: Mapping[str, str], text: str) -> bool:
    return folded(text) in words


def _choice(labels: dict[str, str], word: str) -> str:
    if word in labels:
        return labels[word]
    words = {label: value for label, value in labels.items() if len(label) >= 2}
    inside = {value for label, value in words.items() if label in word and not _NOT.match(word)}
    if not inside and len(word) >= 2 and not _NOT.match(word):
        inside = {value for label, value in words.items() if word in label and not _NOT.match(label)}
    if len(inside) == 1:
        return inside.pop()
    if inside or len(word) < 3:
        return ""
    like = sorted(
        ((SequenceMatcher(None, word, label).ratio(), value) for label, value in words.items()), reverse=True
    )
    is_clear = bool(like) and like[0][0] >= 0.75 and bool(_NOT.match(word)) == bool(_NOT.match(like[0][1]))
    return like[0][1] if is_clear else ""


def value_list(target: Target, name: str, values: Iterable[str], column: str = "") -> dict[str, str]:
    """Return what each value that is not read by itself probably means; "" where a person must choose.

    Empty for a field that has no list of values.
    """
    field = target.fields.get(name)
    if field is None or not (
        field.choices or field.get_internal_type() == "BooleanField" or name in target.proposes
    ):
        return {}
    found: dict[str, str] = {}
    for value in values_of(values):
        if value not in found and readings(target, (name,), "plain", {}, value).fault is not None:
            found[value] = meant(target, name, value, column)
    return found


# --- examples -------------------------------------------------------------------------------------------------------


def readings(target: Target, fields: tuple[str, ...], how: str, mapping: dict[str, str], raw: str) -> Example:
    """Return a value as the importer would read it for each of the fields."""
    row = Row(0, [raw], {"": 0}, frozenset(BLANK))
    read: list[str] = []
    for place, name in enumerate(fields):
        of, field = (targets[ENTERPRISE], "credit_code") if name == BY_CODE else (target, name)
        try:
            if field not in of.fields:
                read.append(row.text(""))
                continue
            of_person = is_person_field(of, field)
            if not row.text("") or cells.is_masked(row.text(""), of_person=of_person):
                read.append("")
                continue
            spec = FieldSpec(
                columns=("",),
                how="split" if how == "split" else "column",
                part=("name", "phone")[place] if how == "split" else "",
                mapping=_chosen(mapping),
                unknown="accept",
            )
            if how == "split" and not cells.part_of(row.text(""), spec.part, ""):
                read.append("")
                continue
            make, _nothing = maker(of, field, spec, lenient=True)
            value = make(row)
            read.append(_text(of.fields[field], value))
        except Refused as refused:
            return Example(raw, tuple(read), row.faults[0] if row.faults else refused.remark)
    return Example(raw, tuple(read), row.faults[0] if row.faults else None)


def _chosen(mapping: dict[str, str]) -> dict[str, str] | None:
    """Return a value list as a profile has it: without the values for which nobody has chosen."""
    return {key.strip().casefold(): value for key, value in mapping.items() if value} or None


def _text(field: models.Field, value: object) -> str:
    if field.get_internal_type() == "BooleanField":
        return "yes" if value else "no"
    return cells.as_text(value)


def shape(text: str) -> str:
    """Return how a text is written, whatever it says: "2019.3.5" is "9.9.9"."""
    plain = re.sub(r"\d+", lambda found: "9" if len(found[0]) < 4 else f"9{min(len(found[0]), 8)}", text)
    plain = re.sub(r"[０-９]+", "９", plain)
    plain = re.sub(r"[\u4e00-\u9fff]+", lambda found: found[0] if len(found[0]) == 1 else "汉", plain)
    return re.sub(r"[A-Za-z]+", "a", plain)


def most_different(raws: list[str], is_faulty: Callable[[str], bool]) -> list[str]:
    """Return five values that are written in the most different ways, with two that cannot be read if others can.

    An empty one stands for all.
    """
    counted = Counter(cells.clean(each)[0] for each in raws)
    has_blank = counted.pop("", 0) > 0
    by_shape: dict[str, str] = {}
    frequency: Counter[str] = Counter()
    for text, count in counted.items():
        way = shape(text)
        by_shape.setdefault(way, text)
        frequency[way] += count
    firsts = [by_shape[each] for each, _count in frequency.most_common()]
    good = [each for each in firsts if not is_faulty(each)]
    room = SHOWN - has_blank
    bad = [each for each in firsts if is_faulty(each)][: max(2, room - len(good))]
    chosen = good[: room - len(bad)] + bad
    for text in counted:
        if len(chosen) >= room:
            break
        if text not in chosen and not is_faulty(text):
            chosen.append(text)
    order = {text: place for place, text in enumerate(counted)}
    return sorted(chosen, key=lambda text: order[text]) + ([""] if has_blank else [])


def is_running_number(values: list[str]) -> bool:
    """Return whether values count the rows from 1."""
    plain = [nfkc(each).removesuffix(".0") for each in values]
    return bool(plain) and plain == [str(place) for place in range(1, len(plain) + 1)]
