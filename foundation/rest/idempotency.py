"""Idempotency: a POST with an ``Idempotency-Key`` has one effect and one response, however often it is sent."""

import datetime as dt
import hashlib
import re

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.sweeping import every_bureau, in_each
from foundation.rest.models import StoredAnswer
from foundation.rest.problems import Problem, Refused
from foundation.tenancy.scope import station_scope

KEPT = dt.timedelta(hours=24)
_TOKEN = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")


class Replayed(Exception):
    """The request was answered before; ``answer`` is that response."""

    def __init__(self, answer: HttpResponse) -> None:
        super().__init__("replayed")
        self.answer = answer


def begin(request: HttpRequest, actor: Actor) -> StoredAnswer | None:
    """Reserve the place of this request, or raise Replayed with the response of an earlier one.

    None without an ``Idempotency-Key``. Waits while the same request is being processed. Raise Refused: 400 for a
    malformed token, 422 if it belongs to another method, path or body.
    """
    token = request.headers.get("Idempotency-Key")
    if token is None:
        return None
    if not _TOKEN.fullmatch(token):
        error = {
            "header": "Idempotency-Key",
            "detail": _("Use 1 to 255 visible ASCII characters, such as a UUID."),
        }
        raise Refused(Problem(400, "invalid", errors=(error,)))
    place = StoredAnswer(
        bureau_id=actor.bureau_id,
        department_id=actor.department_id,
        key_id=actor.key_id,
        token=token,
        fingerprint=_fingerprint(request),
    )
    try:
        with transaction.atomic():  # a savepoint: the failed INSERT must not fail the request
            place.save(force_insert=True)
    except IntegrityError:
        found = StoredAnswer.objects.filter(key_id=actor.key_id, token=token).first()
        if found is None:  # refused for another reason: a fault of ours, which "not found" would hide
            raise
    else:
        return place
    if found.fingerprint != place.fingerprint:
        raise Refused(Problem(422, "idempotency-key-reused", _("Use a new key for a different request.")))
    headers = {**found.headers, "Idempotency-Replayed": "true"}
    raise Replayed(HttpResponse(found.body.encode(), status=found.status, headers=headers))


def finish(place: StoredAnswer, answer: HttpResponse) -> None:
    """Store a successful response. Any other had no effect, so release the place."""
    if not 200 <= answer.status_code < 300:
        place.delete()
        return
    place.status = answer.status_code
    place.headers = {name: answer[name] for name in _KEPT_HEADERS if name in answer}
    place.body = answer.content.decode()
    place.save(update_fields=["status", "headers", "body"])


def forget_answers() -> int:
    """Delete responses older than a day. Return how many."""
    gone = 0

    def forget(bureau_id: int) -> None:
        nonlocal gone
        with station_scope(system_actor(bureau_id=bureau_id).scope()):
            old = StoredAnswer.objects.filter(bureau_id=bureau_id, created_at__lt=timezone.now() - KEPT)
            gone += old.delete()[0]

    in_each(every_bureau(), forget, of="stored answers")
    return gone


def _fingerprint(request: HttpRequest) -> str:
    method_and_path = f"{request.method}\n{request.get_full_path()}\n".encode()
    return hashlib.sha256(method_and_path + request.body).hexdigest()
