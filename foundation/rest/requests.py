"""A request as the endpoints get it."""

from rest_framework.request import Request as RestRequest

from foundation.requests import Request


class ApiRequest(RestRequest):
    """REST framework's request around ours; a name for annotations, never created."""

    _request: Request
    method: str
