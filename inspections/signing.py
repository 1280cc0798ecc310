"""Signing an inspection 签名: by all officers, and by the enterprise or with its refusal before a witness.

The summary that was shown is kept with its digest, whatever is corrected later. An inspection without any signing stays
valid. Phones sign together with what they record (``create_inspection``), everybody else afterwards
(:func:`sign_inspection`).
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from facts.operations import VOIDED, lock_fact
from foundation.accounts import auditing
from foundation.accounts.access import WrongState, require
from foundation.accounts.actors import Actor
from foundation.attachments import files
from foundation.attachments.reading import on_white, receive
from foundation.contributions.audit import kind_of_model
from foundation.contributions.limits import is_anybody_in
from foundation.faults import Faults
from foundation.texts import unstorable
from foundation.words import listed, visible
from inspections.access import Permission
from inspections.checklists.summary import differing, sha256_of, summary_of
from inspections.choices import SigningSide, SigningWay
from inspections.models import Inspection, Signature, Signing
from inspections.ordering import order_when_whole
from inspections.records import issue_after_signing

SHELF = "signatures"
SIGNATURES = "signatures"  # the field of faults that are of no single signature
ACT, ACT_REFUSED = "sign", "sign_refused"  # of the log: by both sides; only by the officers
LONGEST = {"name": 80, "duty": 80, "witness": 80, "reason": 1000}
YEARS = range(2000, 3000)  # of a moment that is taken from a device
LARGEST_PICTURE = 500_000  # bytes; a drawn signature has 10,000
CHANGED = gettext_lazy(
    "The inspection says something else than the summary that was shown. Look at it again and sign that."
)


@dataclass(frozen=True)
class SignatureGiven:
    """A signature as it is given, or the refusal to give one.

    ``side``: *officer* with ``user_id`` (0 for one without an account, then by name), or *enterprise* with ``name`` and
    ``duty``, or its refusal with ``reason`` and ``witness``.
    ``picture``: the bytes of a PNG or JPEG; empty for a refusal and on paper. ``signed_at``: by the clock of the device.
    """

    side: str
    signed_at: dt.datetime
    user_id: int = 0
    name: str = ""
    duty: str = ""
    picture: bytes = field(default=b"", repr=False)
    refused: bool = False
    reason: str = ""
    witness: str = ""


@dataclass(frozen=True)
class SigningGiven:
    """What is signed, as it was shown, and the signatures. ``sha256``: the digest that the device computed of it, or ""."""

    summary: Mapping[str, Any]
    signatures: Sequence[SignatureGiven]
    sha256: str = ""
    way: str = SigningWay.PHONE
    paper: tuple[str, bytes] | None = field(
        default=None, repr=False
    )  # name and bytes of what was signed on paper


@transaction.atomic
def sign_inspection(*, actor: Actor, id: int, signing: SigningGiven) -> Signing:
    """Record the signatures of an inspection that is recorded already, and issue its record with them, and the order.

    The same summary is signed once.

    Raise NotAllowed, Http404, WrongState if it is voided or was signed by others meanwhile, ValidationError as record_signing.
    """
    require(actor, Permission.RECORD_INSPECTIONS)
    inspection = lock_fact(actor, Inspection, id)
    if inspection.is_voided:
        raise WrongState(str(VOIDED))
    made = record_signing(actor, inspection, signing, summary_of(actor, inspection))
    issue_after_signing(actor, inspection)
    order_when_whole(actor, inspection)
    return made


def record_signing(
    actor: Actor, inspection: Inspection, given: SigningGiven, summary: Mapping[str, Any]
) -> Signing:
    """Keep a signing of an inspection, which is locked. ``summary`` is what it says.

    Raise ValidationError at ``signatures`` if something else was signed or a side is missing: all officers with a police
    number, the enterprise's person or a refusal with its witness; at ``signatures-<n>.<field>`` (from 0) for what is wrong
    with one signature, at ``paper`` without the photo of what was signed on paper.
    """
    digest = check_signing(given, summary)
    faults = Faults()
    same = Signing.objects.filter(
        enterprise_id=inspection.enterprise_id, inspection=inspection, summary_sha256=digest
    )
    if first := same.first():
        if _signers(first.signatures.all()) != _signers(given.signatures):
            raise WrongState(_("The inspection is signed as it is."))
        return first
    bureau_id = inspection.enterprise.bureau_id
    of = {
        "inspection": inspection,
        "enterprise_id": inspection.enterprise_id,
        "station_id": inspection.station_id,
    }
    signing = Signing(
        **of,
        summary=dict(given.summary),
        summary_sha256=digest,
        way=given.way,
        recorded_by=actor.name,
        recorded_by_id=actor.user_id,
    )
    paper = None
    if given.paper is not None:
        with faults.of(prefix="paper"):
            paper = receive(*given.paper)
    pictures = {}
    for n, each in enumerate(given.signatures):
        if each.picture and not each.refused:
            with faults.of(prefix=f"signatures-{n}.picture"):
                pictures[n] = _picture(each.picture)
    faults.refuse()
    if paper:
        signing.name, signing.content_type, signing.sha256 = paper.name, paper.content_type, paper.sha256
        signing.key = files.put(bureau_id, paper.data, shelf=SHELF)
    signing.save(force_insert=True)
    known = {each["id"] or each["name"]: each for each in summary["officers"]}
    rows = []
    for n, each in enumerate(given.signatures):
        officer = known.get(each.user_id or each.name) if each.side == SigningSide.OFFICER else None
        data, sha256 = pictures.get(n, (b"", ""))
        rows.append(
            Signature(
                **of,
                signing=signing,
                side=each.side,
                user_id=each.user_id,
                name=officer["name"] if officer else each.name.strip(),
                police_number=officer["police_number"] if officer else "",
                duty=each.duty.strip(),
                signed_at=each.signed_at,
                refused=each.refused,
                reason=each.reason.strip(),
                witness=each.witness.strip(),
                key=files.put(bureau_id, data, shelf=SHELF) if data else "",
                sha256=sha256,
            )
        )
    Signature.objects.bulk_create(rows)
    refusals = [each.reason.strip() for each in given.signatures if each.refused]
    auditing.record(
        actor=actor,
        action=kind_of_model(Inspection).action(ACT_REFUSED if refusals else ACT),
        target=inspection,
        after={
            "signed_by": [each.name for each in rows if not each.refused],
            "summary_digest": digest,
        }
        | ({"refused": refusals[0]} if refusals else {}),
    )
    return signing


def check_signing(given: SigningGiven, summary: Mapping[str, Any]) -> str:
    """Return the digest of what was signed. Raise ValidationError as record_signing, without looking at pictures."""
    faults = Faults()
    digest = ""
    with faults.of(prefix=SIGNATURES):
        digest = sha256_of(given.summary)
    if digest and given.sha256 and given.sha256 != digest:
        faults.add(ValidationError({SIGNATURES: _("The digest is not that of the summary that was signed.")}))
    if digest and differing(given.summary, summary):
        faults.add(ValidationError({SIGNATURES: str(CHANGED)}))
    faults.refuse()
    _check_sides(given, summary["officers"], faults)
    is_paper = given.way == SigningWay.PAPER
    for n, each in enumerate(given.signatures):
        at = f"signatures-{n}."
        if each.side not in SigningSide.values or not is_moment(each.signed_at):
            faults.add(ValidationError({f"{at}side": _("The signature is not readable.")}))
        elif each.refused:
            if each.side == SigningSide.OFFICER:
                faults.add(ValidationError({f"{at}side": _("Only the enterprise refuses to sign.")}))
            if not _says(each.reason):
                faults.add(ValidationError({f"{at}reason": _("Say why they refused to sign.")}))
            if not _says(each.witness):
                faults.add(ValidationError({f"{at}witness": _("Name who witnessed the refusal.")}))
            elif is_anybody_in(each.witness, _names_of(summary)):
                words = _("The witness is somebody else than the officers of the inspection.")
                faults.add(ValidationError({f"{at}witness": words}))
        else:
            if each.side == SigningSide.ENTERPRISE and not _says(each.name):
                faults.add(ValidationError({f"{at}name": _("Enter who signed for the enterprise.")}))
            elif each.side == SigningSide.ENTERPRISE and is_anybody_in(each.name, _names_of(summary)):
                words = _("Name the person of the enterprise who signed, not an officer of the inspection.")
                faults.add(ValidationError({f"{at}name": words}))
            if not each.picture and not is_paper:
                faults.add(ValidationError({f"{at}picture": _("The signature is missing.")}))
        for name, most in LONGEST.items():
            if why := unstorable(getattr(each, name), most):
                faults.add(ValidationError({f"{at}{name}": why}))
    if is_paper and given.paper is None:
        faults.add(ValidationError({"paper": _("Add the photo or scan of what was signed.")}))
    if given.way not in SigningWay.values or (given.paper is not None and not is_paper):
        faults.add(ValidationError({SIGNATURES: _("The signature is not readable.")}))
    faults.refuse()
    return digest


def _check_sides(given: SigningGiven, officers: Sequence[Mapping[str, Any]], faults: Faults) -> None:
    """Add to ``faults`` who has not signed, who signed twice, and who was not there.

    ``officers`` are those of the inspection: who must sign does not depend on what a device says about them.
    """
    of_officers = [each for each in given.signatures if each.side == SigningSide.OFFICER]
    signed = [each.user_id or each.name for each in of_officers]
    known = [each["id"] or each["name"] for each in officers]
    has_numbers = any(each["police_number"] for each in officers)
    missing = [
        each["name"]
        for each, key in zip(officers, known, strict=True)
        if key not in signed and (each["police_number"] or not has_numbers)
    ]
    if missing:
        words = ngettext("%(names)s has not signed.", "%(names)s have not signed.", len(missing))
        faults.add(ValidationError({SIGNATURES: words % {"names": listed(missing)}}))
    elif not officers:
        faults.add(
            ValidationError({SIGNATURES: _("No officer is named in the inspection. Correct it first.")})
        )
    elif len(set(signed)) < len(signed) or set(signed) - set(known):
        faults.add(ValidationError({SIGNATURES: _("Only the officers of the inspection sign, each once.")}))
    if sum(each.side == SigningSide.ENTERPRISE for each in given.signatures) != 1:
        words = _("The enterprise has not signed. If they refuse, record why, and who witnessed it.")
        faults.add(ValidationError({SIGNATURES: words}))


def _names_of(summary: Mapping[str, Any]) -> str:
    """Return the officers of a summary as a list of names, with their numbers where they have one."""
    officers = summary["officers"]
    return "、".join(
        f"{each['name']}（{each['police_number']}）" if each["police_number"] else each["name"]
        for each in officers
    )


def _signers(signatures: Iterable[Signature | SignatureGiven]) -> set[tuple[Any, ...]]:
    """Return who signed or refused, by account or name, to tell a form sent twice from another signing."""
    return {
        (
            each.side,
            each.refused,
            (each.user_id or each.name.strip()) if not each.refused else each.reason.strip(),
        )
        for each in signatures
    }


def is_moment(at: dt.datetime) -> bool:
    """Whether a device's clock can have said this, and a column can hold it in any time zone."""
    return at.tzinfo is not None and at.year in YEARS


