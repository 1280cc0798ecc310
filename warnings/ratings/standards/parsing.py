"""Parser of standards in TOML.

It collects all problems of a text in one list, so that a form can show them at once: missing or unknown keys, invalid
values, and inconsistencies.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

import structlog
from django.utils.translation import gettext as _

from enterprises.choices import Colour
from foundation.toml import Kind, NotToml, Table, read
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

MOST_POINTS = Decimal(999)
LONGEST_CYCLE_DAYS = 3650

T = TypeVar("T")
logger = structlog.get_logger(__name__)


class InvalidStandard(ValueError):
    """The text is not a valid standard. ``problems`` lists the reasons, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def parse(text: str) -> Rulebook:
    """Parse a standard. Raise InvalidStandard, listing every problem found."""
    try:
        data = read(text)
    except NotToml as error:
        raise InvalidStandard([_("Not valid TOML: %(error)s") % {"error": error}]) from error
    problems: list[str] = []
    book = _parse(StandardTable(data, "standard", problems))
    if problems:
        raise InvalidStandard(problems)
    return book


def parse_new(text: str) -> Rulebook:
    """Parse a standard that is to be published. Raise InvalidStandard also for what older versions let pass."""
    book = parse(text)
    if problems := list(_new_problems(book)):
        raise InvalidStandard(problems)
    return book


def _new_problems(book: Rulebook) -> Iterator[str]:
    """Yield what a published standard may contain (it must stay readable) and a new one may not."""
    titles = list(book.title.values())
    if not titles or any(not title.strip() or "\x00" in title for title in titles):
        yield _("The title must have 1 to 120 characters.")
    shares = {
        "grey: coverage": book.coverage,
        "floors: green": book.floor_yellow,
        "floors: yellow": book.floor_red,
    }
    for name, share in shares.items():
        if share > 1:
            yield _("%(name)s is a share: write 0.7 for 70 percent.") % {"name": name}
    if book.floor_red > book.floor_yellow:
        yield _("floors: yellow must not be above green.")


@lru_cache(maxsize=64)
def book_of(text: str) -> Rulebook:
    """Return the rulebook of a text, cached. It holds labels in all languages, so that readers can share it."""
    return parse(text)


def titles_of(text: str) -> Label:
    """Return the titles of a standard by language; none if the text is invalid."""
    book = book_or_none(text)
    return book.title if book else {}


@lru_cache(maxsize=64)  # so that each process logs an unreadable standard once
def book_or_none(text: str) -> Rulebook | None:
    """Return the rulebook of a stored text, cached; None if it cannot be read, which the log says."""
    try:
        return book_of(text)
    except InvalidStandard as error:
        logger.error("a stored standard cannot be read", begins=text[:80], problems=str(error)[:500])
        return None


# --- keys and values -------------------------------------------------------------------------------------------


def as_list(value: Any) -> list[Any]:
    """Return a value as a list. Raise TypeError for a string or table, unless it is empty."""
    if isinstance(value, str | dict) and value:
        raise TypeError  # list() would return its letters or keys
    return list(value)


class StandardTable(Table):
    """A table of a standard. It reports problems as translated sentences."""

    def take(self, key: str, kind: Kind, default: Any = None, *, needed: bool = False) -> Any:
        """Return a value like ``Table.take``, but convert it to a table or list if possible.

        Published standards may contain ``floors = []`` or ``vetoes = ""`` for nothing, and must stay readable.
        """
        made: Kind = as_list if kind is list else (lambda value: dict(value)) if kind is dict else kind
        return super().take(key, made, default, needed=needed)

    def missing(self, key: str) -> None:
        self.problems.append(_("%(where)s: %(key)s is missing.") % {"where": self.where, "key": key})

    def wrong(self, key: str, kinds: tuple[type, ...] = ()) -> None:
        self.problems.append(
            _("%(where)s: %(key)s has an invalid value.") % {"where": self.where, "key": key}
        )

    def unknown(self, key: str) -> None:
        self.problems.append(_("%(where)s: %(key)s is unknown.") % {"where": self.where, "key": key})


