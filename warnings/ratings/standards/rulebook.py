"""A standard read from its TOML text: what is judged, for how many points, and what overrules the score.

``parse`` checks everything that can be wrong with a text and says it in one list, so that an editor can show it.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ratings.standards.rulebook_checks import check_consistent, check_storable
from ratings.standards.rules import Condition, Deduct, Event, Flag, Rate, Reaches, Rule, Surge, Target, Term
from ratings.standards.toml_values import (
    Label,
    Reader,
    code_value,
    code_values,
    days_window,
    label_value,
    number_or_code,
    positive,
    rising_steps,
    some,
    text_value,
    yes_or_no,
)


class InvalidStandard(ValueError):
    """The text is no standard; ``problems`` says why, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def spoken(label: Label) -> str:
    """A label in the language of the person, else in English."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return label.get(language) or label.get("en") or next(iter(label.values()), "")


@lru_cache(maxsize=64)
def titles_of(text: str) -> Label:
    """The titles of a standard by language; empty where the text cannot be read."""
    try:
        return parse(text).title
    except InvalidStandard:
        return {}


@dataclass(frozen=True)
class Criterion:
    """One line of a rating. ``parts`` share its points; ``evidence`` names the measure that must be above zero."""

    code: str
    group: str
    worth: Decimal
    parts: tuple[Rule, ...]
    label: Label
    evidence: str = ""

    def measures(self) -> Iterator[str]:
        for part in self.parts:
            yield from part.measures()

    def __str__(self) -> str:
        return spoken(self.label)


@dataclass(frozen=True)
class Group:
    """A group of criteria with its points.

    A *pool* starts full and its criteria only deduct. A *bonus* comes on top of the score, at most its points: it has
    no weight, no share, no floor and no part in the coverage.
    """

    code: str
    worth: Decimal
    label: Label
    pool: bool = False
    criteria: tuple[Criterion, ...] = ()
    bonus: bool = False

    def __str__(self) -> str:
        return spoken(self.label)


@dataclass(frozen=True)
class Override:
    """A veto (red) or a ceiling (at most yellow)."""

    code: str
    when: Condition
    label: Label

    def __str__(self) -> str:
        return spoken(self.label)


@dataclass(frozen=True)
class Rulebook:
    """A standard, ready to judge. Shares and coverage are fractions, thresholds points, cycles days."""

    code: str
    title: Label
    green: Decimal
    yellow: Decimal
    groups: tuple[Group, ...]
    vetoes: tuple[Override, ...] = ()
    ceilings: tuple[Override, ...] = ()
    grey_first: bool = False
    no_inspection: str = ""  # N1: grey where this measure is zero
    coverage: Decimal = Decimal(0)  # N2: grey below
    floor_yellow: Decimal = Decimal(0)  # F1
    floor_red: Decimal = Decimal(0)  # F2
    one_step: bool = False  # M1
    release: str = ""  # M2: a day measure later than the revision that made it red
    cycle: Mapping[str, int] = field(default_factory=dict)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    @property
    def line_codes(self) -> list[str]:
        """The codes of a rating's lines, in order: each pool has a line of its own before its deductions."""
        codes: list[str] = []
        for group in self.groups:
            codes += [group.code] if group.pool else []
            codes += [criterion.code for criterion in group.criteria]
        return codes

    def measures(self) -> set[str]:
        """Every measure the standard reads."""
        codes = {code for criterion in self.criteria for code in criterion.measures()}
        codes |= {criterion.evidence for criterion in self.criteria if criterion.evidence}
        codes |= {code for override in (*self.vetoes, *self.ceilings) for code in override.when.measures()}
        return codes | {code for code in (self.no_inspection, self.release) if code}

    def criterion(self, code: str) -> Criterion | None:
        return next((each for each in self.criteria if each.code == code), None)

    def label(self, code: str) -> str:
        """What any code of a line or a decision means, in the person's language."""
        for each in (*self.criteria, *self.groups, *self.vetoes, *self.ceilings):
            if each.code == code:
                return str(each)
        return {
            "": _("by its score"),
            "N1": _("no police inspection within a year"),
            "N2": _("too little evidence"),
            "F1": _("one group is below the floor for green"),
            "F2": _("one group is below the floor for yellow"),
            "M1": _("one step up a quarter"),
            "M2": _("no qualified inspection since it became red"),
            "O": _("override"),
        }.get(code, code)


def _terms(value: Any) -> tuple[Term, ...]:
    return some(Term(code_value(code), positive(each)) for code, each in value.items())


def _rule(
    reader: Reader, table: dict[str, Any], where: str, pool: bool, worth: Decimal | None
) -> Rule | None:
    kind = reader.take(table, where, "rule", text_value)
    take = reader.take
    points = (
        Decimal(0) if pool else take(table, where, "points", positive, worth if worth is not None else ...)
    )
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
        target, window = (
            take(table, where, "target", number_or_code),
            take(table, where, "prorate", days_window, ()),
        )
        rule = Target(points, take(table, where, "measure", code_value), target, *(window or ()))
    elif kind == "flag":
        least, window = (
            take(table, where, "at_least", positive, Decimal(1)),
            take(table, where, "prorate", days_window, ()),
        )
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
        code, label = (
            reader.take(table, where, "code", code_value),
            reader.take(table, where, "label", label_value),
        )
        found.append(Override(code, _condition(reader, table, where), label))
    return tuple(found)


def _criteria(reader: Reader, data: dict[str, Any], pools: dict[str, bool]) -> list[Criterion]:
    found = []
    for index, table in enumerate(reader.take(data, "standard", "criteria", list, []) or []):
        where = f"criteria[{table.get('code', index)}]"
        code, group = (
            reader.take(table, where, "code", code_value),
            reader.take(table, where, "group", code_value),
        )
        label, evidence = (
            reader.take(table, where, "label", label_value),
            reader.take(table, where, "evidence", code_value, ""),
        )
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


def parse(text: str) -> Rulebook:
    """Read a standard; InvalidStandard with every problem found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidStandard([_("Not valid TOML: %(error)s") % {"error": error}]) from error
    reader = Reader()
    try:
        book = _parse(reader, data)
    except (AttributeError, TypeError) as error:  # a table where a value belongs, or the reverse
        raise InvalidStandard(
            [*reader.problems, _("The structure is wrong: %(error)s") % {"error": error}]
        ) from error
    if reader.problems or book is None:
        raise InvalidStandard(reader.problems)
    return book


def _parse(reader: Reader, data: dict[str, Any]) -> Rulebook | None:
    take = reader.take
    code, title = take(data, "standard", "code", code_value), take(data, "standard", "title", label_value)
    order = take(data, "standard", "order", list, ["veto", "grey"])
    if order not in (["veto", "grey"], ["grey", "veto"]):
        reader.problems.append(
            _("%(where)s: %(key)s has a wrong value.") % {"where": "standard", "key": "order"}
        )
    colours, grey = take(data, "standard", "colours", dict), take(data, "standard", "grey", dict, {})
    floors, movement = (
        take(data, "standard", "floors", dict, {}),
        take(data, "standard", "movement", dict, {}),
    )
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
    check_consistent(reader, book, criteria)
    check_storable(reader, book)
    return book
