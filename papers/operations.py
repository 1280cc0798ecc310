"""Issuing papers under a number, serving, correcting and voiding them, and making their files."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.operations import lock_enterprise
from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.digests import canonical
from foundation.accounts.models import Bureau, Station
from foundation.accounts.reasons import required_reason
from foundation.accounts.selectors import stations_of
from foundation.attachments import files
from foundation.attachments.reading import receive
from foundation.contributions.limits import refuse_implausible
from foundation.contributions.papers import Form, Move, forms
from foundation.documents import documents, pictures
from foundation.faults import Faults
from foundation.tenancy.scope import Scope, station_scope
from papers.access import Permission
from papers.choices import WAYS, AuditAction, Way
from papers.models import Letterhead, Paper, Series, Service, SignedCopy
from papers.selectors import (
    get_paper,
    issued_by_form,
    letterhead_of,
    letterhead_to_fill_in,
    services_of,
)
from papers.templates import SHELF, read_template, template_in_force

NO_LETTERHEAD = gettext_lazy(
    "Your station has no letterhead yet: authority, beginning of the numbers, telephone. The chief fills it in once."
)
GONE = gettext_lazy("This paper was voided or replaced. Use the one that is valid.")
MOST_COPIES = 10
NOTHING_MOVES = gettext_lazy("No deadline ends on another day any more.")
MOVED = gettext_lazy("The enterprise has another station now.")
_NEXT = """
    INSERT INTO {table} (bureau_id, station_id, form, year, last) VALUES (%s, %s, %s, %s, 1)
    ON CONFLICT (station_id, form, year) DO UPDATE SET last = {table}.last + 1 RETURNING last
"""

logger = structlog.get_logger(__name__)


@transaction.atomic
def change_letterhead(*, actor: Actor, version: str | None, **values: str) -> Letterhead:
    """Fill in or change the letterhead of the chief's own station. Issued papers keep theirs.

    Raise StaleRecord if it was changed since ``version``, ValidationError by field. No two stations of a bureau begin their
    numbers alike.
    """
    require(actor, Permission.CHANGE_LETTERHEAD)
    station = Station.objects.get(pk=actor.station_id)
    Bureau.objects.select_for_update(no_key=True).get(
        pk=station.bureau_id
    )  # its letterheads are changed one by one
    found = letterhead_to_fill_in(station)
    if version is not None and version != found.mark:
        raise StaleRecord(_("Somebody changed the letterhead in the meantime."))
    before = auditing.snapshot(found)
    for name in Letterhead.EDITABLE:
        setattr(found, name, values.get(name, getattr(found, name)).strip())
    found.full_clean()
    refuse_implausible(found)
    others = Letterhead.objects.filter(bureau_id=station.bureau_id, abbreviation=found.abbreviation)
    if other := others.exclude(station=station).select_related("station").first():
        words = _("The paper numbers of %(station)s already begin like this. Choose another beginning.")
        raise ValidationError({"abbreviation": words % {"station": other.station}})
    found.save()
    old, new = auditing.changes(before, auditing.snapshot(found))
    auditing.record(actor=actor, action=AuditAction.LETTERHEAD, target=found, before=old, after=new)
    return found


def _next_number(bureau_id: int, station_id: int, form: str, year: int) -> int:
    """Return the next number of a series. It counts only if the transaction is committed."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT.format(table=Series._meta.db_table), [bureau_id, station_id, form, year])
        number: int = cursor.fetchone()[0]
    return number