def number(value: Any) -> Decimal:
    """Return a number of at most four decimals between -10,000 and 10,000. Raise TypeError or ValueError."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError
    found = Decimal(str(value))
    if not found.is_finite() or abs(found) > 10_000 or -int(found.as_tuple().exponent) > 4:
        raise ValueError
    return found


def positive(value: Any) -> Decimal:
    """Return a number of at least zero. Raise TypeError or ValueError."""
    found = number(value)
    if found < 0:
        raise ValueError
    return found


def text_value(value: Any) -> str:
    """Return a string. Raise TypeError for anything else."""
    if not isinstance(value, str):
        raise TypeError
    return value


def code_value(value: Any) -> str:
    """Return a code of at most 40 letters, digits, "_" and "-". Raise ValueError for anything else."""
    if not isinstance(value, str) or not value.replace("_", "").replace("-", "").isalnum() or len(value) > 40:
        raise ValueError
    return value


def yes_or_no(value: Any) -> bool:
    """Return true or false. Raise TypeError for anything else."""
    if not isinstance(value, bool):
        raise TypeError
    return value


def label_value(value: Any) -> Label:
    """Return a label by language; a plain string is English."""
    if isinstance(value, str):
        return {"en": value}
    return {str(language): text_value(text) for language, text in value.items()}


def code_values(value: Any) -> tuple[str, ...]:
    """Return one or more codes. Raise ValueError if there are none."""
    return some(code_value(each) for each in ([value] if isinstance(value, str) else value))


def some(values: Iterable[T]) -> tuple[T, ...]:
    """Return the values as a tuple. Raise ValueError if there are none."""
    found = tuple(values)
    if not found:
        raise ValueError
    return found


def number_or_code(value: Any) -> Decimal | str:
    """Return a number of at least zero, or the code of a measure. Raise TypeError or ValueError."""
    return code_value(value) if isinstance(value, str) else positive(value)


def rising_steps(value: Any) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return pairs of factor and points. Raise ValueError if they are not ascending, or there are none."""
    steps = some((positive(factor), positive(points)) for factor, points in value)
    if list(steps) != sorted(steps):
        raise ValueError
    return steps


def days_window(value: Any) -> tuple[bool, str, str]:
    """Return how to prorate a target: True, the measure of days on the register, the measure of days in the window.

    Raise KeyError for a value other than "quarter" or "year".
    """
    days = {"quarter": (DAYS, PERIOD_DAYS), "year": ("days_on_register_year", "year_days")}
    return (True, *days[text_value(value)])


# --- the parts of a standard -----------------------------------------------------------------------------------


def _terms(value: Any) -> tuple[Term, ...]:
    return some(Term(code_value(code), positive(each)) for code, each in value.items())


def _rule(table: StandardTable, pool: bool, worth: Decimal | None) -> Rule | None:
    take, where = table.take, table.where
    kind = take("rule", text_value, needed=True)
    points = Decimal(0) if pool else take("points", positive, worth, needed=worth is None)
    if pool and kind not in ("deduct", "surge"):
        table.problems.append(
            _("%(where)s: a pool allows only the rules deduct and surge.") % {"where": where}
        )
        return None
    rule: Rule | None = None
    if kind == "rate":
        rule = Rate(
            points,
            take("good", code_value, needed=True),
            take("of", code_values, needed=True),
            take("goal", positive, Decimal(1)),
            take("full_if", code_value, ""),
            take("each", _terms, ()),
        )
        if rule.goal == 0:
            table.wrong("goal")
    elif kind == "target":
        target, window = take("target", number_or_code, needed=True), take("prorate", days_window, ())
        rule = Target(points, take("measure", code_value, needed=True), target, *window)
    elif kind == "flag":
        least, window = take("at_least", positive, Decimal(1)), take("prorate", days_window, ())
        rule = Flag(points, take("measure", code_value, needed=True), least, *window)
    elif kind == "deduct":
        rule = Deduct(points, take("each", _terms, needed=True), take("at_most", positive), pool)
    elif kind == "surge" and pool:
        rule = Surge(
            take("measure", code_value, needed=True),
            take("before", code_value, needed=True),
            take("steps", rising_steps, needed=True),
            take("minimum", positive, Decimal(0)),
        )
    elif kind is not None:
        table.problems.append(_("%(where)s: there is no rule %(rule)s.") % {"where": where, "rule": kind})
    table.done()
    return rule


