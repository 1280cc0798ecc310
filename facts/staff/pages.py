"""The five pages every kind of fact has: list, new, record, correct, void. A noun says what differs.

``InspectionPages().urls()`` in an app's urls.py gives them all. Views answer 422 with what was typed when input is
wrong or somebody was quicker, and 404 for what the actor cannot see.
"""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_htmx.http import HttpResponseClientRedirect
from django_tables2 import RequestConfig

from facts.models import Fact
from facts.operations import AlreadyRecorded
from facts.selectors import away_then, enterprise_or_none, find_enterprises, get_fact, log_of, visible
from facts.staff.forms import CorrectionForm, NewFactForm, Reason
from facts.staff.history import differences, fields_of, life_of
from facts.staff.tables import FactFilter, FactTable
from foundation.accounts.access import StaleRecord, WrongState, allows, page
from foundation.accounts.actors import Actor
from foundation.ui.tables import PER_PAGE, CappedPaginator
from foundation.ui.views import Button

Words = str | Promise


Act = Button


# what is done at an enterprise, by the police or by itself
TOGETHER: tuple[tuple[str, Words], ...] = (
    ("inspections:inspections", gettext_lazy("Police inspections")),
    ("inspections:self_checks", gettext_lazy("Self-checks")),
    ("service:activities", gettext_lazy("Activities")),
)


