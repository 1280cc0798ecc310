"""Pages on how a paper reached the enterprise: services, signed copies, receipts, deadlines that move."""

from typing import Any

import structlog
from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts.selectors import own_police_number
from foundation.attachments import files
from foundation.attachments.reading import LARGEST, too_large
from foundation.downloads import private_file
from foundation.ui.forms import day_field
from foundation.ui.views import ButtonPage, CreatePage, Page, SentOnce
from foundation.words import Words
from papers import selectors
from papers.access import Permission
from papers.choices import Way
from papers.models import Paper
from papers.operations import issuing, serving
from papers.staff.paper_pages import OfPaper

logger = structlog.get_logger(__name__)


class SignedForm(django_forms.Form):
    """A scan or photo of the paper with its signatures."""

    file = django_forms.FileField(
        label=gettext_lazy("Scan or photo"),
        widget=django_forms.ClearableFileInput(attrs={"accept": "image/*,.pdf"}),
        help_text=gettext_lazy("It cannot be deleted. Check that it is the right paper."),
    )


class PaperSign(OfPaper, SentOnce):
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
        return serving.attach_signed(actor=self.actor, id=self.record.pk, name=given.name, data=given.read())


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
        return private_file(data, found.content_type, found.name)


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
    moves: serving.Moves | None = None

    permission = Permission.SERVE_PAPERS
    title = gettext_lazy("Record the service")
    form_class = ServeForm
    done_text = gettext_lazy("The service was recorded.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if words := issuing.refusal_to_serve(self.actor, self.record):
            return self.leave(self.get_back_url(), words)
        return super().get(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        number = own_police_number(self.actor)
        return super().get_initial() | {"servers": serving.with_number(self.actor.name, number)}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        if self.record.served_on is None:
            del form.fields["replaces"]
        return form

    def get_done_text(self) -> Words:
        return _("The refusal was recorded.") if self.result.refused else self.done_text

    def perform(self, form: BaseForm) -> Any:
        return serving.serve_paper(
            actor=self.actor,
            id=self.record.pk,
            moves=self.request.POST.get("moves", ""),
            **self.values(form),
        )

    def take_errors(self, form: BaseForm, error: ValidationError) -> None:
        if isinstance(error, serving.Unconfirmed):
            self.moves = serving.moves_of(self.actor, self.record, form.cleaned_data["served_on"])
        super().take_errors(form, error)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(moves=self.moves, **context)


class PaperMoves(OfPaper, SentOnce):
    """Count the deadlines of a paper from the service that the enterprise has confirmed."""

    permission = Permission.SERVE_PAPERS
    form_class = django_forms.Form
    template_name = "papers/serve.html"
    title = gettext_lazy("Count the deadlines from the service")
    submit_label = gettext_lazy("Move the deadlines")
    done_text = gettext_lazy("The deadlines were moved.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = serving.moves_of(self.actor, self.record, self.record.served_on)
        if found is None or not found.moving:
            return self.leave(self.get_back_url(), serving.NOTHING_MOVES)
        return super().get(request, *args, **kwargs)

    def perform(self, form: BaseForm) -> Paper:
        version = self.request.POST.get("moves", "")
        return serving.move_with_service(actor=self.actor, id=self.record.pk, version=version)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        moves = serving.moves_of(self.actor, self.record, self.record.served_on)
        return super().get_context_data(moves=moves, **context)


class PaperReceive(OfPaper, ButtonPage):
    """The enterprise confirms in the portal that it has the paper."""

    permission = Permission.RECEIVE_PAPERS
    done_text = gettext_lazy("You confirmed that you have this paper. The station sees it.")

    def perform(self) -> Any:
        return serving.receive_paper(actor=self.actor, id=self.record.pk)
