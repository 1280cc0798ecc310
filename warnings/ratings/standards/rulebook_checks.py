"""What a standard must hold as a whole, once its values are read. Every problem goes to the list."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from enterprises.choices import Colour

if TYPE_CHECKING:
    from ratings.standards.rulebook import Criterion, Rulebook

LONGEST_LINE, LONGEST_DECISION, LONGEST_TITLE = 16, 8, 120  # characters, as the models keep them
MOST_POINTS = Decimal(999)
LONGEST_CYCLE_DAYS = 3650


def check_consistent(problems: list[str], book: "Rulebook", criteria: "list[Criterion]") -> None:
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


def check_storable(problems: list[str], book: "Rulebook") -> None:
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
