"""What a phone sends is done once, however often it arrives."""

import hashlib
import uuid
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, connection, transaction

from foundation.accounts.actors import Actor
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
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"field {key}"])


@transaction.atomic
def once(*, actor: Actor, key: uuid.UUID, sha256: str, work: Callable[[], Answer]) -> Answer:
    """Do the work and keep its answer, or return the answer of the first time.

    Several requests with one key wait for each other. Raise OtherContent, and what the work raises: there is then no receipt.
    """
    wait_for(key)
    first = receipt_of(actor, key)
    if first:
        if first.sha256 != sha256:
            raise OtherContent(str(key))
        return dict(first.answer)
    answer = work()
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
    return answer


def receipt_of(actor: Actor, key: uuid.UUID) -> FieldReceipt | None:
    """Return the actor's receipt with this key. One query."""
    return FieldReceipt.objects.filter(grant_id=actor.grant_id, key=key).first()
