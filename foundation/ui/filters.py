"""Filters that django-filter lacks: several values of a choice, "not", "none", and days in words.

What they add to the URL: ``?colour=red&colour=yellow`` is either, ``?colour=red&colour_not=1`` everything else,
``?liaison=none`` what has none, ``?period=this_quarter`` the days that these words mean when the list is read.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import CharField, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from foundation.ids import LARGEST_ID
from foundation.spans import Due, Span
from foundation.ui.forms import DAY_FORMATS, DayInput
from foundation.ui.pickers import SEPARATORS, PickerInput, pinyin_of
from foundation.words import Words, listed

NONE = "none"  # the value that stands for an empty field
NOT = "_not"  # ends the parameter that turns a filter round
ON = "1"
MOST_VALUES = 100  # of one filter
MOST_BOXES = 16  # choices that are shown as boxes; of more, those wanted are picked from a list


class PeriodForm(forms.Form):
    """The form of a filter by days ``since`` and ``until``, which must be in order. Name it as ``Meta.form``."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day is before the first one."))
        return cleaned


class IdFilter(django_filters.Filter):
    """An id in the URL, never typed into the form."""

    field_class = forms.IntegerField

    def __init__(self, *args: Any, **options: Any) -> None:
        hidden = {"widget": forms.HiddenInput, "min_value": 1, "max_value": LARGEST_ID}
        super().__init__(*args, **{**hidden, **options})


