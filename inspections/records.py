"""The record of an inspection 检查笔录 as a numbered paper: made from what is recorded, with the signatures there are.

It is issued by itself when both sides have signed, and by one act of an officer otherwise, to be signed on paper. What is
corrected later follows as a new version under the same number; a voided inspection voids its record.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy

from facts.operations import VOIDED, lock_fact
from foundation.accounts.access import WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from inspections.checkins.choices import Ended
from inspections.checkins.selectors import check_in_of
from inspections.checklists.answering import answers_of, record_of
from inspections.checklists.content import Answered, ListKind
from inspections.checklists.summary import corrected_since, officers_of, summary_with
from inspections.choices import Conclusion, InspectionKind, SigningSide, SigningWay
from inspections.models import CheckedItem, CheckRecord, Hazard, Inspection, Signing
from inspections.orders import KIND as ORDERED
from inspections.orders import Officer, numbers_of, officers_on
from inspections.papers import ORDER
from inspections.record_form import RECORD
from inspections.selectors import hazards_of
from papers.access import Permission
from papers.models import Paper
from papers.operations.issuing import chinese_day, issue_paper, refusal_to_change, void_paper
from papers.selectors import letterhead_of, visible

KIND = "inspection"
BASIS = "《企业事业单位内部治安保卫条例》第十六条第二项"
PURPOSE = "指导和监督单位执行《企业事业单位内部治安保卫条例》"
BLANK_TIME = "　时　分"
ISSUED = gettext_lazy("The record of this inspection was issued: %(number)s.")
SIGNED = gettext_lazy("The signatures were added.")
# on papers, which are Chinese in every language
KINDS = {
    InspectionKind.ROUTINE: "日常检查",
    InspectionKind.SPECIAL: "专项检查",
    InspectionKind.UNANNOUNCED: "随机检查",
    InspectionKind.REINSPECTION: "复查",
    InspectionKind.COMPLAINT: "举报核查",
}
LISTS = {
    ListKind.KEY: "治安保卫重点单位检查单",
    ListKind.ORDINARY: "一般单位检查单",
    ListKind.DANGEROUS: "危险物品检查单",
    ListKind.CARE: "学校、医院检查单",
    ListKind.GATHERING: "群体性事件场所检查单",
}
CONCLUSIONS = {
    Conclusion.QUALIFIED: "合格",
    Conclusion.RECTIFY: "限期整改",
    Conclusion.UNQUALIFIED: "不合格",
}
ANSWERS = {Answered.PASS: "合格", Answered.FAIL: "不合格", Answered.NOT_APPLICABLE: "不适用", "": "未检查"}
SIDES = {SigningSide.OFFICER: "检查人", SigningSide.ENTERPRISE: "被检查单位"}


def record_paper(actor: Actor, inspection: Inspection) -> Paper | None:
    """Return the valid record of an inspection, without its data. One query."""
    return papers_about(actor, inspection, ()).get(RECORD.code)


def papers_about(actor: Actor, inspection: Inspection, hazards: Sequence[Hazard]) -> dict[Any, Paper]:
    """Return the valid papers of an inspection, without their data: its record by the form's code, orders by hazard. One query."""
    about = Q(form=RECORD.code, records__contains={KIND: [inspection.pk]})
    for each in hazards:
        about |= Q(form=ORDER.code, records__contains={ORDERED: [each.pk]})
    valid = visible(actor).filter(
        about, enterprise_id=inspection.enterprise_id, voided_at=None, corrected_at=None
    )
    found: dict[Any, Paper] = {}
    ids = {each.pk for each in hazards}
    for paper in valid.defer("data"):
        if paper.form == RECORD.code:
            found[RECORD.code] = paper
        else:
            found |= {id: paper for id in paper.records[ORDERED] if id in ids}
    return found


@transaction.atomic
@as_declared
def issue_record(*, actor: Actor, id: int, form_key: str = "") -> Paper:
    """Issue the record of an inspection under the next number. It has one valid record at most.

    Raise as issue_paper, Http404, WrongState for an inspection that is voided or has a record.
    """
    require(actor, Permission.ISSUE_PAPERS)
    inspection = lock_fact(actor, Inspection, id)
    if inspection.is_voided:
        raise WrongState(str(VOIDED))
    if first := record_paper(actor, inspection):
        if form_key and first.form_key == form_key:
            return first
        raise WrongState(str(ISSUED) % {"number": first})
    return _issue(actor, inspection, form_key=form_key)