@transaction.atomic
def issue_paper(
    *,
    actor: Actor,
    form: Form,
    enterprise_id: int,
    records: Mapping[str, Sequence[int]],
    data: Mapping[str, Any],
    form_key: str = "",
    corrects: Paper | None = None,
    reason: str = "",
) -> Paper:
    """Issue a paper today, under the next number of the actor's station, or as a correction under the old number.

    ``data`` fill the template; number, day and letterhead are added here. The same ``form_key`` again is the paper that
    is there. Raise NotAllowed, Http404 for an enterprise the actor does not see, WrongState without a letterhead
    and for a correction of what is voided, replaced already or another station's, ValidationError at ``reason``.
    """
    require(actor, Permission.ISSUE_PAPERS)
    enterprise = lock_enterprise(actor, enterprise_id)  # a second request with the same form waits here
    if form_key and (first := issued_by_form(actor, enterprise_id, form_key)):
        return first
    letterhead = letterhead_of(actor.station_id)
    if letterhead is None:
        raise WrongState(str(NO_LETTERHEAD))
    today = timezone.localdate()
    place = {"issued_by_station_id": actor.station_id, "form": form.code, "year": today.year}
    if corrects is not None:
        reason = required_reason(reason)
        corrects = _lock_valid(actor, corrects.pk)
        if words := refusal_to_change(actor, corrects):
            raise WrongState(words)
        place = {name: getattr(corrects, name) for name in place}
        number, version = corrects.number, corrects.version + 1
        number_text = corrects.number_text
    else:
        # taken last of all locks, and held until the commit
        number, version = _next_number(enterprise.bureau_id, actor.station_id, form.code, today.year), 1
        number_text = f"{letterhead.abbreviation}{form.word}字〔{today.year}〕{number}号"
    template = template_in_force(actor, form)
    filled = {
        **data,
        "authority": letterhead.authority,
        "telephone": letterhead.telephone,
        "review_by": letterhead.review_by,
        "court": letterhead.court,
        "station": Station.objects.get(pk=actor.station_id).name,
        "number": number_text,
        "issued_on": chinese_day(today),
        "version": version,
        "template_version": template.version,
    }
    digested = canonical(documents.clean(filled))
    paper = Paper(
        **place,
        enterprise=enterprise,
        station_id=enterprise.station_id,
        number=number,
        version=version,
        number_text=number_text,
        form_key=form_key,
        enterprise_name=enterprise.name,
        records={kind: list(ids) for kind, ids in records.items()},
        data=documents.clean(filled),
        data_sha256=hashlib.sha256(digested.encode()).hexdigest(),
        data_sm3=documents.sm3_of(digested.encode()),
        template=template.name,
        template_version=template.version,
        template_sha256=template.sha256,
        issued_on=today,
        issued_by=actor.name,
        issued_by_id=actor.user_id,
        corrects=corrects,
        correction_reason=reason,
    )
    paper.save(force_insert=True)
    if corrects is not None:
        corrects.corrected_at = timezone.now()
        corrects.save(update_fields=["corrected_at"])
    _wake(enterprise.bureau_id, paper)
    auditing.record(
        actor=actor,
        action=AuditAction.CORRECT if corrects else AuditAction.ISSUE,
        target=paper,
        after={"form": form.code, "number": number_text, "version": version, "digest": paper.data_sm3},
        reason=reason,
    )
    return paper


def _wake(bureau_id: int, paper: Paper) -> None:
    from papers.tasks import make  # tasks import operations

    transaction.on_commit(lambda: make.delay(bureau_id, paper.pk), robust=True)  # else the sweep wakes one


def _lock_valid(actor: Actor, id: int) -> Paper:
    """Return a paper, locked after its enterprise as a hand-over does.

    Raise Http404, WrongState if it is voided or replaced, or its enterprise has moved.
    """
    found = get_paper(actor, id)
    if found.station_id not in actor.stations:  # the station that issued it only reads it
        raise WrongState(str(MOVED))
    lock_enterprise(actor, found.enterprise_id)
    paper = Paper.objects.select_for_update(of=("self",), no_key=True).filter(pk=id).first()
    if paper is None:  # it was handed over at this moment
        raise WrongState(str(MOVED))
    if not paper.is_valid:
        raise WrongState(str(GONE))
    return paper


@transaction.atomic
def void_paper(*, actor: Actor, id: int, reason: str) -> Paper:
    """Void a paper that should not have been issued; its number stays taken. Only by the station that issued it.

    Raise Http404, WrongState if it is voided or replaced, ValidationError at ``reason``.
    """
    require(actor, Permission.VOID_PAPERS)
    reason = required_reason(reason)
    paper = _lock_valid(actor, id)
    if words := refusal_to_change(actor, paper):
        raise WrongState(words)
    paper.voided_at, paper.voided_by, paper.void_reason = timezone.now(), actor.name, reason
    paper.save(update_fields=["voided_at", "voided_by", "void_reason"])
    auditing.record(actor=actor, action=AuditAction.VOID, target=paper, reason=reason)
    return paper


def refusal_to_serve(actor: Actor, paper: Paper) -> str:
    """Return why the actor cannot record the service of a paper; "" if they can."""
    if not paper.is_valid:
        return str(GONE)
    return "" if paper.station_id in actor.stations else str(MOVED)


def refusal_to_change(actor: Actor, paper: Paper) -> str:
    """Return why the actor may neither correct nor void a paper; "" if they may."""
    if paper.is_valid and paper.issued_by_station_id != actor.station_id:
        return _("Another station issued this paper, so only that one can change it.")
    return refusal_to_serve(actor, paper)


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
def move_with_service(*, actor: Actor, id: int, version: str) -> Paper:
    """Move the deadlines that run from the service of a paper which the enterprise has confirmed in the portal.

    ``version`` is that of the moves that were shown. Raise Http404, WrongState if nothing moves, Unconfirmed.
    """
    require(actor, Permission.SERVE_PAPERS)
    paper = _lock_valid(actor, id)
    found = moves_of(actor, paper, paper.served_on)
    if found is None or not found.moving or paper.served_on is None:
        raise WrongState(str(NOTHING_MOVES))
    _move(actor, paper, paper.served_on, version)
    return paper


