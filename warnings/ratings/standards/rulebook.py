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

from enterprises.choices import Colour
from ratings.standards.rules import Condition, Deduct, Event, Flag, Rate, Reaches, Rule, Surge, Target, Term
from ratings.standards.toml_values import (
    Label,
    StandardTable,
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


def _rule(table: StandardTable, pool: bool, worth: Decimal | None) -> Rule | None:
    take, where = table.take, table.where
    kind = take("rule", text_value, needed=True)
    points = Decimal(0) if pool else take("points", positive, worth, needed=worth is None)
    if pool and kind not in ("deduct", "surge"):
        table.problems.append(
            _("%(where)s: a pool takes only the rules deduct and surge.") % {"where": where}
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
        table.problems.append(_("%(where)s: no rule is called %(rule)s.") % {"where": where, "rule": kind})
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
    """A table of the standard; an empty one where it is missing."""
    return StandardTable(table.take(key, dict, {}, needed=needed), key, table.problems)


def _listed(table: StandardTable, key: str, *, needed: bool = False) -> Iterator[StandardTable]:
    """The tables of a list, each called by its code."""
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
        else:  # a criterion of one part is written flat
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


def parse(text: str) -> Rulebook:
    """Read a standard; InvalidStandard with every problem found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidStandard([_("Not valid TOML: %(error)s") % {"error": error}]) from error
    problems: list[str] = []
    book = _parse(StandardTable(data, "standard", problems))
    if problems:
        raise InvalidStandard(problems)
    return book


def _parse(standard: StandardTable) -> Rulebook:
    take = standard.take
    code, title = take("code", code_value, needed=True), take("title", label_value, needed=True)
    order = take("order", list, ["veto", "grey"])
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


# --- what a standard must hold as a whole ---------------------------------------------------------------------------

LONGEST_LINE, LONGEST_DECISION, LONGEST_TITLE = 16, 8, 120  # characters, as the models keep them
MOST_POINTS = Decimal(999)
LONGEST_CYCLE_DAYS = 3650


def check_consistent(problems: list[str], book: Rulebook, criteria: list[Criterion]) -> None:
    """Codes stand for one thing, groups exist and have points, the thresholds are in order."""
    pools = {group.code: group.pool for group in book.groups}
    codes = [*book.line_codes, *(each.code for each in (*book.vetoes, *book.ceilings))]
    for code in sorted({code for code in codes if code and codes.count(code) > 1}):
        problems.append(_("The code %(code)s stands for two things.") % {"code": code})
    for criterion in criteria:
        if criterion.group not in {group.code for group in book.groups}:
            problems.append(
                _("criteria[%(code)s]: there is no group %(group)s.")
                % {"code": criterion.code, "group": criterion.group}
            )
        if not pools.get(criterion.group) and not criterion.worth:
            problems.append(_("criteria[%(code)s]: has no points.") % {"code": criterion.code})
    if all(group.bonus for group in book.groups):
        problems.append(_("There is no group that makes the score."))
    for group in book.groups:
        if group.worth == 0 or not group.criteria:
            problems.append(_("groups[%(code)s]: has no points or no criteria.") % {"code": group.code})
        if group.pool and group.bonus:
            problems.append(_("groups[%(code)s]: is a pool and a bonus.") % {"code": group.code})
    if None not in (book.green, book.yellow) and not 0 < book.yellow < book.green <= 100:
        problems.append(_("colours: 0 < yellow < green ≤ 100 must hold."))


def check_storable(problems: list[str], book: Rulebook) -> None:
    """What a rating can hold: short codes, points with three digits before the point, cycles in days."""
    short = [(code, LONGEST_LINE) for code in book.line_codes]
    short += [(each.code, LONGEST_DECISION) for each in (*book.vetoes, *book.ceilings)]
    for code, most in short:
        if code and len(code) > most:
            problems.append(
                _("The code %(code)s is too long; at most %(number)s characters.")
                % {"code": code, "number": most}
            )
    for each in (*book.groups, *book.criteria):
        if each.worth is not None and each.worth > MOST_POINTS:
            problems.append(
                _("%(code)s: more than %(number)s points.") % {"code": each.code, "number": MOST_POINTS}
            )
    for language, title in (book.title or {}).items():
        if len(title) > LONGEST_TITLE:
            problems.append(_("The title (%(language)s) is too long.") % {"language": language})
    for colour, days in (book.cycle or {}).items():
        if colour not in Colour.values or not 0 < days <= LONGEST_CYCLE_DAYS:
            problems.append(_("cycle: %(colour)s has a wrong value.") % {"colour": colour})
