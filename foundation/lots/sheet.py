"""A draw as a workbook: everything that decided it, and each lot, so that it can be checked in a spreadsheet."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from foundation.lots.drawing import ticket
from foundation.lots.models import Draw
from foundation.spreadsheets.writing import workbook
from foundation.words import listed

LABELS = (
    pgettext_lazy("of a draw", "Place"),
    gettext_lazy("Number"),
    gettext_lazy("Name"),
    gettext_lazy("Result"),
    gettext_lazy("Officers"),
    gettext_lazy("Reason"),
    gettext_lazy("Lot (SHA-256 of seed, colon and number)"),
)


def write_sheet(draw: Draw, title: str) -> bytes:
    """Return the workbook of a draw: who was drawn in their order, the rest of the pool by lot, who was left out and why."""
    return workbook(title, LABELS, _rows(draw), _facts(draw))


def _rows(draw: Draw) -> Iterator[list[Any]]:
    seed, people = draw.seed, dict(each[:2] for each in draw.people)
    names = dict(each[:2] for each in draw.pool)
    drawn = {pk: [people.get(each, "") for each in with_people] for pk, with_people in draw.result or ()}
    for place, (pk, officers) in enumerate(drawn.items(), start=1):
        word = pgettext("by lot", "Drawn")
        yield [place, pk, names.get(pk, ""), word, listed(officers), "", ticket(seed or "", pk)]
    rest = [pk for pk in names if pk not in drawn]
    for pk in sorted(rest, key=lambda pk: ticket(seed, pk)) if seed else rest:
        word = _("Not drawn") if seed else _("In the pool")
        yield ["", pk, names[pk], word, "", "", ticket(seed, pk) if seed else ""]
    for pk, name, reason in (*draw.excused, *draw.excused_people):
        yield ["", pk, name, pgettext("draw", "Left out"), "", reason, ""]
    for person, entry, reason in draw.barred:
        yield [
            "",
            entry,
            names.get(entry, ""),
            _("Not with this officer"),
            people.get(person, ""),
            reason,
            "",
        ]


def _facts(draw: Draw) -> Iterator[tuple[str, Any]]:
    yield _("Draw"), str(draw)
    for label, value in (*draw.lot.words(draw.criteria), *draw.lot.terms_words(draw.terms_now)):
        yield str(label), str(value)
    yield _("How many are drawn"), draw.take
    yield _("Pool frozen"), draw.frozen_at
    yield _("By"), draw.frozen_by
    yield _("Digest of the pool (SHA-256)"), draw.digest
    if draw.seed:
        yield pgettext("by lot", "Drawn"), draw.drawn_at
        yield _("By"), draw.drawn_by
        yield _("Seed"), draw.seed
    if draw.redraws_id:
        yield _("Why it is drawn again"), draw.redraw_reason
    yield (
        _("Note"),
        _(
            "The digest was logged before there was a seed. The smallest lots are drawn, so anybody can check."
        ),
    )
