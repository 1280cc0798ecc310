"""Photos and files of records: adding them, taking them away, reading them.

Whoever may record facts of the kind adds files to a record that they see; whoever sees the record sees its files. The
enterprise's people see those of the police only where the kind says so (``Fact.files_are_shared``), departments none.
"""

from collections.abc import Iterable
from typing import IO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.models import Enterprise
from enterprises.selectors import own_inactivity
from facts.choices import FactAction
from facts.four_eyes import is_own
from facts.models import Attachment, Fact
from facts.operations import VOIDED, lock_fact
from facts.selectors import get_fact
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.reasons import required_reason
from foundation.attachments import files
from foundation.attachments.reading import Received, receive
from foundation.contributions.audit import kind_of_model

MOST_FILES = 60  # of one record
MOST_ALIKE = 3  # other records that are named at a picture
LEAST_STRUCTURE = 8  # bits of 64
MOST_COMPARED = 20  # pictures of a record that are looked for elsewhere
AWAY = gettext_lazy("Your enterprise is not on the register now, so nothing can be added.")


def list_attachments(actor: Actor, fact: Fact) -> list[Attachment]:
    """Return the photos and files of a record that the actor may see, voided ones too, the oldest first."""
    rows = Attachment.objects.filter(
        enterprise_id=fact.enterprise_id, kind=_kind(type(fact)), record_id__in=fact.file_ids
    )
    if actor.is_enterprise and not fact.files_are_shared:
        rows = rows.filter(by_enterprise=True)
    return list(rows)


def alike(actor: Actor, fact: Fact, pictures: Iterable[Attachment]) -> dict[int, list[Attachment]]:
    """Return for each picture those of other records that look the same: sent once more, or made smaller. One query.

    Their difference hashes are equal or differ in one bit: of 120 pictures that were sent once more, smaller or with less
    quality, 97 % differ in no more, and no two of 200 others in fewer than 16. The police alone are told, of what they see;
    at most MOST_ALIKE of the newest each, with their enterprise. A file that was moved with its record is not told.
    """
    near: dict[str, list[int]] = {}
    pictures = list(pictures)
    if actor.is_police:
        for each in [each for each in pictures if each.difference_hash and not each.is_voided][
            :MOST_COMPARED
        ]:
            bits = int(each.difference_hash, 16)
            if not LEAST_STRUCTURE <= bits.bit_count() <= 64 - LEAST_STRUCTURE:
                continue  # a plain wall, the night: nearly the same of many places
            for value in (bits, *(bits ^ 1 << place for place in range(64))):
                near.setdefault(f"{value:016x}", []).append(each.pk)
    if not near:
        return {}
    others = (
        Attachment.objects.filter(station_id__in=actor.stations, difference_hash__in=near, voided_at=None)
        .exclude(difference_hash="")  # serves the index
        .exclude(enterprise_id=fact.enterprise_id, kind=_kind(type(fact)), record_id__in=fact.file_ids)
        .exclude(key__in=[each.key for each in pictures])  # the same file: the record was moved
        .select_related("enterprise")
        .order_by("-pk")
    )
    found: dict[int, list[Attachment]] = {}
    for other in others[: MOST_COMPARED * MOST_ALIKE]:
        for pk in near[other.difference_hash]:
            like = found.setdefault(pk, [])
            is_told = any((each.kind, each.record_id) == (other.kind, other.record_id) for each in like)
            if len(like) < MOST_ALIKE and not is_told:
                like.append(other)
    return found


def get_attachment(actor: Actor, fact: Fact, id: int) -> Attachment:
    """Return one photo or file of a record. Raise Http404 if the record has none with this id, or it was voided."""
    for each in list_attachments(actor, fact):
        if each.pk == id and not each.is_voided:
            return each
    raise Http404(f"{fact._meta.model_name} {fact.pk} has no file {id}")


def open_attachment(attachment: Attachment, *, small: bool = False) -> IO[bytes]:
    """Return the bytes of a file, or of its thumbnail. Raise FileNotFoundError if they are lost."""
    return files.fetch(attachment.key, small=small)


def attach(
    *, actor: Actor, permission: str, model: type[Fact], id: int, name: str, data: bytes, shows: str = ""
) -> Attachment:
    """Add a photo or file to a record. The same file again is the one that is there.

    Raise NotAllowed, Http404 if the actor cannot see the record, WrongState if it is voided or has too many files,
    ValidationError at ``file`` for what is not taken, at ``shows`` for a value that does not exist.
    """
    require(actor, permission)
    if shows not in ("", *Attachment.Shows.values):
        raise ValidationError({"shows": _("Choose what the picture shows.")})
    _refuse(actor, get_fact(actor, model, id))  # before the work of reading a picture
    received = _received(name, data)
    with transaction.atomic():
        fact = lock_fact(actor, model, id)
        _refuse(actor, fact)
        added, is_new = _add(actor, fact.enterprise, _kind(model), fact.pk, received, shows)
        if not is_new:
            return added
        auditing.record(
            actor=actor,
            action=kind_of_model(model).action(FactAction.ATTACH),
            target=fact,
            after={"file": added.name, "digest": added.sha256},
        )
    return added


def add_unseen(
    *, actor: Actor, enterprise: Enterprise, kind: str, record_id: int, name: str, data: bytes
) -> Attachment:
    """Add a photo or file of an enterprise's people to a record that they do not see themselves.

    The caller has asked whether they may, and holds the lock on ``enterprise``; the operation that uses the file writes the
    entry of the log. Raise as ``attach``.
    """
    return _add(actor, enterprise, kind, record_id, _received(name, data), "")[0]


