"""What a phone sends arrives: an inspection by its checklists, once, and then its photos one by one."""

import base64
import datetime as dt
import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from enterprises.models import Enterprise
from facts import attachments
from facts.operations import lock_enterprise
from facts.selectors import get_fact, visible
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.database.once import asking_once
from foundation.faults import by_field
from foundation.field.receipts import (
    Answer,
    OtherContent,
    digest_of,
    first_answer,
    keep_receipt,
    once,
    receipt_of,
    wait_for,
)
from foundation.ids import id_of
from foundation.words import sentences
from inspections import operations
from inspections.access import Permission
from inspections.checklists.answering import answers_of, eligible_officers, open_from_before, with_unasked
from inspections.checklists.choosing import lists_for
from inspections.checklists.content import ListKind, together
from inspections.checklists.publishing import versions_in_force
from inspections.checklists.reading_ahead import earlier_at, read_ahead
from inspections.field.package import as_form
from inspections.models import FieldPhoto, Hazard, Inspection
from inspections.ordering import order_when_whole
from inspections.signing import SignatureGiven, SigningGiven, is_moment
from inspections.staff.checking_forms import (
    FORMER,
    LISTS,
    LONGEST_LISTS,
    CheckingForm,
    read_lists,
    read_said,
    write_lists,
)
from inspections.staff.checking_pages import day_of, proposals, why_not_close

MOST_PHOTOS = 60
SHA256 = re.compile("[0-9a-f]{64}")
KEY = "field:"  # begins the key of a record that a phone sent
SUPERSEDED, ALSO, FAULTS = "superseded", "also", "faults"  # why an inspection is not taken


class NotTaken(Exception):
    """The server does not take what a phone sent; the phone keeps it and shows why.

    ``code``: SUPERSEDED with the ``form`` that asks what is in force; ALSO with what was recorded at the enterprise on the
    same day; FAULTS by the name of the field.
    """

    def __init__(self, code: str, **more: Any) -> None:
        super().__init__(code)
        self.code, self.more = code, more


@dataclass(frozen=True)
class Photo:
    """A photo that an inspection announces: where it was taken, its name, the digest of its bytes."""

    code: str
    name: str
    digest: str


@dataclass(frozen=True)
class Sent:
    """An inspection as a phone sends it. ``fields``: those of :class:`CheckingForm`. ``anyway``: a second one of that day.

    ``begun_at``: when answering began, by the phone's clock; None if the phone does not say.
    """

    enterprise_id: int
    fields: QueryDict
    photos: Sequence[Photo]
    anyway: bool = False
    signing: SigningGiven | None = None
    begun_at: dt.datetime | None = None


def read_sent(body: bytes) -> tuple[Any, Sent]:
    """Return the key and the inspection in a body. Raise ValueError for what no page of ours wrote."""
    try:
        data = json.loads(body)
    except RecursionError as error:
        raise ValueError("not an inspection") from error
    fields = QueryDict(mutable=True)
    for name, values in dict(data["fields"]).items():
        fields.setlist(str(name), [_text(each) for each in values])
    photos = [
        Photo(_text(each["code"])[:20], _text(each["name"])[:160], str(each["sha256"]))
        for each in data.get("photos") or ()
    ]
    enterprise_id = id_of(data["enterprise"])
    if (
        enterprise_id is None
        or len(photos) > MOST_PHOTOS
        or not all(SHA256.fullmatch(each.digest) for each in photos)
    ):
        raise ValueError("not an inspection")
    signing = _read_signing(data["signing"]) if data.get("signing") else None
    begun_at = dt.datetime.fromisoformat(data["begun_at"]) if data.get("begun_at") else None
    if begun_at and not is_moment(begun_at):
        begun_at = None  # a clock that is wrong keeps no inspection from arriving
    return data["key"], Sent(enterprise_id, fields, photos, bool(data.get("anyway")), signing, begun_at)


def _text(value: Any) -> str:
    """Return a text without null characters and half characters, which no database takes."""
    return str(value).replace("\0", "").encode(errors="replace").decode()


