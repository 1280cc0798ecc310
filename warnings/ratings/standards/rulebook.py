"""A standard as data: criteria with their points, and what overrides the score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from enterprises.choices import Colour
from ratings.standards.rules import Condition, Rule

Label = Mapping[str, str]
OFF_REGISTER = "N0"  # grey: a correction withdrew the rating, because the enterprise was not on the register


def spoken(label: Label) -> str:
    """Return a label in the reader's language, or else in English."""
    language = "zh" if (get_language() or "").startswith("zh") else "en"
    return label.get(language) or label.get("en") or next(iter(label.values()), "")


@dataclass(frozen=True)
class Criterion:
    """One line of a rating.

    Its points are divided among ``parts``. It counts as evidenced if the measure ``evidence`` is above zero.
    """

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

    A *pool* starts with all its points and its criteria only deduct. A *bonus* adds up to its points to the score: it
    has no weight, no share, no floor, and does not count for coverage.
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
    """A parsed standard. Shares and coverage are fractions, thresholds are in points, cycles in days."""

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
    release: str = ""  # M2: the day measure that must be later than the revision that turned it red
    cycle: Mapping[str, int] = field(default_factory=dict)

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        return tuple(criterion for group in self.groups for criterion in group.criteria)

    @property
    def line_codes(self) -> list[str]:
        """The codes of a rating's lines, in order. A pool has a line of its own before its deductions."""
        codes: list[str] = []
        for group in self.groups:
            codes += [group.code] if group.pool else []
            codes += [criterion.code for criterion in group.criteria]
        return codes

    def colour_of(self, score: Decimal) -> Colour:
        """Return the colour for a rounded score, before anything overrides it."""
        return Colour.GREEN if score >= self.green else Colour.YELLOW if score >= self.yellow else Colour.RED

    def measures(self) -> set[str]:
        """Return the codes of all measures that the standard reads."""
        codes = {code for criterion in self.criteria for code in criterion.measures()}
        codes |= {criterion.evidence for criterion in self.criteria if criterion.evidence}
        codes |= {code for override in (*self.vetoes, *self.ceilings) for code in override.when.measures()}
        return codes | {code for code in (self.no_inspection, self.release) if code}

    def criterion(self, code: str) -> Criterion | None:
        return next((each for each in self.criteria if each.code == code), None)

    def label(self, code: str) -> str:
        """Return the meaning of a line's or decision's code in the reader's language; the code itself if unknown."""
        named: list[Criterion | Group] = [*self.criteria, *self.groups]
        for each in named:
            if each.code == code:
                return str(each)
        return self.decisions().get(code, code)

    def decisions(self) -> dict[str, str]:
        """Return everything that can decide a colour, in the reader's language, by its code."""
        return {
            "": _("by its score"),
            OFF_REGISTER: _("not on the register on the last day"),
            "N1": _("no police inspection within a year"),
            "N2": _("too little evidence"),
            "F1": _("one group is below the floor for green"),
            "F2": _("one group is below the floor for yellow"),
            "M1": _("one step up a quarter"),
            "M2": _("no qualified inspection since it became red"),
            "O": _("override"),
        } | {each.code: str(each) for each in (*self.ceilings, *self.vetoes)}
