"""Pages of sessions: planning, moving, cancelling, recording, correcting one; its page, its documents, its minutes."""

from dataclasses import replace
from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.generic import TemplateView

from disputes.access import Permission
from disputes.acting import paper_about
from disputes.mediation import issuing, planning, sessions
from disputes.mediation.forms import MoveForm, PlanForm, SessionForm, initial_of
from disputes.mediation.meetings import officers_at
from disputes.mediation.paper_forms import MINUTES
from disputes.mediation.part import shown_sessions
from disputes.mediation.team import team_of
from disputes.mediation.way_pages import IssuesPaper, OfDisputePage
from disputes.models import Appointment, MediationSession
from facts.attachments import list_attachments
from facts.models import Attachment
from facts.staff.files import FileAdd
from foundation.accounts.access import allows
from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage, Button, Compared, CreatePage, Crumb, FormPage, RecordForm, id_in
from foundation.words import Words
from papers.access import Permission as OfPapers
from papers.models import Paper


class NamesOfficers(OfDisputePage):
    """A form that names the officers of a session; it begins with whoever fills it in."""

    def get_form_kwargs(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        return found | {"officers": officers_at(self.actor, self.record.station_id)}

    def get_initial(self) -> dict[str, Any]:
        found: dict[str, Any] = super().get_initial()  # type: ignore[misc]
        return {"officer": self.actor.user_id} | found


def as_planned(planned: Appointment) -> dict[str, Any]:
    """Return the values of a form for a planned session."""
    names = ("on", "begins_at", "ends_at", "manner", "place")
    own = {"officer": planned.officer_id, "second": planned.second_id}
    return {name: getattr(planned, name) for name in names} | own


class PlanSession(NamesOfficers, CreatePage):
    """Plan a session for a day to come."""

    form_class = PlanForm
    key_is_stored = True
    tries_out = True
    title = gettext_lazy("Plan a session")
    submit_label = gettext_lazy("Plan")
    done_text = gettext_lazy("The session is planned. It stands on Today of its officers.")

    def perform(self, form: BaseForm) -> Appointment:
        return planning.plan_session(
            actor=self.actor, dispute_id=self.record.pk, key=self.key(form), **self.values(form)
        )


class OfAppointment(OfDisputePage):
    """A page about one planned session."""

    @cached_property
    def appointment(self) -> Appointment:
        return planning.get_appointment(self.record, self.kwargs["appointment"])

    def get_about(self) -> str:
        return f"{self.appointment} · {self.record}"

    def get_refusal(self) -> Words:
        """Return why nothing can be done with it any more."""
        return planning.refusal_of_ended(self.appointment)


class MoveSession(Compared, OfAppointment, NamesOfficers, ActPage):
    """Move a planned session to another time: where somebody moved it meanwhile, from there."""

    read_with_record = ("appointment",)
    form_class = MoveForm
    tries_out = True
    title = gettext_lazy("Move the planned session")
    submit_label = pgettext_lazy("session", "Move")
    done_text = gettext_lazy("The session was moved.")

    @cached_property
    def appointment(self) -> Appointment:
        return planning.latest_appointment(self.record, self.kwargs["appointment"])

    def get_version(self) -> int:  # type: ignore[override]  # the row that stands now
        return self.appointment.pk

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | self.masked(as_planned(self.appointment))

    def perform(self, form: BaseForm) -> Appointment:
        return planning.move_session(
            actor=self.actor,
            dispute_id=self.record.pk,
            appointment_id=self.version(form) or self.kwargs["appointment"],
            **self.restored(self.values(form), as_planned(self.appointment)),
        )


class CancelSession(OfAppointment, ActPage):
    """Cancel a planned session."""

    form_class = ReasonForm
    danger = True
    title = gettext_lazy("Cancel the planned session?")
    submit_label = gettext_lazy("Cancel the session")
    done_text = gettext_lazy("The session was cancelled.")

    def perform(self, form: BaseForm) -> Appointment:
        return planning.cancel_session(
            actor=self.actor,
            dispute_id=self.record.pk,
            appointment_id=self.appointment.pk,
            **self.values(form),
        )


class OfSessionForm(NamesOfficers, FormPage):
    """The form of a session that was held."""

    form_class = SessionForm
    template_name = "disputes/mediation/session_form.html"
    tries_out = True
    result: MediationSession

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"team": team_of(self.record)}

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | self.masked(self.begins_with)

    @property
    def begins_with(self) -> dict[str, Any]:
        """What the form begins with, unmasked."""
        return {}

    def get_success_url(self) -> str:
        return reverse("disputes:session", args=[self.record.pk, self.result.pk])

    def typed(self, form: BaseForm) -> dict[str, Any]:
        """Return what was typed, with what masks hide."""
        stored = self.begins_with
        found: dict[str, Any] = self.restored(self.values(form), stored)
        found["offers"] = [
            replace(each, words=self.restored({name: each.words}, stored)[name])
            for each in found["offers"]
            for name in [f"{each.side}_words"]
        ]
        return found