def _received(name: str, data: bytes) -> Received:
    try:
        return receive(name, data)
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error


def _add(
    actor: Actor, enterprise: Enterprise, kind: str, record_id: int, received: Received, shows: str
) -> tuple[Attachment, bool]:
    """Return the row of a file at a record of a locked enterprise, and whether it is new."""
    own = Attachment.objects.filter(
        enterprise_id=enterprise.pk, kind=kind, record_id=record_id, voided_at=None
    )
    if same := own.filter(received_sha256=received.received_sha256).first():
        return same, False
    if own.count() >= MOST_FILES:
        words = _("The record has %(most)s photos and files. More are not possible.")
        raise WrongState(words % {"most": MOST_FILES})
    added = Attachment.objects.create(
        enterprise_id=enterprise.pk,
        station_id=enterprise.station_id,
        kind=kind,
        record_id=record_id,
        shows=shows if received.width else "",
        name=received.name,
        content_type=received.content_type,
        size=len(received.data),
        width=received.width,
        height=received.height,
        key=files.put(enterprise.bureau_id, received.data, received.thumbnail),
        sha256=received.sha256,
        received_sha256=received.received_sha256,
        difference_hash=received.difference_hash,
        captured_at=received.captured_at,
        by_enterprise=actor.is_enterprise,
        added_by=actor.name,
        added_by_id=actor.user_id,
    )
    return added, True


def void_attachment(
    *, actor: Actor, permission: str, model: type[Fact], id: int, attachment_id: int, reason: str
) -> Attachment:
    """Take a wrong photo or file away. Its row stays and says who and why; nobody opens it any more.

    An enterprise's people may do so with what they added today. Raise NotAllowed, Http404, WrongState if the record is
    voided or the file is not theirs, ValidationError at ``reason``.
    """
    require(actor, permission)
    reason = required_reason(reason)
    with transaction.atomic():
        fact = lock_fact(actor, model, id)
        _refuse(actor, fact)
        found = get_attachment(actor, fact, attachment_id)
        if words := refusal_to_void(actor, fact, found):
            raise WrongState(words)
        fact.refuse_reason(actor, reason)
        found.voided_at, found.voided_by, found.void_reason = timezone.now(), actor.name, reason
        found.save(update_fields=["voided_at", "voided_by", "void_reason"])
        auditing.record(
            actor=actor,
            action=kind_of_model(model).action(FactAction.VOID_FILE),
            target=fact,
            before={"file": found.name, "digest": found.sha256},
            reason=reason,
        )
    return found


def copy_attachments(*, actor: Actor, permission: str, source: Fact, target: Fact) -> list[Attachment]:
    """Give another record of the same bureau, locked and of the same kind, what the police added to a record.

    The rows are its own; the bytes stay where they are, under the same key and digests. Who added each and when is kept.
    Voided files and those of an enterprise's people are left out. Raise NotAllowed.
    """
    require(actor, permission)
    rows = Attachment.objects.filter(
        enterprise_id=source.enterprise_id,
        kind=_kind(type(source)),
        record_id=source.pk,
        by_enterprise=False,
        voided_at=None,
    )
    copies = list(rows)
    taken = set(
        Attachment.objects.filter(
            enterprise_id=target.enterprise_id, key__in=[each.key for each in copies]
        ).values_list("key", flat=True)
    )
    for each in copies:
        if each.key in taken:  # the record comes back to an enterprise that had it: a key is once at each
            each.key = _written_again(target.enterprise.bureau_id, each)
        each.pk = None
        each.enterprise_id, each.station_id = target.enterprise_id, target.station_id
        each.record_id = target.pk
        each.save(force_insert=True)
        auditing.record(
            actor=actor,
            action=kind_of_model(type(target)).action(FactAction.ATTACH),
            target=target,
            after={"file": each.name, "digest": each.sha256},
        )
    return copies


def _written_again(bureau_id: int, attachment: Attachment) -> str:
    small = b""
    with open_attachment(attachment) as stream:
        data = stream.read()
    if attachment.is_picture:
        with open_attachment(attachment, small=True) as stream:
            small = stream.read()
    return files.put(bureau_id, data, small)


def refusal_to_void(actor: Actor, fact: Fact, attachment: Attachment) -> str:
    """Return why the actor may not take a file away; "" if they may. What an enterprise sent outlives whom it contradicts."""
    if not actor.is_enterprise:
        if attachment.by_enterprise and is_own(actor, fact):
            return _("The enterprise added this file to what you reported, so a colleague takes it away.")
        return ""
    if not attachment.by_enterprise:
        return _("The police added this file, so only they can take it away.")
    if timezone.localdate(attachment.added_at) != timezone.localdate():
        return _("You could take this file away on the day you added it. Now only the police can.")
    if any(getattr(fact, name) is not None for name in fact.decided):
        return _("The police have decided about this record with the file. Now only they can take it away.")
    if attachment.received_sha256 in fact.held_files():
        return _(
            "It belongs to what you submitted. Withdraw the submission first, if that is still possible."
        )
    return ""


def _refuse(actor: Actor, fact: Fact) -> None:
    if fact.is_voided:
        raise WrongState(str(VOIDED))
    if actor.is_enterprise and own_inactivity(actor) is not None:
        raise WrongState(str(AWAY))


def _kind(model: type[Fact]) -> str:
    return kind_of_model(model).code
