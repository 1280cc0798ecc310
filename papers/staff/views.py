"""Pages of papers: one paper with its files and acts, the letterhead, templates."""

from typing import Any

import structlog
from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from facts.staff.pages import FactPages
from foundation.accounts.access import allows
from foundation.accounts.selectors import list_stations, own_police_number
from foundation.attachments import files
from foundation.attachments.reading import LARGEST, too_large
from foundation.contributions.papers import Form, forms
from foundation.documents import documents
from foundation.downloads import attachment
from foundation.ui.forms import ReasonForm, day_field
from foundation.ui.views import (
    ActPage,
    Button,
    ButtonPage,
    CreatePage,
    Crumb,
    EditPage,
    FormPage,
    OfRecord,
    Page,
    RecordPage,
)
from foundation.words import Words
from papers import operations, selectors, templates
from papers.access import Permission
from papers.choices import Way
from papers.models import Letterhead, Paper
from papers.papers import PROOF
from papers.staff.register import TONES

logger = structlog.get_logger(__name__)
TITLE = gettext_lazy("Papers")
LETTERHEAD = gettext_lazy("Letterhead")
TEMPLATES = gettext_lazy("Templates of papers")


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
        if allows(self.actor, Permission.SERVE_PAPERS) and paper.station_id in self.actor.stations:
            label = _("Record another service") if paper.served_on else _("Record the service")
            found.append(
                Button(label, self._url("serve"), "mail-check", dialog=False, is_primary=not paper.served_on)
            )
        declared = forms.get(paper.form)
        may_change = not operations.refusal_to_change(self.actor, paper)
        if declared and declared.correct_url and may_change and allows(self.actor, Permission.ISSUE_PAPERS):
            url = declared.correct_url(paper.pk, paper.records)
            found.append(Button(_("Correct"), url, "pencil", dialog=False, is_primary=False))
        if may_change and allows(self.actor, Permission.VOID_PAPERS):
            found.append(Button(_("Void"), self._url("void"), "ban", danger=True, is_primary=False))
        return found

    def about_records(self) -> list[dict[str, Any]]:
        """Return what the paper is about: the texts it has of each record, and its page, if the actor sees it."""
        has_pages = self.record.station_id in self.actor.stations
        found = []
        for each in self.record.data.get("about", []):
            # papers of earlier versions name the page instead, such as inspections:hazard
            kind = each.get("kind") or each.get("page", "").rpartition(":")[2]
            pages = FactPages.of_kind(kind) if has_pages else None
            url = pages.url("detail", each["id"]) if pages else ""
            found.append({"text": each.get("what", ""), "url": url})
        return found

    def get_moves(self) -> operations.Moves | None:
        """Return which deadlines wait for being counted from the service, for who may do it."""
        if not allows(self.actor, Permission.SERVE_PAPERS):
            return None
        found = operations.moves_of(self.actor, self.record, self.record.served_on)
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
            has_proof=allows(self.actor, Permission.SERVE_PAPERS),
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
        response = HttpResponse(data, content_type=self.file_type)
        response.headers["Content-Disposition"] = attachment(f"{self.get_name()}.{self.kind}")
        response.headers["Cache-Control"] = "private, no-store"
        return response

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
        return operations.make_pdf(paper) if self.kind == "pdf" else operations.make_file(paper)


class PaperProof(PaperFile):
    """The proof of service of a paper 送达回证, made anew with what is recorded now."""

    permission = Permission.SERVE_PAPERS

    def get_name(self) -> str:
        return f"{PROOF.official_title} {self.record.number_text}"

    def make(self, paper: Paper) -> bytes:
        word = operations.make_listing(self.actor, PROOF, operations.proof_of(paper))
        return documents.as_pdf(word) if self.kind == "pdf" else word


class SignedForm(django_forms.Form):
    """A scan or photo of the paper with its signatures."""

    file = django_forms.FileField(
        label=gettext_lazy("Scan or photo"),
        widget=django_forms.ClearableFileInput(attrs={"accept": "image/*,.pdf"}),
        help_text=gettext_lazy("It cannot be deleted. Check that it is the right paper."),
    )


class PaperSign(OfPaper, FormPage):
    """Add a signed copy of a paper."""

    permission = Permission.SERVE_PAPERS
    form_class = SignedForm
    title = gettext_lazy("Add the signed copy")
    submit_label = gettext_lazy("Add")
    done_text = gettext_lazy("The signed copy was added.")

    def perform(self, form: BaseForm) -> Any:
        given = form.cleaned_data["file"]
        if given.size > LARGEST:
            raise ValidationError({"file": too_large()})
        return operations.attach_signed(
            actor=self.actor, id=self.record.pk, name=given.name, data=given.read()
        )


