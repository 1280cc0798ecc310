"""A standard read from its TOML text.

Everything that can be wrong with a text is said in one list, so that an editor can show it: keys that are missing or
not known, values of the wrong kind, and what does not fit together as a whole.
"""

import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from enterprises.choices import Colour
from ratings.standards.rulebook import Criterion, Group, Label, Override, Rulebook
from ratings.standards.rules import (
    DAYS,
    PERIOD_DAYS,
    Condition,
    Deduct,
    Event,
    Flag,
    Rate,
    Reaches,
    Rule,
    Surge,
    Target,
    Term,
)

LONGEST_LINE, LONGEST_DECISION, LONGEST_TITLE = 16, 8, 120  # characters, as the models keep them
MOST_POINTS = Decimal(999)
LONGEST_CYCLE_DAYS = 3650

T = TypeVar("T")


class InvalidStandard(ValueError):
    """The text is no standard; ``problems`` says why, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def parse(text: str) -> Rulebook:
    """Read a standard; InvalidStandard with every problem found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidStandard([_("Not valid TOML: %(error)s") % {"error": error}]) from error
    reader = Reader()
    try:
        book = _rulebook(reader, data)
    except (AttributeError, TypeError) as error:  # a table where a value belongs, or the reverse
        raise InvalidStandard(
            [*reader.problems, _("The structure is wrong: %(error)s") % {"error": error}]
        ) from error
    if reader.problems or book is None:
        raise InvalidStandard(reader.problems)
    return book


@lru_cache(maxsize=64)
def book_of(text: str) -> Rulebook:
    """Return the rulebook of a published text; labels carry both languages, so it can be shared."""
    return parse(text)


def titles_of(text: str) -> Label:
    """Return the titles of a standard by language; none where the text cannot be read."""
    try:
        return book_of(text).title
    except InvalidStandard:
        return {}


# --- keys and values -------------------------------------------------------------------------------------------