class RecordSession(OfSessionForm, CreatePage):
    """Record a session that was held; ``?appointment=`` is the planned one that it was."""

    key_is_stored = True
    title = gettext_lazy("Record a session")
    submit_label = gettext_lazy("Record the session")
    done_text = gettext_lazy("The session was recorded. Issue its minutes to sign from here.")

    @cached_property
    def appointment(self) -> Appointment | None:
        """The planned session in the URL. Raise Http404 for one of another dispute."""
        asked = id_in(self.request, "appointment")
        return planning.get_appointment(self.record, asked) if asked else None

    @property
    def begins_with(self) -> dict[str, Any]:
        return as_planned(self.appointment) if self.appointment else {}

    def perform(self, form: BaseForm) -> MediationSession:
        return sessions.hold_session(
            actor=self.actor,
            dispute_id=self.record.pk,
            appointment_id=self.appointment.pk if self.appointment else 0,
            key=self.key(form),
            **self.typed(form),
        )


class OfSession(OfDisputePage):
    """A page about one session of the dispute."""

    @cached_property
    def session(self) -> MediationSession:
        return sessions.get_session(self.record, self.kwargs["session"])

    def get_trail(self) -> list[Crumb]:
        return [*super().get_trail()[:2], Crumb(self.record.enterprise.name)]

    def get_about(self) -> str:
        return f"{self.session} · {self.record}"


class CorrectSession(Compared, OfSession, OfSessionForm, RecordForm):
    """Replace a session that was recorded wrongly: where somebody did so meanwhile, the one that stands now."""

    read_with_record = ("session",)
    title = gettext_lazy("Correct the session")
    text = gettext_lazy("What stood here before stays in the record, with your name and the reason.")
    submit_label = gettext_lazy("Save the correction")
    done_text = gettext_lazy("The session was corrected.")

    @cached_property
    def session(self) -> MediationSession:
        return sessions.latest_session(self.record, self.kwargs["session"])

    def get_version(self) -> int:  # type: ignore[override]  # the row that stands now
        return self.session.pk

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"before": self.session}

    @property
    def begins_with(self) -> dict[str, Any]:
        return initial_of(self.session, team_of(self.record))

    def perform(self, form: BaseForm) -> MediationSession:
        return issuing.correct_session(
            actor=self.actor,
            dispute_id=self.record.pk,
            session_id=self.version(form) or self.kwargs["session"],
            key=self.key_of_content(form),
            **self.typed(form),
        )


