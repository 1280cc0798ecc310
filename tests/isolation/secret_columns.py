"""Which requests read a column that holds a secret: hashes of passwords, second factors, signing secrets."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.signals import request_finished, request_started
from django.db import connection

COLUMNS = re.compile(
    r'"password"|"sealed_secret"|"sealed_previous"|"mfa_authenticator"\."data"|"accounts_user"\.\*'
)
# logging in, a new password, the second factor; the page that replaces a signing secret names the present one
USED_ON = re.compile(
    r"^/accounts/(login|reauthenticate|password|2fa)/|^/people/invitation/|^/deliveries/.*/secret/$"
)


@contextmanager
def reading() -> Iterator[set[str]]:
    """Collect each page, but those that use secrets, on which a SELECT names one of the columns."""
    path: list[str] = []
    found: set[str] = set()

    def began(environ: dict[str, Any] | None = None, **_signal: Any) -> None:
        path[:] = [str((environ or {}).get("PATH_INFO", ""))]

    def ended(**_signal: Any) -> None:
        path.clear()

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if path and sql.startswith("SELECT") and not USED_ON.match(path[0]):
            columns = COLUMNS.findall(sql.partition(" FROM ")[0])
            found.update(f"{path[0]} reads {column}" for column in columns)
        return execute(sql, params, many, context)

    request_started.connect(began)
    request_finished.connect(ended)
    try:
        with connection.execute_wrapper(watch):
            yield found
    finally:
        request_started.disconnect(began)
        request_finished.disconnect(ended)
