"""What followed the latest inspections of the demo: signatures, records, replies, a complaint answered and one that waits."""

import datetime as dt
import io

from django.utils import timezone
from PIL import Image, ImageDraw

from demo.organisations import Organisation
from demo.register import random_for
from enterprises.models import Enterprise
from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES, Role
from foundation.accounts.models import RoleGrant
from foundation.accounts.selectors import actor_for
from foundation.tenancy.scope import station_scope
from inspections import complaining, replies
from inspections.checklists.summary import summary_of
from inspections.choices import ReplyWay, SigningSide, SigningWay
from inspections.models import CheckRecord, Inspection
from inspections.signing import SignatureGiven, SigningGiven, sign_inspection

SIGNED = 3  # inspections of each station
REFUSED = 1  # the one of them that the enterprise refuses to sign
HOUR, MINUTE = 10, 40


def drawn(name: str) -> bytes:
    """Return a signature that looks like handwriting, as a PNG. The same name gives the same one."""
    rng = random_for("signature", name)
    image = Image.new("RGB", (600, 240), "white")
    pen = ImageDraw.Draw(image)
    left = 60
    for _sign in name[:3]:
        for _stroke in range(rng.randint(3, 5)):
            points = sorted((left + rng.randrange(130), 50 + rng.randrange(140)) for _point in range(3))
            pen.line(points, fill="#111827", width=6, joint="curve")
        left += 160
    into = io.BytesIO()
    image.save(into, "PNG")
    return into.getvalue()


def sign(organisation: Organisation, showcase: Enterprise | None = None) -> int:
    """Sign the latest inspections by checklist of each station, the showcase's first. Return how many."""
    made = 0
    for station in organisation.stations:
        actor = actor_for(user=organisation.officers[station.pk][0], grant_id=None)
        assert actor
        with station_scope(actor.scope()):
            checked = CheckRecord.objects.filter(station=station).values("inspection_id")
            rows = Inspection.objects.filter(pk__in=checked, voided_at=None).select_related("enterprise")
            found = list(rows.order_by("-inspected_on", "-pk")[:SIGNED])
            if showcase and showcase.station_id == station.pk:
                own = rows.filter(enterprise=showcase).order_by("-inspected_on").first()
                found = [own, *(each for each in found if own is None or each.pk != own.pk)] if own else found
            for number, each in enumerate(found[:SIGNED]):
                _sign(actor, each, refuses=number == REFUSED)
                made += 1
            if len(found) > 1:
                replies.reply_to(
                    actor=actor,
                    id=found[1].pk,
                    way=ReplyWay.CALL,
                    by=found[1].enterprise.responsible_person or "单位负责人",
                    said="已安排人员整改，下周完成。",
                )
        if showcase and showcase.station_id == station.pk and found:
            _answers(showcase, found[0])
    return made


def _sign(actor: Actor, inspection: Inspection, *, refuses: bool) -> None:
    summary = summary_of(actor, inspection)
    at = dt.datetime.combine(inspection.inspected_on, dt.time(HOUR, MINUTE), timezone.get_current_timezone())
    signatures = [
        SignatureGiven(
            SigningSide.OFFICER, at, user_id=each["id"], name=each["name"], picture=drawn(each["name"])
        )
        for each in summary["officers"]
    ]
    person = inspection.enterprise.security_chief or inspection.enterprise.responsible_person or "王建国"
    theirs = (
        SignatureGiven(
            SigningSide.ENTERPRISE,
            at,
            refused=True,
            reason="负责人称须向总部请示，拒绝签名。",
            witness="社区工作人员 刘敏",
        )
        if refuses
        else SignatureGiven(SigningSide.ENTERPRISE, at, name=person, duty="保卫负责人", picture=drawn(person))
    )
    sign_inspection(
        actor=actor,
        id=inspection.pk,
        signing=SigningGiven(summary, [*signatures, theirs], way=SigningWay.HERE),
    )


def _answers(enterprise: Enterprise, inspection: Inspection) -> None:
    """Let the showcase's people read, reply and complain, and the chief or the bureau answer the first complaint."""
    grants = RoleGrant.objects.filter(enterprise_id=enterprise.pk, role__in=ENTERPRISE_ROLES, revoked_at=None)
    grant = grants.select_related("user").order_by("pk").first()
    actor = actor_for(user=grant.user, grant_id=grant.pk) if grant else None
    if actor is None:
        return
    with station_scope(actor.scope()):
        replies.confirm_read(actor=actor, id=inspection.pk)
        replies.reply_to(
            actor=actor, id=inspection.pk, said="检查中指出的问题已逐项落实责任人，整改情况将按期报送。"
        )
        first = complaining.complain(
            actor=actor, id=inspection.pk, said="检查当天正值交接班，希望今后提前告知到场时间。"
        )
    head = RoleGrant.objects.filter(user_id=first.to_id, role=Role.CHIEF, revoked_at=None).select_related(
        "user"
    )
    bureau = RoleGrant.objects.filter(bureau_id=enterprise.bureau_id, role=Role.SUPERVISOR, revoked_at=None)
    found = head.first() or bureau.select_related("user").order_by("pk").first()
    chief = actor_for(user=found.user, grant_id=found.pk) if found else None
    if chief:
        with station_scope(chief.scope()):
            complaining.answer_complaint(
                actor=chief,
                id=first.pk,
                answer="随机检查依规不提前告知，今后将尽量避开交接班时段。感谢您的意见。",
            )
        with station_scope(actor.scope()):
            complaining.complain(
                actor=actor, id=inspection.pk, said="检查人员在车间停留时未按厂区要求佩戴安全帽。"
            )
