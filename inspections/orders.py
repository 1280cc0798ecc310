"""Orders to rectify hazards within a time limit 责令限期整改: which hazards may be in one, and issuing it."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.operations import lock_enterprise
from foundation.accounts import selectors as accounts
from foundation.accounts.access import allows, require
from foundation.accounts.actors import Actor
from foundation.accounts.police_numbers import check_police_number, is_police_number
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import is_name
from foundation.deadlines.counting import Unit
from foundation.faults import Faults
from foundation.normalising import nfkc
from foundation.texts import kept, unstorable
from foundation.words import labelled
from inspections.choices import Origin
from inspections.deadlines import counted_deadline
from inspections.findings import contradiction
from inspections.models import Hazard
from inspections.papers import ORDER
from inspections.photos import BEFORE, photos_of
from inspections.selectors import list_hazards
from papers.access import Permission
from papers.models import Paper
from papers.operations.issuing import chinese_day, issue_paper, refusal_to_change, void_paper
from papers.selectors import visible
from papers.templates import says, template_in_force

BASIS = "《企业事业单位内部治安保卫条例》第十六条第二项、第十九条"
NO_MEASURES = "——"
LONGEST_BASIS, LONGEST_MEASURES, LONGEST_NAME = 200, 500, 80  # characters
KIND = "hazard"
_OWN_NUMBER = re.compile(r"\(([0-9]{6})\)\Z")  # in a name
CERTIFICATE = "出示执法证件"
NOT_ORDERED = gettext_lazy("Only an open hazard whose deadline is still to come can be in an order.")
WAITS = gettext_lazy(
    "It waits for re-inspection. If it has not been put right, send it back; then it can be in an order."
)
IN_ANOTHER = gettext_lazy("There is an order already: %(number)s. Correct or void it first.")
FOUND_LATER = gettext_lazy("It was found on %(day)s, after the day of this inspection.")
FOUND_BY_ITSELF = gettext_lazy(
    "The enterprise found it itself, and an order says what officers found. Inspect it and record what you find."
)
ALWAYS_SHOWN = gettext_lazy(
    "Your bureau's template always says that the certificates were shown. Ask the supervisor to put "
    "“certificate_shown” into it, as in the template that comes with Anqi."
)
_UNITS = {Unit.WORKING: "个工作日", Unit.CALENDAR: "日"}


@dataclass(frozen=True)
class Officer:
    """An officer as orders name them. Without a police number the place for it stays empty."""

    name: str
    number: str = ""

    def __str__(self) -> str:
        name = self.name.removesuffix(f"（{self.number}）")  # by which namesakes are told apart
        return f"{name}（警号{self.number or '　　　　'}）"


def may_stay(hazard: Hazard) -> bool:
    """Return whether the correction of an order can still demand a hazard that the order demanded."""
    is_open = not hazard.is_voided and hazard.closed_on is None
    return is_open and hazard.deadline_on is not None and hazard.deadline_on >= timezone.localdate()


def refusal_to_order(hazard: Hazard) -> str:
    """Return why no new order can demand this hazard's rectification; empty if one can.

    The police found it, nobody has reported it as put right, and its deadline is still to come.
    """
    if not may_stay(hazard):
        return str(NOT_ORDERED)
    if hazard.rectified_on is not None:
        return str(WAITS)
    return str(FOUND_BY_ITSELF) if hazard.origin == Origin.SELF else ""


def found_later(hazard: Hazard, inspected_on: dt.date) -> str:
    """Return why an order about the inspection of a day cannot contain this hazard; empty if it can."""
    if hazard.found_on <= inspected_on:
        return ""
    return str(FOUND_LATER) % {"day": hazard.found_on.isoformat()}


def may_be_ordered(hazard: Hazard) -> bool:
    """Return whether a new order can demand this hazard's rectification."""
    return not refusal_to_order(hazard)


def orders_of(actor: Actor, hazards: Sequence[Hazard]) -> dict[int, Paper]:
    """Return the valid order of each of these hazards that has one, without its data. One query."""
    if not hazards:
        return {}
    about = {each.enterprise_id for each in hazards}
    rows = visible(actor).filter(enterprise_id__in=about, form=ORDER.code, voided_at=None, corrected_at=None)
    ids = {each.pk for each in hazards}
    return {id: paper for paper in rows.defer("data") for id in paper.records[KIND] if id in ids}


