"""Rules, conditions and measures in plain sentences, in the reader's language.

The sentences are built from the rule objects that the engine runs, so that pages cannot contradict it.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from foundation.contributions import measures
from foundation.words import Words
from ratings.standards.rules import Condition, Deduct, Event, Flag, Rate, Reaches, Rule, Surge, Target, Term

# Measures that every rating has besides the registered indicators, see ratings.engine.measuring.
BASIS: dict[str, Words] = {
    "days_on_register": gettext_lazy("Days on the register in the quarter"),
    "days_on_register_year": gettext_lazy("Days on the register in twelve months"),
    "full_quarter": gettext_lazy("On the register for the full quarter"),
    "period_start": gettext_lazy("First day of the quarter"),
    "period_days": gettext_lazy("Days of the quarter"),
    "year_days": gettext_lazy("Days of twelve months"),
    "period_weeks": gettext_lazy("Weeks of the quarter without holiday weeks"),
}

_SHRINKS = gettext_lazy(
    "The target shrinks with the days on the register and is rounded up; below half an act not applicable."
)


def is_known(code: str) -> bool:
    """Return whether a measure is installed. A criterion that reads any other is not applicable."""
    return code in BASIS or code in measures.indicators()


def measure_label(code: str, *, beside_value: bool = False) -> str:
    """Return the label of a measure; its code if no app registers it."""
    indicator = measures.indicators().get(code)
    if indicator is None:
        return str(BASIS.get(code, code))
    return str((beside_value and indicator.beside) or indicator.label)


def measure_text(code: str, value: Decimal | int) -> str:
    """Return a measure with its value, as "label: value"."""
    return _("%(field)s: %(value)s") % {
        "field": measure_label(code, beside_value=True),
        "value": measure_value(code, value),
    }


def tab_of(code: str) -> str:
    """Return the tab of the enterprise file that lists the records behind a measure; "" if there is none."""
    for source in measures.sources.values():
        if any(each.code == code for each in source.indicators):
            return source.tab
    return ""


def plain(number: Decimal | int) -> str:
    """Return a number without trailing zeros: 2.50 → 2.5."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def measure_value(code: str, value: Decimal | int) -> str:
    """Return a measure's value as text: a day as an ISO date (0 means never), "yes" or "no", or a plain number."""
    if measures.is_day(code) or code == "period_start":
        return dt.date.fromordinal(int(value)).isoformat() if value > 0 else _("never")
    if code == "full_quarter":
        return _("yes") if value else _("no")
    return plain(value)


def _quoted(code: str) -> str:
    return _('"%(words)s"') % {"words": measure_label(code)}


def _points(number: Decimal) -> str:
    words = ngettext("%(number)s point", "%(number)s points", 1 if number == 1 else 2)
    return words % {"number": plain(number)}


def criterion_sentences(parts: Sequence[Rule]) -> list[str]:
    """Describe a criterion. Sentences that apply to several parts appear once, at the end."""
    sentences = [sentence for part in parts for sentence in rule_sentences(part)]
    return [each for each in dict.fromkeys(sentences) if sentences.count(each) == 1] + [
        each for each in dict.fromkeys(sentences) if sentences.count(each) > 1
    ]


def rule_sentences(rule: Rule) -> list[str]:
    """Describe how a rule gives or deducts points."""
    writers: dict[type[Rule], Callable[[Any], list[str]]] = {
        Rate: _rate,
        Target: _target,
        Flag: _flag,
        Deduct: _deduct,
        Surge: _surge,
    }
    return writers[type(rule)](rule)


def _rate(rule: Rate) -> list[str]:
    values = {
        "points": _points(rule.worth),
        "good": _quoted(rule.good),
        "of": " + ".join(map(_quoted, rule.of)),
    }
    sentences = [_("%(points)s × %(good)s ÷ (%(of)s).") % values]
    if rule.goal != 1:
        sentences.append(_("A share of %(share)s%% earns all points.") % {"share": plain(rule.goal * 100)})
    if rule.full_if == "always":
        sentences.append(_("With nothing to measure: all points."))
    elif rule.full_if:
        sentences.append(
            _("With nothing to measure: all points if %(measure)s is above zero, else not applicable.")
            % {"measure": _quoted(rule.full_if)}
        )
    else:
        sentences.append(_("With nothing to measure: not applicable."))
    return [*sentences, *_lost_for_each(rule.terms)]


def _target(rule: Target) -> list[str]:
    target = _quoted(rule.target) if isinstance(rule.target, str) else plain(rule.target)
    sentences = [
        _("%(points)s × %(measure)s ÷ the target of %(target)s, at most all points.")
        % {"points": _points(rule.worth), "measure": _quoted(rule.measure), "target": target}
    ]
    if rule.prorate:
        sentences.append(str(_SHRINKS))
    return sentences


def _flag(rule: Flag) -> list[str]:
    sentences = [
        _("%(points)s if %(measure)s is at least %(number)s, else none.")
        % {"points": _points(rule.worth), "measure": _quoted(rule.measure), "number": plain(rule.at_least)}
    ]
    if rule.prorate and rule.at_least == 1:
        sentences.append(_("Not applicable to those on the register for less than half the quarter."))
    elif rule.prorate:
        sentences.append(str(_SHRINKS))
    return sentences


def _lost_for_each(terms: Sequence[Term]) -> list[str]:
    return [
        _("%(points)s lost for each of %(measure)s.")
        % {"points": _points(term.each), "measure": _quoted(term.measure)}
        for term in terms
    ]


def _deduct(rule: Deduct) -> list[str]:
    sentences = _lost_for_each(rule.terms)
    if rule.at_most is not None:
        sentences.append(_("At most %(points)s lost.") % {"points": _points(rule.at_most)})
    return sentences


def _surge(rule: Surge) -> list[str]:
    sentences = [
        _("%(points)s lost if %(measure)s exceeds %(factor)s times the mean of the four quarters before.")
        % {"points": _points(points), "measure": _quoted(rule.measure), "factor": plain(factor)}
        for factor, points in rule.steps
    ]
    if rule.minimum:
        sentences.append(
            _("Fewer than %(number)s in the quarter never count.") % {"number": plain(rule.minimum)}
        )
    return sentences


def condition_sentence(condition: Condition) -> str:
    """Describe when a veto or ceiling applies."""
    if isinstance(condition, Event):
        return _("%(event)s lies in the quarter, or is older and %(release)s is not later.") % {
            "event": _quoted(condition.last),
            "release": _quoted(condition.release),
        }
    assert isinstance(condition, Reaches)
    return _("%(measure)s is at least %(number)s.") % {
        "measure": _quoted(condition.measure),
        "number": plain(condition.at_least),
    }
