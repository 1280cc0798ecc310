"""Pages of one paper: what it is, its files, voiding it."""

from typing import Any

import structlog
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from facts.models import Fact
from facts.selectors import visible
from facts.staff.pages import FactPages
from foundation.accounts.access import allows
from foundation.contributions.papers import forms
from foundation.documents import documents
from foundation.downloads import private_file
from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage, Button, Crumb, OfRecord, Page, RecordPage
from foundation.words import Words, in_all_languages
from papers import selectors
from papers.access import Permission
from papers.models import Paper
from papers.operations import issuing, making, serving
from papers.papers import PROOF
from papers.staff.register import TITLE, TONES

logger = structlog.get_logger(__name__)


class OfPaper(OfRecord):
    """A page about the paper named in the URL."""

    record: Paper

    def find_record(self) -> Paper:
        return selectors.get_paper(self.actor, self.kwargs["id"])

    def get_back_url(self) -> str:
        return reverse("papers:paper", args=[self.record.pk])

    def get_trail(self) -> list[Crumb]:
        above = [] if self.actor.is_enterprise else [Crumb(TITLE, reverse("papers:register"))]
        return [*above, Crumb(self.record, self.get_back_url())]


class PaperPage(OfPaper, RecordPage):
    """One paper: what its number stands for, its files, how it was served, its other versions."""

    permission = Permission.VIEW_PAPERS
    template_name = "papers/paper.html"

    def get_trail(self) -> list[Crumb]:
        return [] if self.actor.is_enterprise else [Crumb(TITLE, reverse("papers:register"))]

    def get_buttons(self) -> list[Button]:
        paper, found = self.record, []
        if not paper.is_valid:
            return []
        declared = forms.get(paper.form)
        if not issuing.refusal_to_serve(self.actor, paper) and allows(self.actor, Permission.SERVE_PAPERS):
            label = _("Record another service") if paper.served_on else _("Record the service")
            found.append(
                Button(label, self._url("serve"), "mail-check", dialog=False, is_primary=not paper.served_on)
            )
        may_change = not issuing.refusal_to_change(self.actor, paper)
        if declared and declared.correct_url and may_change and allows(self.actor, Permission.ISSUE_PAPERS):
            url = declared.correct_url(paper.pk, paper.records)
            found.append(Button(_("Correct"), url, "pencil", dialog=False, is_primary=False))
        if may_change and allows(self.actor, Permission.VOID_PAPERS):
            found.append(Button(_("Void"), self._url("void"), "ban", danger=True, is_primary=False))
        return found

    def about_records(self) -> list[dict[str, Any]]:
        """Return what the paper is about: the texts it has of each record, and its page, if the actor sees it."""
        has_pages = self.record.station_id in self.actor.stations
        about = self.record.data.get("about", [])
        # papers of earlier versions name the page instead, such as inspections:hazard
        kinds = [each.get("kind") or each.get("page", "").rpartition(":")[2] for each in about]
        pages_of = {kind: FactPages.of_kind(kind) if has_pages else None for kind in set(kinds)}
        there: dict[str, dict[int, Fact]] = {}
        for kind, pages in pages_of.items():
            ids = [each["id"] for each, own in zip(about, kinds, strict=True) if own == kind]
            there[kind] = visible(self.actor, pages.model, voided=True).in_bulk(ids) if pages else {}
        found = []
        for each, kind in zip(about, kinds, strict=True):
            pages, fact = pages_of[kind], there[kind].get(each["id"])
            url = pages.url("detail", each["id"]) if pages else ""
            text, named = each.get("what", ""), (pages.model._meta.verbose_name if pages else "") or ""
            # frozen in the language of whoever issued it
            if text in in_all_languages(named):
                text = _("To the record: %(kind)s") % {"kind": named}
            elif fact and text in in_all_languages(fact):
                text = str(fact)
            found.append({"text": text, "url": url, "is_voided": bool(fact and fact.is_voided)})
        return found

    def get_moves(self) -> serving.Moves | None:
        """Return which deadlines wait for being counted from the service, for who may do it."""
        if not allows(self.actor, Permission.SERVE_PAPERS):
            return None
        found = serving.moves_of(self.actor, self.record, self.record.served_on)
        return found if found and found.moving else None

    def _url(self, page: str) -> str:
        return reverse(f"papers:{page}", args=[self.record.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        paper = self.record
        services = selectors.services_of(paper)
        confirmed = any(each.by_enterprise for each in services)
        may_receive = allows(self.actor, Permission.RECEIVE_PAPERS) and paper.is_valid and not confirmed
        return super().get_context_data(
            paper=paper,
            tone=TONES[paper.state],
            services=services,
            versions=selectors.versions_of(self.actor, paper),
            may_receive=may_receive,
            is_confirmed=confirmed,
            moves=self.get_moves(),
            copies=selectors.copies_of(paper),
            has_proof=not paper.is_internal and allows(self.actor, Permission.SERVE_PAPERS),
            has_pdf=documents.office() is not None,
            about=self.about_records(),
            **context,
        )


class MadeFile(Page):
    """A paper or listing as a Word file, or as PDF where LibreOffice is installed."""

    kind = "docx"
    record: Any

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            data = self.make(self.record)
        except documents.NoPdf as error:
            logger.warning("a paper could not be made a PDF", paper=self.record.pk, why=str(error))
            return self.leave(self.get_back_url(), _("There is no PDF of this paper. Open the Word file."))
        except (documents.TemplateFault, FileNotFoundError):
            logger.exception("the file of a paper cannot be made", paper=self.record.pk)
            words = _("The file cannot be made now. Its data are kept; tell whoever runs Anqi.")
            return self.leave(self.get_back_url(), words)
        return private_file(data, self.file_type, f"{self.get_name()}.{self.kind}")

    @property
    def file_type(self) -> str:
        return documents.PDF if self.kind == "pdf" else documents.WORD

    def get_name(self) -> str:
        """Return the name of the file without its ending."""
        raise NotImplementedError

    def make(self, record: Any) -> bytes:
        """Return the bytes. Raise NoPdf, TemplateFault, FileNotFoundError."""
        raise NotImplementedError

    def get_back_url(self) -> str:
        """Return the page that says why there is no file."""
        raise NotImplementedError


class PaperFile(OfPaper, MadeFile):
    """The paper as a Word file, or as PDF where LibreOffice is installed."""

    permission = Permission.VIEW_PAPERS

    def get_name(self) -> str:
        """Return the name of the file without its ending."""
        return self.record.file_name

    def make(self, paper: Paper) -> bytes:
        """Return the bytes. Raise NoPdf, TemplateFault, FileNotFoundError."""
        return making.make_pdf(paper) if self.kind == "pdf" else making.make_file(paper)


class PaperProof(PaperFile):
    """The proof of service of a paper 送达回证, made anew with what is recorded now."""

    permission = Permission.SERVE_PAPERS

    def get_name(self) -> str:
        return f"{PROOF.official_title} {self.record.number_text}"

    def make(self, paper: Paper) -> bytes:
        word = making.make_listing(self.actor, PROOF, making.proof_of(paper))
        return documents.as_pdf(word) if self.kind == "pdf" else word


class PaperVoid(OfPaper, ActPage):
    """Void a paper, with a reason."""

    permission = Permission.VOID_PAPERS
    form_class = ReasonForm
    title = gettext_lazy("Void this paper?")
    text = gettext_lazy("Its number stays taken, and the register says why. Take the copies back.")
    submit_label = gettext_lazy("Void")
    done_text = gettext_lazy("The paper was voided.")
    danger = True

    def get_version(self) -> None:
        """Its version is that of the paper, not of the row."""

    def get_refusal(self) -> Words:
        return issuing.refusal_to_change(self.actor, self.record)

    def perform(self, form: BaseForm) -> Paper:
        return issuing.void_paper(actor=self.actor, id=self.record.pk, reason=form.cleaned_data["reason"])