def follow_voiding(actor: Actor, hazard: Hazard, reason: str) -> Paper | None:
    """Void the order about a hazard that was voided, if none of its hazards stands and the actor may change it."""
    paper = orders_of(actor, [hazard]).get(hazard.pk) if allows(actor, Permission.VOID_PAPERS) else None
    if paper is None or refusal_to_change(actor, paper):
        return None
    if list_hazards(actor, enterprise_id=hazard.enterprise_id).filter(pk__in=paper.records[KIND]).exists():
        return None
    return void_paper(actor=actor, id=paper.pk, reason=reason)


def orderable(actor: Actor, hazard: Hazard) -> list[Hazard]:
    """Return the enterprise's hazards that an order could contain beside this one, and this one, the earliest due first."""
    rows = list_hazards(actor, enterprise_id=hazard.enterprise_id).filter(closed_on=None)
    found = [each for each in rows.select_related("inspection") if may_be_ordered(each)]
    ordered = orders_of(actor, found)
    return sorted(
        (each for each in found if each.pk not in ordered), key=lambda each: (each.deadline_on, each.pk)
    )


@transaction.atomic
@as_declared
def issue_order(
    *,
    actor: Actor,
    enterprise_id: int,
    hazard_ids: Sequence[int],
    measures: Mapping[int, str],
    officers: Sequence[Officer],
    inspected_on: dt.date,
    basis: str = BASIS,
    certificate_shown: bool = False,
    with_photos: bool = True,
    form_key: str = "",
    corrects: Paper | None = None,
    reason: str = "",
) -> Paper:
    """Issue one order about some hazards of an enterprise. Each is in one valid order at most.

    ``measures`` are what the enterprise does until each is put right, by the hazard's id. That the officers showed their
    certificates 出示执法证件 stands on the order only with ``certificate_shown``. Raise as issue_paper, ValidationError at
    ``hazards`` for one that cannot be ordered, has an order, or was found on another day or by others, at ``officers``
    without any or for what cannot be a name or a police number, at ``inspected_on`` for a day to come, at ``basis`` and
    ``measures_<id>`` for what cannot be kept, at ``certificate_shown`` if it was not and the bureau's template says it anyway.
    """
    require(actor, Permission.ISSUE_PAPERS)
    lock_enterprise(actor, enterprise_id)
    rows = list_hazards(actor, enterprise_id=enterprise_id).filter(pk__in=hazard_ids)
    found = {each.pk: each for each in rows.select_related("inspection")}
    hazards = [found[id] for id in hazard_ids if id in found]
    faults = Faults()
    ordered = orders_of(actor, hazards)
    before = set(corrects.records.get(KIND, ())) if corrects else set()
    if not hazards or len(hazards) < len(set(hazard_ids)):
        faults.add(ValidationError({"hazards": str(NOT_ORDERED)}))
    for each in hazards:
        words = "" if each.pk in before and may_stay(each) else refusal_to_order(each)
        words = words or contradiction(each, inspected_on, [officer.name for officer in officers])
        words = words or found_later(each, inspected_on)
        if words:
            faults.add(ValidationError({"hazards": labelled(each, words)}))
    taken = [
        ordered[each.pk]
        for each in hazards
        if each.pk in ordered and ordered[each.pk].pk != (corrects.pk if corrects else 0)
    ]
    if taken and not (form_key and taken[0].form_key == form_key):
        faults.add(ValidationError({"hazards": str(IN_ANOTHER) % {"number": taken[0]}}))
    if inspected_on > timezone.localdate():
        faults.add(ValidationError({"inspected_on": _("This date is in the future.")}))
    if not officers:
        faults.add(ValidationError({"officers": _("Name the officers who inspected.")}))
    with faults.of():
        refuse_numbers(officers)
    with faults.of():
        basis = kept(basis, "basis", LONGEST_BASIS, words=True)
        if not basis:
            raise ValidationError({"basis": _("Enter the legal basis.")})
    told = {}
    for pk in hazard_ids:
        with faults.of():
            told[pk] = kept(measures.get(pk, ""), f"measures_{pk}", LONGEST_MEASURES)
    if not certificate_shown and always_says_shown(actor):
        faults.add(ValidationError({"certificate_shown": str(ALWAYS_SHOWN)}))
    faults.refuse()
    return issue_paper(
        actor=actor,
        form=ORDER,
        enterprise_id=enterprise_id,
        records={KIND: [each.pk for each in hazards]},
        data={
            "enterprise": hazards[0].enterprise.name,
            **officers_on(officers),
            "certificate_shown": certificate_shown,
            "inspected": chinese_day(inspected_on),
            "inspected_day": inspected_on.isoformat(),
            "basis": basis,
            "records": "、".join(str(each.pk) for each in hazards),
            "about": about(hazards),
            "hazards": [
                {
                    "what": what(each),
                    "period": period(actor, each),
                    "measures": told[each.pk] or NO_MEASURES,
                    "due_on": each.deadline_on.isoformat() if each.deadline_on else "",
                }
                for each in hazards
            ],
            "photos": photos_of(hazards, BEFORE) if with_photos else [],
        },
        form_key=form_key,
        corrects=corrects,
        reason=reason,
    )