def _read_signing(data: Any) -> SigningGiven:
    """Return what was signed on the phone. Raise ValueError, KeyError or TypeError for what no page of ours wrote."""
    given = [
        SignatureGiven(
            side=str(each["side"]),
            signed_at=dt.datetime.fromisoformat(each["signed_at"]),
            user_id=int(each.get("user_id") or 0),
            name=str(each.get("name") or ""),
            duty=str(each.get("duty") or ""),
            picture=base64.b64decode(each.get("picture") or "", validate=True),
            refused=bool(each.get("refused")),
            reason=str(each.get("reason") or ""),
            witness=str(each.get("witness") or ""),
        )
        for each in data["signatures"]
    ]
    return SigningGiven(dict(data["summary"]), given, sha256=str(data["sha256"]))


def record_inspection(*, actor: Actor, key: uuid.UUID, body: bytes, sent: Sent) -> Answer:
    """Record an inspection that a phone sent, by the same operation as the page; the same again gets the first answer.

    Raise NotAllowed, Http404, NotTaken, OtherContent.
    """
    require(actor, Permission.RECORD_INSPECTIONS)
    sha256 = digest_of(body)
    try:
        return _once(actor=actor, key=key, sha256=sha256, sent=sent)
    except (OtherContent, Http404):  # the enterprise may have been handed over since it arrived
        if answer := first_answer(actor, key, sha256):
            return answer
        raise


@transaction.atomic
@asking_once()
def _once(*, actor: Actor, key: uuid.UUID, sha256: str, sent: Sent) -> Answer:
    """Record it, or return the answer of the first time, which whoever sends the same at once waits for.

    They wait for the enterprise, so a key needs no lock of its own; the receipt's key is unique for another enterprise.
    """
    enterprise = lock_enterprise(actor, sent.enterprise_id)  # a colleague's phone waits for this one
    under, day = f"{KEY}{key}", day_of(sent.fields.get("inspected_on", "")) or timezone.localdate()
    read_ahead(actor, enterprise, _kinds(enterprise, sent.fields), under, day)
    known = earlier_at(actor, enterprise.pk, under, day)
    if first := next((each for each in known if each.external_key == under), None):
        if answer := first_answer(actor, key, sha256):
            return answer
        if first.recorded_by_id != actor.user_id:
            raise OtherContent(str(key))
        return _answer(key, first, photos_of(actor, first))  # their role was given to them anew
    made = _record(actor, enterprise, under, sent)
    photos = _announce(actor, made, sent.photos)
    if sent.signing and not photos:
        order_when_whole(actor, made)  # else with the last photo
    answer = _answer(key, made, photos)
    keep_receipt(actor=actor, key=key, sha256=sha256, answer=answer)
    return answer


def _arrived_under(actor: Actor, key: uuid.UUID) -> Inspection | None:
    """Return what this person sent under a key before their role was given to them anew, which hides the receipt. One query."""
    rows = visible(actor, Inspection, voided=True)
    return rows.filter(external_key=f"{KEY}{key}", recorded_by_id=actor.user_id).first()


def _answer(key: uuid.UUID, inspection: Inspection, photos: Sequence[FieldPhoto]) -> Answer:
    return {
        "key": str(key),
        "inspection": inspection.pk,
        "url": reverse("inspections:inspection", args=[inspection.pk]),
        "photos": len(photos),
    }


def _record(actor: Actor, enterprise: Enterprise, key: str, sent: Sent) -> Inspection:
    """Record it by the form, unless another inspection by checklist of the same day is there already."""
    form = _Form(actor, enterprise, sent.fields)
    if not form.is_valid():
        raise NotTaken(FAULTS, errors=form.errors())
    values = form.form.values()
    values["sheet"] = replace(values["sheet"], begun_at=sent.begun_at)
    # of the day as the form reads it, which may be spelled otherwise than what was read ahead
    also = next(iter(earlier_at(actor, enterprise.pk, key, values["inspected_on"])), None)
    if also and not sent.anyway:
        raise NotTaken(ALSO, **_told(actor, also))
    try:
        with transaction.atomic():
            return operations.create_inspection(
                actor=actor,
                enterprise_id=enterprise.pk,
                external_key=key,
                signing=sent.signing,
                **values,
            )
    except ValidationError as error:
        faults = by_field(error)
        if LISTS in faults and form.is_superseded:
            words = sentences(*ValidationError(faults[LISTS]).messages)
            raise NotTaken(SUPERSEDED, words=words, form=form.renewed(), former=form.former) from error
        raise NotTaken(FAULTS, errors=form.named(faults)) from error


