"""The kinds of disputes of a bureau: the list, a new one, its name and place, and whether it is in use."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from disputes import kind_operations as operations
from disputes.access import Permission
from disputes.kinds import Known
from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.ui.forms import choices_of
from foundation.ui.views import ActPage, ButtonPage, CreatePage, Crumb, OfRecord, Page
from foundation.words import Words

TITLE = gettext_lazy("Kinds of disputes")
FIRST = ("", gettext_lazy("First"))


def kinds_url(actor: Actor) -> str:
    """Return the address of the page for who may change the kinds, else none."""
    return reverse("disputes:kinds") if allows(actor, Permission.MANAGE_KINDS) else ""


class KindForm(forms.Form):
    """What a kind is called, and where it stands."""

    name = forms.CharField(
        label=gettext_lazy("Name in Chinese"), max_length=operations.LONGEST_NAME, required=False
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"),
        max_length=operations.LONGEST_NAME,
        required=False,
        help_text=gettext_lazy(
            "One name is enough: it then stands in both languages. Papers have the Chinese one."
        ),
    )
    after = forms.ChoiceField(label=gettext_lazy("Stands after"), required=False)

    def __init__(self, *args: Any, others: list[Known], **options: Any) -> None:
        super().__init__(*args, **options)
        choices_of(self, "after").choices = [FIRST, *((each.code, each.label) for each in others)]


class PlaceForm(KindForm):
    """Where a shipped kind stands, whose name is that of the translations."""

    name = name_en = None  # type: ignore[assignment]


class KindList(Page, TemplateView):
    """All kinds in their order: how many are in use, and which are not."""

    permission = Permission.MANAGE_KINDS
    title = TITLE
    template_name = "disputes/kinds.html"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Disputes"), reverse("disputes:list"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(kinds=operations.list_kinds(self.actor), **context)


class WithKinds:
    """Leads back to the list of kinds."""

    actor: Actor

    def get_back_url(self) -> str:
        return reverse("disputes:kinds")

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("Disputes"), reverse("disputes:list")), Crumb(TITLE, reverse("disputes:kinds"))]


class KindCreate(WithKinds, CreatePage):
    """A kind of the bureau's own."""

    permission = Permission.MANAGE_KINDS
    title = gettext_lazy("Add a kind of dispute")
    form_class = KindForm
    submit_label = gettext_lazy("Add")
    done_text = gettext_lazy("The kind was added. Everybody of the bureau can choose it.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"others": operations.list_kinds(self.actor)}

    def get_initial(self) -> dict[str, Any]:
        shown = operations.list_kinds(self.actor)
        return {"after": shown[-2].code if len(shown) > 1 else ""}  # before "other", which stands last

    def perform(self, form: BaseForm) -> Any:
        return operations.add_kind(actor=self.actor, **self.values(form))


class OfKind(WithKinds, OfRecord):
    """An act on the kind in the URL."""

    permission = Permission.MANAGE_KINDS
    record: Known

    def find_record(self) -> Known:  # type: ignore[override]  # no row of a table: shipped ones have none
        return operations.get_kind(self.actor, self.kwargs["code"])

    def get_version(self) -> int:
        return self.record.version


class KindChange(OfKind, ActPage):
    """Call a kind otherwise, or put it elsewhere in the list."""

    title = gettext_lazy("Change the kind of dispute")
    done_text = gettext_lazy("The kind was changed.")

    def get_form_class(self) -> Any:
        return KindForm if self.record.is_own else PlaceForm

    def get_text(self) -> Words:
        if self.record.is_own:
            return _("Records that have this kind are called so, too.")
        return _("A kind that comes with Anqi keeps its name. You choose where it stands.")

    @property
    def other_kinds(self) -> list[Known]:
        return [each for each in operations.list_kinds(self.actor) if each.code != self.record.code]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"others": self.other_kinds}

    def get_initial(self) -> dict[str, Any]:
        codes = ["", *(each.code for each in operations.list_kinds(self.actor))]
        stood = codes[codes.index(self.record.code) - 1]
        return {"name": self.record.name, "name_en": self.record.name_en, "after": stood}

    def perform(self, form: BaseForm) -> Any:
        return operations.change_kind(
            actor=self.actor, code=self.record.code, version=self.version(form), **self.values(form)
        )


class KindRetire(OfKind, ActPage):
    """Offer a kind no more."""

    title = gettext_lazy("Retire this kind?")
    text = gettext_lazy(
        "Nobody can choose it any more. Records, lists, figures and papers that have it stay as they are, and you can take it into"
        " use again."
    )
    submit_label = gettext_lazy("Retire")
    done_text = gettext_lazy("The kind is no longer in use.")
    form_class = forms.Form

    def get_refusal(self) -> Words:
        return _("This kind is no longer in use.") if self.record.is_retired else ""

    def perform(self, form: BaseForm) -> Any:
        return operations.retire_kind(actor=self.actor, code=self.record.code, version=self.version(form))


class KindResume(OfKind, ButtonPage):
    """Take a retired kind into use again."""

    done_text = gettext_lazy("The kind is in use again.")

    def perform(self) -> Any:
        return operations.resume_kind(actor=self.actor, code=self.record.code)


def kind_urls() -> list[URLPattern]:
    """Return the addresses of the kinds."""
    return [
        path("kinds/", KindList.as_view(), name="kinds"),
        path("kinds/new/", KindCreate.as_view(), name="kind_create"),
        path("kinds/<slug:code>/change/", KindChange.as_view(), name="kind_change"),
        path("kinds/<slug:code>/retire/", KindRetire.as_view(), name="kind_retire"),
        path("kinds/<slug:code>/resume/", KindResume.as_view(), name="kind_resume"),
    ]