def _condition(table: StandardTable) -> Condition:
    if "last" in table.content:
        condition: Condition = Event(
            table.take("last", code_value), table.take("release", code_value, needed=True)
        )
    else:
        condition = Reaches(
            table.take("measure", code_value, needed=True), table.take("at_least", positive, Decimal(1))
        )
    table.done()
    return condition


def _below(table: StandardTable, key: str, *, needed: bool = False) -> StandardTable:
    """Return a subtable of the standard; an empty one if it is missing."""
    return StandardTable(table.take(key, dict, {}, needed=needed), key, table.problems)


def _listed(table: StandardTable, key: str, *, needed: bool = False) -> Iterator[StandardTable]:
    """Yield the tables of a list, each named by its code."""
    for index, content in enumerate(table.take(key, list, [], needed=needed)):
        if isinstance(content, dict):
            yield StandardTable(content, f"{key}[{content.get('code', index)}]", table.problems)
        else:
            table.wrong(f"{key}[{index}]")


def _overrides(standard: StandardTable, key: str) -> tuple[Override, ...]:
    found = []
    for table in _listed(standard, key):
        code = table.take("code", code_value, needed=True)
        label = table.take("label", label_value, needed=True)
        found.append(Override(code, _condition(table), label))
    return tuple(found)


def _criteria(standard: StandardTable, pools: dict[str, bool]) -> list[Criterion]:
    found = []
    for table in _listed(standard, "criteria"):
        where, problems = table.where, table.problems
        code, group = (
            table.take("code", code_value, needed=True),
            table.take("group", code_value, needed=True),
        )
        label, evidence = (
            table.take("label", label_value, needed=True),
            table.take("evidence", code_value, ""),
        )
        pool = pools.get(group, False)
        worth = Decimal(0) if pool else table.take("points", positive, needed=True)
        if "parts" in table.content:
            contents = table.take("parts", list, [])
            table.done()
        else:  # the only part of a criterion is written inline
            contents = [table.rest()]
        single = worth if len(contents) == 1 else None
        parts = []
        for index, content in enumerate(contents):
            if isinstance(content, dict):
                parts.append(_rule(StandardTable(content, f"{where}.parts[{index}]", problems), pool, single))
            else:
                table.wrong(f"parts[{index}]")
        rules = tuple(part for part in parts if part is not None)
        worths = [rule.worth for rule in rules]
        if not pool and worth is not None and worths and None not in worths and sum(worths) != worth:
            problems.append(_("%(where)s: its parts do not add up to its points.") % {"where": where})
        found.append(Criterion(code, group, worth, rules, label, evidence))
    return found


