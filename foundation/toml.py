"""Strict reading of TOML: every key is read explicitly, an unread key is a mistake, and all mistakes are collected."""

import tomllib
from collections.abc import Callable, Iterable
from typing import Any, Self

from django.utils.translation import gettext as _

from foundation.suggestions import suggestion

Kind = type | tuple[type, ...] | Callable[[Any], Any]
LONGEST, MOST_DOTS = 500_000, 200  # characters of a text, dots in one of its lines
TYPES = {str: "a text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table"}


class NotToml(ValueError):
    """The text cannot be read as TOML. The message is for the person."""


def read(text: str) -> dict[str, Any]:
    """Return the content of a TOML text. Raise NotToml also for one that only a machine would write.

    The parser takes quadratic time for a key of many parts, and neither a number of 5,000 digits nor a list in a
    thousand lists is an error of its own kind.
    """
    if len(text) > LONGEST:
        raise NotToml(_("The text has more than %(count)s characters.") % {"count": f"{LONGEST:,}"})
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") > MOST_DOTS:
            raise NotToml(
                _("Line %(line)s has more than %(count)s dots.") % {"line": number, "count": MOST_DOTS}
            )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)) from error
    except RecursionError as error:
        raise NotToml(_("Lists or tables are nested too deeply.")) from error
    except ValueError as error:
        raise NotToml(_("A number has too many digits.")) from error


class Table:
    """A table and its path. Mistakes are collected in ``problems``, not raised."""

    def __init__(self, content: dict[str, Any], where: str, problems: list[str]) -> None:
        self.content = content
        self.where = where
        self.problems = problems
        self._taken: list[str] = []

    def take(self, key: str, kind: Kind, default: Any = None, *, needed: bool = False) -> Any:
        """Return the value of a key, or the default if it is missing or wrong.

        ``kind`` is the type (or types) of the value, or a function that converts it and raises ValueError, TypeError,
        KeyError, AttributeError or ArithmeticError.
        """
        self._taken.append(key)
        if key not in self.content:
            if needed:
                self.missing(key)
            return default
        value = self.content[key]
        if isinstance(kind, type | tuple):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            if isinstance(value, kinds) and (bool in kinds or not isinstance(value, bool)):
                return value
            self.wrong(key, kinds)
            return default
        try:
            return kind(value)
        except (TypeError, ValueError, KeyError, AttributeError, ArithmeticError):
            self.wrong(key)
            return default

    def one_of(self, key: str, choices: Iterable[str], default: str | None) -> Any:
        """Return a text that is one of the choices. Required if there is no default."""
        value = self.take(key, str, default, needed=default is None)
        if value is not None and value not in choices:
            self.problem(
                _("“%(key)s” cannot be “%(value)s”.") % {"key": key, "value": value}
                + " "
                + suggestion(value, choices)
            )
            return default
        return value

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """Return a list of texts. A single text is a list of one."""
        value = self.take(key, (str, list), [], needed=needed)
        values = [value] if isinstance(value, str) else value
        if any(not isinstance(each, str) for each in values) or (key in self.content and not values):
            self.problem(_("“%(key)s” must be a string or a list of strings.") % {"key": key})
            return ()
        return tuple(values)

    def table(self, key: str) -> Self | None:
        """Return a table below this one, None if it is missing."""
        value = self.take(key, dict)
        return None if value is None else type(self)(value, self._below(key), self.problems)

    def tables(self, key: str) -> list[Self]:
        """Return a list of tables below this one. A single table is a list of one."""
        value = self.take(key, (list, dict), [])
        values = [value] if isinstance(value, dict) else value
        found = []
        for number, each in enumerate(values, start=1):
            where = self._below(key) + (f" {number}" if len(values) > 1 else "")
            if isinstance(each, dict):
                found.append(type(self)(each, where, self.problems))
            else:
                self.problems.append(f"{where}: " + _("must be a table."))
        return found

    def rest(self) -> dict[str, Any]:
        """Return what has not been read yet, for another reader."""
        return {key: value for key, value in self.content.items() if key not in self._taken}

    def expect(self, *keys: str) -> None:
        """Accept keys that are read elsewhere."""
        self._taken.extend(keys)

    def done(self) -> None:
        """Report every key that was not read."""
        for key in self.rest():
            self.unknown(key)

    # --- reporting mistakes -------------------------------------------------------------------------------------------

    def problem(self, text: str) -> None:
        """Report a mistake in this table."""
        self.problems.append(f"{self.where}: {text}" if self.where else text)

    def missing(self, key: str) -> None:
        """Report a required key that is missing."""
        self.problem(_("“%(key)s” is missing.") % {"key": key})

    def wrong(self, key: str, kinds: tuple[type, ...] = ()) -> None:
        """Report a value of the wrong type."""
        if kinds:
            wanted = " / ".join(TYPES[each] for each in kinds)
            self.problem(_("“%(key)s” must be %(kind)s.") % {"key": key, "kind": wanted})
        else:
            self.problem(_("“%(key)s” has an invalid value.") % {"key": key})

    def unknown(self, key: str) -> None:
        """Report a key that was not read."""
        self.problem(_("unknown key “%(key)s”.") % {"key": key} + " " + suggestion(key, self._taken))

    def _below(self, key: str) -> str:
        return f"{self.where} › {key}" if self.where else key
