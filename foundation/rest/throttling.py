"""Rate limits: requests per minute for each key, wrong keys and anonymous requests for each address. Counted in Valkey.

They stop a client's endless loop from taking the service from others; they protect no data. So while Valkey is down,
requests pass uncounted, and it is tried again only after a few seconds.
"""

import hashlib
import time
from dataclasses import dataclass
from functools import cache

import redis
import structlog
from django.conf import settings
from django.utils.translation import gettext as _
from redis.backoff import NoBackoff
from redis.retry import Retry

from foundation.addresses import line_of
from foundation.rest.problems import Problem, Refused

MINUTE_S = 60
FAILURES_S = 300
TIMEOUT_S = 0.5  # Valkey answers in less than a thousandth of that
RETRY_S = 5
logger = structlog.get_logger(__name__)
_unavailable_until = 0.0


@dataclass(frozen=True)
class Usage:
    """A caller's use of a limit in the present window."""

    limit: int
    remaining: int
    reset_s: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_s),
        }


def count_request(key_id: int, *, writing: bool) -> Usage | None:
    """Count a request of a key. None while Valkey is down. Raise Refused (429) above the limit."""
    limit = settings.API_WRITES_PER_MINUTE if writing else settings.API_READS_PER_MINUTE
    found = _count(f"{'write' if writing else 'read'}:{key_id}", limit, MINUTE_S)
    if found is not None and found.remaining < 0:
        raise too_many(
            Usage(limit, 0, found.reset_s), _("The key has reached its limit of requests per minute.")
        )
    return found


def count_failure(address: str) -> None:
    """Count a wrong key from this address. Raise Refused (429) above the limit; a valid key always passes."""
    limit = settings.API_FAILURES
    found = _count(f"failed:{line_of(address)}", limit, FAILURES_S)
    if found is not None and found.remaining < 0:
        raise too_many(
            Usage(limit, 0, found.reset_s), _("Too many invalid keys were sent from this address.")
        )


def count_anonymous(address: str, part: str = "") -> Usage | None:
    """Count a request of nobody known; ``part`` is counted apart from others of the address. ``remaining`` is negative above the limit. None while Valkey is down."""
    return _count(f"anonymous:{line_of(address)}:{part}", settings.ANONYMOUS_PER_MINUTE, MINUTE_S)


def count_reader(what: str, address: str, limit: int, *, secret: str = "") -> Usage | None:
    """Count a request for what is read by a secret in its address: a signed link, a calendar. As :func:`count_anonymous`.

    ``secret``, if it is valid, is counted for itself: a whole station reads from one address. What opens nothing is counted
    by ``address``.
    """
    whose = hashlib.sha256(secret.encode()).hexdigest() if secret else line_of(address)
    return _count(f"{what}:{whose}", limit, MINUTE_S)


def too_many(usage: Usage, detail: str) -> Refused:
    """Return the refusal that says when to try again."""
    headers = {**usage.headers(), "Retry-After": str(usage.reset_s)}
    return Refused(Problem(429, "too-many-requests", detail, headers=headers))


def _count(what: str, limit: int, window_s: int) -> Usage | None:
    """Count one in the present window. ``remaining`` is negative above the limit."""
    global _unavailable_until
    now = time.time()
    if now < _unavailable_until <= now + RETRY_S:  # false if the clock was set back
        return None
    window, spent_s = divmod(int(now), window_s)
    name = f"anqi:api:{what}:{window}"
    try:
        with _valkey(str(settings.CACHES["default"]["LOCATION"])).pipeline() as pipe:
            pipe.incr(name)
            pipe.expire(name, 2 * window_s)
            used, _known = pipe.execute()
    except redis.RedisError as error:
        _unavailable_until = now + RETRY_S
        logger.warning("requests pass uncounted", error=type(error).__name__)
        return None
    return Usage(limit, limit - int(used), window_s - spent_s)


@cache
def _valkey(url: str) -> redis.Redis:
    """Return this process's connection pool with short timeouts; the cache's own would try for seconds."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
    )