def issue_after_signing(actor: Actor, inspection: Inspection) -> Paper | None:
    """Issue the record that both sides have signed, or the next version of one that was issued without signatures.

    None where the actor may issue none, or the station has no letterhead yet; an officer does it later. What was signed
    on paper is the version that is there.
    """
    if not allows(actor, Permission.ISSUE_PAPERS) or letterhead_of(actor.station_id) is None:
        return None
    before = record_paper(actor, inspection)
    if before is None:
        return _issue(actor, inspection)
    signing = latest_signing(inspection)
    has_it = signing is None or signing.summary_sha256 == before.data.get("summary_sha256")
    if has_it or (signing and signing.way == SigningWay.PAPER) or refusal_to_change(actor, before):
        return None
    return _issue(actor, inspection, corrects=before, reason=str(SIGNED))


def latest_signing(inspection: Inspection) -> Signing | None:
    """Return the latest signing of an inspection with its signatures. Two queries."""
    rows = Signing.objects.filter(inspection=inspection, enterprise_id=inspection.enterprise_id)
    return rows.prefetch_related("signatures").first()


def follow_correction(actor: Actor, inspection: Inspection, reason: str) -> Paper | None:
    """Issue the next version of the record of an inspection that was corrected, if it has one that the actor may change."""
    before = _to_change(actor, inspection)
    return _issue(actor, inspection, corrects=before, reason=reason) if before else None


def follow_voiding(actor: Actor, inspection: Inspection, reason: str) -> Paper | None:
    """Void the record of an inspection that was voided, if it has one that the actor may change."""
    before = _to_change(actor, inspection)
    return void_paper(actor=actor, id=before.pk, reason=reason) if before else None


def _to_change(actor: Actor, inspection: Inspection) -> Paper | None:
    if not allows(actor, Permission.ISSUE_PAPERS):
        return None
    found = record_paper(actor, inspection)
    return found if found and not refusal_to_change(actor, found) else None


def _issue(
    actor: Actor,
    inspection: Inspection,
    *,
    corrects: Paper | None = None,
    reason: str = "",
    form_key: str = "",
) -> Paper:
    return issue_paper(
        actor=actor,
        form=RECORD,
        enterprise_id=inspection.enterprise_id,
        records={KIND: [inspection.pk]},
        data=data_of(actor, inspection),
        form_key=form_key,
        corrects=corrects,
        reason=reason,
    )


def data_of(actor: Actor, inspection: Inspection) -> dict[str, Any]:
    """Return what the record says: how it was made, what failed first, everything else, who signed. Seven queries."""
    checked, items = record_of(actor, inspection), answers_of(actor, inspection)
    hazards = hazards_of(actor, inspection)
    latest = latest_signing(inspection)
    now = summary_with(inspection, checked, items, hazards)
    # nobody has signed what was corrected afterwards
    signing = latest if latest and not corrected_since(latest.summary, now) else None
    counts = Counter(each.answer for each in items)
    officers = officers_with_numbers(actor, inspection, checked)
    return {
        "enterprise": inspection.enterprise.name,
        "address": inspection.enterprise.address,
        "person": _person(inspection, latest),
        "inspected": chinese_day(inspection.inspected_on),
        **_times(actor, inspection, checked, latest),
        **officers_on(officers),
        "certificate_shown": bool(checked and checked.certificate_shown),
        "camera": _camera(checked),
        "purpose": f"{KINDS[InspectionKind(inspection.kind)]}；{PURPOSE}",
        "basis": BASIS,
        "lists": _lists(checked),
        "asked": len(items),
        "passed": counts[Answered.PASS],
        "failed_items": counts[Answered.FAIL],
        "skipped": counts[Answered.NOT_APPLICABLE],
        "left": counts[""],
        "failed": _failed(inspection, items, hazards),
        "others": [
            {
                "code": each.code,
                "ask": each.question.ask,
                "answer": ANSWERS[each.answer],
                "note": each.note,
            }
            for each in items
            if each.answer != Answered.FAIL
        ],
        "again": _again(latest),
        "left_reason": checked.left_reason if checked else "",
        "concluded_reason": checked.concluded_reason if checked else "",
        "note": inspection.note if checked else "",  # else it is internal to the police
        "conclusion": CONCLUSIONS[Conclusion(inspection.conclusion)] if inspection.conclusion else "",
        "read_back": bool(signing and not any(each.refused for each in signing.signatures.all())),
        "signatures": _signatures(signing, len(officers)),
        "summary_sha256": latest.summary_sha256 if latest else "",
        "corrected": latest is not None and signing is None,
        "record": str(inspection.pk),
        "about": [
            {"what": str(inspection), "kind": kind_of_model(Inspection).code, "id": inspection.pk},
        ],
    }


def officers_with_numbers(actor: Actor, inspection: Inspection, checked: CheckRecord | None) -> list[Officer]:
    """Return the officers of an inspection as papers name them. Two queries at most."""
    named = officers_of(inspection, checked.officers if checked else ())
    missing = [each["name"] for each in named if not each["police_number"]]
    numbers = numbers_of(actor, missing) if missing else {}
    return [Officer(each["name"], each["police_number"] or numbers.get(each["name"], "")) for each in named]


