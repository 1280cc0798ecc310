"""Request bodies sent in chunks (``Transfer-Encoding: chunked``), which have no ``Content-Length``."""

import io
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from foundation.accounts.middleware import API

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class ChunkedBodies:
    """Reads chunked bodies below /api/ before Django does, which takes a body without ``Content-Length`` for empty.

    Reads at most one byte more than the limit, so that Django still refuses a body that is too large. If the chunks
    cannot be read, reading the body fails. Pages accept no chunks: browsers send the length of a form.
    """

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        in_chunks = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        if in_chunks and not environ.get("CONTENT_LENGTH") and environ.get("PATH_INFO", "").startswith(API):
            try:
                body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            except Exception:  # noqa: BLE001  (the server's own errors have no base in common)
                environ |= {"wsgi.input": _Unreadable(), "CONTENT_LENGTH": "1"}
            else:
                environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        return self.application(environ, start_response)


class _Unreadable(io.RawIOBase):
    def read(self, _size: int = -1) -> bytes:
        raise OSError("the chunks of the body cannot be read")
