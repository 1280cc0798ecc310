"""The service worker, the page that it keeps, and who is logged in now."""

import hashlib
import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from foundation.accounts import access
from foundation.contributions.phones import endpoints
from foundation.drafts.owners import owners_of, person_of
from foundation.field.files import FIRST, LATER, SCRIPTS, STYLES, address_of, addresses
from foundation.field.words import words
from foundation.requests import Request

# on the page: an answer without it comes from somebody else, such as the login page of a Wi-Fi
SHELL = "Anqi-Shell"


@require_safe
@access.page(access.ANYONE)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the script that keeps the page and its files on the phone. Another version of either is another script."""
    page = _shell(request)
    about = {"shell": reverse("field:shell"), "files": addresses(), "mark": SHELL}
    version = hashlib.sha256(json.dumps([about, page]).encode()).hexdigest()[:16]
    text = render_to_string("field/sw.js", {"about": json.dumps(about | {"version": version})})
    return HttpResponse(
        text, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@require_safe
@access.page(access.ANYONE)
def shell(request: HttpRequest) -> HttpResponse:
    """Return the page below ``/field/``. It has nobody's data: the phone fills it with what it keeps."""
    return HttpResponse(_shell(request), headers={"Cache-Control": "no-cache", SHELL: "1"})


def _shell(request: HttpRequest) -> str:
    about = {
        "worker": reverse("field:worker"),
        "shell": reverse("field:shell"),
        "whoami": reverse("field:whoami"),
        "home": settings.LOGIN_REDIRECT_URL,
        "login": reverse(settings.LOGIN_URL),
        "logout": reverse("account_logout"),
        "later": [address_of(name) for name in LATER],
        "addresses": {each.code: reverse(each.url) for each in endpoints},
        "words": words(),
    }
    context = {
        "about": about,
        "language": "en" if (get_language() or "").startswith("en") else "zh-Hans",
        "first": [address_of(name) for name in FIRST],
        "styles": [address_of(name) for name in STYLES],
        "scripts": [address_of(name) for name in SCRIPTS],
        "favicon": address_of("anqi/favicon.svg"),
    }
    return render_to_string("field/shell.html", context)


@never_cache
@require_safe
@access.page(access.ANYONE)
def whoami(request: Request) -> HttpResponse:
    """Return who is logged in, in which role, the keys of what they keep on this phone, and a fresh token; 401: nobody."""
    actor = request.actor
    if actor is None:
        return JsonResponse({"refused": "login"}, status=401)
    owners = owners_of(request)
    return JsonResponse(
        {
            "owners": [[owner.name, owner.key] for owner in owners],
            "person": person_of(request),
            "name": actor.name,
            "role": str(access.Role(actor.role).label),
            "organisation": actor.organisation,
            "token": get_token(request),
        }
    )