def with_number(name: str, number: str) -> str:
    """Return an officer as papers name one: with the police number, if there is one."""
    return f"{name}（警号{number}）" if number else name


@transaction.atomic
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
    (``note``). Deadlines that run from the service move with it; ``moves`` is the version of those that were confirmed.

    Raise Http404, WrongState if it is voided or replaced, ValidationError by field, Unconfirmed for moves not confirmed.
    """
    require(actor, Permission.SERVE_PAPERS)
    paper = _lock_valid(actor, id)
    faults, today = Faults(), timezone.localdate()
    if not paper.issued_on <= served_on <= today:
        words = _("The paper was issued on %(day)s. Choose that day or a later one, today at the latest.")
        faults.add(ValidationError({"served_on": words % {"day": paper.issued_on.isoformat()}}))
    if way not in Way.values or way == Way.PORTAL:
        faults.add(ValidationError({"way": _("Choose how it was served.")}))
    if refused and not note.strip():
        faults.add(ValidationError({"note": _("Say why it was refused.")}))
    if refused and way == Way.LEFT:
        faults.add(ValidationError({"refused": _("A paper that is left with a witness is served.")}))
    if not refused and way == Way.LEFT and not witness.strip():
        faults.add(ValidationError({"witness": _("A paper that is left needs a witness.")}))
    if not refused and way == Way.DIRECT and not received_by.strip():
        faults.add(ValidationError({"received_by": _("Enter who received it.")}))
    if replaces and paper.served_on is None:
        faults.add(ValidationError({"replaces": _("It was not served before.")}))
    if replaces and refused:
        faults.add(ValidationError({"replaces": _("A refusal replaces no service.")}))
    if replaces and not refused and not note.strip():
        faults.add(ValidationError({"note": _("Say what was wrong.")}))
    faults.refuse()
    if not refused and (replaces or paper.served_on is None):
        _move(actor, paper, served_on, moves)
    return _record_service(
        actor,
        paper,
        AuditAction.CORRECT_SERVICE if replaces else AuditAction.SERVE,
        replaces=replaces,
        way=way,
        served_on=served_on,
        refused=refused,
        received_by=received_by.strip(),
        servers=servers.strip() or actor.name,
        witness=witness.strip(),
        note=note.strip(),
    )


@transaction.atomic
def receive_paper(*, actor: Actor, id: int) -> Service:
    """Confirm in the portal that the enterprise has a paper: it is served today if it was not before. Once is enough.

    Raise Http404, WrongState if it is voided or replaced, or confirmed already.
    """
    require(actor, Permission.RECEIVE_PAPERS)
    paper = _lock_valid(actor, id)
    if paper.services.filter(by_enterprise=True).exists():
        raise WrongState(_("Your enterprise has confirmed the receipt already."))
    return _record_service(
        actor,
        paper,
        AuditAction.RECEIVE,
        way=Way.PORTAL,
        served_on=timezone.localdate(),
        received_by=actor.name,
        by_enterprise=True,
    )


def _record_service(actor: Actor, paper: Paper, action: str, **values: Any) -> Service:
    service = Service.objects.create(
        paper=paper,
        enterprise_id=paper.enterprise_id,
        station_id=paper.station_id,
        recorded_by=actor.name,
        recorded_by_id=actor.user_id,
        **values,
    )
    if service.replaces or (not service.refused and paper.served_on is None):
        paper.served_on = service.served_on
        paper.save(update_fields=["served_on"])
    auditing.record(
        actor=actor,
        action=action,
        target=paper,
        after={name: value for name, value in auditing.snapshot(service).items() if name in values and value},
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
        paper = _lock_valid(actor, id)
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


def make_file(paper: Paper) -> bytes:
    """Return the Word file of a paper, which is made the first time from its data and template and kept.

    Raise FileNotFoundError if template or file are lost, TemplateFault if it cannot be filled.
    """
    if paper.file_key:
        with files.fetch(paper.file_key) as stream:
            return stream.read()
    made = _fill(paper)
    _keep(paper, made)
    return made.data


def _fill(paper: Paper) -> documents.Document:
    given = with_pictures(paper.data | {"digest": paper.data_sm3})
    return documents.fill(read_template(paper.form, paper.template), given)


def _keep(paper: Paper, made: documents.Document) -> str | None:
    """Keep the Word file of a paper, which is locked from now until the commit.

    Return the key of the file that it has; None if the scope may not change the paper.
    """
    bureau_id = Station.objects.get(pk=paper.issued_by_station_id).bureau_id
    key = files.put(bureau_id, made.data, shelf=SHELF)
    # the slower of two makes the same file and leaves the other's; its own is swept
    kept = Paper.objects.filter(pk=paper.pk, file_key=None).update(
        file_key=key, file_sha256=made.sha256, file_sm3=made.sm3
    )
    if kept:
        paper.file_key, paper.file_sha256, paper.file_sm3 = key, made.sha256, made.sm3
    else:
        paper.refresh_from_db(fields=["file_key", "file_sha256", "file_sm3"])
    return paper.file_key


def make_listing(actor: Actor, form: Form, data: Mapping[str, Any]) -> bytes:
    """Return the Word file of a form without a number, made now from the template in force. Raise as make_file."""
    template = template_in_force(actor, form)
    return documents.fill(template.data, {**data, "template_version": template.version}).data


def proof_of(paper: Paper) -> dict[str, Any]:
    """Return what the proof of service of a paper says; one empty row to fill in by hand before it was served."""
    names = ("on", "way", "received_by", "servers", "witness", "note")
    rows = [
        {
            "on": chinese_day(each.served_on),
            "way": "拒绝接收" if each.refused else WAYS[Way(each.way)],
            "received_by": each.received_by,
            "servers": each.servers,
            "witness": each.witness,
            "note": f"更正此前的记录：{each.note}" if each.replaces else each.note,
        }
        for each in services_of(paper)
    ]
    declared = forms.get(paper.form)
    return {
        **{name: paper.data.get(name, "") for name in ("authority", "station")},
        "number": paper.number_text,
        "issued_on": chinese_day(paper.issued_on),
        "title": declared.official_title if declared else paper.form,
        "enterprise": paper.enterprise_name,
        "services": rows or [dict.fromkeys(names, "")],
        "digest": paper.data_sm3,
    }


def with_pictures(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a paper with its photos as pictures. One whose file is lost becomes a text that says so."""
    if not data.get("photos"):
        return data
    return data | {"photos": [each | {"picture": _picture(each)} for each in data["photos"]]}


