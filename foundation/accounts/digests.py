"""SM3 digests (GB/T 32905) of the audit log: of its entries, of personal values, of the links of a chain.

What is digested never changes, or seals of earlier versions would not fit any more.
"""

import datetime as dt
import hashlib
import json
from typing import Any

from foundation.accounts.models import AuditEntry

# Fields that later versions add are not covered: a further tuple would be, in links of its own.
_COVERED = (
    "id",
    "actor_id",
    "actor_name",
    "role",
    "bureau_id",
    "station_id",
    "enterprise_id",
    "address",
    "request_id",
    "action",
    "object_type",
    "object_id",
    "object_label",
    "object_values",
    "reason",
    "before",
    "after",
)


def sm3(*parts: str) -> str:
    """Return the SM3 digest of texts, in hexadecimal. The texts are kept apart by their lengths."""
    digest = hashlib.new("sm3")
    for part in parts:
        data = part.encode()
        digest.update(len(data).to_bytes(8, "big"))
        digest.update(data)
    return digest.hexdigest()


def canonical(value: Any) -> str:
    """Return a JSON value as text that depends on nothing but the value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of_value(salt: str, value: Any) -> str:
    """Return the commitment to a personal value."""
    return sm3(salt, canonical(value))


def digest_of_link(before: str, entry: AuditEntry) -> str:
    """Return the digest of a link: of the link before ("" for the first) and the entry as it is stored."""
    covered = {name: getattr(entry, name) for name in _COVERED}
    moment = entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds")
    return sm3(before, canonical(covered | {"at": moment}))


def digest_of_seal(before: str, number: int, heads: dict[str, list[Any]]) -> str:
    """Return the digest of a seal: of the seal before ("" for the first) and the heads of the chains."""
    return sm3(before, str(number), canonical(heads))
