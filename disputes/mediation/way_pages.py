"""Pages of the way: choosing one, what happens on it, its letter of transfer."""

from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from disputes.access import Permission
from disputes.mediation import issuing, ways
from disputes.mediation.choices import StepKind, WayKind
from disputes.mediation.forms import (
    AdministrativeForm,
    LetterForm,
    PeoplesForm,
    PoliceForm,
    StepForm,
    TransferForm,
)
from disputes.mediation.paper_forms import TRANSFER
from disputes.mediation.part import ACTS
from disputes.models import Dispute, Way
from disputes.staff.masked import MaskedForm
from facts.operations import VOIDED
from facts.staff.views import OfFact
from foundation.deadlines.selectors import limit_in_force
from foundation.deadlines.words import length_in_words
from foundation.ui.forms import FORM_KEY, ReasonForm, key_of
from foundation.ui.views import ActPage, CreatePage, id_in
from foundation.words import Words
from papers.access import Permission as OfPapers
from papers.models import Paper


class OfDisputePage(MaskedForm, OfFact):
    """A page of the mediation of one dispute, whose parties are masked. A voided dispute leads back to its record."""

    permission = Permission.MEDIATE_DISPUTES
    record: Dispute

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.is_voided:
            return self.leave(self.get_back_url(), VOIDED)
        found: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
        return found

    def get_version(self) -> None:
        """Return None: these acts change rows beside the dispute, and each is known again when it is sent twice."""

    def key(self, form: BaseForm) -> str:
        """Return the key of a form that creates something."""
        return key_of(form.cleaned_data.get(FORM_KEY))


class WayChoice(OfDisputePage, TemplateView):
    """Which ways there are, with what each is for."""

    title = gettext_lazy("By which way is it led?")
    template_name = "disputes/mediation/way_choice.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        first = length_in_words(limit_in_force(self.actor, "mediation-first").length)
        second = length_in_words(limit_in_force(self.actor, "mediation-second").length)
        offered = (
            (
                WayKind.PUBLIC_SECURITY,
                "shield-check",
                _(
                    "Minor beating, insult, damage and the like, for which the police could punish. Not with one of the seven exclusions."
                ),
                _(
                    "First session within %(first)s, a second one within %(second)s of it. If it fails, the time for the case runs."
                )
                % {"first": first, "second": second},
                "way_police",
            ),
            (
                WayKind.PEOPLES,
                "users-group",
                _("Disputes of every kind, by a people's mediation committee, in writing or orally."),
                _("Not if a party clearly refuses. An agreement may be confirmed by the court."),
                "way_peoples",
            ),
            (
                WayKind.ADMINISTRATIVE,
                "building-bank",
                _("By an office whose subject it is: labour, market, housing."),
                _("Not if a party clearly refuses."),
                "way_admin",
            ),
            (
                WayKind.TRANSFER,
                "transfer-out",
                _("To the court, arbitration, labour inspection or another body that has to decide it."),
                _("A letter with a number; its receipt and the result are recorded."),
                "way_transfer",
            ),
        )
        choices = [
            (kind.label, icon, what, clocks, reverse(f"disputes:{name}", args=[self.record.pk]))
            for kind, icon, what, clocks, name in offered
        ]
        return super().get_context_data(choices=choices, **context)


class ChooseWay(OfDisputePage, CreatePage):
    """Lead the dispute by one way from a day on."""

    kind: WayKind = WayKind.PEOPLES
    key_is_stored = True
    tries_out = True
    done_text = gettext_lazy("The way is recorded. Its clocks stand on the page.")
    texts: dict[WayKind, Words] = {
        WayKind.PUBLIC_SECURITY: gettext_lazy(
            "The form asks what the law asks before the police mediate. What is not allowed is refused with its article."
        ),
        WayKind.TRANSFER: gettext_lazy("The letter is issued afterwards, from the page of the dispute."),
    }
    forms = {
        WayKind.PUBLIC_SECURITY: PoliceForm,
        WayKind.PEOPLES: PeoplesForm,
        WayKind.ADMINISTRATIVE: AdministrativeForm,
        WayKind.TRANSFER: TransferForm,
    }

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.kind == WayKind.PUBLIC_SECURITY:
            found = ways.ways_of(self.record)
            if why := ways.refusal_of_police(self.record, found):
                return self.leave(self.get_back_url(), why, messages.WARNING)
        return super().get(request, *args, **kwargs)

    def get_title(self) -> Words:
        return self.kind.label

    def get_text(self) -> Words:
        return self.texts.get(self.kind, "")

    def get_form_class(self) -> Any:
        return self.forms[self.kind]

    def get_template_names(self) -> list[str]:
        is_police = self.kind == WayKind.PUBLIC_SECURITY
        return ["disputes/mediation/police_form.html" if is_police else "ui/form.html"]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"is_change": bool(ways.ways_of(self.record))}

    def perform(self, form: BaseForm) -> Way:
        return ways.choose_way(
            actor=self.actor,
            dispute_id=self.record.pk,
            kind=self.kind,
            key=self.key(form),
            **self.values(form),
        )