def _picture(photo: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        with files.fetch(photo["key"]) as stream:
            return pictures.picture(stream.read(), photo["caption"])
    except FileNotFoundError:
        logger.warning("a photo of a paper is lost", key=photo["key"])
        return pictures.missing(photo["caption"])


def make_pdf(paper: Paper) -> bytes:
    """Return a paper as PDF, which is made once and kept beside its Word file. Raise as make_file, NoPdf."""
    if not paper.file_key:
        word = _fill(paper)
        made = documents.as_pdf(word.data)
        # Kept last, so that nobody who serves the paper waits for LibreOffice. A station that handed the enterprise over
        # only reads the paper, and keeps nothing.
        if key := _keep(paper, word):
            files.keep_beside(key, ".pdf", made)
        return made
    try:
        with files.fetch(paper.file_key, ending=".pdf") as stream:
            return stream.read()
    except FileNotFoundError:
        made = documents.as_pdf(make_file(paper))
        files.keep_beside(paper.file_key, ".pdf", made)
        return made


def make_files(*, bureau_id: int, id: int) -> None:
    """Make Word file and PDF of a paper, as the system: after it was issued, or when a worker comes back to it.

    Without LibreOffice there is no PDF. Raise as make_pdf; the Word file is kept if only the PDF could not be made.
    """
    with station_scope(everywhere(bureau_id)):
        paper = Paper.objects.filter(pk=id).first()
        if paper is not None:
            make_file(paper)
    if paper is not None and documents.office():
        make_pdf(paper)  # from the file, so without a transaction


def without_file(bureau_id: int) -> list[int]:
    """Return the valid papers of a bureau whose Word file was not made yet, and is to be tried now."""
    valid = Paper.objects.filter(file_key=None, voided_at=None, corrected_at=None)
    valid = valid.filter(Q(file_again_at=None) | Q(file_again_at__lte=timezone.now()))
    with station_scope(everywhere(bureau_id)):
        return list(valid.order_by("pk").values_list("pk", flat=True))


def everywhere(bureau_id: int) -> Scope:
    """Return the scope of the system over all stations of a bureau."""
    return system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id)).scope()


def chinese_day(day: dt.date) -> str:
    """Return a day as papers write it: 2026年9月23日."""
    return f"{day.year}年{day.month}月{day.day}日"
