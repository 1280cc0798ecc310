"""Transaction and tenant scope around a request, including rendering."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpResponse

from foundation.requests import Request
from foundation.tenancy.scope import transaction_scope


class ScopeMiddleware:
    """Runs the request in the scope of ``request.actor``, all or nothing.

    1. Not ATOMIC_REQUESTS: that ends before a lazy template renders, which would then read without a scope.
    2. Rolls back if the view or its template raised (also Http404 and PermissionDenied) and on any 5xx response. Django turns
       exceptions into responses before they return here, so ``process_exception`` records them. The rollback waits until
       the error page is rendered, which may read too.
    3. Somebody without a role gets no scope: any read of tenant rows on such a page is an error.
    """

    def __init__(self, get_response: Callable[[Request], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Request) -> HttpResponse:
        actor = getattr(request, "actor", None)
        scope = actor.scope() if actor else None
        if scope is None:
            return self.get_response(request)
        request.raised = False
        with transaction_scope(scope):
            response = self.get_response(request)
            if request.raised or response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        request.raised = True
