"""The lines of a rating: groups with their shares, criteria with their measures and lost points."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from ratings.explain import wording
from ratings.models import Evaluation, Rating
from ratings.standards.rulebook import Criterion, Group, Rulebook

ZERO = Decimal(0)


@dataclass(frozen=True)
class MeasureLine:
    """A measure that a criterion reads, and the tab of the enterprise file that lists its records."""

    code: str
    label: str
    value: str
    tab: str


@dataclass(frozen=True)
class CriterionLine:
    """One criterion: scaled and own points, reason, measures and rules."""

    code: str
    label: str
    points: Decimal | None
    maximum: Decimal
    own: Decimal | None
    own_maximum: Decimal
    reason: str
    measures: tuple[MeasureLine, ...]
    rules: tuple[str, ...]
    evidenced: bool
    deducts: bool

    @property
    def lost(self) -> Decimal:
        return ZERO if self.points is None else self.maximum - self.points

    @property
    def applies(self) -> bool:
        return self.points is not None


@dataclass(frozen=True)
class GroupLine:
    """A group with its share of the points; ``share`` is None if no criterion is applicable."""

    code: str
    label: str
    worth: Decimal
    share: Decimal | None
    points: Decimal
    maximum: Decimal
    tone: str
    criteria: tuple[CriterionLine, ...]

    @property
    def percent(self) -> Decimal | None:
        return None if self.share is None else self.share * 100


def group_lines(
    book: Rulebook, rating: Rating, evaluation: Evaluation, values: Mapping[str, Decimal]
) -> list[GroupLine]:
    """Return the groups of a rating with their criteria, in the order of the standard."""
    positions = {code: index for index, code in enumerate(evaluation.criteria)}
    found = []
    for group, share in zip(book.groups, rating.shares, strict=False):
        lines = tuple(
            _line(group, criterion, rating, positions[criterion.code], values)
            for criterion in group.criteria
            if criterion.code in positions
        )
        points = sum((line.points for line in lines if line.points is not None), ZERO)
        maximum = sum((line.maximum for line in lines), ZERO)
        if group.pool and group.code in positions:  # a pool's initial points are a line of their own
            index = positions[group.code]
            points += rating.points[index] or ZERO
            maximum = rating.maxima[index]
        known = None if share < 0 else share
        tone = "grey" if known is None else str(book.colour_of(known * 100))
        found.append(GroupLine(group.code, str(group), group.worth, known, points, maximum, tone, lines))
    return found


def _line(
    group: Group, criterion: Criterion, rating: Rating, index: int, values: Mapping[str, Decimal]
) -> CriterionLine:
    kind = rating.reasons[index]
    own = rating.own_points[index]
    codes = dict.fromkeys([*criterion.measures(), *([criterion.evidence] if criterion.evidence else [])])
    shown = tuple(
        MeasureLine(
            code,
            wording.measure_label(code, beside_value=True),
            wording.measure_value(code, values[code]),
            wording.tab_of(code),
        )
        for code in codes
        if code in values
    )
    rules = tuple(wording.criterion_sentences(criterion.parts))
    return CriterionLine(
        code=criterion.code,
        label=str(criterion),
        points=rating.points[index],
        maximum=rating.maxima[index],
        own=own,
        own_maximum=rating.own_maxima[index],
        reason=_reason(criterion, kind, values),
        measures=shown,
        rules=rules,
        evidenced=not kind.endswith("-"),
        deducts=group.pool or group.bonus,
    )


def _reason(criterion: Criterion, kind: str, values: Mapping[str, Decimal]) -> str:
    """Return the reason code in words."""
    if kind.startswith("na"):
        if any(code not in values for code in criterion.measures()):
            return _("not applicable: not measured yet")
        return _("not applicable: nothing to measure")
    if kind.endswith("-"):
        return _("no evidence")
    return _("all points") if kind.startswith("full") else _("points lost")
