"""Bodies sent in chunks (``Transfer-Encoding: chunked``), without a length that anybody told."""

import io
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

from foundation.accounts.middleware import API

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class ChunkedBodies:
    """Reads them below /api/ before Django does, which takes a body without ``Content-Length`` for an empty one.

    One byte beyond the limit is read at most, so that Django refuses what is too large as ever. Chunks that cannot be
    read are an error of reading the body. Pages take no chunks: browsers tell the length of forms.
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
