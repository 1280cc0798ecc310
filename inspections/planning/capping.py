"""How often an enterprise may be inspected in a year, by what its bureau published; which inspections count.

Re-inspections of an order do not count, and neither do special inspections ordered from above, which are planned with
their reference (国办发〔2024〕54号). What happened is recorded in any case: the cap refuses plans, not facts.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from foundation.accounts import auditing
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.arguments import as_declared
from foundation.contributions.limits import refuse_implausible
from foundation.words import listed
from inspections.access import Permission
from inspections.choices import InspectionKind, VisitSource
from inspections.models import Inspection, PlanRule
from inspections.planning.visits import list_visits, rule_on
from inspections.selectors import list_inspections

UNCAPPED = frozenset({VisitSource.ORDERED, VisitSource.REINSPECTION})
PUBLISH = "plan_rule.publish"
SAID = ("effective_from", "published", "per_day", "red", "yellow", "green", "grey")  # of a rule


def counted(actor: Actor, enterprise_ids: Collection[int], year: int) -> Mapping[int, list[Inspection]]:
    """Return the inspections of a year that count, by enterprise, the first one first. Two queries."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    ordered = list_visits(actor).filter(
        enterprise_id__in=enterprise_ids, source=VisitSource.ORDERED, voided_at=None, refused_at=None
    )
    excepted = set(ordered.values_list("done_id", flat=True))
    rows = list_inspections(actor).filter(enterprise_id__in=enterprise_ids, inspected_on__range=(first, last))
    found: dict[int, list[Inspection]] = {}
    for each in rows.exclude(kind=InspectionKind.REINSPECTION).order_by("inspected_on", "pk"):
        if each.pk not in excepted:
            found.setdefault(each.enterprise_id, []).append(each)
    return found


def over_cap(
    actor: Actor,
    enterprises: Iterable[Enterprise],
    on: dt.date,
    source: VisitSource | Mapping[int, VisitSource],
) -> dict[int, str]:
    """Return why no further visit on a day may be planned, by enterprise, with the inspections that count."""
    return over_cap_of(rule_on(actor, on), actor, enterprises, on, source)


def over_cap_of(
    rule: PlanRule | None,
    actor: Actor,
    enterprises: Iterable[Enterprise],
    on: dt.date,
    source: VisitSource | Mapping[int, VisitSource],
) -> dict[int, str]:
    """Return what :func:`over_cap` does, for whoever has read the rule of the day."""
    if rule is None:
        return {}
    capped = {
        each.pk: (each, cap)
        for each in enterprises
        if (source[each.pk] if isinstance(source, Mapping) else source) not in UNCAPPED
        and (cap := rule.cap(each.colour)) is not None
    }
    found = counted(actor, capped.keys(), on.year) if capped else {}
    refused = {}
    for pk, (_enterprise, cap) in capped.items():
        held = found.get(pk, [])
        if len(held) >= cap:
            words = _(
                "%(number)d of at most %(cap)d inspections in %(year)d are made (%(held)s). The bureau published this"
                " limit. Re-inspections of an order do not count; a special inspection ordered from above is planned with"
                " its reference."
            )
            named = listed(f"{each.inspected_on:%Y-%m-%d} {each.get_kind_display()}" for each in held) or "–"
            refused[pk] = words % {"number": len(held), "cap": cap, "year": on.year, "held": named}
    return refused


@transaction.atomic
@as_declared
def publish_rule(
    *,
    actor: Actor,
    effective_from: dt.date,
    published: str,
    per_day: int,
    red: int | None = None,
    yellow: int | None = None,
    green: int | None = None,
    grey: int | None = None,
) -> PlanRule:
    """Publish how often enterprises are inspected a year at most, and how many visits an officer makes a day.

    Raise NotAllowed, ValidationError by field. It counts from a day that is not past; what is planned stays planned. The same
    as the latest again is that one.
    """
    require(actor, Permission.PUBLISH_PLAN_RULES)
    rule = PlanRule(
        bureau_id=actor.bureau_id,
        effective_from=effective_from,
        published=published.strip(),
        per_day=per_day,
        red=red,
        yellow=yellow,
        green=green,
        grey=grey,
        made_by=actor.name,
        made_by_id=actor.user_id,
    )
    rule.full_clean()
    refuse_implausible(rule)
    if effective_from < timezone.localdate():
        raise ValidationError({"effective_from": _("A rule counts from today on or later.")})
    Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)  # a form sent twice waits here
    last = PlanRule.objects.filter(bureau_id=actor.bureau_id).order_by("-pk").first()
    if last and all(getattr(last, name) == getattr(rule, name) for name in SAID):
        return last
    rule.save(force_insert=True)
    auditing.record(actor=actor, action=PUBLISH, target=rule, after=auditing.snapshot(rule))
    return rule
