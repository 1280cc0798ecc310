"""The form in which a person confirms what each column of a sheet becomes."""

import re
from collections import Counter
from typing import Any

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.contributions.sheets import Target, targets
from foundation.spreadsheets.looking import NOTES
from imports.labels import choices_of
from imports.layouts import letters
from imports.meanings import meanings_of, required_of
from imports.models import Upload
from imports.naming import BY_NUMBER, RECORD
from imports.proposing import CONFIRMED, CONTENT, LISTED, NEAR_NAME, SAME_NAME
from imports.remarks import pattern

WHY = {
    SAME_NAME: gettext_lazy("The name is the same."),
    CONFIRMED: gettext_lazy("Confirmed before."),
    NEAR_NAME: gettext_lazy("The name is near."),
    LISTED: gettext_lazy("The list was taken away from here."),
    CONTENT: gettext_lazy("The content looks like it."),
    "confirmed": gettext_lazy("You confirmed it."),
}
SPLIT = "+"  # between the fields of a column that is split
LONGEST_VALUE = 200


class ColumnsForm:
    """The columns of a sheet, to be confirmed first, then those that are settled, then those that become nothing.

    A column posts ``becomes-<n>``, the fields joined by "+", and for each way of writing a value ``value-<n>-<m>``.
    """

    def __init__(self, sheet: Upload, posted: QueryDict | None = None) -> None:
        self.sheet, self.posted = sheet, posted
        self.target = targets[sheet.kind]
        self.meanings = meanings_of(self.target, with_station=sheet.station_id is None)
        self.columns = [self._shown(column) for column in sheet.columns]

    def _shown(self, column: dict[str, Any]) -> dict[str, Any]:
        chosen = SPLIT.join(column["becomes"])
        words = [
            choices_of(self.target.fields[name]) if name in self.target.fields else {}
            for name in column["becomes"]
        ]
        choices = words[0] if len(words) == 1 else {}
        return {
            **column,
            "chosen": chosen,
            "letter": letters(column["position"]),
            "options": self._options(column, chosen),
            "values": [
                (place, raw, value, _choices(choices, value))
                for place, (raw, value) in enumerate(column["mapping"].items())
            ],
            "is_open": not all(column["mapping"].values()),
            "examples": [_example(each, words) for each in column["examples"]],
            "why_words": WHY.get(column["why"], "") if column["becomes"] else "",
        }

    def _options(self, column: dict[str, Any], chosen: str) -> list[tuple[str, str, bool]]:
        """Return the meanings to choose from, likely ones first: value, words, whether it is chosen."""
        likely = [chosen, *column["alternatives"]] if chosen else column["alternatives"]
        split = [each for each in likely if SPLIT in each]
        values = [*split, *self.meanings]
        return [
            ("", str(_("Not taken over")), not chosen),
            *((value, self.words(value), value == chosen) for value in dict.fromkeys(values)),
        ]

    def words(self, value: str) -> str:
        """Return what a meaning is called."""
        return " + ".join(capfirst(str(self.meanings.get(name, name))) for name in value.split(SPLIT))

    @property
    def unsure(self) -> list[dict[str, Any]]:
        return [each for each in self.columns if each["becomes"] and not each["settled"]]

    @property
    def settled(self) -> list[dict[str, Any]]:
        return [each for each in self.columns if each["becomes"] and each["settled"]]

    @property
    def nothing(self) -> list[dict[str, Any]]:
        return [each for each in self.columns if not each["becomes"]]

    @property
    def is_own_list(self) -> bool:
        """Whether the sheet is a list that was taken away from here."""
        return any(RECORD in each["becomes"] for each in self.columns)

    def confirmed(self) -> list[dict[str, Any]]:
        """Return the columns as the person confirmed them. Raise ValidationError with every fault."""
        assert self.posted is not None
        faults, found = [], []
        for column in self.sheet.columns:
            number = column["position"]
            chosen = self.posted.get(f"becomes-{number}", "")
            names = tuple(name for name in chosen.split(SPLIT) if name)
            if any(name not in self.meanings for name in names) or len(names) > 2:
                faults.append(_("“%(column)s”: choose one of the fields.") % {"column": column["name"]})
                continue
            mapping = {
                raw: self.posted.get(f"value-{number}-{place}", value)[:LONGEST_VALUE]
                for place, (raw, value) in enumerate(column["mapping"].items())
            }
            changed = list(names) != list(column["becomes"])
            found.append(
                column
                | {
                    "becomes": list(names),
                    "how": "split" if len(names) == 2 else "plain" if changed else column["how"],
                    "mapping": {} if changed else mapping,
                    "settled": True,
                    "why": column["why"] if column["settled"] and not changed else "confirmed",
                }
            )
        faults += self._faults(found)
        if faults:
            raise ValidationError(faults)
        return found

    def _faults(self, columns: list[dict[str, Any]]) -> list[str]:
        taken = Counter(name for column in columns for name in column["becomes"])
        shared = {
            name for column in columns if column["how"] in ("either", "join") for name in column["becomes"]
        }
        faults = [
            _("Several columns become “%(field)s”. Keep one of them.") % {"field": self.words(name)}
            for name, count in taken.items()
            if count > 1 and name not in shared
        ]
        faults += [
            _("No column becomes “%(field)s”, which every row needs.") % {"field": self.words(names[0])}
            for names in required_of(self.target, with_station=self.sheet.station_id is None)
            if not any(taken[name] for name in (*names, RECORD))
        ]
        return faults


