"""What a phone asks and sends. Everything is answered in JSON; 422 says what is wrong in words."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from enterprises.selectors import with_ids
from foundation.accounts import access
from foundation.attachments import reading
from foundation.drafts.owners import owners_of
from foundation.field.receipts import OtherContent, key_of
from foundation.requests import Request, required_actor
from inspections.access import Permission
from inspections.checklists.content import ListKind
from inspections.field.arriving import NotTaken, read_sent, receive_photo, record_inspection
from inspections.field.package import MOST, due_here, found_here, package

OWNER = "X-Anqi-Owner"  # under whom the phone keeps what it sends (foundation.drafts.owners)


def _refuse(code: str, status: int, **more: Any) -> HttpResponse:
    return JsonResponse({"refused": code, **more}, status=status)


def _is_other(request: HttpRequest) -> bool:
    """Return whether somebody else, or the same person in another role, is logged in by now."""
    return request.headers.get(OWNER) not in {each.name for each in owners_of(request)}


@never_cache
@require_GET
@access.page(Permission.RECORD_INSPECTIONS)
def field_package(request: Request) -> HttpResponse:
    """Return what is loaded ahead: enterprises that are due, or at most MOST with the ids given, by the checklists given."""
    actor = required_actor(request)
    ids = request.GET.getlist("enterprise")
    kinds = [kind for kind in ListKind if kind.value in request.GET.getlist("list")]
    wanted = with_ids(actor, ids[:MOST]) if ids else due_here(actor)
    if ids and not wanted:
        raise Http404("no such enterprise")
    return JsonResponse(package(actor, wanted, kinds).as_json())


@never_cache
@require_GET
@access.page(Permission.RECORD_INSPECTIONS)
def field_search(request: Request) -> HttpResponse:
    """Return enterprises by name, code or address."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:100]
    found = found_here(required_actor(request), text) if text else []
    return JsonResponse(
        {"found": [{"id": each.pk, "name": each.name, "address": each.address} for each in found]}
    )


@never_cache
@require_POST
@access.page(Permission.RECORD_INSPECTIONS)
def field_inspection(request: Request) -> HttpResponse:
    """Record an inspection that a phone kept."""
    if _is_other(request):
        return _refuse("other", 409)
    try:
        named, sent = read_sent(request.body)
    except (ValueError, TypeError, KeyError, AttributeError):
        return _refuse("unreadable", 400)
    key = key_of(named)
    if key is None:
        return _refuse("unreadable", 400)
    try:
        answer = record_inspection(actor=required_actor(request), key=key, body=request.body, sent=sent)
    except Http404:
        return _refuse("gone", 404, key=str(key), words=_gone())
    except NotTaken as error:
        return _refuse(error.code, 422, key=str(key), **error.more)
    except OtherContent:
        return _refuse("other_content", 422, key=str(key), words=_other_content())
    return JsonResponse(answer)


@never_cache
@require_POST
@access.page(Permission.RECORD_INSPECTIONS)
def field_photo(request: Request) -> HttpResponse:
    """Add a photo that an inspection announced."""
    if _is_other(request):
        return _refuse("other", 409)
    key, of = key_of(request.POST.get("key")), key_of(request.POST.get("of"))
    file = request.FILES.get("file")
    if key is None or of is None or file is None:
        return _refuse("unreadable", 400)
    data = file.read(reading.LARGEST + 1)
    try:
        answer = receive_photo(actor=required_actor(request), key=key, of=of, data=data)
    except Http404:
        return _refuse("gone", 404, key=str(key), words=_unannounced())
    except NotTaken as error:
        return _refuse(error.code, 422, key=str(key), **error.more)
    except OtherContent:
        return _refuse("other_content", 422, key=str(key), words=_other_content())
    return JsonResponse(answer)


def _gone() -> str:
    return _(
        "This enterprise is not at your station any more. Export the inspection and give it to the station in charge."
    )


def _unannounced() -> str:
    return _("No inspection to which this photo belongs has arrived from you.")


def _other_content() -> str:
    return _("Something else has arrived under the same number. Export it and enter it on the page.")