class SessionRecord(OfSession, TemplateView):
    """One session: who was there, what was said and offered, what comes next, documents, minutes as a paper."""

    permission = Permission.VIEW_DISPUTES
    template_name = "disputes/mediation/session.html"

    def get_title(self) -> Words:
        return _("Session of %(day)s") % {"day": self.session.on.isoformat()}

    def get_trail(self) -> list[Crumb]:
        return [
            *super().get_trail()[:1],
            Crumb(self.record, self.get_back_url()),
            Crumb(self.record.enterprise.name),
        ]

    @cached_property
    def paper(self) -> Paper | None:
        """The valid minutes of this session."""
        return paper_about(self.actor, self.record, MINUTES, {issuing.SESSION: [self.session.pk]})

    @property
    def buttons(self) -> list[Button]:
        """What can be done with the session."""
        session, found = self.session, []
        if session.voided_at or not allows(self.actor, Permission.MEDIATE_DISPUTES):
            return []
        place = [self.record.pk, session.pk]
        if self.paper is None and allows(self.actor, OfPapers.ISSUE_PAPERS):
            url = reverse("disputes:session_minutes", args=place)
            found.append(Button(_("Issue the minutes"), url, "file-text"))
        found.append(
            Button(
                _("Add documents"),
                reverse("disputes:session_documents", args=place),
                "paperclip",
                dialog=False,
                is_primary=False,
            )
        )
        correct = reverse("disputes:session_correct", args=place)
        found.append(Button(_("Correct"), correct, "pencil", dialog=False, is_primary=False))
        void = reverse("disputes:session_void", args=place)
        return [*found, Button(_("Void"), void, "ban", danger=True)]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        session = self.session
        valid = sessions.sessions_of(self.record)
        shown = next(
            (each for each in shown_sessions(self.record, valid) if each.session.pk == session.pk), None
        )
        named = set(sessions.documents_of(session))
        files = [each for each in list_attachments(self.actor, self.record) if each.pk in named]
        documents = [
            (each, self.pages.url("file", self.record.pk, each.pk)) for each in files if not each.is_voided
        ]
        replaced_by = next((each for each in valid if each.replaces_id == session.pk), None)
        own = {
            "session": session,
            "shown": shown,
            "documents": documents,
            "paper": self.paper,
            "buttons": self.buttons,
            "replaced_by": replaced_by,
        }
        return super().get_context_data(**context | own)


class VoidSession(OfSession, ActPage):
    """Void a session that never was."""

    form_class = ReasonForm
    danger = True
    title = gettext_lazy("Void this session?")
    text = gettext_lazy("Void it only if it was never held. If something in it is wrong, correct it instead.")
    submit_label = gettext_lazy("Void the session")
    done_text = gettext_lazy("The session was voided. It stays in the log.")

    def perform(self, form: BaseForm) -> MediationSession:
        return issuing.void_session(
            actor=self.actor, dispute_id=self.record.pk, session_id=self.session.pk, **self.values(form)
        )


class AddDocuments(OfSession, FileAdd):
    """Add documents to the dispute that belong to this session."""

    title = gettext_lazy("Add documents of the session")

    def get_back_url(self) -> str:
        return reverse("disputes:session", args=[self.record.pk, self.session.pk])

    def perform(self, form: Any) -> list[Attachment]:
        added = super().perform(form)
        sessions.name_documents(
            actor=self.actor,
            dispute_id=self.record.pk,
            session_id=self.session.pk,
            attachment_ids=[each.pk for each in added],
        )
        return added


class Minutes(OfSession, IssuesPaper):
    """Issue the minutes of a session."""

    form_class = forms.Form
    title = MINUTES.title
    text = gettext_lazy(
        "They get the next number and today's date, and never change again. Print and sign them."
    )
    submit_label = gettext_lazy("Issue the minutes")
    dialog_template = "_confirm.html"

    def perform(self, form: BaseForm) -> Paper:
        if self.session.voided_at:
            raise Http404("it was voided")
        return issuing.issue_minutes(
            actor=self.actor,
            dispute_id=self.record.pk,
            session_id=self.session.pk,
            form_key=self.key(form),
        )