class Tick(forms.CheckboxInput):
    """A checkbox that leaves a word which no form sends to its field, instead of taking it for a tick."""

    def __init__(self, attrs: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__({"class": "form-check-input"} | (attrs or {}), **options)

    said = {"": False, "0": False, "false": False, "off": False, "1": True, "true": True, "on": True}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        given = data.get(name) or ""
        return self.said.get(given.lower(), given)


class TickField(forms.BooleanField):
    """Whether a box is ticked."""

    widget = Tick

    def to_python(self, value: Any) -> bool:
        if isinstance(value, str):
            words = forms.ChoiceField.default_error_messages["invalid_choice"]
            raise ValidationError(words % {"value": value}, code="invalid_choice")
        return bool(value)


class TickFilter(django_filters.Filter):
    """A checkbox. Its method is also called if it is not ticked."""

    field_class = TickField


# --- several values -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picks:
    """What was picked: any of ``values``, or with ``is_not`` none of them. False if nothing was picked."""

    values: tuple[str, ...] = ()
    is_not: bool = False
    unclear: str = ""  # what the URL has instead of a plain "not"

    def __bool__(self) -> bool:
        return bool(self.values)

    def keep(self, rows: QuerySet[Any], condition: Q) -> QuerySet[Any]:
        """Return the rows that fulfil the condition, or with ``is_not`` all others."""
        return rows.exclude(condition) if self.is_not else rows.filter(condition)


class PicksInput(forms.Widget):
    """A line that opens: a box for each choice, for many choices a picker, and a box that turns the filter round.

    It is a ``<details>`` element with fields, so it works without scripts; picks.js keeps its first line up to date.
    """

    template_name = "ui/_picks.html"
    allow_multiple_selected = True
    use_fieldset = True
    choices: Iterable[Any] = ()
    picker: PickerInput | None = None
    anything: Words = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Picks:
        given = data.getlist(name)
        if self.picker is not None:
            given = [part for each in given for part in SEPARATORS.split(each)]
        values = dict.fromkeys(filter(None, map(str.strip, given)))
        turned = {each for each in data.getlist(name + NOT) if each}
        return Picks(tuple(values), bool(turned), listed(sorted(turned - {ON})))

    def labels(self) -> dict[str, Words]:
        """Return the words of all choices that came with the page."""
        return {
            str(value): label
            for first, second in self.choices
            for value, label in (second if isinstance(second, list | tuple) else [(first, second)])
        }

    def words(self, picks: Picks) -> str:
        """Return what was picked in words."""
        labels = self.labels()
        others = [each for each in picks.values[:MOST_VALUES] if each not in labels]
        named = (
            {each.value: each.text for each in self.picker.chosen(others)} if self.picker and others else {}
        )
        words = listed(labels.get(each) or named.get(each) or each for each in picks.values[:MOST_VALUES])
        return self.turned(words) if picks.is_not else words

    @staticmethod
    def turned(words: str) -> str:
        """Return the words of a filter that leaves these out."""
        return pgettext("filter", "all except %(values)s") % {"values": words}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        picks = value if isinstance(value, Picks) else Picks()
        context = super().get_context(name, None, attrs)
        id_ = context["widget"]["attrs"].get("id") or f"id_{name}"
        labels = self.labels()
        chosen = set(picks.values)
        is_long = len(labels) > MOST_BOXES
        groups = [
            {
                "label": first if isinstance(second, list | tuple) else "",
                "choices": [
                    {
                        "value": str(value),
                        "label": label,
                        "is_chosen": str(value) in chosen,
                        "find": pinyin_of(str(label)) if is_long else "",
                    }
                    for value, label in (second if isinstance(second, list | tuple) else [(first, second)])
                ],
            }
            for first, second in self.choices
        ]
        others = [each for each in picks.values[:MOST_VALUES] if each not in labels]
        of_picker = {"id": f"{id_}_picker", "aria-labelledby": f"{id_}_label"}
        return context | {
            "id": id_,
            "name": name,
            "name_not": name + NOT,
            "on": ON,
            "is_not": picks.is_not,
            "is_active": bool(picks),
            "said": self.words(picks) if picks else self.anything,
            "anything": self.anything,
            "not_words": self.turned("{values}"),
            "separator": pgettext("list", ", "),
            "groups": groups,
            "is_long": is_long,
            "picker": self.picker.render(name, others, of_picker) if self.picker else "",
        }


class PicksField(forms.MultipleChoiceField):
    """Any number of choices, which a function may return. Those that do not come with the page (``picker``) are checked by ``check``.

    ``check`` returns the values as they are stored and raises ValidationError for unknown ones.
    """

    widget = PicksInput

    def __init__(
        self,
        *,
        choices: Any = (),
        none: Words = "",
        empty_label: Words = "",
        picker: PickerInput | None = None,
        check: Callable[[Sequence[str]], Sequence[str]] | None = None,
        **options: Any,
    ) -> None:
        options.pop("null_label", None)
        self.check = check
        offered = choices() if callable(choices) else choices
        super().__init__(choices=[*offered, *([(NONE, none)] if none else [])], **options)
        self.input.picker, self.input.anything = picker, empty_label

    @property
    def input(self) -> PicksInput:
        """The widget, of which Django makes an instance."""
        return cast("PicksInput", self.widget)

    def words(self, picks: Picks) -> str:
        """Return what was picked in words, for the chip."""
        return self.input.words(picks)

    def clean(self, value: Picks) -> Picks:
        """Return what was picked. Raise ValidationError for unknown values and for too many."""
        if value.unclear:
            raise ValidationError(self.error_messages["invalid_choice"] % {"value": value.unclear})
        if len(value.values) > MOST_VALUES:
            raise ValidationError(_("At most %(count)d values are possible here.") % {"count": MOST_VALUES})
        labels = self.input.labels()
        others = [each for each in value.values if each not in labels]
        if others and (self.check is None or any("\x00" in each for each in others)):
            raise ValidationError(self.error_messages["invalid_choice"] % {"value": listed(others)})
        known = [each for each in value.values if each in labels]
        values = dict.fromkeys([*known, *(self.check(others) if self.check and others else ())])
        return Picks(tuple(values), value.is_not)


class PicksFilter(django_filters.Filter):
    """A choice of several values, also to be left out.

    ``condition`` names a method of the filter set that returns the condition on rows for a list of values; without it
    the column is compared. ``none`` are the words for an empty column, which is then a choice, too. ``empty_label`` is
    what it means that nothing is picked.
    """

    field_class = PicksField
    parent: Any  # set by the filter set, which names both
    model: Any

    def __init__(self, *args: Any, condition: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.condition = condition

    def filter(self, rows: QuerySet[Any], picks: Picks) -> QuerySet[Any]:
        return picks.keep(rows, self._where(rows, list(picks.values))) if picks else rows

    def _where(self, rows: QuerySet[Any], values: list[str]) -> Q:
        if self.condition:
            found: Q = getattr(self.parent, self.condition)(values)
            return found
        column = self.field_name
        where = Q(
            **{f"{column}__in": [each for each in values if each != NONE or not self.extra.get("none")]}
        )
        if NONE in values and self.extra.get("none"):
            where |= Q(**{f"{column}__isnull": True})
            if isinstance(rows.model._meta.get_field(column), CharField):
                where |= Q(**{column: ""})
        return where


def remembered_names(named: Callable[[Sequence[str]], list[Any]]) -> Callable[[Sequence[str]], list[Any]]:
    """Return the same function with its answers kept: field, chip and check of one page ask for the same values."""
    kept: dict[tuple[str, ...], list[Any]] = {}

    def names(values: Sequence[str]) -> list[Any]:
        asked = tuple(values)
        if asked not in kept:
            kept[asked] = named(values)
        return kept[asked]

    return names


# --- days -----------------------------------------------------------------------------------------------------------


class WordsOfDays(forms.ChoiceField):
    """A choice whose words stand for days. Its chip says which ones."""

    def __init__(self, *, kind: type[Span] | type[Due], **options: Any) -> None:
        self.kind = kind
        super().__init__(choices=[("", options.pop("empty_label", "")), *kind.choices], **options)

    def words(self, value: str) -> str:
        """Return the words of a value with the days they mean today."""
        return self.kind(value).in_words(timezone.localdate())


class SpanFilter(django_filters.Filter):
    """Days in words. ``column``: a day, or with ``by`` a method of the filter set that takes rows, first and last day."""

    field_class = WordsOfDays
    parent: Any

    def __init__(self, *args: Any, by: str, **options: Any) -> None:
        own = {"label": gettext_lazy("Period"), "empty_label": gettext_lazy("Any time"), "kind": Span}
        super().__init__(*args, **{**own, **options})
        self.by = by

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return rows
        found: QuerySet[Any] = getattr(self.parent, self.by)(rows, *Span(value).days(timezone.localdate()))
        return found


class DueFilter(django_filters.Filter):
    """A deadline in words. ``unmet`` names a method of the filter set: the condition that it is still to be met."""

    field_class = WordsOfDays
    parent: Any

    def __init__(self, *args: Any, unmet: str = "", **options: Any) -> None:
        own = {"label": gettext_lazy("Due"), "empty_label": gettext_lazy("Any time"), "kind": Due}
        super().__init__(*args, **{**own, **options})
        self.unmet = unmet

    def filter(self, rows: QuerySet[Any], value: str) -> QuerySet[Any]:
        if not value:
            return rows
        due = Due(value)
        where = due.where(self.field_name, timezone.localdate())
        if self.unmet and due is not Due.NONE:
            where &= getattr(self.parent, self.unmet)()
        return rows.filter(where)


def day_filter(label: Words, **options: Any) -> django_filters.DateFilter:
    """Return a filter by day with the same calendar as all forms."""
    return django_filters.DateFilter(label=label, widget=DayInput, input_formats=DAY_FORMATS, **options)
