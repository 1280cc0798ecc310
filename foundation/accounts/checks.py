"""Check that every view declares a permission, and that the audit log can be sealed."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.core.checks import Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from foundation.accounts import access
from foundation.contributions.project import is_project_module


def project_views(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every URL pattern of the project's own views, with its route."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from project_views(pattern, route)
        elif is_project_module(pattern.callback.__module__ or ""):
            yield route, pattern


@register
def views_declare_permission(app_configs: Any, **kwargs: Any) -> list[Error]:
    """accounts.E001: a view has no permission, or one that no app declares."""
    errors = []
    for route, pattern in project_views():
        permission = getattr(pattern.callback, "permission", None)
        if permission is None or not access.known(permission):
            errors.append(Error(f"/{route} declares no known permission ({permission}).", id="accounts.E001"))
    return errors


@register
def digests_are_available(app_configs: Any, **kwargs: Any) -> list[Error]:
    """accounts.E002: the OpenSSL of this Python was built without SM3."""
    if "sm3" in hashlib.algorithms_available:
        return []
    hint = "Use a Python whose OpenSSL has SM3, as the image and the packages of Debian do."
    return [Error("The audit log cannot be sealed: hashlib has no SM3.", hint=hint, id="accounts.E002")]