def _choices(choices: dict[str, str], value: str) -> list[tuple[str, str, bool]]:
    """Return what a value of a list can mean, with words and whether that is chosen; one that is no choice as it stands."""
    every = {**choices, **({value: value} if value not in choices and value else {})} if choices else {}
    return [(each, words, each == value) for each, words in every.items()]


def _example(example: dict[str, Any], words: list[dict[str, str]]) -> dict[str, str]:
    """Return a value, what is read from it, as words where it is a choice, and in words why it cannot be read."""
    fault = example["fault"]
    read = [of.get(value, value) for value, of in zip(example["read"], words, strict=False)]
    return {
        "raw": example["raw"],
        "read": " | ".join(filter(None, read)),
        "fault": _cause(fault) if fault else "",
    }


def _cause(fault: dict[str, Any]) -> str:
    """Return what is wrong with a value in words, without the value itself."""
    words = str(fault["values"].get("why") or re.split("[“「]…", pattern(fault["code"]))[0])
    return words.rstrip("：: 。.")


def template_columns(target: Target, *, with_station: bool) -> list[tuple[str, str, bool]]:
    """Return the columns of an empty sheet: field, label, whether every row needs it. Needed ones come first."""
    needed = {names[0] for names in required_of(target, with_station=with_station)}
    columns = [
        (name, capfirst(str(words)), name in needed)
        for name, words in meanings_of(target, with_station=with_station).items()
        if name not in (BY_NUMBER, RECORD, target.reference)
    ]
    return sorted(columns, key=lambda column: not column[2])


def found_in(sheet: Upload) -> list[str]:
    """Return what else was found in the file, in sentences."""
    told = [str(NOTES[each]) for each in sheet.outline.get("notes", ()) if each in NOTES]
    sheets = sheet.outline.get("sheets", ())
    if hidden := [each["name"] for each in sheets if each["hidden"]]:
        told.append(_("Hidden sheets are not read: %(names)s.") % {"names": _(", ").join(hidden)})
    this = next((each for each in sheets if each["name"] == sheet.layout.get("sheet", "")), None)
    if this and this["hidden_rows"]:
        told.append(_("Hidden rows are read like others: %(count)d.") % {"count": this["hidden_rows"]})
    if this and this["hidden_columns"]:
        names = _(", ").join(map(letters, this["hidden_columns"]))
        told.append(_("Hidden columns are read like others: %(names)s.") % {"names": names})
    if this and this["merged"]:
        words = _("Merged cells count for each of their rows: %(count)d.")
        told.append(words % {"count": this["merged"]})
    return told