def _kinds(enterprise: Enterprise, fields: QueryDict) -> list[ListKind]:
    """Return the checklists that were answered, else those that are proposed for the enterprise."""
    sent = read_lists(fields.get(LISTS, "")[:LONGEST_LISTS])
    return [kind for kind, _number in sent] or lists_for(enterprise)


class _Form:
    """The form as the phone filled it in, against the checklists that are in force."""

    def __init__(self, actor: Actor, enterprise: Enterprise, fields: QueryDict) -> None:
        self.actor, self.fields = actor, fields
        sent = read_lists(fields.get(LISTS, "")[:LONGEST_LISTS])
        self.versions = versions_in_force(actor, _kinds(enterprise, fields))
        self.numbers = {kind: version.number for kind, version in self.versions.items()}
        named = [*read_lists(fields.get(FORMER, "")[:LONGEST_LISTS]), *sent]
        replaced = [each for each in dict.fromkeys(named) if each not in self.numbers.items()]
        self.is_superseded = any(each not in self.numbers.items() for each in sent)
        self.former = write_lists(replaced)
        self.due = proposals(actor)
        asked = together(version.content for version in self.versions.values())
        self.asked = len(asked.questions)
        self.content = with_unasked(actor, asked, replaced, read_said(fields))
        self.officers = eligible_officers(actor, enterprise.pk)
        hazards = open_from_before(actor, enterprise)
        self.seen = [(each, why_not_close(actor, each)) for each in hazards]
        self.form = CheckingForm(
            self._with_deadlines(), content=self.content, officers=self.officers, due=self.due, seen=self.seen
        )

    def _with_deadlines(self) -> QueryDict:
        """Return the fields with the proposed deadline where the person did not set another: the phone's may be of yesterday."""
        fields = self.fields.copy()
        day = day_of(fields.get("inspected_on", ""))
        due = proposals(self.actor, day) if day and day != timezone.localdate() else self.due
        for question in self.content.questions:
            if fields.get(f"answer-{question.code}") == "fail" and not fields.get(f"due_on-{question.code}"):
                last_on = due(question, bool(fields.get(f"major-{question.code}")))
                fields[f"due_on-{question.code}"] = last_on.isoformat() if last_on else ""
        return fields

    def is_valid(self) -> bool:
        return self.form.is_valid()

    def errors(self) -> dict[str, list[str]]:
        return {name: [str(each) for each in problems] for name, problems in self.form.errors.items()}

    def named(self, faults: Mapping[str, Any]) -> dict[str, list[str]]:
        """Return the faults of the operation by the fields of the form."""
        found: dict[str, list[str]] = {}
        for name, problems in faults.items():
            at = self.form.field_of(name) or NON_FIELD_ERRORS
            found.setdefault(at, []).extend(ValidationError(problems).messages)
        return found

    def renewed(self) -> dict[str, Any]:
        """Return the form that asks what is in force, and what is not asked any more but was answered."""
        fresh = CheckingForm(
            content=self.content,
            officers=self.officers,
            due=self.due,
            initial={"officers": [self.actor.user_id]},
        )
        unasked = {each.code for each in self.content.questions[self.asked :]}
        return as_form(fresh, self.versions, unasked)


def _told(actor: Actor, other: Inspection) -> dict[str, Any]:
    """Return what the phone shows of the other inspection of the day."""
    theirs = answers_of(actor, other)
    words = _("An inspection of this enterprise on %(day)s by %(names)s has arrived already.")
    return {
        "words": words % {"day": other.inspected_on.isoformat(), "names": other.inspectors},
        "url": reverse("inspections:inspection", args=[other.pk]),
        "theirs": {each.code: [each.answer, each.note] for each in theirs},
        "asked": {each.code: each.question.words for each in theirs},
    }


# --- photos -----------------------------------------------------------------------------------------------------------


