"""What a phone sends is done once, however often it arrives."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction

from foundation.accounts.actors import Actor
from foundation.database.turns import take_turn
from foundation.field.models import FieldReceipt

Answer = dict[str, Any]


class OtherContent(Exception):
    """The key was used for something else before."""


def key_of(text: Any) -> uuid.UUID | None:
    """Return the key that a phone gave, None for anything else."""
    try:
        return uuid.UUID(str(text))
    except ValueError:
        return None


def digest_of(*parts: bytes) -> str:
    """Return the digest by which the same content is known."""
    whole = hashlib.sha256()
    for each in parts:
        whole.update(len(each).to_bytes(8, "big"))
        whole.update(each)
    return whole.hexdigest()


def wait_for(key: uuid.UUID) -> None:
    """Let others who work under this key finish, and make them wait until the transaction ends."""
    take_turn(f"field {key}")


@transaction.atomic
def once(*, actor: Actor, key: uuid.UUID, sha256: str, work: Callable[[], Answer]) -> Answer:
    """Do the work and keep its answer, or return the answer of the first time.

    Several requests with one key wait for each other. Raise OtherContent, and what the work raises: there is then no receipt.
    """
    wait_for(key)
    answer = first_answer(actor, key, sha256)
    if answer is None:
        answer = work()
        keep_receipt(actor=actor, key=key, sha256=sha256, answer=answer)
    return answer


def first_answer(actor: Actor, key: uuid.UUID, sha256: str) -> Answer | None:
    """Return the answer of the first time, None if there was none. Raise OtherContent. One query."""
    first = receipt_of(actor, key)
    if first is None:
        return None
    if first.sha256 != sha256:
        raise OtherContent(str(key))
    return dict(first.answer)


def keep_receipt(*, actor: Actor, key: uuid.UUID, sha256: str, answer: Answer) -> None:
    """Keep the answer of work that was done in this transaction. Raise OtherContent if the key was used meanwhile.

    The key is unique, so of two who come at once the second waits here for the first and is refused.
    """
    try:
        with transaction.atomic():
            FieldReceipt.objects.create(
                user_id=actor.user_id,
                grant_id=actor.grant_id,
                bureau_id=actor.bureau_id or None,
                key=key,
                sha256=sha256,
                answer=answer,
            )
    except IntegrityError as error:  # somebody else's
        raise OtherContent(str(key)) from error


def receipt_of(actor: Actor, key: uuid.UUID) -> FieldReceipt | None:
    """Return the actor's receipt with this key. One query."""
    return FieldReceipt.objects.filter(grant_id=actor.grant_id, key=key).first()
