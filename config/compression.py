"""Pages and static files, compressed for whoever has no proxy in front that does it."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from foundation.accounts.middleware import API

_TEXTS = ("text/", "application/javascript", "application/json", "image/svg+xml")


class CompressionMiddleware(GZipMiddleware):
    """Compresses text. Not the API's answers: the ETag of a compressed one is another (``foundation.rest.etags``)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(API) or not response.get("Content-Type", "").startswith(_TEXTS):
            return response
        return super().process_response(request, response)
