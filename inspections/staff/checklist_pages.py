"""The bureau's checklists: what is in force, the draft and its items, trying it out and publishing it."""

from functools import partial
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import TemplateView, View

from foundation.accounts.access import WrongState, allows
from foundation.downloads import XLSX, private_file
from foundation.exports.sheets import file_name
from foundation.faults import Faults
from foundation.ids import id_of
from foundation.ui.forms import ReasonForm
from foundation.ui.views import ActPage, ButtonPage, Crumb, FormPage, Page, RecordForm
from foundation.words import Words
from inspections.access import Permission
from inspections.checklists import publishing
from inspections.checklists.answering import conclusion_of
from inspections.checklists.content import Answered, ListKind, Question
from inspections.checklists.publishing import Version
from inspections.checklists.sheet import read_sheet, write_sheet
from inspections.choices import Conclusion
from inspections.items import CODE
from inspections.staff.checking_forms import CheckingForm
from inspections.staff.checking_pages import proposals
from inspections.staff.checklist_forms import QuestionForm

TITLE = _("Checklists")
STALE = -1  # no draft has this version
NAMED = 30  # changes that the question before publishing names


class ChecklistsPage(Page, TemplateView):
    """All checklists of the bureau, with what is in force and what is being drafted."""

    permission = Permission.VIEW_CHECKLISTS
    title = TITLE
    template_name = "inspections/checklists.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may_change = allows(self.actor, Permission.CHANGE_CHECKLISTS)
        drafted = publishing.drafts(self.actor) if may_change else {}
        rows = [
            {
                "version": version,
                "critical": sum(each.critical for each in version.content.questions),
                "draft": drafted.get(kind),
            }
            for kind, version in publishing.versions_in_force(self.actor).items()
        ]
        return super().get_context_data(rows=rows, may_change=may_change, **context)


class OfChecklist(Page):
    """A page of one checklist, whose kind is in the URL."""

    @cached_property
    def kind(self) -> ListKind:
        try:
            return ListKind(self.kwargs["kind"])
        except ValueError:
            raise Http404("no such checklist") from None

    def url(self, name: str) -> str:
        return reverse(f"inspections:{name}", args=[self.kind.value])

    def get_trail(self) -> list[Crumb]:
        return [
            Crumb(TITLE, reverse("inspections:checklists")),
            Crumb(self.kind.label, self.url("checklist")),
        ]

    def named_in(self, versions: list[Version]) -> Version:
        """Return the version in the URL, by default the first, which is in force and shown as it asks now. Raise Http404."""
        number = self.given("version") or str(versions[0].number)
        found = next((each for each in versions if str(each.number) == number), None)
        if found is None:
            raise Http404("no such version")
        return (
            publishing.versions_in_force(self.actor, [self.kind])[self.kind]
            if found is versions[0]
            else found
        )


class ChecklistPage(OfChecklist, TemplateView):
    """One version of a checklist, the one in force by default, and what each version changed."""

    permission = Permission.VIEW_CHECKLISTS
    template_name = "inspections/checklist.html"

    def get_title(self) -> Words:
        return self.kind.label

    def get_trail(self) -> list[Crumb]:
        return super().get_trail()[:1]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        versions = publishing.versions_of(self.actor, self.kind)
        shown = self.named_in(versions)
        history = [
            {"version": each, "changed": publishing.differences(before.content, each.content)}
            for each, before in pairwise(versions)
        ]
        return super().get_context_data(
            shown=shown,
            is_in_force=shown.number == versions[0].number,
            history=history,
            total=len(shown.content.questions),
            may_change=allows(self.actor, Permission.CHANGE_CHECKLISTS),
            draft_url=self.url("checklist_draft"),
            sheet_url=f"{self.url('checklist_sheet')}?version={shown.number}",
            **context,
        )


class ChecklistSheet(OfChecklist, View):
    """One version, or the draft, as a workbook."""

    permission = Permission.VIEW_CHECKLISTS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        versions = publishing.versions_of(self.actor, self.kind)
        if allows(self.actor, Permission.CHANGE_CHECKLISTS):
            versions += [each for kind, each in publishing.drafts(self.actor).items() if kind == self.kind]
        found = self.named_in(versions)
        title = f"{self.kind.label} {found.number}"
        return private_file(write_sheet(title, found.content), XLSX, file_name(title, "xlsx"))


class OfDraft(OfChecklist):
    """A page of the draft of a checklist, which begins with the version in force."""

    permission = Permission.CHANGE_CHECKLISTS

    def find_record(self) -> Any:
        return publishing.begin_draft(self.actor, self.kind)

    @cached_property
    def draft(self) -> Version:
        return publishing.begin_draft(self.actor, self.kind)

    def get_version(self) -> str:
        """Return the version of the draft; "0" while there is none."""
        return str(self.shown_version)

    @property
    def shown_version(self) -> int:
        return self.draft.row.version if self.draft.is_draft and self.draft.row else 0

    def read_again(self) -> None:
        for name in ("record", "draft"):
            self.__dict__.pop(name, None)

    def get_about(self) -> Words:
        return self.kind.label

    def get_trail(self) -> list[Crumb]:
        return [*super().get_trail(), Crumb(_("Draft"), self.get_back_url())]

    def get_back_url(self) -> str:
        return self.url("checklist_draft")

    def version_of(self, text: Any) -> int:
        """Return the version of the draft that a form carries; what is none counts as one that is stale."""
        version = id_of(text)
        return STALE if version is None else version


