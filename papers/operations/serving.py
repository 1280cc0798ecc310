"""How papers reach the enterprise: services, receipts, signed copies, and the deadlines that run from a service."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.attachments import files
from foundation.attachments.reading import receive
from foundation.contributions.limits import is_anybody_in, refuse_implausible, refuse_unstorable
from foundation.contributions.papers import Move, forms
from foundation.documents import documents
from foundation.faults import Faults
from papers.access import Permission
from papers.choices import AuditAction, Way
from papers.models import Paper, Service, SignedCopy
from papers.operations.issuing import lock_valid
from papers.selectors import get_paper
from papers.templates import SHELF

MOST_COPIES = 10
# of a service, in its audit entry
LOGGED = {
    *("way", "served_on", "refused", "received_by", "servers", "witness", "note", "replaces"),
    "by_enterprise",
}
NOTHING_MOVES = gettext_lazy("No deadline ends on another day any more.")


class Unconfirmed(ValidationError):
    """Deadlines would move with a service, and they are not those that the person has seen and confirmed."""


@dataclass(frozen=True)
class Moves:
    """The deadlines that a service on a day moves, and those whose new day has passed, so that they stay."""

    served_on: dt.date
    rows: Sequence[Move]

    @property
    def moving(self) -> list[Move]:
        return [each for each in self.rows if not each.is_over]

    @property
    def version(self) -> str:
        """What differs when other deadlines would move than were shown."""
        shown = [(each.id, each.version, str(each.new_on)) for each in self.moving]
        return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def moves_of(actor: Actor, paper: Paper, served_on: dt.date | None) -> Moves | None:
    """Return what moves when a paper is, or was, served on a day; None if nothing does."""
    runs = forms[paper.form].runs if paper.form in forms else None
    if runs is None or served_on is None or not paper.is_valid or paper.station_id not in actor.stations:
        return None
    rows = runs.moves(actor, paper, served_on)
    return Moves(served_on, rows) if rows else None


def _move(actor: Actor, paper: Paper, served_on: dt.date, version: str) -> None:
    found, runs = moves_of(actor, paper, served_on), forms[paper.form].runs
    if found is None or runs is None or not found.moving:
        return
    if version != found.version:
        raise Unconfirmed(_("Deadlines run from this day, so they move. Look at them below, and save again."))
    runs.move(actor, paper, served_on, [each.id for each in found.moving])


@transaction.atomic
@as_declared
def move_with_service(*, actor: Actor, id: int, version: str) -> Paper:
    """Move the deadlines that run from the service of a paper which the enterprise has confirmed in the portal.

    ``version`` is that of the moves that were shown. Raise Http404, WrongState if nothing moves, Unconfirmed.
    """
    require(actor, Permission.SERVE_PAPERS)
    paper = lock_valid(actor, id)
    found = moves_of(actor, paper, paper.served_on)
    if found is None or not found.moving or paper.served_on is None:
        raise WrongState(str(NOTHING_MOVES))
    _move(actor, paper, paper.served_on, version)
    return paper


def with_number(name: str, number: str) -> str:
    """Return an officer as papers name one: with the police number, if there is one."""
    return f"{name}（警号{number}）" if number else name


@transaction.atomic
@as_declared
def serve_paper(
    *,
    actor: Actor,
    id: int,
    way: str,
    served_on: dt.date,
    refused: bool = False,
    received_by: str = "",
    servers: str = "",
    witness: str = "",
    note: str = "",
    replaces: bool = False,
    moves: str = "",
) -> Service:
    """Record that a paper was served, or that the enterprise refused to take it.

    A paper that was left needs a witness, one handed over somebody who received it. The first service counts: later
    rows are kept, and change no day, unless one says that what was recorded before is wrong (``replaces``), and why
    (``note``). Nobody who served it received it or is the witness. Deadlines that run from the service move with it; ``moves`` is the version of those that were confirmed.

    Raise Http404, WrongState if it is voided or replaced, ValidationError by field, Unconfirmed for moves not confirmed.
    """
    require(actor, Permission.SERVE_PAPERS)
    paper = lock_valid(actor, id)
    faults, today = Faults(), timezone.localdate()
    if not paper.issued_on <= served_on <= today:
        words = _("The paper was issued on %(day)s. Choose that day or a later one, today at the latest.")
        faults.add(ValidationError({"served_on": words % {"day": paper.issued_on.isoformat()}}))
    if way not in Way.values or way == Way.PORTAL:
        faults.add(ValidationError({"way": _("Choose how it was served.")}))
    service = Service(
        way=way,
        served_on=served_on,
        refused=refused,
        received_by=received_by.strip(),
        servers=servers.strip(),
        witness=witness.strip(),
        note=note.strip(),
        replaces=replaces,
    )
    with faults.of():
        refuse_unstorable(service)
    service.servers = service.servers or actor.name
    with faults.of():
        refuse_implausible(service, own_name=actor.name)
    with faults.of():
        _refuse_servers(service)
    if refused and not service.note:
        faults.add(ValidationError({"note": _("Say why it was refused.")}))
    if refused and way == Way.LEFT:
        faults.add(ValidationError({"refused": _("A paper that is left with a witness is served.")}))
    if not refused and way == Way.LEFT and not service.witness:
        faults.add(ValidationError({"witness": _("A paper that is left needs a witness.")}))
    if not refused and way == Way.DIRECT and not service.received_by:
        faults.add(ValidationError({"received_by": _("Enter who received it.")}))
    if replaces and paper.served_on is None:
        faults.add(ValidationError({"replaces": _("It was not served before.")}))
    if replaces and refused:
        faults.add(ValidationError({"replaces": _("A refusal replaces no service.")}))
    if replaces and not refused and not service.note:
        faults.add(ValidationError({"note": _("Say what was wrong.")}))
    faults.refuse()
    if not refused and (replaces or paper.served_on is None):
        _move(actor, paper, served_on, moves)
    return _record_service(
        actor, paper, AuditAction.CORRECT_SERVICE if replaces else AuditAction.SERVE, service
    )


def _refuse_servers(service: Service) -> None:
    """Raise ValidationError if whoever served a paper is said to have received it, or to be the witness of leaving it."""
    errors = {}
    if is_anybody_in(service.received_by, service.servers):
        errors["received_by"] = _("Name the person of the enterprise, not an officer who served it.")
    if is_anybody_in(service.witness, service.servers):
        errors["witness"] = _("The witness is somebody else than who served it.")
    if errors:
        raise ValidationError(errors)


@transaction.atomic
@as_declared
def receive_paper(*, actor: Actor, id: int) -> Service:
    """Confirm in the portal that the enterprise has a paper: it is served today if it was not before. Once is enough.

    Raise Http404, WrongState if it is voided or replaced, or confirmed already.
    """
    require(actor, Permission.RECEIVE_PAPERS)
    paper = lock_valid(actor, id)
    if paper.services.filter(by_enterprise=True).exists():
        raise WrongState(_("Your enterprise has confirmed the receipt already."))
    return _record_service(
        actor,
        paper,
        AuditAction.RECEIVE,
        Service(
            way=Way.PORTAL,
            served_on=timezone.localdate(),
            received_by=actor.name[:80],
            by_enterprise=True,
        ),
    )


def _record_service(actor: Actor, paper: Paper, action: str, service: Service) -> Service:
    service.paper, service.enterprise_id, service.station_id = paper, paper.enterprise_id, paper.station_id
    service.recorded_by, service.recorded_by_id = actor.name[:80], actor.user_id
    service.save(force_insert=True)
    if service.replaces or (not service.refused and paper.served_on is None):
        paper.served_on = service.served_on
        paper.save(update_fields=["served_on"])
    auditing.record(
        actor=actor,
        action=action,
        target=paper,
        after={name: value for name, value in auditing.snapshot(service).items() if name in LOGGED and value},
    )
    return service


def attach_signed(*, actor: Actor, id: int, name: str, data: bytes) -> SignedCopy:
    """Add a scan or photo of a paper with its signatures. The same file again is the one that is there.

    Raise Http404, WrongState if the paper is voided or replaced, or has too many; ValidationError at ``file``.
    """
    require(actor, Permission.SERVE_PAPERS)
    get_paper(actor, id)  # before the work of reading a picture
    try:
        received = receive(name, data)
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from error
    with transaction.atomic():
        paper = lock_valid(actor, id)
        own = SignedCopy.objects.filter(paper=paper, enterprise_id=paper.enterprise_id)
        if same := own.filter(sha256=received.sha256).first():
            return same
        if own.count() >= MOST_COPIES:
            words = _("The paper has %(most)s signed copies. More are not possible.")
            raise WrongState(words % {"most": MOST_COPIES})
        added = SignedCopy.objects.create(
            paper=paper,
            enterprise_id=paper.enterprise_id,
            station_id=paper.station_id,
            name=received.name,
            content_type=received.content_type,
            size=len(received.data),
            key=files.put(paper.enterprise.bureau_id, received.data, shelf=SHELF),
            sha256=received.sha256,
            sm3=documents.sm3_of(received.data),
            added_by=actor.name,
            added_by_id=actor.user_id,
        )
        auditing.record(
            actor=actor,
            action=AuditAction.ATTACH,
            target=paper,
            after={"file": added.name, "digest": added.sm3},
        )
    return added