def _says(text: str) -> bool:
    return any(map(str.isalnum, visible(text)))


def _picture(data: bytes) -> tuple[bytes, str]:
    """Return what is kept of a drawn signature, and its SHA-256. Raise ValidationError for what is none."""
    if len(data) > LARGEST_PICTURE:
        raise ValidationError(_("The picture of the signature is too large."))
    received = receive("signature.png", data)
    if not received.width:
        raise ValidationError(_("The signature is not readable."))
    drawn, has_ink = on_white(received)
    if not has_ink:
        raise ValidationError(_("The signature is empty. Sign again."))
    return drawn, hashlib.sha256(drawn).hexdigest()


# --- reads ------------------------------------------------------------------------------------------------------------


def signings_of(actor: Actor, inspection: Inspection) -> list[Signing]:
    """Return the signings of an inspection with their signatures, the latest first. Two queries."""
    rows = Signing.objects.filter(station_id__in=actor.stations, inspection=inspection)
    return list(rows.prefetch_related("signatures"))


def open_signature(actor: Actor, inspection: Inspection, id: int) -> IO[bytes]:
    """Return the picture of a signature of an inspection. Raise Http404, FileNotFoundError if it is lost."""
    rows = Signature.objects.filter(station_id__in=actor.stations, inspection=inspection, pk=id)
    found = rows.exclude(key="").first()
    if found is None:
        raise Http404(f"inspection {inspection.pk} has no signature {id}")
    return files.fetch(found.key)


def open_signed_paper(actor: Actor, inspection: Inspection, id: int) -> tuple[Signing, IO[bytes]]:
    """Return a signing on paper and its file. Raise Http404, FileNotFoundError if it is lost."""
    rows = Signing.objects.filter(station_id__in=actor.stations, inspection=inspection, pk=id)
    found = rows.exclude(key="").first()
    if found is None:
        raise Http404(f"inspection {inspection.pk} has no signed paper {id}")
    return found, files.fetch(found.key)


__all__ = [
    "SignatureGiven",
    "SigningGiven",
    "check_signing",
    "is_moment",
    "open_signature",
    "open_signed_paper",
    "record_signing",
    "sign_inspection",
    "signings_of",
]
