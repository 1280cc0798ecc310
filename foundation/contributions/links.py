"""What signed links are for, declared in an app's ``links.py``: the form that their holder fills in, and who reads it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm

from foundation.contributions.registry import Registry
from foundation.words import Words


@dataclass(frozen=True)
class Purpose:
    """One purpose of signed links.

    ``title`` stands above the page, ``form`` asks what the holder answers once, and takes ``shown``, what the link shows,
    as an argument. ``spoken`` returns what the link shows in the reader's language, where some of it is the program's own
    words. ``lock`` locks what a link is about, as whoever makes one does before it. ``take`` gets the actor of the system
    and an answered link, in a scope of its station, and does with the answer what the app does; it may be called again
    after an error.
    """

    code: str
    title: Words
    form: Callable[..., BaseForm]
    take: Callable[[Any, Any], None]
    thanks: Words = ""
    lock: Callable[[Any, Any], Any] | None = None
    spoken: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    def form_for(self, shown: Mapping[str, Any], data: Any = None) -> BaseForm:
        """Return the form, bound to what was sent."""
        return self.form(data, shown=shown)


purposes: Registry[Purpose] = Registry("links")
register = purposes.register
