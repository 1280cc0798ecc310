"""Limits of plausibility, declared in an app's ``limits.py``: one table for each kind of record.

What *cannot* be (a day to come, closed before found) is refused by the model, also when it is imported. A limit says what
is hard to believe (an inspection in 1999, a drill with 99,999 people). Operations refuse it, so pages, the API and tasks
do too; imports take it with a remark on the row, because a register of many years is not typed by us.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.contributions.registry import Registry
from foundation.identifiers import folded, person_key
from foundation.texts import unstorable
from foundation.words import Words, visible

SYSTEM_DEFAULT = gettext_lazy("system default, not statutory")
EARLIEST_ON = dt.date(1990, 1, 1)
SEPARATORS = re.compile(r"[,，、;；/\r\n]")
_PHONE = re.compile(r"[+(]?\d[\d ()+./,;、-]*(?:(?:ext\.?|x|转|分机) ?\d+)?", re.IGNORECASE)
_NUMBER_ASIDE = re.compile(r"\(([a-z-]*\d[\w-]*)\)")
_SHORTEST_PHONE = 5  # digits; a service number such as 95588


@dataclass(frozen=True)
class Limit:
    """One limit on one field: what it is in words, when a value breaks it, where it comes from.

    ``kind`` is the function below that makes it. ``message`` may contain ``%(limit)s``. ``breaks`` takes the value, which is not empty, and the record. ``reads`` are
    further fields that it looks at. With ``refuses_rows`` an import refuses the row, too: what breaks it is a slip of the pen.
    """

    kind: str
    field: str
    message: Words
    breaks: Callable[[Any, Any], bool]
    limit: str = ""
    source: Words = ""
    reads: tuple[str, ...] = ()
    refuses_rows: bool = False

    @property
    def words(self) -> str:
        """The message with the limit and its source, in the active language."""
        words = str(self.message) % {"limit": self.limit}
        return _("%(words)s (%(source)s)") % {"words": words, "source": self.source} if self.source else words


@dataclass(frozen=True)
class Table:
    """The limits of one kind of record."""

    model: type[models.Model]
    limits: tuple[Limit, ...]

    @property
    def code(self) -> str:
        return self.model._meta.label


tables: Registry[Table] = Registry("limits")


def register(model: type[models.Model], *limits: Limit) -> None:
    """Declare the limits of a kind of record."""
    tables.register(Table(model, limits))


# --- kinds of limits -------------------------------------------------------------------------------------------------


def earliest(field: str, day: dt.date = EARLIEST_ON, source: Words = SYSTEM_DEFAULT) -> Limit:
    """Return the limit that a day is not before another."""
    message = gettext_lazy("This date is before %(limit)s. Check the year.")
    return Limit("earliest", field, message, lambda value, _record: value < day, day.isoformat(), source)


def within(
    field: str,
    days: int,
    of: str,
    message: Words,
    source: Words = SYSTEM_DEFAULT,
    *,
    refuses_rows: bool = False,
) -> Limit:
    """Return the limit that a day is at most so many days after another of the record, if it has that one.

    Of a record that was taken up again (``begun_again_on``), the days count from then.
    """

    def breaks(value: dt.date, record: Any) -> bool:
        start = getattr(record, "begun_again_on", None) or getattr(record, of)
        return start is not None and value > start + dt.timedelta(days=days)

    return Limit("within", field, message, breaks, str(days), source, (of,), refuses_rows)


def not_before(field: str, other: str, message: Words) -> Limit:
    """Return the limit that a day is not before another of the record."""

    def breaks(value: dt.date, record: Any) -> bool:
        first = getattr(record, other)
        return first is not None and value < first

    return Limit("not_before", field, message, breaks, reads=(other,))


def at_most(field: str, number: int, source: Words = SYSTEM_DEFAULT) -> Limit:
    """Return the limit that a figure is not higher."""
    message = gettext_lazy("More than %(limit)s is implausible. Check the figure.")
    return Limit("at_most", field, message, lambda value, _record: value > number, f"{number:,}", source)


def at_least(field: str, number: int, message: Words) -> Limit:
    """Return the limit that a figure is not lower."""
    return Limit("at_least", field, message, lambda value, _record: value < number, f"{number:,}")


def latest(field: str, days: int, source: Words = SYSTEM_DEFAULT) -> Limit:
    """Return the limit that a day is at most so many days after today."""
    message = gettext_lazy("This date is more than %(limit)s days ahead. Check the year.")
    ahead = dt.timedelta(days=days)
    return Limit(
        "latest",
        field,
        message,
        lambda value, _record: value > timezone.localdate() + ahead,
        f"{days:,}",
        source,
    )


def wording(field: str, letters: int = 1) -> Limit:
    """Return the limit that a text has letters or digits, not only signs."""
    message = gettext_lazy("Enter words: this text has only signs, or is too short.")
    return Limit("wording", field, message, lambda text, _record: sum(map(str.isalnum, text)) < letters)


def person(field: str) -> Limit:
    """Return the limit that a text is the name of a person."""
    message = gettext_lazy("This is not the name of a person. Enter at least two letters or characters.")
    return Limit("person", field, message, lambda text, _record: not is_name(text))


def people(field: str) -> Limit:
    """Return the limit that a text lists names of people."""
    message = gettext_lazy("One of these is not the name of a person. Separate names by commas.")
    return Limit("people", field, message, lambda text, _record: not all(map(is_name, names_in(text))))


def phone(field: str) -> Limit:
    """Return the limit that a text is a telephone number."""
    message = gettext_lazy(
        "This is not a telephone number. Use digits, brackets and hyphens, at least %(limit)s digits."
    )
    return Limit("phone", field, message, lambda text, _record: not _is_phone(text), str(_SHORTEST_PHONE))


def names_in(text: str) -> list[str]:
    """Return the names in a list of people."""
    return [name.strip() for name in SEPARATORS.split(text) if name.strip()]


def people_in(text: str) -> set[str]:
    """Return the people in a list of names, each once, however often and in whatever spelling.

    People of one name count as several if each has a number of their own: 王刚（041201）、王刚（041202）. So the people of two
    lists are not compared by these words, but by :func:`is_anybody_in` and :func:`leaves_anybody_out`.
    """
    numbers = _numbers_of(text)
    return {f"{key}{each}" for key, found in numbers.items() for each in (found if len(found) > 1 else ("",))}


def is_anybody_in(names: str, others: str) -> bool:
    """Return whether somebody of one list may be in the other. Where namesakes are told apart, it is by their numbers."""
    mine, theirs = _numbers_of(names), _numbers_of(others)
    return any(
        max(len(mine[key]), len(theirs[key])) < 2
        or not (mine[key] and theirs[key])
        or bool(mine[key] & theirs[key])
        for key in mine.keys() & theirs.keys()
    )


def leaves_anybody_out(before: str, after: str) -> bool:
    """Return whether somebody of a list is not in the next one: a name, or one of several namesakes by their number."""
    mine, theirs = _numbers_of(before), _numbers_of(after)
    return any(
        key not in theirs or (len(found) > 1 and not found <= theirs[key]) for key, found in mine.items()
    )


def _numbers_of(text: str) -> dict[str, set[str]]:
    """Return the names in a list as they are compared, each with the numbers that stand beside it."""
    found: dict[str, set[str]] = {}
    for name in names_in(text):
        found.setdefault(person_key(name), set()).update(_NUMBER_ASIDE.findall(folded(name)))
    return found


def is_name(text: str) -> bool:
    """Return whether this may be the name of a person: two letters, not one three times, and not only digits."""
    letters = [letter.casefold() for letter in text if letter.isalpha()]
    return len(letters) >= 2 and not (len(letters) >= 3 and len(set(letters)) == 1)


def _is_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text.strip())) and sum(map(str.isdigit, text)) >= _SHORTEST_PHONE


@cache
def limits_of(model: type[models.Model]) -> tuple[Limit, ...]:
    """Return the limits of a kind: those declared, and its ``usual_limits()`` that none of them replaces."""
    table = tables.get(model._meta.label)
    declared = table.limits if table else ()
    replaced = {(limit.kind, limit.field) for limit in declared}
    usual: Iterable[Limit] = model.usual_limits() if hasattr(model, "usual_limits") else ()
    return (*declared, *(limit for limit in usual if (limit.kind, limit.field) not in replaced))


def people_fields(model: type[models.Model]) -> set[str]:
    """Return the fields of a kind that list names of people."""
    return {limit.field for limit in limits_of(model) if limit.kind == "people"}


# --- use -------------------------------------------------------------------------------------------------------------


def broken(record: models.Model, fields: Iterable[str] | None = None, *, own_name: str = "") -> list[Limit]:
    """Return the first limit that each field of a record breaks; only on ``fields``, or what reads them, if given.

    ``own_name``: of the account that acts. It stands in lists of people as it is, whether or not it looks like a name.
    """
    wanted = None if fields is None else set(fields)
    found: dict[str, Limit] = {}
    for limit in limits_of(type(record)):
        if wanted is not None and wanted.isdisjoint({limit.field, *limit.reads}):
            continue
        value = getattr(record, limit.field)
        if own_name and limit.kind == "people":
            value = ", ".join(name for name in names_in(value) if name not in names_in(own_name))
        if value not in (None, "") and limit.breaks(value, record):
            found.setdefault(limit.field, limit)
    return list(found.values())


def refuse_implausible(
    record: models.Model,
    fields: Iterable[str] | None = None,
    *,
    names: Mapping[str, str] | None = None,
    own_name: str = "",
) -> None:
    """Raise ValidationError at each field that breaks a limit. ``names``: fields that are called otherwise in forms.

    ``own_name`` as in broken.
    """
    found = broken(record, fields, own_name=own_name)
    errors = {(names or {}).get(limit.field, limit.field): limit.words for limit in found}
    if errors:
        raise ValidationError(errors)


def refuse_unstorable(record: models.Model) -> None:
    """Raise ValidationError at each text that no form takes: too long, not storable, blanks alone where words are needed.

    Invisible characters are removed from the texts. ``full_clean`` checks none of this in a TextField.
    """
    errors = {}
    for field in record._meta.local_fields:
        text = record.__dict__.get(field.attname)  # what was not loaded has not changed
        if not isinstance(text, str):
            continue
        if visible(text) != text:
            text = visible(text)
            setattr(record, field.attname, text)
        if why := unstorable(text, field.max_length):
            errors[field.name] = why
        elif text and not field.blank and not text.strip():
            errors[field.name] = str(field.error_messages["blank"])
    if errors:
        raise ValidationError(errors)
