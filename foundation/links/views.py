"""The page behind a signed link: light, without a login, in the reader's language, answered once."""

import re
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.views.decorators.csrf import csrf_exempt

from foundation.accounts import access
from foundation.accounts.access import WrongState
from foundation.contributions.links import Purpose
from foundation.links.models import SignedLink
from foundation.links.operations import answer_link, find_link, receipt_of
from foundation.links.tasks import take_answers
from foundation.rest import throttling
from foundation.ui.views import Page

TOKEN = re.compile(r"([0-9A-Fa-f]{64})(?![0-9A-Za-z])")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@method_decorator(csrf_exempt, name="dispatch")  # no session acts: the address itself is the secret
class LinkPage(Page):
    """What a link shows, and its form; once answered, the receipt. GET changes nothing, whoever reads messages opens it."""

    permission = access.ANYONE
    template_name = "links/link.html"
    http_method_names = ["get", "post", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        usage = throttling.count_reader(
            "link",
            request.META.get("REMOTE_ADDR", ""),
            settings.LINKS_PER_MINUTE,
            secret=self.token if self.found else "",
        )
        chosen = request.GET.get("language", "")
        language = chosen if chosen in dict(settings.LANGUAGES) else translation.get_language()
        with translation.override(language):
            is_busy = usage is not None and usage.remaining < 0
            response: Any = self.busy() if is_busy else super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    @property
    def token(self) -> str:
        """The token of the address. Messengers take a full stop or a bracket behind it along, some write it in capitals."""
        sent: str = self.kwargs["token"]
        found = TOKEN.match(sent.strip())
        return found[1].lower() if found else sent

    @cached_property
    def found(self) -> tuple[SignedLink, Purpose] | None:
        """The link and what it is for; None if it opens nothing."""
        return find_link(self.token)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.found is None:
            return self.ended()
        link, purpose = self.found
        if link.answered_at:
            return self.receipt(link, purpose)
        return self.show(link, purpose, purpose.form_for(link.shown))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.found is None:
            return self.ended()
        link, purpose = self.found
        if link.answered_at:  # sent again: the first answer stands
            return self.receipt(link, purpose)
        form = purpose.form_for(link.shown, request.POST)
        if not form.is_valid():
            return self.show(link, purpose, form, status=422)
        try:
            link = answer_link(token=self.token, answer=form.cleaned_data)
        except WrongState:
            return self.ended()
        transaction.on_commit(take_answers.delay, robust=True)  # else the schedule reads it
        return self.receipt(link, purpose)

    def show(self, link: SignedLink, purpose: Purpose, form: Any, status: int = 200) -> HttpResponse:
        return self.answer(status, link=link, purpose=purpose, shown=purpose.spoken(link.shown), form=form)

    def receipt(self, link: SignedLink, purpose: Purpose) -> HttpResponse:
        return self.answer(
            200,
            link=link,
            purpose=purpose,
            shown=purpose.spoken(link.shown),
            receipt=receipt_of(link),
            form=None,
        )

    def busy(self) -> HttpResponse:
        """Say that this link, or from one address links that do not exist, was asked for too often."""
        response = self.answer(429, link=None, form=None, is_busy=True)
        response.headers["Retry-After"] = "60"
        return response

    def ended(self) -> HttpResponse:
        """Say the same for a link that never was, has expired or was withdrawn."""
        return self.answer(404, link=None, form=None)

    def answer(self, status: int, **context: Any) -> HttpResponse:
        languages = [
            (code, "中文" if code.startswith("zh") else "English") for code, _n in settings.LANGUAGES
        ]
        context |= {"languages": languages, "language": translation.get_language()}
        return self.render_to_response(context, status=status)
