"""Pages of standards: list, record, publish a new version, adopt."""

from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from foundation.accounts import access
from foundation.accounts.selectors import names_of_users
from foundation.periods import Period
from foundation.ui.views import ActPage, CreatePage, Crumb, ListPage, OfRecord, RecordPage
from ratings.access import Permission
from ratings.explain.standard import describe, summary
from ratings.models import Adoption, Standard
from ratings.operations import adopt_standard, publish_standard
from ratings.operations.standards import shipped_standards
from ratings.selectors import adopted_standard, planned_adoptions, standard_of_text, standards
from ratings.staff.forms import AdoptForm, StandardForm
from ratings.standards.parsing import book_of, parse
from ratings.standards.rulebook import spoken

STANDARDS = gettext_lazy("Standards")


class StandardList(ListPage):
    """All standards of the bureau with their versions, the adopted one first."""

    permission = Permission.VIEW_RATINGS
    title = STANDARDS
    template_name = "ratings/standards.html"
    create_permission = Permission.PUBLISH_STANDARDS
    create_label = gettext_lazy("New standard")
    icon = "list-details"
    empty_title = gettext_lazy("No standards yet")

    def get_empty_text(self) -> str:
        if access.allows(self.actor, self.create_permission):
            return _("Start from the default standard that comes with Anqi, or paste your own.")
        return _("The bureau supervisor publishes and adopts one.")

    def get_rows(self) -> list[dict[str, Any]]:
        adopted = adopted_standard(self.actor)
        families: dict[str, list[Standard]] = {}
        for each in standards(self.actor).order_by("code", "-version"):
            families.setdefault(each.code, []).append(each)
        names = names_of_users([versions[0].published_by_id for versions in families.values()])
        planned = planned_adoptions(self.actor)
        rows = [
            {
                "latest": versions[0],
                "planned": [each for each in planned if each.standard in versions],
                "older": versions[1:],
                "adopted": next((each for each in versions if each == adopted), None),
                "published_by": names.get(versions[0].published_by_id, ""),
                "summary": summary(book_of(versions[0].body)),
            }
            for versions in families.values()
        ]
        return sorted(rows, key=lambda family: family["adopted"] is None)

    sheet_labels = (
        gettext_lazy("Standard"),
        pgettext_lazy("of a standard", "Code"),
        gettext_lazy("Version"),
        gettext_lazy("Adopted version"),
        gettext_lazy("Published"),
        gettext_lazy("Published by"),
        gettext_lazy("Criteria"),
    )

    def sheet_row(self, record: dict[str, Any]) -> tuple[Any, ...]:
        latest, adopted = record["latest"], record["adopted"]
        return (
            latest.spoken_title,
            latest.code,
            latest.version,
            adopted.version if adopted else None,
            latest.published_at,
            record["published_by"],
            record["summary"]["criteria"],
        )

    def get_create_url(self) -> str:
        return reverse("ratings:standard_create")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(unpublished=self._unpublished(), **context)

    def _unpublished(self) -> list[dict[str, str]]:
        """Return the shipped standards that the bureau has not published, for who may."""
        if not access.allows(self.actor, self.create_permission):
            return []
        known = set(standards(self.actor).values_list("code", flat=True))
        return [
            {"code": code, "title": spoken(parse(text).title)}
            for code, text in shipped_standards().items()
            if known and code not in known
        ]


