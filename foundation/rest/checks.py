"""Check that every entry of the API's index points to an endpoint."""

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse

from foundation.contributions import endpoints


@register
def check_api_index(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """rest.E001: an entry of the API's index names a missing endpoint, or one that takes arguments."""
    problems = []
    for endpoint in endpoints.endpoints:
        try:
            reverse(endpoint.url_name)
        except NoReverseMatch:
            problems.append(f"API index, {endpoint.code}: there is no endpoint {endpoint.url_name}.")
    return [Error(problem, id="rest.E001") for problem in problems]