def always_says_shown(actor: Actor) -> bool:
    """Return whether the bureau's own template says that certificates were shown, whatever was recorded."""
    template = template_in_force(actor, ORDER)
    return (
        template.own is not None and says(template, CERTIFICATE) and not says(template, "certificate_shown")
    )


def refuse_numbers(officers: Sequence[Officer]) -> None:
    """Raise ValidationError at ``officers`` for what cannot be a name or a police number. Without a number its place stays empty."""
    for each in officers:
        if not is_name(each.name) or unstorable(each.name, LONGEST_NAME):
            words = _("This is not the name of a person. Enter at least two letters or characters.")
            raise ValidationError({"officers": labelled(each.name[:LONGEST_NAME], words)})
        if each.number and not is_police_number(each.number):
            raise ValidationError({"officers": labelled(each.name, check_police_number.message)})


def officers_on(officers: Sequence[Officer]) -> dict[str, Any]:
    """Return what a paper has of its officers: their text, and each by name and number."""
    return {
        "officers": "、".join(map(str, officers)),
        "officers_named": [{"name": each.name, "number": each.number} for each in officers],
    }


def about(hazards: Sequence[Hazard]) -> list[dict[str, Any]]:
    """Return what the page of a paper says of each of its hazards, and its kind and id, which lead there."""
    kind = kind_of_model(Hazard).code
    return [{"what": str(each), "kind": kind, "id": each.pk} for each in hazards]


def what(hazard: Hazard) -> str:
    """Return what an order says of a hazard: place, item, description."""
    parts = [f"{hazard.place}：{hazard.item}" if hazard.place else hazard.item, hazard.description]
    return "；".join(part.strip().rstrip("。；") for part in parts if part.strip()) + "。"


def period(actor: Actor, hazard: Hazard) -> str:
    """Return how long the enterprise has, and until when: 10个工作日, 暂计至2026年10月14日.

    The day of what is counted is for the time being: the paper says that it runs from service, and is counted again then.
    """
    assert hazard.deadline_on
    until = f"至{chinese_day(hazard.deadline_on)}"
    counted = counted_deadline(actor, hazard)
    if counted is None or counted.count is None:
        return until
    unit = counted.rule.length.unit if counted.follows_rule else Unit.WORKING
    return f"{counted.number}{_UNITS[unit]}\n暂计{until}"


def numbers_of(actor: Actor, names: Sequence[str]) -> dict[str, str]:
    """Return the police numbers of these officers: as recorded with their account, else as on earlier orders.

    Two colleagues of one name who have different numbers have none here: a person decides, unless the name says it: 王刚（041201）.
    """
    here = accounts.police_numbers(actor)
    times = Counter(name for name, _number in here)
    known = {name: number for name, number in here if name in names and times[name] == 1}
    known |= {name: found[1] for name in names if (found := _OWN_NUMBER.search(nfkc(name)))}
    others = [name for name in names if name not in times and name not in known]
    return known | (numbers_before(actor, others) if others else {})


def numbers_before(actor: Actor, names: Sequence[str]) -> dict[str, str]:
    """Return the police numbers under which earlier orders of the actor's station named these officers."""
    papers = Paper.objects.filter(issued_by_station_id=actor.station_id, form=ORDER.code).order_by("-pk")[:50]
    known: dict[str, str] = {}
    for data in papers.values_list("data", flat=True):
        for each in data.get("officers_named", ()):
            if is_police_number(each["number"]) and each["name"] in names:
                known.setdefault(each["name"], each["number"])
    return known
