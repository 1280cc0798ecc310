"""Signing an agreement: each side, then who presided. A written agreement takes effect with the last signature.

A signature is drawn on the screen, or given on paper, of which a photo or scan is kept (People's Mediation Law, Article 29).
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.acting import locked_dispute, record
from disputes.agreements import locking
from disputes.agreements.settling import take_effect
from disputes.choices import SignedOn, Signer
from disputes.models import AgreementSignature, Dispute, belonging_to
from disputes.whose import by_whom
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.attachments import files
from foundation.attachments.reading import on_white, receive
from foundation.faults import Faults
from foundation.identifiers import folded
from foundation.texts import kept
from foundation.words import visible

SHELF = "agreements"
SIGN = "sign_agreement"  # of the log
LARGEST_PICTURE = 500_000  # bytes; a drawn signature has 10,000
LONGEST_NAME = 80


@dataclass(frozen=True)
class SignatureGiven:
    """The signature of one side as it is given: drawn (``picture``, the bytes of a PNG), or on paper, which all share."""

    signer: str
    name: str
    picture: bytes = field(default=b"", repr=False)


@transaction.atomic
@as_declared
def sign_agreement(
    *,
    actor: Actor,
    id: int,
    agreement_id: int,
    signatures: Sequence[SignatureGiven],
    signed_on: dt.date | None,
    way: str = SignedOn.SCREEN,
    paper: tuple[str, bytes] | None = None,
) -> list[AgreementSignature]:
    """Record who signed the agreement in force on a day: one side, several, or all that are left. Return what was added.

    They sign in their order: the sides, then who presided. A side that has signed already with this name adds nothing. With the
    last one the agreement takes effect, on the latest day on which somebody signed.

    Raise NotAllowed, Http404, WrongState if the agreement is not in force, ValidationError at ``signatures`` for nobody or out of
    turn, at ``name_<signer>``, also for who signs for two, and ``picture_<signer>``, at ``signed_on``, at ``paper`` without the photo of what was signed on paper.
    """
    require(actor, Permission.RECORD_AGREEMENTS)
    dispute = locked_dispute(actor, id)
    found = locking.in_force(dispute, agreement_id)
    agreement, on_paper = found.agreement, way == SignedOn.PAPER
    before = {each.signer: each for each in found.signatures}
    new = [
        each
        for each in signatures
        if each.signer not in before or before[each.signer].name != visible(each.name).strip()
    ]
    if signatures and not new:
        return []
    faults = Faults()
    _check_turn([each.signer for each in new], found.still_to_sign, faults)
    today = timezone.localdate()
    if signed_on is None:
        faults.add(ValidationError({"signed_on": _("Enter the day on which they signed.")}))
    elif signed_on > today:
        faults.add(ValidationError({"signed_on": _("This date is in the future.")}))
    elif signed_on < (first := max([agreement.concluded_on, *(each.signed_on for each in found.signatures)])):
        words = _("They agreed, or somebody signed before, on %(day)s.") % {"day": first.isoformat()}
        faults.add(ValidationError({"signed_on": words}))
    if way not in SignedOn.values:
        faults.add(ValidationError({"way": _("Choose how it was signed.")}))
    sheet = None
    if on_paper and paper is None:
        faults.add(ValidationError({"paper": _("Add the photo or scan of what was signed.")}))
    elif on_paper and paper:
        with faults.of(prefix="paper"):
            sheet = receive(*paper)
    names: dict[str, str] = {}
    pictures = {}
    signed = [(each.signer, each.name) for each in found.signatures]
    for each in new:
        with faults.of():
            names[each.signer] = kept(each.name, f"name_{each.signer}", LONGEST_NAME, words=True)
            if not names[each.signer]:
                raise ValidationError({f"name_{each.signer}": _("Enter who signed.")})
            others = (folded(name) for signer, name in (*signed, *names.items()) if signer != each.signer)
            if folded(names[each.signer]) in others:
                words = _("The same person does not sign twice. Tell namesakes apart, such as 王芳（2）.")
                raise ValidationError({f"name_{each.signer}": words})
        if not on_paper:
            with faults.of(prefix=f"picture_{each.signer}"):
                pictures[each.signer] = _drawn(each.picture)
    faults.refuse()
    assert signed_on
    bureau_id = dispute.enterprise.bureau_id
    of_paper = files.put(bureau_id, sheet.data, shelf=SHELF) if sheet else ""
    added = []
    for each in new:
        data, sha256 = pictures.get(each.signer, (b"", sheet.sha256 if sheet else ""))
        added.append(
            AgreementSignature.objects.create(
                **belonging_to(dispute),
                agreement_id=agreement.pk,
                signer=each.signer,
                name=names[each.signer],
                signed_on=signed_on,
                way=way,
                content_type=sheet.content_type if sheet else "image/png",
                key=of_paper or files.put(bureau_id, data, shelf=SHELF),
                sha256=sha256,
                **by_whom(actor, "recorded_by"),
            )
        )
    record(actor, dispute, SIGN, {"signed_on": signed_on.isoformat(), "signatures": len(added)})
    if len(added) == len(found.still_to_sign):
        days = [each.signed_on for each in (*found.signatures, *added)]
        take_effect(actor, dispute, agreement, max(days))
    return added


def _check_turn(given: Sequence[str], left: Sequence[str], faults: Faults) -> None:
    words = ""
    if not given:
        words = _("Nobody has signed.")
    elif len(set(given)) < len(given) or set(given) - set(left):
        words = _("Only those sign who have not signed yet, each once.")
    elif list(left[: len(given)]) != [each for each in left if each in given]:
        first = next(each for each in left if each not in given)
        words = _("It is the turn of: %(who)s. They sign before the others.")
        words %= {"who": Signer(first).label}
    if words:
        faults.add(ValidationError({"signatures": words}))


def _drawn(picture: bytes) -> tuple[bytes, str]:
    if not picture:
        raise ValidationError(_("The signature is missing."))
    if len(picture) > LARGEST_PICTURE:
        raise ValidationError(_("This signature is not readable. Sign again."))
    received = receive("signature.png", picture)
    data, has_ink = on_white(received) if received.width else (b"", False)
    if not has_ink:
        raise ValidationError(_("The signature is missing."))
    return data, hashlib.sha256(data).hexdigest()


def open_signature(actor: Actor, dispute: Dispute, id: int) -> tuple[AgreementSignature, IO[bytes]]:
    """Return a signature and its picture, or the paper it is on. Raise Http404, FileNotFoundError if the file is lost."""
    rows = AgreementSignature.objects.filter(
        station_id__in=actor.stations, dispute_id__in=dispute.file_ids, pk=id
    )
    found = rows.first()
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no signature {id}")
    return found, files.fetch(found.key)


__all__ = ["SHELF", "SignatureGiven", "open_signature", "sign_agreement"]
