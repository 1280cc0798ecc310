"""Orders about many hazards at once: one for each enterprise, about those of its hazards that may be ordered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from enterprises.models import Enterprise
from enterprises.operations.register import lock_in_order
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.bulk.acts import Judgement
from foundation.words import labelled
from inspections import orders, selectors
from inspections.findings import Finding, finding_of
from inspections.models import Hazard
from inspections.papers import ORDER
from inspections.selectors import list_hazards
from papers.access import Permission
from papers.models import Paper
from papers.operations.issuing import NO_LETTERHEAD
from papers.selectors import letterhead_of, visible

NAMED = 10  # enterprises that the words name
NOBODY = gettext_lazy(
    "No officer is recorded as having found it, so nobody knows what the order should say. Inspect it and order it by itself."
)
OTHERWISE = gettext_lazy(
    "It was found on %(finding)s, the others here on %(others)s. An order says one day and who inspected then: order it by itself."
)


def judge_orders(*, actor: Actor, hazard_ids: Sequence[int], certificate_shown: bool = False) -> Judgement:
    """Return which of these hazards :func:`issue_orders` would put into an order now, and change nothing.

    Of an enterprise those that the same officers found on the same day are ready: of several findings the one with the most
    hazards, then the earliest. ``replaces`` has the deadline of each, the day and the officers. Raises NotAllowed,
    ValidationError for the input itself, and without a letterhead. At most six queries.
    """
    require(actor, Permission.ISSUE_PAPERS)
    if letterhead_of(actor.station_id) is None:
        raise ValidationError(str(NO_LETTERHEAD))
    if not certificate_shown and orders.always_says_shown(actor):
        raise ValidationError({"certificate_shown": str(orders.ALWAYS_SHOWN)})
    hazards = list_hazards(actor, voided=True).select_related("inspection").in_bulk(list(hazard_ids))
    ordered = orders.orders_of(actor, list(hazards.values()))
    judged, counted = Judgement(), Counter[Enterprise]()
    found: dict[int, Finding] = {}
    for pk in hazard_ids:
        if pk not in hazards:
            continue
        finding, words = finding_of(hazards[pk]), orders.refusal_to_order(hazards[pk])
        if not words and pk in ordered:
            words = str(orders.IN_ANOTHER) % {"number": ordered[pk]}
        if words or finding is None:
            judged.refused[pk] = words or str(NOBODY)
        else:
            found[pk] = finding
    chosen = _chosen(hazards, found)
    numbers = orders.numbers_of(actor, sorted({name for each in chosen.values() for name in each.names}))
    for pk, finding in found.items():
        hazard = hazards[pk]
        of_order = chosen[hazard.enterprise_id]
        if finding != of_order:
            judged.refused[pk] = str(OTHERWISE) % {"finding": finding, "others": of_order}
            continue
        judged.ready.append(pk)
        judged.replaces[pk] = _("%(deadline)s (found on %(day)s by %(people)s)") % {
            "deadline": hazard.deadline_on.isoformat() if hazard.deadline_on else "",
            "day": of_order.on.isoformat(),
            "people": "、".join(map(str, _officers(of_order, numbers))),
        }
        counted[hazard.enterprise] += 1
    judged.words = ngettext("%(count)d order", "%(count)d orders", len(counted)) % {"count": len(counted)}
    judged.parts = _named(counted)
    return judged


def _chosen(hazards: Mapping[int, Hazard], found: Mapping[int, Finding]) -> dict[int, Finding]:
    """Return by enterprise what its order would be about: the finding with the most hazards, then the earliest."""
    counted: dict[int, Counter[Finding]] = {}
    for pk, finding in found.items():
        counted.setdefault(hazards[pk].enterprise_id, Counter())[finding] += 1
    return {
        enterprise_id: min(each, key=lambda finding: (-each[finding], finding.on, sorted(finding.people)))
        for enterprise_id, each in counted.items()
    }


def _officers(finding: Finding, numbers: Mapping[str, str]) -> list[orders.Officer]:
    return [orders.Officer(name, numbers.get(name, "")) for name in finding.names]


def _named(counted: Counter[Enterprise]) -> list[str]:
    """Return how many hazards are in the order of each enterprise, the first of many."""
    named = [f"{each} × {number}" for each, number in counted.most_common(NAMED)]
    return [*named, "…"] if len(counted) > NAMED else named


def lock_for_orders(actor: Actor, hazard_ids: Sequence[int]) -> None:
    """Lock the enterprises of these hazards before the first number is taken.

    Whoever issues one order locks the enterprise, then the numbers. Many orders in one transaction would lock the second
    enterprise when they hold the numbers, and wait for somebody who waits for them.
    """
    lock_in_order(set(selectors.enterprises_of_hazards(actor, hazard_ids).values()))


@transaction.atomic
@as_declared
def issue_orders(*, actor: Actor, hazard_ids: Sequence[int], measures: str = "", **said: Any) -> list[Paper]:
    """Issue one order for each enterprise of these hazards, or none at all. ``said`` is what all of them say.

    Each says the day and the officers that the records of its hazards have. ``measures`` are those for each hazard. Raises
    as :func:`inspections.orders.issue_order`, and ValidationError at ``hazards`` if the records name no officer, or those of
    an enterprise several days or other officers.
    """
    of: dict[int, list[int]] = {}
    enterprises = selectors.enterprises_of_hazards(actor, hazard_ids)
    for pk in (each for each in hazard_ids if each in enterprises):  # numbers follow the order of the list
        of.setdefault(enterprises[pk], []).append(pk)
    lock_in_order(of)
    rows = list_hazards(actor, voided=True).select_related("inspection").in_bulk([*chain(*of.values())])
    findings = {id: _only_finding([rows[pk] for pk in ids]) for id, ids in of.items()}
    numbers = orders.numbers_of(actor, sorted({name for each in findings.values() for name in each.names}))
    return [
        orders.issue_order(
            actor=actor,
            enterprise_id=enterprise_id,
            hazard_ids=ids,
            measures=dict.fromkeys(ids, measures),
            officers=_officers(findings[enterprise_id], numbers),
            inspected_on=findings[enterprise_id].on,
            **said,
        )
        for enterprise_id, ids in of.items()
    ]


def _only_finding(hazards: Sequence[Hazard]) -> Finding:
    """Return who found these hazards and when; ValidationError at ``hazards`` unless the records say one thing of all."""
    first, *_others = found = [finding_of(each) for each in hazards]
    for hazard, finding in zip(hazards, found, strict=True):
        if finding is None or first is None:
            raise ValidationError({"hazards": labelled(hazard, str(NOBODY))})
        if finding != first:
            words = str(OTHERWISE) % {"finding": finding, "others": first}
            raise ValidationError({"hazards": labelled(hazard, words)})
    assert first
    return first


def orders_of_form(actor: Actor, form_key: str) -> list[Paper]:
    """Return the orders that were issued with one form of many, by number. One query."""
    rows = visible(actor).filter(station_id__in=actor.stations, form=ORDER.code, form_key=form_key)
    return list(rows.defer("data").order_by("year", "number")) if form_key else []
