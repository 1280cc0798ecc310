"""The request as endpoints receive it."""

from rest_framework.request import Request as RestRequest

from foundation.requests import Request


class ApiRequest(RestRequest):
    """REST framework's request around the project's. For annotations only; never instantiated."""

    _request: Request
    method: str
