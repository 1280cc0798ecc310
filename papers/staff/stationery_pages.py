"""Pages on what papers are made with: the letterhead of a station, the templates of a bureau."""

from typing import Any

import structlog
from django import forms as django_forms
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from foundation.accounts.access import allows
from foundation.accounts.selectors import list_stations
from foundation.contributions.papers import Form, forms
from foundation.documents import documents
from foundation.downloads import private_file
from foundation.ui.views import CreatePage, Crumb, EditPage, Page
from foundation.words import Words
from papers import selectors, templates
from papers.access import Permission
from papers.models import Letterhead
from papers.operations import issuing
from papers.staff.register import TITLE

logger = structlog.get_logger(__name__)
LETTERHEAD = gettext_lazy("Letterhead")
TEMPLATES = gettext_lazy("Templates of papers")


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
        return issuing.change_letterhead(actor=self.actor, version=self.version(form), **self.values(form))


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
        name = _("example") if self.example else _("template")
        return private_file(data, documents.WORD, f"{form.official_title} {name}.docx")


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