def _parse(standard: StandardTable) -> Rulebook:
    take = standard.take
    code, title = take("code", code_value, needed=True), take("title", label_value, needed=True)
    order = take("order", lambda value: list(value), ["veto", "grey"])
    if order not in (["veto", "grey"], ["grey", "veto"]):
        standard.wrong("order")
    colours, grey = _below(standard, "colours", needed=True), _below(standard, "grey")
    floors, movement = _below(standard, "floors"), _below(standard, "movement")
    cycle = take("cycle", lambda t: {text_value(k): int(v) for k, v in t.items()}, {})
    groups = []
    for table in _listed(standard, "groups", needed=True):
        groups.append(
            Group(
                table.take("code", code_value, needed=True),
                table.take("points", positive, needed=True),
                table.take("label", label_value, needed=True),
                table.take("pool", yes_or_no, False),
                bonus=table.take("bonus", yes_or_no, False),
            )
        )
        table.done()
    criteria = _criteria(standard, {group.code: group.pool for group in groups})
    vetoes, ceilings = _overrides(standard, "vetoes"), _overrides(standard, "ceilings")
    book = Rulebook(
        code=code,
        title=title,
        green=colours.take("green", positive, needed=True),
        yellow=colours.take("yellow", positive, needed=True),
        groups=tuple(
            replace(each, criteria=tuple(c for c in criteria if c.group == each.code)) for each in groups
        ),
        vetoes=vetoes,
        ceilings=ceilings,
        grey_first=order == ["grey", "veto"],
        no_inspection=grey.take("no_inspection", code_value, ""),
        coverage=grey.take("coverage", positive, Decimal(0)),
        floor_yellow=floors.take("green", positive, Decimal(0)),
        floor_red=floors.take("yellow", positive, Decimal(0)),
        one_step=movement.take("one_step", yes_or_no, False),
        release=movement.take("release", code_value, ""),
        cycle=cycle,
    )
    for table in (colours, grey, floors, movement, standard):
        table.done()
    check_consistent(standard.problems, book, criteria)
    check_storable(standard.problems, book)
    return book


# --- checks of the whole standard -----------------------------------------------------------------------------------

LONGEST_LINE, LONGEST_DECISION, LONGEST_TITLE = 16, 8, 120  # characters, the limits of the models


def check_consistent(problems: list[str], book: Rulebook, criteria: list[Criterion]) -> None:
    """Check that codes are unique, groups exist and have points and criteria, and thresholds are in order."""
    pools = {group.code: group.pool for group in book.groups}
    codes = [*book.line_codes, *(each.code for each in (*book.vetoes, *book.ceilings))]
    for code in sorted({code for code in codes if code and codes.count(code) > 1}):
        problems.append(_("The code %(code)s is used twice.") % {"code": code})
    for criterion in criteria:
        if criterion.group not in {group.code for group in book.groups}:
            problems.append(
                _("criteria[%(code)s]: there is no group %(group)s.")
                % {"code": criterion.code, "group": criterion.group}
            )
        if not pools.get(criterion.group) and not criterion.worth:
            problems.append(_("criteria[%(code)s]: has no points.") % {"code": criterion.code})
    if all(group.bonus for group in book.groups):
        problems.append(_("No group counts towards the score."))
    for group in book.groups:
        if group.worth == 0 or not group.criteria:
            problems.append(_("groups[%(code)s]: has no points or no criteria.") % {"code": group.code})
        if group.pool and group.bonus:
            problems.append(_("groups[%(code)s]: cannot be both a pool and a bonus.") % {"code": group.code})
    if None not in (book.green, book.yellow) and not 0 < book.yellow < book.green <= 100:
        problems.append(_("colours: 0 < yellow < green ≤ 100 must hold."))


def check_storable(problems: list[str], book: Rulebook) -> None:
    """Check that a rating can store the results: length of codes and titles, size of points, cycles in days."""
    short = [(code, LONGEST_LINE) for code in book.line_codes]
    short += [(each.code, LONGEST_DECISION) for each in (*book.vetoes, *book.ceilings)]
    for code, most in short:
        if code and len(code) > most:
            problems.append(
                _("The code %(code)s is too long; at most %(number)s characters.")
                % {"code": code, "number": most}
            )
    judged: list[Group | Criterion] = [*book.groups, *book.criteria]
    for each in judged:
        if each.worth is not None and each.worth > MOST_POINTS:
            problems.append(
                _("%(code)s: more than %(number)s points.") % {"code": each.code, "number": MOST_POINTS}
            )
    for language, title in (book.title or {}).items():
        if len(title) > LONGEST_TITLE:
            problems.append(_("The title (%(language)s) is too long.") % {"language": language})
    for colour, days in (book.cycle or {}).items():
        if colour not in Colour.values or not 0 < days <= LONGEST_CYCLE_DAYS:
            problems.append(_("cycle: %(colour)s has an invalid value.") % {"colour": colour})