class PaperCopy(OfPaper, Page):
    """A signed copy as it was added."""

    permission = Permission.VIEW_PAPERS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        copies = selectors.copies_of(self.record)
        found = next((each for each in copies if each.pk == self.kwargs["copy"]), None)
        if found is None:
            raise Http404("the paper has no such copy")
        try:
            with files.fetch(found.key) as stream:
                data = stream.read()
        except FileNotFoundError:
            logger.exception("a signed copy is lost", paper=self.record.pk, copy=found.pk)
            return self.leave(self.get_back_url(), _("This file is lost. Tell whoever runs Anqi."))
        response = HttpResponse(data, content_type=found.content_type)
        response.headers["Content-Disposition"] = attachment(found.name)
        response.headers["Cache-Control"] = "private, no-store"
        return response


class ServeForm(django_forms.Form):
    """How and when a paper was served."""

    way = django_forms.ChoiceField(
        label=gettext_lazy("How"),
        choices=[each for each in Way.choices if each[0] != Way.PORTAL],
        widget=django_forms.RadioSelect,
        initial=Way.DIRECT,
    )
    served_on = day_field(
        gettext_lazy("Day"),
        initial=timezone.localdate,
        help_text=gettext_lazy("The day on the signed copy. Periods of the paper run from it."),
    )
    received_by = django_forms.CharField(label=gettext_lazy("Received by"), max_length=80, required=False)
    servers = django_forms.CharField(label=gettext_lazy("Served by"), max_length=200, required=False)
    witness = django_forms.CharField(
        label=gettext_lazy("Witness"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Needed if it was left."),
    )
    refused = django_forms.BooleanField(
        label=gettext_lazy("The enterprise refused to take it"),
        required=False,
        help_text=gettext_lazy("It is then not served yet: leave it with a witness and record that."),
    )
    replaces = django_forms.BooleanField(
        label=gettext_lazy("The service recorded before is wrong, and this one counts"),
        required=False,
        help_text=gettext_lazy("Say in the note what was wrong. Both stay on the paper's page."),
    )
    note = django_forms.CharField(
        label=gettext_lazy("Note"),
        max_length=1000,
        required=False,
        widget=django_forms.Textarea(attrs={"rows": 3}),
    )


class PaperServe(OfPaper, CreatePage):
    """Record the service of a paper, once also if it is sent twice. What moves with it is shown first, and confirmed."""

    template_name = "papers/serve.html"
    moves: operations.Moves | None = None

    permission = Permission.SERVE_PAPERS
    title = gettext_lazy("Record the service")
    form_class = ServeForm
    done_text = gettext_lazy("The service was recorded.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := operations.refusal_to_serve(self.actor, self.record):
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        number = own_police_number(self.actor)
        return super().get_initial() | {"servers": operations.with_number(self.actor.name, number)}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if self.record.served_on is None:
            del form.fields["replaces"]
        return form

    def get_done_text(self) -> Words:
        return _("The refusal was recorded.") if self.result.refused else self.done_text

    def perform(self, form: BaseForm) -> Any:
        return operations.serve_paper(
            actor=self.actor,
            id=self.record.pk,
            moves=self.request.POST.get("moves", ""),
            **self.values(form),
        )

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        if isinstance(error, operations.Unconfirmed):
            self.moves = operations.moves_of(self.actor, self.record, form.cleaned_data["served_on"])
        super().take_errors(form, error)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(moves=self.moves, **context)


class PaperMoves(OfPaper, FormPage):
    """Count the deadlines of a paper from the service that the enterprise has confirmed."""

    permission = Permission.SERVE_PAPERS
    form_class = django_forms.Form
    template_name = "papers/serve.html"
    title = gettext_lazy("Count the deadlines from the service")
    submit_label = gettext_lazy("Move the deadlines")
    done_text = gettext_lazy("The deadlines were moved.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = operations.moves_of(self.actor, self.record, self.record.served_on)
        if found is None or not found.moving:
            return self.leave(self.get_back_url(), operations.NOTHING_MOVES)
        return super().get(request, *args, **kwargs)

    def perform(self, form: BaseForm) -> Paper:
        version = self.request.POST.get("moves", "")
        return operations.move_with_service(actor=self.actor, id=self.record.pk, version=version)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        moves = operations.moves_of(self.actor, self.record, self.record.served_on)
        return super().get_context_data(moves=moves, **context)


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
        return operations.refusal_to_change(self.actor, self.record)

    def perform(self, form: BaseForm) -> Paper:
        return operations.void_paper(actor=self.actor, id=self.record.pk, reason=form.cleaned_data["reason"])


class PaperReceive(OfPaper, ButtonPage):
    """The enterprise confirms in the portal that it has the paper."""

    permission = Permission.RECEIVE_PAPERS
    done_text = gettext_lazy("You confirmed that you have this paper. The station sees it.")

    def perform(self) -> Any:
        return operations.receive_paper(actor=self.actor, id=self.record.pk)


# --- letterhead ---


class LetterheadForm(django_forms.ModelForm):
    """The fields of a letterhead."""

    class Meta:
        model = Letterhead
        fields = Letterhead.EDITABLE

    def _post_clean(self) -> None:
        """Do nothing: the operation validates the instance."""


class LetterheadEdit(EditPage):
    """What stands on the papers of the chief's station."""

    permission = Permission.CHANGE_LETTERHEAD
    title = LETTERHEAD
    form_class = LetterheadForm
    text = gettext_lazy(
        "It stands on every paper that the station issues from now on. Issued papers keep theirs."
    )
    done_text = gettext_lazy("The letterhead was saved.")

    def find_record(self) -> Letterhead:
        return selectors.letterhead_to_fill_in(list_stations(self.actor).get(pk=self.actor.station_id))

    def get_version(self) -> Any:
        return self.record.mark

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, self.get_back_url())]

    def get_back_url(self) -> str:
        return reverse("papers:register")

    def perform(self, form: BaseForm) -> Letterhead:
        return operations.change_letterhead(actor=self.actor, version=self.version(form), **self.values(form))


# --- templates ---


class Templates(Page, TemplateView):
    """All forms with the template that is in force, and the versions before."""

    permission = Permission.VIEW_TEMPLATES
    title = TEMPLATES
    template_name = "papers/templates.html"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("papers:register"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        rows = [
            {
                "form": each,
                "own": templates.list_templates(self.actor, each),
                "shipped": len(each.shipped),
            }
            for each in forms
        ]
        may_publish = allows(self.actor, Permission.PUBLISH_TEMPLATES)
        return super().get_context_data(rows=rows, may_publish=may_publish, **context)


class OfForm(Page):
    """A page about the form named in the URL."""

    @cached_property
    def form_of_paper(self) -> Form:
        found = forms.get(self.kwargs["code"])
        if found is None:
            raise Http404("there is no such form")
        return found


class TemplateFile(OfForm):
    """The template in force as a Word file, or with ``example`` filled with the example."""

    permission = Permission.VIEW_TEMPLATES
    example = False

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_of_paper
        try:
            data = templates.template_in_force(self.actor, form).data
            if self.example:
                data = documents.fill(data, form.examples[0]).data
        except (documents.TemplateFault, FileNotFoundError):
            logger.exception("a template of papers cannot be read or filled", form=form.code)
            words = _("The file cannot be made now. Tell whoever runs Anqi, or publish the template again.")
            return self.leave(reverse("papers:templates"), words)
        response = HttpResponse(data, content_type=documents.WORD)
        name = _("example") if self.example else _("template")
        response.headers["Content-Disposition"] = attachment(f"{form.official_title} {name}.docx")
        response.headers["Cache-Control"] = "private, no-store"
        return response


class TemplateForm(django_forms.Form):
    """A template and what is new in it."""

    file = django_forms.FileField(
        label=gettext_lazy("Word file (.docx)"),
        widget=django_forms.ClearableFileInput(attrs={"accept": ".docx"}),
        help_text=gettext_lazy(
            "Download the template in force, change it in Word or WPS, and upload it here."
        ),
    )
    note = django_forms.CharField(label=gettext_lazy("What is new"), max_length=200)

    def clean_file(self) -> bytes:
        """Return the bytes. Raise ValidationError if there are too many."""
        given = self.cleaned_data["file"]
        if given.size > templates.LARGEST:
            raise django_forms.ValidationError(_("The file is larger than 5 MB."))
        data: bytes = given.read()
        return data


class TemplatePublish(OfForm, CreatePage):
    """Upload a template: it is tried on the examples, and either published or refused with the place."""

    permission = Permission.PUBLISH_TEMPLATES
    form_class = TemplateForm
    title = gettext_lazy("Publish a template")
    submit_label = gettext_lazy("Try it out and publish it")
    done_text = gettext_lazy("The template was tried on an example and published. New papers use it.")

    def get_text(self) -> Words:
        return str(self.form_of_paper.title)

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TEMPLATES, self.get_back_url())]

    def get_back_url(self) -> str:
        return reverse("papers:templates")

    def perform(self, form: BaseForm) -> Any:
        return templates.publish_template(
            actor=self.actor,
            form=self.form_of_paper,
            data=form.cleaned_data["file"],
            note=form.cleaned_data["note"],
        )
