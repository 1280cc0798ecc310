"""A download that a worker makes: how far it is, and its file."""

import tempfile
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from foundation.accounts import access
from foundation.downloads import attachment
from foundation.exports import operations
from foundation.exports.choices import CONTENT_TYPES, ExportState
from foundation.exports.models import Export
from foundation.exports.sheets import file_name
from foundation.exports.source import is_allowed
from foundation.ui.views import Crumb, OfRecord, RecordPage

IN_MEMORY = 5_000_000  # bytes of a file; larger ones are read from the disk while they are sent


class OfDownload(OfRecord):
    """A page about a download of one's own, in the role that asked for it, while that role may see the list."""

    permission = access.SIGNED_IN

    def find_record(self) -> Export:
        found = operations.list_exports(self.actor).get(pk=self.kwargs["pk"])
        if not is_allowed(self.actor, found.path):
            raise Http404("the list is no longer open to this role")
        return found

    def get_progress(self) -> dict[str, Any]:
        export = self.record
        return {
            "export": export,
            "is_over": export.state in (ExportState.READY, ExportState.FAILED),
            "failed": export.state == ExportState.FAILED,
            "is_ready": export.state == ExportState.READY,
            "list_url": f"{export.path}?{export.query}" if export.query else export.path,
            "until": export.asked_at + operations.KEPT,
            "total": export.total or 1,
        }


class Download(OfDownload, RecordPage):
    """One download: its progress, or its file."""

    template_name = "accounts/download.html"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(gettext_lazy("Downloads")), Crumb(self.record.title, self.get_progress()["list_url"])]

    def get_title(self) -> str:
        return _("Download: %(list)s") % {"list": self.record.title}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**self.get_progress(), **context)


class DownloadProgress(OfDownload, TemplateView):
    """The same, asked for again and again while the file is made (htmx)."""

    template_name = "accounts/_download.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(**self.get_progress(), **context)


class DownloadFile(OfDownload):
    """The file."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        export = self.record
        if export.state != ExportState.READY:
            return self.go(reverse("accounts:download", args=[export.pk]))
        operations.record_download(actor=self.actor, export=export)
        # all of it is read here: the scope ends before the response is sent
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the response closes it
        for part in export.parts.order_by("number").iterator(chunk_size=1):
            file.write(part.data)
        file.seek(0)
        response = FileResponse(file, content_type=CONTENT_TYPES[export.format])
        response["Content-Length"] = str(export.size)
        response["Content-Disposition"] = attachment(file_name(export.title, export.format))
        return response