def _announce(actor: Actor, inspection: Inspection, photos: Sequence[Photo]) -> list[FieldPhoto]:
    """Write which photos belong to an inspection that was recorded just now, before they arrive. One query."""
    if not photos:
        return []
    hazards = {code: each.pk for code, each in inspection.hazards_by_code.items()}
    rows = [
        FieldPhoto(
            inspection=inspection,
            enterprise_id=inspection.enterprise_id,
            station_id=inspection.station_id,
            place=place,
            code=each.code,
            name=each.name,
            digest=each.digest,
            hazard_id=hazards.get(each.code),
            declared_by=actor.name,
        )
        for place, each in enumerate(photos)
    ]
    return FieldPhoto.objects.bulk_create(rows)


def photos_of(actor: Actor, inspection: Inspection) -> list[FieldPhoto]:
    """Return the photos that an inspection announced. One query."""
    return list(FieldPhoto.objects.filter(station_id__in=actor.stations, inspection=inspection))


@dataclass(frozen=True)
class FromPhone:
    """The photos that an inspection announced and that are not there: still awaited, refused or lost with the reason."""

    all: Sequence[FieldPhoto]

    @classmethod
    def of(cls, actor: Actor, inspection: Inspection) -> "FromPhone":
        """Return those of an inspection. One query."""
        return cls(photos_of(actor, inspection))

    @property
    def awaited(self) -> list[FieldPhoto]:
        return [each for each in self.all if each.arrived_at is None and each.lost_at is None]

    @property
    def lost(self) -> list[FieldPhoto]:
        return [each for each in self.all if each.arrived_at is None and each.lost_at is not None]

    @property
    def refused(self) -> list[FieldPhoto]:
        return [each for each in self.all if each.refused]


def receive_photo(*, actor: Actor, key: uuid.UUID, of: uuid.UUID, data: bytes) -> Answer:
    """Add a photo to the inspection that announced it, or to the hazard of its failed item.

    ``of``: the key of the inspection. Raise Http404 if nothing of this person arrived under it or it announced no such photo,
    WrongState, OtherContent; NotTaken if the server cannot read the photo, which its row then says.
    """
    require(actor, Permission.RECORD_INSPECTIONS)
    wait_for(of)  # the same picture from two places, sent at once, would arrive twice for one of them
    inspection = _inspection_under(actor, of)
    digest = hashlib.sha256(data).hexdigest()
    found = [each for each in photos_of(actor, inspection) if each.digest == digest]
    if not found:
        raise Http404("the inspection announced no such photo")
    announced = next((each for each in found if each.arrived_at is None), found[0])

    def work() -> Answer:
        record: tuple[Any, int] = (Inspection, inspection.pk)
        if announced.hazard_id:
            record = (Hazard, announced.hazard_id)
        attachments.attach(
            actor=actor,
            permission=Permission.RECORD_INSPECTIONS,
            model=record[0],
            id=record[1],
            name=announced.name,
            data=data,
            shows="found" if announced.hazard_id else "",
        )
        _arrived(announced)
        missing = [each for each in photos_of(actor, inspection) if each.arrived_at is None]
        if all(each.lost_at for each in missing):
            order_when_whole(actor, inspection)
        return {"key": str(key), "missing": [str(each) for each in missing]}

    try:
        return once(actor=actor, key=key, sha256=digest_of(of.bytes, data), work=work)
    except ValidationError as error:
        words = sentences(*error.messages)
    except WrongState as error:  # voided meanwhile, or full
        words = str(error)
    with transaction.atomic():
        _arrived(announced, words)
        order_when_whole(actor, inspection)
    raise NotTaken(FAULTS, errors={"file": [words]})


def _inspection_under(actor: Actor, key: uuid.UUID) -> Inspection:
    """Return the inspection that this person sent under a key. Raise Http404."""
    receipt = receipt_of(actor, key)
    if receipt is None:
        found = _arrived_under(actor, key)
    elif "inspection" in receipt.answer:
        found = get_fact(actor, Inspection, receipt.answer["inspection"])
    else:
        found = None  # the key of a photo
    if found is None:
        raise Http404("no inspection has arrived under this key")
    return found


def _arrived(photo: FieldPhoto, refused: str = "") -> None:
    if photo.arrived_at is None:
        photo.arrived_at, photo.refused = timezone.now(), refused[:500]
        photo.save(update_fields=["arrived_at", "refused"])
