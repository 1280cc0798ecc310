"""Pages with a list that can be taken away as a file."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from foundation.accounts.access import WrongState
from foundation.downloads import attachment
from foundation.exports import operations as exports
from foundation.exports.choices import CONTENT_TYPES, Format
from foundation.exports.sheets import Sheet, file_name
from foundation.exports.tasks import make
from foundation.lists.operations import PLACES
from foundation.requests import Request
from foundation.ui.views.posting import Posting

FORMAT = "download"  # the field of the buttons that take a list away


class Downloadable(Posting):
    """A page with a list to take away as a file. Its button posts to the page's own address, with the filters there."""

    http_method_names = [*Posting.http_method_names, "post"]

    def get_sheet(self, most: int) -> Sheet:
        """Return the list with the filters, the order and the columns of the page, ``most`` rows of it."""
        raise NotImplementedError

    def defaults(self) -> dict[str, str]:
        """Return what the page shows without being asked in the URL, and what it may have changed to until a worker comes."""
        return {}

    def is_answerable(self) -> bool:
        """Whether the URL asks for something that the list has; if not, the page says what is wrong."""
        return True

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(formats=Format.choices, format_field=FORMAT, **context)

    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.other_role:
            return self.answer_other_role(may_continue=True)
        kind = request.POST.get(FORMAT, "")
        if not self.is_answerable() or self.shown_again or kind not in Format.values:
            return self.go(request.get_full_path())
        sheet = self.get_sheet(exports.MOST_AT_ONCE + 1)
        if len(sheet.keys) > exports.MOST_AT_ONCE:
            return self.ask(sheet.title, kind)
        made = exports.take_away(actor=self.actor, sheet=sheet, kind=kind)
        response = HttpResponse(made, content_type=CONTENT_TYPES[kind])
        response["Content-Disposition"] = attachment(file_name(sheet.title, kind))
        return response

    def ask(self, title: str, kind: str) -> HttpResponse:
        """Leave a long list to a worker, and go to the page that shows how far it is."""
        asked = self.request.GET.copy()
        for name in PLACES:
            asked.pop(name, None)
        asked.update(self.defaults())
        path, query = self.request.path, asked.urlencode()
        try:
            export = exports.ask(actor=self.actor, title=title, path=path, query=query, kind=kind)
        except WrongState as error:
            return self.leave(self.request.get_full_path(), str(error), messages.WARNING)
        # if the broker is away, the next sweep finds it
        transaction.on_commit(partial(make.delay, self.actor.bureau_id, export.pk), robust=True)
        return self.go(reverse("accounts:download", args=[export.pk]))
