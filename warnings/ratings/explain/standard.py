"""Descriptions of standards in plain sentences, for pages and the API."""

from typing import Any

from django.utils.translation import gettext as _

from enterprises.choices import Colour
from ratings.explain import wording
from ratings.standards.rulebook import Criterion, Override, Rulebook


def summary(book: Rulebook) -> dict[str, Any]:
    """Return the key figures of a standard."""
    return {
        "groups": [{"code": group.code, "label": str(group), "points": group.worth} for group in book.groups],
        "criteria": len(book.criteria),
        "vetoes": len(book.vetoes),
        "ceilings": len(book.ceilings),
        "green": book.green,
        "yellow": book.yellow,
    }


def describe(book: Rulebook) -> dict[str, Any]:
    """Return a whole standard in words: groups with criteria and rules, vetoes, ceilings, decisions, cycles."""
    return summary(book) | {
        "groups": [
            {
                "code": group.code,
                "label": str(group),
                "points": group.worth,
                "pool": group.pool,
                "criteria": [_criterion(each) for each in group.criteria],
            }
            for group in book.groups
        ],
        "vetoes": [_override(each) for each in book.vetoes],
        "ceilings": [_override(each) for each in book.ceilings],
        "decisions": _decisions(book),
        "cycle": [
            {"colour": colour, "days": book.cycle[colour]} for colour in Colour.values if colour in book.cycle
        ],
        "unknown": sorted(code for code in book.measures() if not wording.is_known(code)),
    }


def _criterion(criterion: Criterion) -> dict[str, Any]:
    return {
        "code": criterion.code,
        "label": str(criterion),
        "points": criterion.worth,
        "rules": wording.criterion_sentences(criterion.parts),
        "evidence": wording.measure_label(criterion.evidence) if criterion.evidence else "",
        "unknown": sorted({code for code in criterion.measures() if not wording.is_known(code)}),
    }


def _override(override: Override) -> dict[str, Any]:
    return {
        "code": override.code,
        "label": str(override),
        "sentence": wording.condition_sentence(override.when),
        "unknown": sorted({code for code in override.when.measures() if not wording.is_known(code)}),
    }


def _decisions(book: Rulebook) -> list[str]:
    """Return the decisions that make the colour, in order, one sentence each."""
    veto = _("A veto that holds makes red, whatever follows.") if book.vetoes else ""
    grey = []
    if book.no_inspection:
        grey.append(
            _('Where "%(measure)s" is zero, the enterprise is not rated (N1).')
            % {"measure": wording.measure_label(book.no_inspection)}
        )
    if book.coverage:
        grey.append(
            _("Where less than %(share)s%% of the points rest on evidence, the enterprise is not rated (N2).")
            % {"share": wording.plain(book.coverage * 100)}
        )
    sentences = [*grey, veto] if book.grey_first else [veto, *grey]
    sentences.append(
        _("The score makes green from %(green)s points and yellow from %(yellow)s.")
        % {"green": wording.plain(book.green), "yellow": wording.plain(book.yellow)}
    )
    if book.floor_yellow:
        sentences.append(
            _("A group below %(share)s%% of its points: at most yellow (F1).")
            % {"share": wording.plain(book.floor_yellow * 100)}
        )
    if book.floor_red:
        sentences.append(
            _("A group below %(share)s%% of its points: red (F2).")
            % {"share": wording.plain(book.floor_red * 100)}
        )
    if book.ceilings:
        sentences.append(_("A ceiling that holds: at most yellow."))
    if book.release:
        sentences.append(
            _('Out of red only if "%(measure)s" is later than the day it became red (M2).')
            % {"measure": wording.measure_label(book.release)}
        )
    if book.one_step:
        sentences.append(_("Up one step a quarter, down at once (M1)."))
    return [sentence for sentence in sentences if sentence]