def _times(
    actor: Actor, inspection: Inspection, checked: CheckRecord | None, signing: Signing | None
) -> dict[str, str]:
    """Return from when to when they inspected. One query.

    It began with the first answer on the phone, or with the check-in, and ended with the last signature on the phone, or the check-out.
    What nobody knows is left blank, to be written in: also a time of another day, by a clock that is wrong or because
    somebody recorded or signed later.
    """
    visit = check_in_of(actor, inspection.pk)
    begun_at = checked.begun_at if checked else None
    if begun_at is None and visit:
        begun_at = visit.arrived_at
    signed = signing.signatures.all() if signing and signing.way == SigningWay.PHONE else ()
    ended_at = max((each.signed_at for each in signed), default=None)
    if ended_at is None and visit and visit.ended == Ended.LEFT:
        ended_at = visit.left_at
    if begun_at and ended_at and ended_at < begun_at:
        begun_at = ended_at = None

    def said(at: dt.datetime | None) -> str:
        here = timezone.localtime(at) if at else None
        return (
            f"{here.hour}时{here.minute:02}分"
            if here and here.date() == inspection.inspected_on
            else BLANK_TIME
        )

    return {"began": said(begun_at), "ended": said(ended_at)}


def _camera(checked: CheckRecord | None) -> str:
    """Return the number of the body camera, and when its recording began."""
    if checked is None:
        return ""
    since = f"{checked.camera_at:%H时%M分}起录制" if checked.camera_at else ""
    return "，".join(each for each in (checked.camera, since) if each)


def _person(inspection: Inspection, signing: Signing | None) -> str:
    """Return who stood for the enterprise: who signed, nobody if they refused.

    Unsigned, who is responsible by the register, which the paper says: nobody recorded that this person was there.
    """
    signed = (
        [each for each in signing.signatures.all() if each.side == SigningSide.ENTERPRISE] if signing else []
    )
    for each in signed:
        if each.name:
            return f"{each.name}（{each.duty}）" if each.duty else each.name
    if signed:
        return ""
    known = inspection.enterprise.security_chief or inspection.enterprise.responsible_person
    return f"{known}（登记的单位负责人）" if known else ""


def _lists(checked: CheckRecord | None) -> str:
    if checked is None:
        return "单位内部治安保卫工作情况"
    return "、".join(f"{LISTS[ListKind(each['kind'])]}（第{each['number']}版）" for each in checked.lists)


def _failed(
    inspection: Inspection, items: Sequence[CheckedItem], hazards: Sequence[Hazard]
) -> list[dict[str, str]]:
    """Return the hazards found, in the order of the checklist, those that no item of it asked last."""
    place = {each.hazard_id: each.place for each in items if each.hazard_id}
    rows = []
    for each in sorted(hazards, key=lambda each: (place.get(each.pk, len(items)), each.pk)):
        until = f"至{chinese_day(each.deadline_on)}" if each.deadline_on else ""
        rows.append(
            {
                "what": f"{each.place}：{each.item}" if each.place else each.item,
                "found": each.description,
                "degree": "重大" if each.was_major_on(inspection.inspected_on) else "一般",
                "period": "当场整改" if each.on_the_spot else until,
            }
        )
    return rows


def _again(signing: Signing | None) -> str:
    acts: Mapping[str, str] = {
        "close": "已整改",
        "send_back": "未整改到位，退回继续整改",
        "still": "仍未整改",
    }
    seen = signing.summary.get("again", ()) if signing else ()
    return "；".join(
        f"隐患{each['hazard_id']}{acts.get(each['act'], '')}"
        + (f"（{each['reason']}）" if each["reason"] else "")
        for each in seen
    )


def _signatures(signing: Signing | None, officers: int) -> list[dict[str, str]]:
    """Return the rows of signatures; empty ones to sign on paper as long as nobody has."""
    if signing is None:
        sides = [SigningSide.OFFICER] * max(officers, 2) + [SigningSide.ENTERPRISE]
        return [{"side": SIDES[each], "who": "", "on": "", "picture": "", "key": ""} for each in sides]
    rows = []
    for each in signing.signatures.all():
        at = timezone.localtime(each.signed_at)
        who = each.name
        if each.police_number:
            who = str(Officer(each.name, each.police_number))
        elif each.duty:
            who += f"，{each.duty}"
        if each.refused:
            who = f"拒绝签名：{each.reason}　见证人：{each.witness}"
        rows.append(
            {
                "side": SIDES[SigningSide(each.side)],
                "who": who,
                "on": f"{chinese_day(at.date())} {at:%H:%M}",
                "picture": "" if each.key else "拒绝签名" if each.refused else "见纸质签名件",
                "key": each.key,
                "caption": who,
            }
        )
    return rows