class Reader:
    """Reads tables key by key; what is missing, of the wrong kind or left over becomes a problem."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def take(
        self, table: dict[str, Any], where: str, key: str, kind: Callable[[Any], Any], default: Any = ...
    ) -> Any:
        if key not in table:
            if default is ...:
                self.problems.append(_("%(where)s: %(key)s is missing.") % {"where": where, "key": key})
                return None
            return default
        try:
            return kind(table.pop(key))
        except (TypeError, ValueError, ArithmeticError, KeyError):
            self.problems.append(_("%(where)s: %(key)s has a wrong value.") % {"where": where, "key": key})
            return None

    def done(self, table: dict[str, Any], where: str) -> None:
        for key in table:
            self.problems.append(_("%(where)s: %(key)s is not known.") % {"where": where, "key": key})


def number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError
    found = Decimal(str(value))
    if not found.is_finite() or abs(found) > 10_000 or -int(found.as_tuple().exponent) > 4:
        raise ValueError
    return found


def positive(value: Any) -> Decimal:
    found = number(value)
    if found < 0:
        raise ValueError
    return found


def text_value(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def code_value(value: Any) -> str:
    if not isinstance(value, str) or not value.replace("_", "").replace("-", "").isalnum() or len(value) > 40:
        raise ValueError
    return value


def yes_or_no(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def label_value(value: Any) -> Label:
    if isinstance(value, str):
        return {"en": value}
    return {str(language): text_value(text) for language, text in value.items()}


def code_values(value: Any) -> tuple[str, ...]:
    return some(code_value(each) for each in ([value] if isinstance(value, str) else value))


def some(values: Iterable[T]) -> tuple[T, ...]:
    """The values as a tuple; ValueError if there are none."""
    found = tuple(values)
    if not found:
        raise ValueError
    return found


def number_or_code(value: Any) -> Decimal | str:
    return code_value(value) if isinstance(value, str) else positive(value)


def rising_steps(value: Any) -> tuple[tuple[Decimal, Decimal], ...]:
    steps = some((positive(factor), positive(points)) for factor, points in value)
    if list(steps) != sorted(steps):
        raise ValueError
    return steps


def days_window(value: Any) -> tuple[bool, str, str]:
    """What a target shrinks with: prorated, days on the register, days of the window. KeyError for another word."""
    days = {"quarter": (DAYS, PERIOD_DAYS), "year": ("days_on_register_year", "year_days")}
    return (True, *days[text_value(value)])


# --- its tables ------------------------------------------------------------------------------------------------


def _rulebook(reader: Reader, data: dict[str, Any]) -> Rulebook | None:
    take = reader.take
    code = take(data, "standard", "code", code_value)
    title = take(data, "standard", "title", label_value)
    order = take(data, "standard", "order", list, ["veto", "grey"])
    if order not in (["veto", "grey"], ["grey", "veto"]):
        reader.problems.append(
            _("%(where)s: %(key)s has a wrong value.") % {"where": "standard", "key": "order"}
        )
    colours = take(data, "standard", "colours", dict)
    grey = take(data, "standard", "grey", dict, {})
    floors = take(data, "standard", "floors", dict, {})
    movement = take(data, "standard", "movement", dict, {})
    cycle = take(data, "standard", "cycle", lambda t: {text_value(k): int(v) for k, v in t.items()}, {})
    groups = []
    for index, table in enumerate(take(data, "standard", "groups", list) or []):
        where = f"groups[{table.get('code', index)}]"
        groups.append(
            Group(
                take(table, where, "code", code_value),
                take(table, where, "points", positive),
                take(table, where, "label", label_value),
                take(table, where, "pool", yes_or_no, False),
                bonus=take(table, where, "bonus", yes_or_no, False),
            )
        )
        reader.done(table, where)
    criteria = _criteria(reader, data, {group.code: group.pool for group in groups})
    vetoes, ceilings = _overrides(reader, data, "vetoes"), _overrides(reader, data, "ceilings")
    book = Rulebook(
        code=code,
        title=title,
        green=take(colours or {}, "colours", "green", positive),
        yellow=take(colours or {}, "colours", "yellow", positive),
        groups=tuple(
            replace(each, criteria=tuple(c for c in criteria if c.group == each.code)) for each in groups
        ),
        vetoes=vetoes,
        ceilings=ceilings,
        grey_first=order == ["grey", "veto"],
        no_inspection=take(grey, "grey", "no_inspection", code_value, ""),
        coverage=take(grey, "grey", "coverage", positive, Decimal(0)),
        floor_yellow=take(floors, "floors", "green", positive, Decimal(0)),
        floor_red=take(floors, "floors", "yellow", positive, Decimal(0)),
        one_step=take(movement, "movement", "one_step", yes_or_no, False),
        release=take(movement, "movement", "release", code_value, ""),
        cycle=cycle,
    )
    for table, where in ((colours, "colours"), (grey, "grey"), (floors, "floors"), (movement, "movement")):
        reader.done(table or {}, where)
    reader.done(data, "standard")
    _check_consistent(reader, book, criteria)
    _check_storable(reader, book)
    return book


def _terms(value: Any) -> tuple[Term, ...]:
    return some(Term(code_value(code), positive(each)) for code, each in value.items())


def _rule(
    reader: Reader, table: dict[str, Any], where: str, pool: bool, worth: Decimal | None
) -> Rule | None:
    kind = reader.take(table, where, "rule", text_value)
    take = reader.take
    default = ... if worth is None else worth
    points = Decimal(0) if pool else take(table, where, "points", positive, default)
    if pool and kind not in ("deduct", "surge"):
        reader.problems.append(
            _("%(where)s: a pool takes only the rules deduct and surge.") % {"where": where}
        )
        return None
    rule: Rule | None = None
    if kind == "rate":
        rule = Rate(
            points,
            take(table, where, "good", code_value),
            take(table, where, "of", code_values),
            take(table, where, "goal", positive, Decimal(1)),
            take(table, where, "full_if", code_value, ""),
        )
        if rule.goal == 0:
            reader.problems.append(
                _("%(where)s: %(key)s has a wrong value.") % {"where": where, "key": "goal"}
            )
    elif kind == "target":
        target = take(table, where, "target", number_or_code)
        window = take(table, where, "prorate", days_window, ())
        rule = Target(points, take(table, where, "measure", code_value), target, *(window or ()))
    elif kind == "flag":
        least = take(table, where, "at_least", positive, Decimal(1))
        window = take(table, where, "prorate", days_window, ())
        rule = Flag(points, take(table, where, "measure", code_value), least, *(window or ()))
    elif kind == "deduct":
        rule = Deduct(
            points, take(table, where, "each", _terms), take(table, where, "at_most", positive, None), pool
        )
    elif kind == "surge" and pool:
        rule = Surge(
            take(table, where, "measure", code_value),
            take(table, where, "before", code_value),
            take(table, where, "steps", rising_steps),
            take(table, where, "minimum", positive, Decimal(0)),
        )
    elif kind is not None:
        reader.problems.append(_("%(where)s: no rule is called %(rule)s.") % {"where": where, "rule": kind})
    reader.done(table, where)
    return rule


def _condition(reader: Reader, table: dict[str, Any], where: str) -> Condition:
    if "last" in table:
        condition: Condition = Event(
            reader.take(table, where, "last", code_value), reader.take(table, where, "release", code_value)
        )
    else:
        condition = Reaches(
            reader.take(table, where, "measure", code_value),
            reader.take(table, where, "at_least", positive, Decimal(1)),
        )
    reader.done(table, where)
    return condition


def _overrides(reader: Reader, data: dict[str, Any], key: str) -> tuple[Override, ...]:
    found = []
    for index, table in enumerate(reader.take(data, "standard", key, list, []) or []):
        where = f"{key}[{table.get('code', index)}]"
        code = reader.take(table, where, "code", code_value)
        label = reader.take(table, where, "label", label_value)
        found.append(Override(code, _condition(reader, table, where), label))
    return tuple(found)


def _criteria(reader: Reader, data: dict[str, Any], pools: dict[str, bool]) -> list[Criterion]:
    found = []
    for index, table in enumerate(reader.take(data, "standard", "criteria", list, []) or []):
        where = f"criteria[{table.get('code', index)}]"
        code = reader.take(table, where, "code", code_value)
        group = reader.take(table, where, "group", code_value)
        label = reader.take(table, where, "label", label_value)
        evidence = reader.take(table, where, "evidence", code_value, "")
        pool = pools.get(group, False)
        worth = Decimal(0) if pool else reader.take(table, where, "points", positive)
        tables = reader.take(table, where, "parts", list, None)
        if tables is None:  # a criterion of one part is written flat
            tables, table = [table], {}
        reader.done(table, where)
        single = worth if len(tables) == 1 else None
        parts = [_rule(reader, part, f"{where}.parts[{i}]", pool, single) for i, part in enumerate(tables)]
        rules = tuple(part for part in parts if part is not None)
        worths = [rule.worth for rule in rules]
        if not pool and worth is not None and worths and None not in worths and sum(worths) != worth:
            reader.problems.append(_("%(where)s: its parts do not add up to its points.") % {"where": where})
        found.append(Criterion(code, group, worth, rules, label, evidence))
    return found


# --- as a whole ------------------------------------------------------------------------------------------------


def _check_consistent(reader: Reader, book: Rulebook, criteria: list[Criterion]) -> None:
    """Codes stand for one thing, groups exist and have points, the thresholds are in order."""
    pools = {group.code: group.pool for group in book.groups}
    codes = [*book.line_codes, *(each.code for each in (*book.vetoes, *book.ceilings))]
    for code in sorted({code for code in codes if code and codes.count(code) > 1}):
        reader.problems.append(_("The code %(code)s stands for two things.") % {"code": code})
    for criterion in criteria:
        if criterion.group not in {group.code for group in book.groups}:
            reader.problems.append(
                _("criteria[%(code)s]: there is no group %(group)s.")
                % {"code": criterion.code, "group": criterion.group}
            )
        if not pools.get(criterion.group) and not criterion.worth:
            reader.problems.append(_("criteria[%(code)s]: has no points.") % {"code": criterion.code})
    if all(group.bonus for group in book.groups):
        reader.problems.append(_("There is no group that makes the score."))
    for group in book.groups:
        if group.worth == 0 or not group.criteria:
            reader.problems.append(
                _("groups[%(code)s]: has no points or no criteria.") % {"code": group.code}
            )
        if group.pool and group.bonus:
            reader.problems.append(_("groups[%(code)s]: is a pool and a bonus.") % {"code": group.code})
    if None not in (book.green, book.yellow) and not 0 < book.yellow < book.green <= 100:
        reader.problems.append(_("colours: 0 < yellow < green ≤ 100 must hold."))


def _check_storable(reader: Reader, book: Rulebook) -> None:
    """What a rating can hold: short codes, points with three digits before the point, cycles in days."""
    short = [(code, LONGEST_LINE) for code in book.line_codes]
    short += [(each.code, LONGEST_DECISION) for each in (*book.vetoes, *book.ceilings)]
    for code, most in short:
        if code and len(code) > most:
            reader.problems.append(
                _("The code %(code)s is too long; at most %(number)s characters.")
                % {"code": code, "number": most}
            )
    weighty: list[Group | Criterion] = [*book.groups, *book.criteria]
    for each in weighty:
        if each.worth is not None and each.worth > MOST_POINTS:
            reader.problems.append(
                _("%(code)s: more than %(number)s points.") % {"code": each.code, "number": MOST_POINTS}
            )
    for language, title in (book.title or {}).items():
        if len(title) > LONGEST_TITLE:
            reader.problems.append(_("The title (%(language)s) is too long.") % {"language": language})
    for colour, days in (book.cycle or {}).items():
        if colour not in Colour.values or not 0 < days <= LONGEST_CYCLE_DAYS:
            reader.problems.append(_("cycle: %(colour)s has a wrong value.") % {"colour": colour})