class OfWay(OfDisputePage):
    """A page about one way of the dispute."""

    @cached_property
    def way(self) -> Way:
        found = next((each for each in ways.ways_of(self.record) if each.pk == self.kwargs["way"]), None)
        if found is None:
            raise Http404("the dispute has no such way")
        return found

    def get_about(self) -> str:
        return f"{self.way} · {self.record}"


class StepOnWay(OfWay, ActPage):
    """Record what happened on a way: ``?step=`` says what."""

    tries_out = True
    form_class = StepForm
    done_text = gettext_lazy("Recorded.")
    submit_label = pgettext_lazy("act", "Record")

    @property
    def kind(self) -> StepKind:
        return StepKind(self.one_of("step", StepKind.values, StepKind.FAILED))

    def get_title(self) -> Words:
        return ACTS[self.kind]

    def get_text(self) -> Words:
        if self.kind == StepKind.FAILED:
            return _("From that day the time for the case runs: %(length)s (Art. 118, 185).") % {
                "length": length_in_words(limit_in_force(self.actor, "case-decision").length)
            }
        if self.kind == StepKind.EXTENDED:
            return _(
                "By %(length)s, at most twice, before the time ends. For a station the organ above it approves."
            ) % {"length": length_in_words(limit_in_force(self.actor, "case-extension").length)}
        if self.kind == StepKind.SUSPENDED:
            return _(
                "From that day on no day counts, until you record that it runs again. Only an appraisal or a hearing stops it"
                " (Art. 118)."
            )
        if self.kind == StepKind.RESUMED:
            return _("The first day that counts again: the one after the appraisal or the hearing.")
        return ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"kind": self.kind}

    def perform(self, form: BaseForm) -> Any:
        return ways.record_step(
            actor=self.actor,
            dispute_id=self.record.pk,
            way_id=self.way.pk,
            kind=self.kind,
            **self.values(form),
        )


class VoidWay(OfWay, ActPage):
    """Void a way, or one step on it (``?step=``, its id), that was entered wrongly."""

    form_class = ReasonForm
    danger = True
    submit_label = gettext_lazy("Void")
    done_text = gettext_lazy("The entry was voided. It stays in the log.")

    @cached_property
    def step_id(self) -> int | None:
        return id_in(self.request, "step")

    def get_title(self) -> Words:
        return _("Void this step?") if self.step_id else _("Void this way?")

    def perform(self, form: BaseForm) -> Any:
        place: dict[str, Any] = {"actor": self.actor, "dispute_id": self.record.pk}
        if self.step_id:
            return ways.void_step(**place, step_id=self.step_id, **self.values(form))
        return issuing.void_way(**place, way_id=self.way.pk, **self.values(form))


class IssuesPaper(OfDisputePage, CreatePage):
    """A page that issues a paper of the mediation and leads to it."""

    permission = OfPapers.ISSUE_PAPERS  # type: ignore[assignment]
    key_is_stored = True
    result: Paper
    done_text = gettext_lazy("The paper was issued under its number.")

    def get_success_url(self) -> str:
        return reverse("papers:paper", args=[self.result.pk])


class Letter(OfWay, IssuesPaper):
    """Issue the letter of transfer."""

    form_class = LetterForm
    title = TRANSFER.title
    submit_label = gettext_lazy("Issue the letter")

    @property
    def proposed(self) -> dict[str, Any]:
        """What the letter begins with."""
        return {"facts": "\n".join(filter(None, [self.record.summary, self.record.claimed]))[:2000]}

    def get_initial(self) -> dict[str, Any]:
        return self.masked(self.proposed)

    def perform(self, form: BaseForm) -> Paper:
        return issuing.issue_transfer(
            actor=self.actor,
            dispute_id=self.record.pk,
            way_id=self.way.pk,
            form_key=self.key(form),
            **self.restored(self.values(form), self.proposed),
        )
