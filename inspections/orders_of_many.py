"""Orders about many hazards at once: one for each enterprise, about those of its hazards that may be ordered."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enterprises.models import Enterprise
from enterprises.selectors import visible as visible_enterprises
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.bulk.acts import Judgement
from foundation.contributions.limits import names_in
from foundation.words import listed
from inspections import orders, selectors
from inspections.choices import Origin
from inspections.papers import ORDER
from inspections.selectors import list_hazards
from papers.access import Permission
from papers.models import Paper
from papers.operations.issuing import NO_LETTERHEAD
from papers.selectors import letterhead_of, visible

NAMED = 10  # enterprises that the words name


def judge_orders(
    *, actor: Actor, hazard_ids: Sequence[int], inspected_on: dt.date | None, certificate_shown: bool = True
) -> Judgement:
    """Return which of these hazards :func:`issue_orders` would put into an order now, and change nothing.

    ``replaces`` has the deadline of each. Without a day nothing is said about the day. Raises NotAllowed, ValidationError for
    the input itself, and without a letterhead. Four queries.
    """
    require(actor, Permission.ISSUE_PAPERS)
    if letterhead_of(actor.station_id) is None:
        raise ValidationError(str(NO_LETTERHEAD))
    if inspected_on and inspected_on > timezone.localdate():
        raise ValidationError({"inspected_on": _("This date is in the future.")})
    if not certificate_shown and orders.always_says_shown(actor):
        raise ValidationError({"certificate_shown": str(orders.ALWAYS_SHOWN)})
    hazards = list_hazards(actor, voided=True).in_bulk(list(hazard_ids))
    ordered = orders.orders_of(actor, list(hazards.values()))
    judged, counted = Judgement(), Counter[Enterprise]()
    for pk in hazard_ids:
        if pk not in hazards:
            continue
        hazard = hazards[pk]
        words = orders.refusal_to_order(hazard)
        if not words and pk in ordered:
            words = str(orders.IN_ANOTHER) % {"number": ordered[pk]}
        if not words and inspected_on:
            words = orders.found_later(hazard, inspected_on)
        if words:
            judged.refused[pk] = words
            continue
        judged.ready.append(pk)
        judged.replaces[pk] = hazard.deadline_on.isoformat() if hazard.deadline_on else ""
        counted[hazard.enterprise] += 1
    judged.words = _orders_in_words(counted)
    return judged


def _orders_in_words(counted: Counter[Enterprise]) -> str:
    """Return how many orders there will be, and how many hazards are in that of each enterprise."""
    named = listed(f"{each} × {number}" for each, number in counted.most_common(NAMED))
    words = ngettext("%(count)d order: %(names)s", "%(count)d orders: %(names)s", len(counted))
    return words % {"count": len(counted), "names": f"{named}…" if len(counted) > NAMED else named}


def lock_enterprises(actor: Actor, ids: Iterable[int]) -> None:
    """Lock these enterprises at once, in an order in which no two people wait for each other."""
    rows = visible_enterprises(actor).select_for_update(no_key=True).filter(pk__in=list(ids))
    list(rows.order_by("pk").values_list("pk", flat=True))


def lock_for_orders(actor: Actor, hazard_ids: Sequence[int]) -> None:
    """Lock the enterprises of these hazards before the first number is taken.

    Whoever issues one order locks the enterprise, then the numbers. Many orders in one transaction would lock the second
    enterprise when they hold the numbers, and wait for somebody who waits for them.
    """
    lock_enterprises(actor, set(selectors.enterprises_of_hazards(actor, hazard_ids).values()))


@transaction.atomic
def issue_orders(*, actor: Actor, hazard_ids: Sequence[int], measures: str = "", **said: Any) -> list[Paper]:
    """Issue one order for each enterprise of these hazards, or none at all. ``said`` is what all of them say.

    ``measures`` are those for each hazard. Raises as :func:`inspections.orders.issue_order`.
    """
    of: dict[int, list[int]] = {}
    for pk, enterprise_id in selectors.enterprises_of_hazards(actor, hazard_ids).items():
        of.setdefault(enterprise_id, []).append(pk)
    lock_enterprises(actor, of)
    return [
        orders.issue_order(
            actor=actor,
            enterprise_id=enterprise_id,
            hazard_ids=[pk for pk in hazard_ids if pk in ids],
            measures=dict.fromkeys(ids, measures),
            **said,
        )
        for enterprise_id, ids in of.items()
    ]


def orders_of_form(actor: Actor, form_key: str) -> list[Paper]:
    """Return the orders that were issued with one form of many, by number. One query."""
    rows = visible(actor).filter(station_id__in=actor.stations, form=ORDER.code, form_key=form_key)
    return list(rows.defer("data").order_by("year", "number")) if form_key else []


def said_alike(actor: Actor, hazard_ids: Sequence[int]) -> tuple[list[str], dt.date | None]:
    """Return who found those of these hazards that may be ordered and on which day, as far as it is the same of all. One query.

    Where others found others, the actor is named, and no day.
    """
    found = list_hazards(actor).select_related("inspection").filter(pk__in=hazard_ids)
    rows = list(filter(orders.may_be_ordered, found))
    by = {each.inspection.inspectors if each.inspection else each.found_by for each in rows}
    days = {each.inspection.inspected_on if each.inspection else each.found_on for each in rows}
    is_visit = all(each.inspection or each.origin == Origin.POLICE for each in rows)
    named = names_in(by.pop()) if len(by) == 1 else []
    return named or [actor.name], days.pop() if len(days) == 1 and is_visit else None
