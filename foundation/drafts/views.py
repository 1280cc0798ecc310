"""Who is logged in now, the list of what a device keeps, and the refusal of a form without a valid token."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import MAX_URL_LENGTH
from django.utils.translation import gettext_lazy
from django.views import csrf
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from foundation.accounts import access
from foundation.drafts.owners import owners_of, person_of
from foundation.ui.views import Page

REFUSED = "Anqi-Refused"


@never_cache
@access.page(access.ANYONE)
def session(request: HttpRequest) -> HttpResponse:
    """Return who is logged in, with a fresh token for forms. A page asks after its form was refused or not answered.

    Where nobody is, there is no token: its cookie would arrive after the one of a login page that has just been opened.
    """
    owner = next(iter(owners_of(request)), None)
    person = person_of(request)
    return JsonResponse(
        {
            "owner": owner.name if owner else "",
            "person": person,
            "token": get_token(request) if person else "",
        }
    )


class Kept(Page, TemplateView):
    """What this person typed on this device and has not saved. The browser fills the page; the server knows nothing."""

    permission = access.PERSON
    title = gettext_lazy("Unsaved texts")
    template_name = "drafts/kept.html"


def csrf_failure(request: HttpRequest, reason: str = "", **options: Any) -> HttpResponse:
    """Return Django's page for a form without a valid token, marked for the script, which tries again with a new one.

    Logging in needs no such page: the form is shown anew, with a token of its own, and says why.
    """
    if request.path == reverse("account_login"):
        query = {"again": "1"}
        target = request.POST.get(REDIRECT_FIELD_NAME, "")
        if 0 < len(target) <= MAX_URL_LENGTH:  # whether it leads astray is asked after the log-in
            query[REDIRECT_FIELD_NAME] = target
        return redirect(f"{request.path}?{urlencode(query)}")
    response = csrf.csrf_failure(request, reason=reason, **options)
    response.headers[REFUSED] = "csrf"
    return response
