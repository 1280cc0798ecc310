"""Reading a TOML table strictly: every key is asked for once, what nobody asked for is a mistake."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

_TYPES = {str: "a text", bool: "true or false", int: "a whole number", list: "a list", dict: "a table"}


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, else all of them."""
    names = list(known)
    close = get_close_matches(wrong, names, n=1)
    if close:
        return _("Did you mean “%(name)s”?") % {"name": close[0]}
    return _("Known: %(names)s.") % {"names": ", ".join(names)}


class Table:
    """A table of a profile and where it stands; mistakes are collected in ``problems``, not raised."""

    def __init__(self, content: dict[str, Any], where: str, problems: list[str]) -> None:
        self.content = content
        self.where = where
        self.problems = problems
        self._asked: list[str] = []

    def problem(self, text: str) -> None:
        """Note a mistake in this table."""
        self.problems.append(f"{self.where}: {text}" if self.where else text)

    def take(
        self, key: str, kind: type | tuple[type, ...], default: Any = None, *, needed: bool = False
    ) -> Any:
        """The value of a key, the default where it is missing or of the wrong kind."""
        self._asked.append(key)
        if key not in self.content:
            if needed:
                self.problem(_("“%(key)s” is missing.") % {"key": key})
            return default
        value = self.content[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            wanted = " / ".join(_TYPES[each] for each in kinds)
            self.problem(_("“%(key)s” must be %(kind)s.") % {"key": key, "kind": wanted})
            return default
        return value

    def one_of(self, key: str, choices: Iterable[str], default: str | None) -> Any:
        """A text out of a few; needed where there is no default."""
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
        """A list of texts; a single text is a list of one."""
        value = self.take(key, (str, list), [], needed=needed)
        values = [value] if isinstance(value, str) else value
        if any(not isinstance(each, str) for each in values) or (key in self.content and not values):
            self.problem(_("“%(key)s” must be a text or a list of texts.") % {"key": key})
            return ()
        return tuple(values)

    def table(self, key: str) -> "Table | None":
        """A table below this one."""
        value = self.take(key, dict)
        return None if value is None else Table(value, self._below(key), self.problems)

    def tables(self, key: str) -> list["Table"]:
        """A list of tables below this one; a single table is a list of one."""
        value = self.take(key, (list, dict), [])
        values = [value] if isinstance(value, dict) else value
        found = []
        for number, each in enumerate(values, start=1):
            where = self._below(key) + (f" {number}" if len(values) > 1 else "")
            if isinstance(each, dict):
                found.append(Table(each, where, self.problems))
            else:
                self.problems.append(f"{where}: " + _("must be a table."))
        return found

    def expect(self, *keys: str) -> None:
        """These keys are read elsewhere."""
        self._asked.extend(keys)

    def done(self) -> None:
        """Every key has been asked for; the others are mistakes."""
        for key in self.content:
            if key not in self._asked:
                self.problem(_("unknown key “%(key)s”.") % {"key": key} + " " + suggestion(key, self._asked))

    def _below(self, key: str) -> str:
        return f"{self.where} › {key}" if self.where else key