class OfBegunDraft(OfDraft, FormPage):
    """A form that there is only once something was changed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.draft.is_draft:
            return self.leave(self.get_back_url(), publishing.NO_DRAFT)
        return super().get(request, *args, **kwargs)


class ChecklistDraft(OfDraft, TemplateView):
    """The draft: its items in order, what differs from the version in force, and what is left to do."""

    template_name = "inspections/checklist_draft.html"
    title = _("Draft")

    def get_trail(self) -> list[Crumb]:
        return super().get_trail()[:-1]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        before = publishing.versions_in_force(self.actor, [self.kind])[self.kind]
        draft = self.draft
        return super().get_context_data(
            list_kind=self.kind,
            draft=draft,
            shown_version=self.shown_version,
            before=before,
            changed=publishing.differences(before.content, draft.content) if draft.is_draft else [],
            is_tried=bool(draft.is_draft and draft.row and draft.row.tried_at),
            number=before.number + 1,
            **context,
        )


class QuestionPage(OfDraft, ActPage):
    """Add an item to the draft, or change the one that the URL names."""

    form_class = QuestionForm
    done_text = _("The draft was changed.")

    @cached_property
    def before(self) -> Question | None:
        code = self.given("code")
        found = self.draft.content.by_code.get(code) if code else None
        if code and found is None:
            raise Http404("no such item")
        return found

    def get_title(self) -> Words:
        return _("Change the item") if self.before else _("Add an item")

    @cached_property
    def published(self) -> frozenset[str]:
        return publishing.published_codes(self.actor, self.kind)

    def get_form_kwargs(self) -> dict[str, Any]:
        sections = [each.name for each in self.draft.content.sections]
        is_published = bool(self.before and self.before.code in self.published)
        return super().get_form_kwargs() | {"sections": sections, "is_published": is_published}

    def get_initial(self) -> dict[str, Any]:
        if self.before is None:
            return {"section": self.draft.content.sections[-1].name}
        home = next(each for each in self.draft.content.sections if self.before in each.questions)
        return {**vars(self.before), "section": home.name}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        about = (
            f"code={self.before.code}" if self.before else ""
        )  # a text for one item is not offered at another
        return super().get_context_data(kept_about=about, **context)

    def perform(self, form: BaseForm) -> Version:
        values = self.values(form)
        section = values.pop("section")
        question = Question(**values)
        if wrong := publishing.faults_of(question):
            raise ValidationError(wrong)
        instead = self.before.code if self.before else ""
        return publishing.change_draft(
            actor=self.actor,
            kind=self.kind,
            version=self.version_of(self.version(form)),
            change=partial(
                publishing.put_question,
                question=question,
                section=section,
                instead=instead,
                published=self.published,
            ),
            note=question.code,
        )


class MoveQuestion(OfDraft, ButtonPage):
    """Move an item one place up or down; the page comes back to it."""

    def perform(self) -> Version:
        code = self.request.POST.get("code", "")[:20]
        if code not in self.draft.content.by_code:
            raise WrongState(str(_("This item is no longer there.")))
        return publishing.change_draft(
            actor=self.actor,
            kind=self.kind,
            version=self.version_of(self.request.POST.get("version")),
            change=partial(publishing.moved, code=code, by=1 if self.request.POST.get("by") == "1" else -1),
            note=code,
        )

    def get_back_url(self) -> str:
        code = self.request.POST.get("code", "")[:20]
        return super().get_back_url() + (f"#item-{code}" if CODE.fullmatch(code) else "")


class RemoveQuestion(OfDraft, ActPage):
    """Take the item that the URL names out of the draft."""

    title = _("Take this item out of the draft?")
    submit_label = _("Take out")
    done_text = _("The item was taken out of the draft.")
    form_class = forms.Form

    @cached_property
    def question(self) -> Question | None:
        return self.draft.content.by_code.get(self.given("code"))

    def get_about(self) -> Words:
        return f"{self.question.code} {self.question.words}" if self.question else self.kind.label

    def perform(self, form: BaseForm) -> Version:
        if self.question is None:
            raise WrongState(str(_("This item is no longer there.")))
        code = self.question.code
        return publishing.change_draft(
            actor=self.actor,
            kind=self.kind,
            version=self.version_of(self.version(form)),
            change=partial(publishing.without_question, code=code),
            note=code,
        )


class SheetForm(forms.Form):
    """A checklist as a file."""

    file = forms.FileField(label=_("File"), help_text=_("Excel or CSV, with the columns of the download."))


class DraftSheet(OfDraft, RecordForm):
    """Bring a sheet in as the draft."""

    title = _("Bring in a sheet")
    text = _("It replaces all items of the draft. Nothing is in force before you publish it.")
    submit_label = _("Replace the draft")
    done_text = _("The draft has the items of the sheet.")
    form_class = SheetForm

    def perform(self, form: BaseForm) -> Version:
        faults = Faults()
        content = None
        with faults.of():
            content = read_sheet(form.cleaned_data["file"])
        if faults:
            raise ValidationError({"file": [each for found in faults.by_field.values() for each in found]})
        return publishing.change_draft(
            actor=self.actor,
            kind=self.kind,
            version=self.version_of(self.version(form)),
            change=lambda _content: content,
            note="sheet",
        )


class TryOut(OfBegunDraft):
    """Answer the draft as on the phone. Nothing is recorded but that it was tried out."""

    template_name = "inspections/checklist_try.html"
    title = _("Try the draft out")

    def get_form_class(self) -> Any:
        return CheckingForm

    def get_form_kwargs(self) -> dict[str, Any]:
        options = {"content": self.draft.content, "officers": [], "due": proposals(self.actor)}
        return super().get_form_kwargs() | options

    def get_initial(self) -> dict[str, Any]:
        return {"lists": self.get_version()}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form = super().get_form(form_class)
        for name in ("kind", "inspected_on", "officers"):
            del form.fields[name]
        return form

    def perform(self, form: Any) -> None:
        answers = {code: each for code, each in form.sheet().answers.items() if each.answer}
        if not answers:
            raise ValidationError(_("Answer at least one item."))
        version = self.version_of(form.cleaned_data["lists"])
        publishing.note_tried(actor=self.actor, kind=self.kind, version=version)
        failed = [vars(each) for each in answers.values() if each.answer == Answered.FAIL]
        left = any(each.critical and each.code not in answers for each in self.draft.content.questions)
        found = conclusion_of(failed, is_whole=not left)
        words = ngettext(
            "Tried out: %(number)d hazard, conclusion “%(conclusion)s”. Nothing was recorded.",
            "Tried out: %(number)d hazards, conclusion “%(conclusion)s”. Nothing was recorded.",
            len(failed),
        )
        label = Conclusion(found).label if found else _("no conclusion")
        self.done_text = words % {"number": len(failed), "conclusion": label}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        form: Any = context.get("form") or self.get_form()
        return super().get_context_data(
            **context | {"form": form},
            sections=list(form.sections()),
            total=len(self.draft.content.questions),
            list_kind=self.kind,
        )


class PublishDraft(OfBegunDraft, ActPage):
    """Put the draft in force."""

    title = _("Publish this version?")
    submit_label = _("Publish")
    done_text = _("The new version is in force.")
    form_class = ReasonForm

    def get_text(self) -> Words:
        before = publishing.versions_in_force(self.actor, [self.kind])[self.kind]
        changed = publishing.differences(before.content, self.draft.content)
        named, more = changed[:NAMED], len(changed) - NAMED
        if more > 0:
            words = ngettext("%(number)d more change", "%(number)d more changes", more)
            named.append(words % {"number": more})
        listed = format_html_join("", "<li>{}</li>", ([each] for each in named))
        return format_html(
            '{}<ul class="mb-0">{}</ul>',
            _(
                "From now on inspections ask this version. Inspections of before keep what they asked. What differs:"
            ),
            listed,
        )

    def perform(self, form: BaseForm) -> Version:
        version = self.version_of(self.version(form))
        return publishing.publish_checklist(
            actor=self.actor, kind=self.kind, version=version, **self.values(form)
        )

    def get_success_url(self) -> str:
        return self.url("checklist")


def checklist_urls(*, failing: type[Page]) -> list[URLPattern]:
    """Return the URLs of checklists."""
    return [
        path("checklists/", ChecklistsPage.as_view(), name="checklists"),
        path("checklists/failing/", failing.as_view(), name="checklist_failing"),
        path("checklists/<slug:kind>/", ChecklistPage.as_view(), name="checklist"),
        path("checklists/<slug:kind>/sheet/", ChecklistSheet.as_view(), name="checklist_sheet"),
        path("checklists/<slug:kind>/draft/", ChecklistDraft.as_view(), name="checklist_draft"),
        path("checklists/<slug:kind>/draft/item/", QuestionPage.as_view(), name="checklist_item"),
        path("checklists/<slug:kind>/draft/move/", MoveQuestion.as_view(), name="checklist_move"),
        path("checklists/<slug:kind>/draft/remove/", RemoveQuestion.as_view(), name="checklist_remove"),
        path("checklists/<slug:kind>/draft/sheet/", DraftSheet.as_view(), name="checklist_bring"),
        path("checklists/<slug:kind>/draft/try/", TryOut.as_view(), name="checklist_try"),
        path("checklists/<slug:kind>/draft/publish/", PublishDraft.as_view(), name="checklist_publish"),
    ]
