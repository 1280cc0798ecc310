"""Pages that show: a list, a record, and what every page has in common."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Page as PageOfRows
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import classonlymethod
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import DetailView, View
from django.views.generic.base import ContextMixin, TemplateResponseMixin
from django_htmx.http import HttpResponseClientRedirect

from foundation.accounts import access
from foundation.accounts.actors import Actor
from foundation.accounts.models import RoleGrant
from foundation.ids import id_of
from foundation.requests import Request, required_actor
from foundation.ui.forms import ACTING
from foundation.ui.tables import PER_PAGE
from foundation.ui.views.roles import REFUSALS, answer_in_other_role
from foundation.words import Words, listed, sentences

F = TypeVar("F", bound=Any)
ACTING_HEADER = "X-Acting"  # on requests of htmx: the role grant under which the page was shown


@dataclass(frozen=True)
class Button:
    """Something a person may do from a page. The first in a row is the primary act; a dialog opens over the page."""

    label: Words
    url: str
    icon: str = ""
    danger: bool = False
    dialog: bool = True
    is_primary: bool = True  # if it is the first


@dataclass(frozen=True)
class Crumb:
    """A page above this one, as its breadcrumb shows it."""

    label: Any
    url: str = ""


class NoSuchChoice(Http404):
    """The URL names a state, an order or the like that its page does not have. 404.html says so by this name."""


def chosen_in(request: HttpRequest, parameter: str, values: Collection[str], default: str = "") -> str:
    """Return a choice named in the URL, the default if none is named. Raise NoSuchChoice for one that does not exist."""
    named = set(filter(None, request.GET.getlist(parameter))) or {default}
    if len(named) > 1 or not named <= {*values, default}:
        raise NoSuchChoice
    return named.pop()


def given_in(request: HttpRequest, *parameters: str) -> str:
    """Return the value that the URL gives by one of these names, "" if none. Raise NoSuchChoice if it gives several."""
    named = {each for parameter in parameters for each in request.GET.getlist(parameter) if each}
    if len(named) > 1:
        raise NoSuchChoice
    return named.pop() if named else ""


def id_in(request: HttpRequest, parameter: str) -> int | None:
    """Return an id named in the URL, None if none is named. Raise Http404 for what is no id, and for several."""
    named = given_in(request, parameter)
    if not named:
        return None
    found = id_of(named)
    if found is None:
        raise Http404(f"there is no such {parameter}")
    return found


def refuse_doubled(filterset: F) -> F:
    """Let a filter be invalid for which the URL has several values, of which a form would silently take the last."""
    form = filterset.form
    for name, field in form.fields.items():
        given = dict.fromkeys(filter(None, filterset.data.getlist(name))) if filterset.is_bound else ()
        several = getattr(field.widget, "allow_multiple_selected", False)
        if len(given) > 1 and not several and name not in form.errors:
            form.add_error(
                name, _("Only one value is possible here: %(values)s.") % {"values": listed(given)}
            )
    return filterset


def invalid_of(filterset: Any) -> list[tuple[Words, str]]:
    """Return label and error of each filter whose value in the URL is invalid."""
    if filterset is None or refuse_doubled(filterset).is_valid():
        return []
    return [
        (filterset.form.fields[name].label or name, sentences(*errors))
        for name, errors in filterset.form.errors.items()
        if name in filterset.form.fields
    ]


class Page(TemplateResponseMixin, ContextMixin, View):
    """The base of every page: a permission, the actor, a base template, a title and the way back."""

    permission: ClassVar[str] = ""
    title: Words = ""
    request: Request
    http_method_names = ["get", "head", "options"]
    keeps_typed: ClassVar[bool] = (
        False  # a POST under another role is answered by the view, with what was typed
    )

    @classonlymethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        """Return the view, with the permission set where the checks and the navigation look for it."""
        view: Any = super().as_view(**initkwargs)
        view.permission = initkwargs.get("permission", cls.permission)
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answers_itself = request.method == "POST" and self.keeps_typed
        if self.request.htmx and self.other_role and not answers_itself:
            return self.answer_fragment_of_other_role()
        try:
            refused = access.admit(request, self.permission)
            return super().dispatch(request, *args, **kwargs) if refused is None else refused
        except REFUSALS as error:
            offered = answer_in_other_role(self.request, error)
            if offered is None:
                raise
            return offered

    # --- a page shown under another role, in a second tab ---

    @cached_property
    def shown_under(self) -> str | None:
        """The id of the role grant under which the form, or the page around a fragment, was shown; None if unknown."""
        in_form = self.request.POST.get(ACTING)
        return self.request.headers.get(ACTING_HEADER) if in_form is None and self.request.htmx else in_form

    @cached_property
    def role_before(self) -> RoleGrant | None:
        """The role under which the form or page was shown, if the person still holds it."""
        before = id_of(self.shown_under)
        return next((grant for grant in getattr(self.request, "grants", ()) if grant.pk == before), None)

    @property
    def role_now(self) -> str:
        """The acting role in words."""
        actor = self.request.actor
        names = {grant.pk: str(grant) for grant in getattr(self.request, "grants", ())}
        return names.get(actor.grant_id, actor.role) if actor else ""

    @cached_property
    def other_role(self) -> str:
        """Why a form or fragment shown under another role is refused; empty if the role is the same or unknown."""
        actor = self.request.actor
        if self.shown_under is None or actor is None or self.shown_under == str(actor.grant_id):
            return ""
        before = self.role_before or _("someone in another role")
        return _("This page was opened as %(before)s, but you now act as %(now)s. Nothing was saved.") % {
            "before": before,
            "now": self.role_now,
        }

    def answer_fragment_of_other_role(self) -> HttpResponse:
        """Leave the page of the other role as it is, with what is typed in it, and say so above it."""
        context = {"words": self.other_role, "before": self.role_before, "now": self.role_now}
        response = render(self.request, "ui/_role_changed.html", context)
        response.headers["HX-Retarget"] = response.headers["HX-Reselect"] = "#role-changed"
        response.headers["HX-Reswap"] = "outerHTML"
        response.headers["HX-Push-Url"] = "false"
        return response

    @property
    def actor(self) -> Actor:
        """The actor, on pages that a permission guards."""
        return required_actor(self.request)

    @property
    def page_base(self) -> str:
        """The base template: an enterprise's people have their own."""
        actor = self.request.actor
        return "portal/base.html" if actor and actor.is_enterprise else "base.html"

    def get_title(self) -> Words:
        return self.title

    def get_trail(self) -> list[Crumb]:
        """Return the pages above this one, the outermost first."""
        return []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        page = {"page_base": self.page_base, "title": self.get_title(), "trail": self.get_trail()}
        return super().get_context_data(**page | context)

    def go(self, url: str) -> HttpResponse:
        """Respond with a redirect of the whole page, even from a dialog.

        Of a dialog that leads back to a part of the page below it the fragment is left out: a browser would only scroll there,
        with the dialog still open and the page as it was.
        """
        if not self.request.htmx:
            return redirect(url)
        page, mark, _part = url.partition("#")
        below = urlsplit(self.request.htmx.current_url or "")
        is_same = bool(mark) and page == below._replace(scheme="", netloc="", fragment="").geturl()
        return HttpResponseClientRedirect(page if is_same else url)

    def leave(self, url: str, words: Words, level: int = messages.INFO) -> HttpResponse:
        """Redirect, with a message why there is nothing to do here."""
        messages.add_message(self.request, level, words)
        return self.go(url)

    def one_of(self, parameter: str, values: Collection[str], default: str = "") -> str:
        """Return a choice named in the URL, the default if none is named. Raise NoSuchChoice for any other."""
        return chosen_in(self.request, parameter, values, default)

    def given(self, *parameters: str) -> str:
        """Return the value that the URL gives by one of these names, "" if none. Raise NoSuchChoice for several."""
        return given_in(self.request, *parameters)

    def page_of(self, rows: Any, per_page: int = PER_PAGE) -> PageOfRows:
        """Return the page of ``rows`` in the URL, the first if it is invalid."""
        return Paginator(rows, per_page).get_page(self.request.GET.get("page"))


# --- one record -----------------------------------------------------------------------------------------------------


class OfRecord(Page):
    """A page about one record, which the actor must be able to see; 404 otherwise."""

    def find_record(self) -> Model:
        """Return the record in the URL, through a selector. Raise DoesNotExist or Http404 if there is none."""
        raise NotImplementedError

    @cached_property
    def record(self) -> Any:
        try:
            return self.find_record()
        except ObjectDoesNotExist as error:
            raise Http404(str(error)) from error

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(record=self.record, **context)


class RecordPage(OfRecord, DetailView):
    """One record: its content, and buttons for what the actor may do with it now."""

    def get_object(self, queryset: Any = None) -> Any:
        return self.record

    def get_title(self) -> Words:
        return self.title or str(self.record)

    def get_buttons(self) -> list[Button]:
        """Return what can be done with the record. The first is the page's primary act."""
        return []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(buttons=self.get_buttons(), **context)
