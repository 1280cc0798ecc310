"""Pickers: a field for one of many, found by typing. See docs/pages.md.

The field itself is a text field that holds the value (a code, an id); without scripts it is typed. ``static/anqi/pickers.js``
lays a list over it, which asks an address (:class:`foundation.ui.views.picking.Picker`) for what fits.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.urls import reverse

from foundation.pinyin import reading
from foundation.words import Words

SEPARATORS = re.compile("[,，、;；]+")
LONGEST = 10_000  # characters of values that are looked up; what is longer was picked by nobody
Named = Callable[[Sequence[str]], "list[Choice]"]


@dataclass(frozen=True)
class Choice:
    """What can be picked: the value that is sent, its words, a second line. ``more``: others stand below it."""

    value: str
    text: str
    note: str = ""
    more: bool = False
    mark: str = ""  # HTML of our own behind the words, such as the shape of a rating


def names(values: Sequence[str]) -> list[Choice]:
    """Return values that are their own words."""
    return [Choice(each, each) for each in values]


class PickerInput(forms.TextInput):
    """A text field with a picker over it.

    ``source`` is the name of the URL that answers it, with the arguments ``at``; ``named`` returns the words of values. ``several`` values are
    separated by commas; ``free`` also takes what is not in the list. ``beside`` is a field whose value is sent along;
    ``in_address``: the page's address names what was picked, so that Back and reload show it again.
    """

    template_name = "ui/_picker.html"

    def __init__(
        self,
        source: str,
        named: Named,
        *,
        placeholder: Words = "",
        several: bool = False,
        free: bool = False,
        beside: str = "",
        in_address: bool = False,
        at: tuple[Any, ...] = (),
        attrs: dict[str, Any] | None = None,
    ) -> None:
        own = {"autocomplete": "off", "spellcheck": "false", "placeholder": placeholder}
        super().__init__({**own, **(attrs or {})})
        self.source, self.named, self.at = source, named, at
        self.several, self.free, self.beside, self.in_address = several, free, beside, in_address

    def format_value(self, value: Any) -> str:
        return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")

    def chosen(self, value: Any) -> list[Choice]:
        """Return the words of a value of this field. What nobody knows stands as it is."""
        text = self.format_value(value)
        if len(text) > LONGEST:
            return [Choice(text, text)]
        values = [each for each in map(str.strip, SEPARATORS.split(text) if self.several else [text]) if each]
        known = {each.value: each for each in self.named(values)} if values else {}
        return [known.get(each) or Choice(each, each) for each in values]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        chosen = self.chosen(value)
        marks = {
            "data-picker": reverse(self.source, args=self.at),
            "data-picker-chosen": json.dumps(
                [asdict(each) for each in chosen], ensure_ascii=False, default=str
            ),
            "data-picker-several": self.several,
            "data-picker-free": self.free,
            "data-picker-beside": self.beside or None,
            "data-picker-address": self.in_address,
        }
        context = super().get_context(name, value, {**(attrs or {}), **marks})
        return context | {"said": [each for each in chosen if each.text != each.value]}


class PickerSelect(forms.Select):
    """A list of people that comes with the page, also found by pinyin and initials."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-picker": "", **(attrs or {})}, choices)

    def create_option(self, name: str, value: Any, label: Any, *args: Any, **options: Any) -> dict[str, Any]:
        option = super().create_option(name, value, label, *args, **options)
        if value:
            option["attrs"]["data-find"] = pinyin_of(str(label))
        return option


def pinyin_of(name: str) -> str:
    """Return what a person's name is also found by."""
    read = reading(name, person=True)
    return f"{read.full} {read.initials}"


def words_of(widget: forms.Widget, value: Any) -> str:
    """Return the words of what was picked, for the chip of a filter; "" for other widgets."""
    return ", ".join(each.text for each in widget.chosen(value)) if isinstance(widget, PickerInput) else ""