class StandardCreate(CreatePage):
    """Publish a standard from its text. Reports all problems of the text at once."""

    permission = Permission.PUBLISH_STANDARDS
    title = gettext_lazy("New standard")
    text = gettext_lazy(
        "The text says what is assessed and for how many points. A text with the code of an "
        "existing standard becomes its next version. Publishing changes no colour; adopting does."
    )
    template_name = "ratings/standard_create.html"
    form_class = StandardForm
    submit_label = gettext_lazy("Publish")

    def get_trail(self) -> list[Crumb]:
        return [Crumb(STANDARDS, self.get_back_url())]

    def get_initial(self) -> dict[str, Any]:
        """Start from the version or the shipped standard named in the URL, or from the default one if there is none."""
        if shipped := self.one_of("shipped", shipped_standards()):
            return {"text": shipped_standards()[shipped]}
        known = {str(each.pk): each.body for each in standards(self.actor)}
        wanted = self.one_of("from", known)
        return {"text": known[wanted] if wanted else "" if known else shipped_standards()["default"]}

    def form_valid(self, form: BaseForm) -> HttpResponse:
        same = standard_of_text(self.actor, form.cleaned_data["text"])
        return self.leave_identical(same) if same else super().form_valid(form)

    def leave_identical(self, same: Standard) -> HttpResponse:
        """Redirect to the standard that has the same text."""
        if same == adopted_standard(self.actor):
            words = _(
                "This text is identical to version %(version)s, which is in force. Nothing was published."
            )
        else:
            words = _("This text is identical to version %(version)s. Nothing was published.")
        return self.leave(reverse("ratings:standard", args=[same.pk]), words % {"version": same.version})

    def perform(self, form: BaseForm) -> Standard:
        return publish_standard(actor=self.actor, text=form.cleaned_data["text"])

    def get_done_text(self) -> str:
        return _(
            "%(title)s, version %(version)s, was published. It changes no colour until it is adopted."
        ) % {"title": self.result.spoken_title, "version": self.result.version}

    def get_back_url(self) -> str:
        return reverse("ratings:standards")

    def get_success_url(self) -> str:
        return reverse("ratings:standard", args=[self.result.pk])


class OneStandard(OfRecord):
    """A page about the version of a standard named in the URL."""

    context_object_name: str | None = "standard"

    def find_record(self) -> Standard:
        return standards(self.actor).get(pk=self.kwargs["standard_id"])


class StandardPage(OneStandard, RecordPage):
    """One version of a standard, in plain sentences and as text."""

    permission = Permission.VIEW_RATINGS
    template_name = "ratings/standard.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        standard = self.record
        versions = standards(self.actor).filter(code=standard.code).order_by("-version")
        planned = planned_adoptions(self.actor)
        return super().get_context_data(
            description=describe(book_of(standard.body)),
            is_adopted=standard == adopted_standard(self.actor),
            planned=planned,
            planned_here=[each for each in planned if each.standard_id == standard.pk],
            versions=list(versions.defer("body")),
            published_by=names_of_users([standard.published_by_id]).get(standard.published_by_id, ""),
            may_publish=access.allows(self.actor, Permission.PUBLISH_STANDARDS),
            **context,
        )


class StandardAdopt(OneStandard, ActPage):
    """Adopt a standard, after confirmation."""

    permission = Permission.PUBLISH_STANDARDS
    form_class = AdoptForm
    text = gettext_lazy(
        "From then on it decides the colour of every enterprise of the bureau, in place of what was adopted for that time. "
        "Existing colours stay as they are. A trial run shows beforehand which enterprises would "
        "change."
    )
    submit_label = gettext_lazy("Adopt")

    def get_version(self) -> None:
        """Skip the check for concurrent edits: a published version never changes."""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor}

    def get_title(self) -> str:
        return _("Adopt %(title)s, version %(version)s?") % self.names

    @property
    def names(self) -> dict[str, Any]:
        return {"title": self.record.spoken_title, "version": self.record.version}

    def perform(self, form: BaseForm) -> Adoption:
        return adopt_standard(
            actor=self.actor,
            standard_id=self.record.pk,
            from_quarter=form.cleaned_data["from_quarter"],
        )

    def get_done_text(self) -> str:
        first = self.result.from_quarter
        if not first:
            return (
                _("%(title)s, version %(version)s, decides the colour from the next evaluation on.")
                % self.names
            )
        words = _("%(title)s, version %(version)s, decides the colour from %(quarter)s on.")
        return words % {**self.names, "quarter": Period.parse(first)}

    def get_trail(self) -> list[Crumb]:
        return [Crumb(STANDARDS, reverse("ratings:standards"))]

    def get_back_url(self) -> str:
        return reverse("ratings:standard", args=[self.record.pk])
