"""The page behind a signed link: light, without a login, in the reader's language, answered once."""

from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt

from foundation.accounts import access
from foundation.accounts.access import WrongState
from foundation.contributions.links import Purpose
from foundation.links.models import SignedLink
from foundation.links.operations import answer_link, find_link, receipt_of
from foundation.links.tasks import take_answers
from foundation.ui.views import Page

LIMITED_AS = "link"  # in ACCOUNT_RATE_LIMITS
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
        if not ratelimit.consume(request, action=LIMITED_AS):
            return HttpResponse(status=429, headers={"Retry-After": "60"})
        chosen = request.GET.get("language", "")
        language = chosen if chosen in dict(settings.LANGUAGES) else translation.get_language()
        with translation.override(language):
            response: Any = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = find_link(self.kwargs["token"])
        if found is None:
            return self.ended()
        link, purpose = found
        if link.answered_at:
            return self.receipt(link, purpose)
        return self.show(link, purpose, purpose.form_for(link.shown))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = find_link(self.kwargs["token"])
        if found is None:
            return self.ended()
        link, purpose = found
        if link.answered_at:  # sent again: the first answer stands
            return self.receipt(link, purpose)
        form = purpose.form_for(link.shown, request.POST)
        if not form.is_valid():
            return self.show(link, purpose, form, status=422)
        try:
            link = answer_link(token=self.kwargs["token"], answer=form.cleaned_data)
        except WrongState:
            return self.ended()
        transaction.on_commit(take_answers.delay, robust=True)  # else the schedule reads it
        return self.receipt(link, purpose)

    def show(self, link: SignedLink, purpose: Purpose, form: Any, status: int = 200) -> HttpResponse:
        return self.answer(status, link=link, purpose=purpose, shown=link.shown, form=form)

    def receipt(self, link: SignedLink, purpose: Purpose) -> HttpResponse:
        return self.answer(
            200, link=link, purpose=purpose, shown=link.shown, receipt=receipt_of(link), form=None
        )

    def ended(self) -> HttpResponse:
        """Say the same for a link that never was, has expired or was withdrawn."""
        return self.answer(404, link=None, form=None)

    def answer(self, status: int, **context: Any) -> HttpResponse:
        languages = [
            (code, "中文" if code.startswith("zh") else "English") for code, _n in settings.LANGUAGES
        ]
        context |= {"languages": languages, "language": translation.get_language()}
        return self.render_to_response(context, status=status)
