"""Designating liaison officers."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises import selectors
from enterprises.access import Permission
from enterprises.choices import AuditAction, CauseCode, LiaisonKind
from enterprises.models import Custody, Enterprise, Liaison
from enterprises.operations.days import not_to_come
from foundation.accounts import access, auditing
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.arguments import as_declared
from foundation.bulk.acts import Judgement
from foundation.contributions.limits import refuse_implausible
from foundation.inbox.notifying import notify
from foundation.words import sentences

NAMED = 3  # enterprises that one notification names


def lock_officers(ids: Iterable[int]) -> None:
    """Lock people in the order of their ids."""
    rows = User.objects.filter(pk__in=set(ids)).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


@transaction.atomic
@as_declared
def assign_liaison(
    *,
    actor: Actor,
    enterprise_ids: Iterable[int],
    officer_id: int | None,
    kind: str = LiaisonKind.MAIN,
    on: dt.date,
) -> int:
    """Make an officer the liaison officer (or deputy) of enterprises from a day; None leaves the post vacant.

    Ends the duty of the officer now in that post, and the officer's duty in the other post of the same enterprise, as
    nobody is their own deputy. Changes nothing where the officer is in the post already. A constant number of queries;
    one audit entry per enterprise. Returns how many enterprises changed. Raises DoesNotExist (one is not visible),
    NotAllowed, ValidationError.
    """
    access.require(actor, Permission.DESIGNATE_LIAISON_OFFICERS)
    if officer_id is not None:
        # locked before the check, so that nobody who leaves at the same moment keeps the enterprises; people come
        # before enterprises, as where duties pass on
        lock_officers([officer_id])
    ids = sorted(set(enterprise_ids))
    enterprises = {
        each.pk: each
        for each in selectors.visible(actor).filter(pk__in=ids).order_by("pk").select_for_update()
    }
    if len(enterprises) != len(ids):
        raise Enterprise.DoesNotExist
    _check_input(kind, on)
    officer = None
    if officer_id is not None:
        officer = selectors.list_officers(actor).filter(pk=officer_id).first()
        if officer is None:
            raise ValidationError({"officer": _("Choose an officer of the station.")})
    posts = _posts(enterprises, officer_id, kind, on)
    for error in posts.refused.values():
        raise error
    stay, end = posts.stay, posts.end
    Liaison.objects.filter(pk__in=[each.pk for each in end]).update(until_on=on)
    changed = (
        [pk for pk in ids if pk not in stay] if officer else sorted({each.enterprise_id for each in end})
    )
    if officer:
        Liaison.objects.bulk_create(
            Liaison(
                enterprise_id=pk,
                station_id=enterprises[pk].station_id,
                officer=officer,
                kind=kind,
                from_on=on,
            )
            for pk in changed
        )
    before = {each.enterprise_id: str(each.officer) for each in end if each.kind == kind}
    auditing.write(
        [
            auditing.entry(
                actor=actor,
                action=AuditAction.DESIGNATE_LIAISON_OFFICER,
                target=enterprises[pk],
                before={kind: before.get(pk, "")},
                after={kind: str(officer or ""), "on": on.isoformat()},
            )
            for pk in changed
        ],
        actor=actor,
    )
    _notify(actor, officer, end, {pk: enterprises[pk] for pk in changed}, kind)
    return len(changed)


@dataclass
class _Posts:
    """What an assignment meets: where the officer is in the post, whose duty would end, and where it is refused why."""

    stay: set[int]
    end: list[Liaison]
    refused: dict[int, ValidationError]


def _check_input(kind: str, on: dt.date | None) -> None:
    if kind not in LiaisonKind.values:
        raise ValidationError({"kind": _("Choose liaison officer or deputy.")})
    refuse_implausible(Liaison(from_on=not_to_come(on, "on")), names={"from_on": "on"})


def _posts(enterprises: Mapping[int, Enterprise], officer_id: int | None, kind: str, on: dt.date) -> _Posts:
    """Return what an assignment meets at these enterprises. Two queries."""
    refused: dict[int, str] = {}
    if officer_id is not None:
        for pk, firm in enterprises.items():
            if firm.registered_on and on < firm.registered_on:
                words = _("%(enterprise)s has been on the register only since %(day)s.")
                refused[pk] = words % {"enterprise": firm, "day": firm.registered_on.isoformat()}
        handed_over = Custody.objects.filter(enterprise_id__in=enterprises, until_on__gt=on)
        for last in handed_over.order_by("-until_on"):
            words = _(
                "%(enterprise)s was handed over to this station on %(day)s. Choose that day or a later one."
            )
            values = {"enterprise": enterprises[last.enterprise_id], "day": last.until_on.isoformat()}
            refused.setdefault(last.enterprise_id, words % values)
    held = Liaison.objects.filter(enterprise_id__in=enterprises, until_on=None).select_related("officer")
    serving = list(held.defer("officer__password").order_by("pk"))
    stay = {each.enterprise_id for each in serving if each.kind == kind and each.officer_id == officer_id}
    end = [
        each
        for each in serving
        if each.enterprise_id not in stay and (each.kind == kind or each.officer_id == officer_id)
    ]
    for each in end:
        if on < each.from_on:
            words = _(
                "%(officer)s has been assigned to %(enterprise)s since %(day)s. Choose "
                "that day or a later one."
            )
            firm = enterprises[each.enterprise_id]
            values = {"officer": each.officer, "enterprise": firm, "day": each.from_on}
            refused.setdefault(each.enterprise_id, words % values)
    return _Posts(stay, end, {pk: ValidationError({"on": words}) for pk, words in refused.items()})


def judge_assignment(
    *, actor: Actor, enterprise_ids: Iterable[int], officer_id: int, kind: str, on: dt.date
) -> Judgement:
    """Return what :func:`assign_liaison` would do to each of these enterprises now, and change nothing.

    Raises NotAllowed, ValidationError for the input itself.
    """
    access.require(actor, Permission.DESIGNATE_LIAISON_OFFICERS)
    _check_input(kind, on)
    if not selectors.list_officers(actor).filter(pk=officer_id).exists():
        raise ValidationError({"officer": _("Choose an officer of the station.")})
    enterprises = selectors.visible(actor).in_bulk(list(enterprise_ids))
    posts = _posts(enterprises, officer_id, kind, on)
    refused = {pk: sentences(*error.messages) for pk, error in posts.refused.items() if pk not in posts.stay}
    return Judgement(
        ready=[pk for pk in enterprises if pk not in posts.stay and pk not in refused],
        same=[pk for pk in enterprises if pk in posts.stay],
        refused=refused,
        replaces={each.enterprise_id: str(each.officer) for each in posts.end if each.kind == kind},
    )


@transaction.atomic
@as_declared
def hand_over_liaisons(*, actor: Actor, officer_id: int, station_id: int, successor_id: int | None) -> int:
    """Give all enterprises an officer looks after at a station to a successor, from today; None leaves the posts vacant.

    A successor who is already liaison officer of an enterprise does not become its deputy as well, and one who is its
    deputy moves up. Runs in a scope of the station; the caller has checked both people and the actor. One audit entry
    per enterprise. Returns how many posts ended.
    """
    today = timezone.localdate()
    ending = Liaison.objects.filter(officer_id=officer_id, station_id=station_id, until_on=None)
    enterprises = {
        each.pk: each
        for each in Enterprise.objects.filter(pk__in=ending.values("enterprise_id"), station_id=station_id)
        .order_by("pk")
        .select_for_update()
    }
    held = ending.filter(enterprise_id__in=enterprises).select_related("officer")
    posts = list(held.defer("officer__password").order_by("pk"))
    successor = None if successor_id is None else User.objects.get(pk=successor_id)
    theirs = {
        each.enterprise_id: each
        for each in Liaison.objects.filter(
            enterprise_id__in=enterprises, until_on=None, officer_id=successor_id or 0
        )
    }
    given, moved_up = [], []
    for post in posts:
        own = theirs.get(post.enterprise_id)
        if successor is not None and (own is None or post.kind == LiaisonKind.MAIN):
            given.append(post)
            if own is not None:
                moved_up.append(own.pk)
    Liaison.objects.filter(pk__in=[*(each.pk for each in posts), *moved_up]).update(until_on=today)
    Liaison.objects.bulk_create(
        Liaison(
            enterprise_id=post.enterprise_id,
            station_id=station_id,
            officer=successor,
            kind=post.kind,
            from_on=today,
        )
        for post in given
    )
    auditing.write(
        [
            auditing.entry(
                actor=actor,
                action=AuditAction.DESIGNATE_LIAISON_OFFICER,
                target=enterprises[post.enterprise_id],
                before={post.kind: str(post.officer)},
                after={post.kind: str(successor or "") if post in given else "", "on": today.isoformat()},
            )
            for post in posts
        ],
        actor=actor,
    )
    for kind in LiaisonKind:
        ended = [post for post in posts if post.kind == kind]
        changed = {post.enterprise_id: enterprises[post.enterprise_id] for post in ended}
        _notify(actor, successor, ended, changed, kind)
    return len(posts)


def _notify(
    actor: Actor, officer: User | None, ended: list[Liaison], changed: dict[int, Enterprise], kind: str
) -> None:
    """Notify the officers whose duty began or ended, each once, and the enterprises of a new liaison officer."""
    if not changed:
        return
    moment = timezone.now().isoformat()
    station_id = next(iter(changed.values())).station_id
    lost: dict[int, list[int]] = {}
    for each in ended:
        if officer is None or each.officer_id != officer.pk:
            lost.setdefault(each.officer_id, []).append(each.enterprise_id)
    given = {officer.pk: sorted(changed)} if officer else {}
    for cause, of_officers in ((CauseCode.LIAISON_GIVEN, given), (CauseCode.LIAISON_TAKEN, lost)):
        for officer_id, ids in of_officers.items():
            names = [str(changed[pk]) for pk in ids if pk in changed][:NAMED]
            more = "…" if len(ids) > NAMED else ""
            notify(
                cause,
                to=Q(user_id=officer_id, station_id=station_id, role__in=access.STATION_ROLES),
                key=f"{officer_id}:{moment}",
                values={"number": len(ids), "object": "、".join(names) + more},
                actor=actor,
            )
    if officer and kind == LiaisonKind.MAIN:
        notify(
            CauseCode.LIAISON_CHANGED,
            to=Q(enterprise_id__in=sorted(changed), role__in=access.ENTERPRISE_ROLES),
            key=moment,
            values={"officer": str(officer), "phone": officer.phone},
            actor=actor,
        )