class FactPages:
    """What one kind of fact says about its pages. Names of urls are ``<app>:<names[...]>``."""

    app: ClassVar[str]
    prefix: ClassVar[str] = ""
    names: ClassVar[dict[str, str]]  # list, create, detail, correct, void
    permission: ClassVar[str]  # "hazards": with :see, :record, :correct
    model: ClassVar[type[Fact]]
    table: ClassVar[type[FactTable]]
    filter: ClassVar[type[FactFilter]]
    new_form: ClassVar[type[NewFactForm]]
    correction_form: ClassVar[type[CorrectionForm]]
    shown: ClassVar[Sequence[str]]  # fields of the record page, in order
    create: ClassVar[Callable[..., Fact]]
    correct: ClassVar[Callable[..., Fact]]
    void: ClassVar[Callable[..., Fact]]
    kept: ClassVar[tuple[str, ...]] = ()  # what the address of the list says besides its filters
    icon: ClassVar[str] = "file"
    list_template: ClassVar[str] = "facts/list.html"
    new_template: ClassVar[str] = "facts/new.html"
    detail_template: ClassVar[str] = "facts/detail.html"

    title: ClassVar[Words]
    new_label: ClassVar[Words]
    new_title: ClassVar[Words]
    saved: ClassVar[Words]
    empty_title: ClassVar[Words]
    empty_text: ClassVar[Words] = ""

    # --- addresses ---------------------------------------------------------------------------------------------

    def urls(self) -> list[URLPattern]:
        """The five addresses, and what a noun adds."""
        see, record, correct = (f"{self.permission}:{verb}" for verb in ("see", "record", "correct"))
        name = self.names
        return [
            path(self.prefix, page(see)(self.list_page), name=name["list"]),
            path(f"{self.prefix}new/", page(record)(self.new_page), name=name["create"]),
            path(f"{self.prefix}<int:id>/", page(see)(self.detail_page), name=name["detail"]),
            path(f"{self.prefix}<int:id>/correct/", page(correct)(self.correct_page), name=name["correct"]),
            path(f"{self.prefix}<int:id>/void/", page(correct)(self.void_page), name=name["void"]),
        ]

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.app}:{self.names.get(name, name)}", args=args)

    # --- what a noun may change --------------------------------------------------------------------------------

    def rows(self, actor: Actor) -> Any:
        """All records the actor may see, voided ones too: the filter leaves them out."""
        return visible(actor, self.model, voided=True)

    def acts(self, actor: Actor, fact: Any) -> list[Act]:
        """What can be done with this record in its state."""
        return []

    def more(self, request: HttpRequest, fact: Any) -> dict[str, Any]:
        """Further context of the record page."""
        return {}

    def tabs(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Tabs above the list: the kinds that share an entry of the police's navigation."""
        here = f"{self.app}:{self.names['list']}"
        if request.actor.is_enterprise or here not in dict(TOGETHER):
            return []
        return [
            {"label": words, "url": reverse(name), "active": name == here, "count": ""}
            for name, words in TOGETHER
        ]

    def summary(self, fact: Any) -> dict[str, Any]:
        """State and deadline for the head of the record page: state (words), tone, due_on, done."""
        return {}

    def save_new(self, actor: Actor, form: Any, parts: dict[str, Any]) -> Fact:
        return type(self).create(actor=actor, enterprise_id=form.enterprise_id, **form.values())

    def new_parts(self, request: HttpRequest) -> dict[str, Any]:
        """Further forms of the page for a new record; each has is_valid() and take_errors()."""
        return {}

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {}

    def asked(self, request: HttpRequest) -> dict[str, Any]:
        """What the address of the page for a new record says besides the enterprise."""
        return {}

    # --- pages -------------------------------------------------------------------------------------------------

    def list_page(self, request: HttpRequest) -> HttpResponse:
        actor = request.actor
        rows = self.rows(actor)
        if len(actor.stations) > 1:
            rows = rows.select_related("enterprise", "station")
        chosen = self.filter(request.GET, queryset=rows, actor=actor)
        table = self.table(chosen.qs, actor=actor)
        RequestConfig(
            request, paginate={"per_page": PER_PAGE, "paginator_class": CappedPaginator, "silent": True}
        ).configure(table)
        given = set(request.GET) - {"page", "sort", "state"}
        return render(request, self.list_template, self.context(request) | {
            "filter": chosen, "table": table, "tabs": self.tabs(request), "is_filtered": bool(given),
            "create_url": self.url("create") if allows(actor, f"{self.permission}:record") else "",
            "is_empty": not table.paginated_rows, "keep": ("sort", *self.kept),
        })  # fmt: skip

    def new_page(self, request: HttpRequest) -> HttpResponse:
        actor = request.actor
        if "find" in request.GET:
            text = request.GET["find"][:100].replace("\x00", "")
            found = find_enterprises(actor, text) if text.strip() else []
            return render(
                request,
                "facts/_enterprise_choices.html",
                {"found": found, "text": text, "name": "enterprise"},
            )
        named = request.GET.get("enterprise")
        asked = enterprise_or_none(actor, named)
        if named and actor.is_enterprise and (asked is None or asked.pk != actor.enterprise_id):
            raise Http404  # an enterprise's people record for their own alone, and never for it by mistake
        initial = self.initial(actor) | self.asked(request) | ({"enterprise": asked} if asked else {})
        form = self.new_form(request.POST or None, actor=actor, initial=initial)
        parts = self.new_parts(request)
        if request.method == "POST":
            form = self.new_form(request.POST, actor=actor)
            if all([self.is_valid(form), *(part.is_valid() for part in parts.values())]):
                try:
                    fact = self.save_new(actor, form, parts)
                except ValidationError as error:
                    self.show_errors(error, form, parts)
                except WrongState as error:
                    form.add_error(None, str(error))
                except AlreadyRecorded as again:
                    messages.info(request, _("This was recorded already."))
                    return redirect(self.url("detail", again.fact.pk))
                else:
                    messages.success(request, self.saved)
                    return redirect(self.url("detail", fact.pk))
        back = self.url("list") if allows(actor, f"{self.permission}:see") else "/"
        return self.answer(
            request, self.new_template, [form, *parts.values()], {"form": form, "cancel_url": back, **parts}
        )

    def is_valid(self, form: Any) -> bool:
        """Nothing is recorded of days on which the enterprise was off the register."""
        if form.is_valid() and (day := form.cleaned_data.get(self.filter.day)):
            away = away_then(form.actor, form.enterprise_id, day)
            if away:
                form.add_error(self.filter.day, _(
                    "The enterprise is off the register since %(day)s (%(state)s). Record what happened before that day,"
                    " or have it put back on the register first."
                ) % {"day": away.from_on, "state": away.get_kind_display()})  # fmt: skip
        return form.is_valid()

    def show_errors(self, error: ValidationError, form: Any, parts: dict[str, Any]) -> None:
        """Put what the operation refused where it was typed."""
        form.take_errors(error)

    def detail_page(self, request: HttpRequest, id: int) -> HttpResponse:
        actor = request.actor
        fact = get_fact(actor, self.model, id)
        log = list(log_of(actor, fact)[:100]) if actor.is_police else []
        acts = [] if fact.is_voided else self.acts(actor, fact)
        shown = [
            name for name in self.shown if name != "note" or actor.is_police
        ]  # notes are among the police
        corrects = not fact.is_voided and allows(actor, f"{self.permission}:correct")
        return render(request, self.detail_template, self.context(request) | {
            "fact": fact, "enterprise": fact.enterprise, "rows": fields_of(fact, shown),
            "events": life_of(fact, log), "acts": acts, "summary": self.summary(fact),
            "correct_url": self.url("correct", fact.pk) if corrects else "",
            "void_url": self.url("void", fact.pk) if corrects else "",
            **self.more(request, fact),
        })  # fmt: skip

    def correct_page(self, request: HttpRequest, id: int) -> HttpResponse:
        actor = request.actor
        fact = get_fact(actor, self.model, id)
        if fact.is_voided:
            messages.warning(
                request, _("This record was voided. It can no longer be changed; enter a new one instead.")
            )
            return redirect(self.url("detail", fact.pk))
        form = self.correction_form(
            request.POST if request.method == "POST" else None, actor=actor, instance=fact,
            initial={"version": fact.version},
        )  # fmt: skip
        others: list[tuple[Words, str, str]] = []
        if request.method == "POST" and form.is_valid():
            try:
                type(self).correct(
                    actor=actor, id=fact.pk, version=form.cleaned_data["version"],
                    reason=form.cleaned_data["reason"], **form.values(),
                )  # fmt: skip
            except StaleRecord as error:
                form.add_error(
                    None,
                    _("%(who)s What you typed is kept below. Look at what differs and save again.")
                    % {"who": error},
                )
                others = differences(fact, form.values())
                form.accept_version(fact.version)
            except WrongState as error:
                form.add_error(None, str(error))
            except ValidationError as error:
                form.take_errors(error)
            else:
                messages.success(request, _("The record was corrected. The old values stay in the log."))
                return redirect(self.url("detail", fact.pk))
        return self.answer(request, "facts/correct.html", [form], {
            "form": form, "fact": fact, "enterprise": fact.enterprise, "others": others,
            "cancel_url": self.url("detail", fact.pk),
        })  # fmt: skip

    def void_form(self, request: HttpRequest, fact: Any) -> Any:
        return Reason(request.POST if request.method == "POST" else None, initial={"version": fact.version})

    def void_page(self, request: HttpRequest, id: int) -> HttpResponse:
        fact = get_fact(request.actor, self.model, id)
        if fact.is_voided and request.method == "GET":
            return self.leave(request, fact, _("This record was voided already."))
        form = self.void_form(request, fact)

        def act(form: Any) -> None:
            type(self).void(actor=request.actor, id=fact.pk, **form.cleaned_data)

        return self.act_on(request, fact, form, act, {
            "title": _("Void this record?"),
            "text": _("It drops out of every list and measure at once and stays in the log. A voided record cannot be"
                      " brought back; if it was right after all, enter it again."),
            "submit_label": _("Void the record"), "danger": True, "done": _("The record was voided."),
        })  # fmt: skip

    def leave(self, request: HttpRequest, fact: Fact, words: Words) -> HttpResponse:
        """Back to the record, saying why there is nothing to do."""
        back = self.url("detail", fact.pk)
        messages.info(request, words)
        return HttpResponseClientRedirect(back) if request.htmx else redirect(back)

    # --- pieces ------------------------------------------------------------------------------------------------

    def act_on(
        self, request: HttpRequest, fact: Fact, form: Any, act: Callable[[Any], Any], words: dict[str, Any]
    ) -> HttpResponse:
        """A small form for one act, as a dialog or a page; afterwards back to the record."""
        back = self.url("detail", fact.pk)
        if request.method == "POST" and form.is_valid():
            try:
                act(form)
            except WrongState as error:
                form.add_error(None, str(error))
                form.accept_version(fact.version)  # having read who was quicker, the person may go on
            except ValidationError as error:
                form.take_errors(error)
            else:
                messages.success(request, words["done"])
                return HttpResponseClientRedirect(back) if request.htmx else redirect(back)
        template = "_confirm.html" if request.htmx else "facts/act.html"
        return self.answer(
            request,
            template,
            [form],
            {"form": form, "fact": fact, "enterprise": fact.enterprise, "cancel_url": back, **words},
        )

    def answer(
        self, request: HttpRequest, template: str, forms: list[Any], context: dict[str, Any]
    ) -> HttpResponse:
        """The page, with status 422 if anything typed was refused."""
        wrong = any(
            form.is_bound and (form.errors or getattr(form, "total_error_count", int)()) for form in forms
        )
        return render(request, template, self.context(request) | context, status=422 if wrong else 200)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "pages": self,
            "list_url": self.url("list"),
            "page_base": "portal/base.html" if request.actor.is_enterprise else "base.html",
        }


__all__ = ["Act", "FactPages"]
