"""Approval of inspections by the chief 检查审批: beforehand, or of urgent ones afterwards; each with its form under a number.

Source: 国办发〔2024〕54号 (every inspection is approved by the head of the body, an urgent one made up for afterwards).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from enterprises.operations.register import lock_in_order
from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.deadlines.selectors import limit_in_force
from foundation.inbox.notifying import together
from foundation.words import labelled
from inspections.access import Permission
from inspections.choices import APPROVAL_HOLDS, VisitSource
from inspections.models import PlannedVisit
from inspections.papers import APPROVAL
from inspections.planning.capping import counted
from inspections.planning.visits import awaits_approval, list_visits, rule_on
from papers.operations.issuing import chinese_day, issue_paper

APPROVE, REFUSE = "planned_visit.approve", "planned_visit.refuse"
CHINESE = "zh-hans"  # papers are in Chinese, whoever approves
MOST_AT_ONCE = 60
BASIS = "《企业事业单位内部治安保卫条例》第十六条第二项"


def waiting(actor: Actor) -> QuerySet[PlannedVisit]:
    """Return what awaits the chief, the visits of today first."""
    rows = list_visits(actor).filter(awaits_approval(timezone.localdate()))
    return rows.order_by("on", "approve_by", "pk")


@transaction.atomic
@as_declared
def approve_visits(
    *, actor: Actor, ids: Collection[int], versions: Mapping[int, int] | None = None
) -> list[PlannedVisit]:
    """Approve visits and issue the form of each. Return those approved; a colleague may have decided about the others.

    ``versions``: what the chief saw of each. Raise NotAllowed, Http404, StaleRecord for one that was moved since,
    WrongState without a letterhead and for a visit whose second officer is not named.
    """
    require(actor, Permission.APPROVE_VISITS)
    visits = _locked(actor, ids)
    for each in visits:
        if versions is not None and versions[each.pk] != each.version:
            raise StaleRecord(labelled(each, _("Somebody changed this visit in the meantime.")))
        if not (each.officer_id and each.second_id):
            words = _("Two officers make an inspection. Name the second one first.")
            raise WrongState(labelled(each, words))
    numbers = dict(
        User.objects.filter(pk__in={who for each in visits for who in each.officer_ids}).values_list(
            "pk", "police_number"
        )
    )
    held = {
        year: counted(actor, [each.enterprise_id for each in visits if each.on.year == year], year)
        for year in {each.on.year for each in visits}
    }
    today, until = timezone.localdate(), {}
    with together(f"approve:{timezone.now().isoformat()}"):
        for each in visits:
            begins = max(each.on, today)
            if begins not in until:
                until[begins] = limit_in_force(actor, APPROVAL_HOLDS, begins).from_day(begins).last_on
            data = _on_paper(actor, each, numbers, len(held[each.on.year].get(each.enterprise_id, ())))
            paper = issue_paper(
                actor=actor,
                form=APPROVAL,
                enterprise_id=each.enterprise_id,
                records={"planned_visit": [each.pk]},
                data=data,
                form_key=f"visit:{each.pk}:{each.version}",
            )
            each.approved_at, each.approved_by, each.approved_by_id = (
                timezone.now(),
                actor.name,
                actor.user_id,
            )
            each.approved_until, each.paper_id, each.paper_number = until[begins], paper.pk, paper.number_text
            each.version += 1
            each.save()
            auditing.record(
                actor=actor,
                action=APPROVE,
                target=each,
                after={"paper_number": paper.number_text, "approved_until": str(each.approved_until)},
            )
    return visits


def _locked(actor: Actor, ids: Collection[int]) -> list[PlannedVisit]:
    """Lock all enterprises before the first number is taken, then the visits that still await a decision."""
    seen = list_visits(actor).in_bulk(list(ids))
    if missing := set(ids) - seen.keys():
        raise Http404(f"no visit {min(missing)}")
    lock_in_order([each.enterprise_id for each in seen.values()])
    rows = PlannedVisit.objects.select_for_update(of=("self",), no_key=True).select_related("enterprise")
    still = list_visits(actor).filter(awaits_approval(timezone.localdate()), pk__in=list(ids))
    return list(
        rows.filter(pk__in=list(still.values_list("pk", flat=True))).order_by("on", "approve_by", "pk")
    )


def _on_paper(actor: Actor, visit: PlannedVisit, numbers: dict[int, str], held: int) -> dict[str, Any]:
    """Return what the form says of a visit."""
    firm, today = visit.enterprise, timezone.localdate()
    rule = rule_on(actor, visit.on)
    cap = rule.cap(firm.colour) if rule else None
    with translation.override(CHINESE):
        kind, source = str(visit.kind.label), str(VisitSource(visit.source).label)
        half = visit.get_half_display()
    people = ((visit.officer_id, visit.officer_name), (visit.second_id, visit.second_name))
    named = [{"name": name, "number": numbers.get(who, "")} for who, name in people if who]
    is_after = visit.on < today
    return {
        "enterprise": firm.name,
        "address": firm.address,
        "representative": firm.legal_representative or firm.responsible_person,
        "kind": kind,
        "source": source,
        "reference": visit.reference,
        "planned_on": f"{chinese_day(visit.on)}{half}",
        "officers": "、".join(
            f"{each['name']}（警号{each['number']}）" if each["number"] else each["name"] for each in named
        ),
        "officers_named": named,
        "departments": visit.departments,
        "urgent": visit.urgent,
        "urgent_reason": visit.urgent_reason,
        "afterwards": is_after,
        "basis": BASIS,
        "held": held,
        "cap": cap,
        "approver": actor.name,
        "decided_on": chinese_day(today),
        "records": str(visit.pk),
        "about": [],
    }


@transaction.atomic
@as_declared
def refuse_visit(*, actor: Actor, id: int, reason: str, version: int | None = None) -> PlannedVisit:
    """Refuse the approval of a visit; its officers learn why, and its enterprise is among the unplanned again.

    Raise NotAllowed, Http404, WrongState if nothing awaits a decision any more, StaleRecord, ValidationError at ``reason``.
    """
    require(actor, Permission.APPROVE_VISITS)
    reason = required_reason(reason)
    found: Sequence[PlannedVisit] = _locked(actor, [id])
    if not found:
        raise WrongState(_("This visit does not wait for a decision any more."))
    visit = found[0]
    if version is not None and visit.version != version:
        raise StaleRecord(_("Somebody changed this visit in the meantime."))
    if visit.approved_at:  # it was moved out of the days for which it was approved
        visit.approved_at = visit.approved_until = None
    visit.refused_at, visit.refused_by, visit.refusal = timezone.now(), actor.name, reason
    visit.version += 1
    visit.save()
    auditing.record(actor=actor, action=REFUSE, target=visit, reason=reason)
    return visit
