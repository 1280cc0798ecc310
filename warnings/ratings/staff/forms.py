"""Forms for runs and standards."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.accounts.actors import Actor
from foundation.periods import Period
from foundation.ui.forms import choices_of, reason_field
from ratings.models import Standard
from ratings.operations.standards import QUARTERS_AHEAD
from ratings.selectors import adopted_standard, first_official_quarter, last_official_quarter, standards
from ratings.standards.parsing import InvalidStandard, parse_new

LARGEST_TEXT = 200_000  # characters; the default standard has 6,000
LARGEST_FILE = 4 * LARGEST_TEXT
FIRST_YEAR, LAST_YEAR = 2000, 2099


class RunForm(forms.Form):
    """The quarter and the standard of a run."""

    period = forms.CharField(
        label=_("Quarter"),
        max_length=6,
        help_text=_("Year and quarter, such as 2026Q3."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    standard = forms.ChoiceField(label=_("Standard"), widget=forms.Select(attrs={"class": "form-select"}))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        last = Period.of(timezone.localdate()).shift(-1)
        adopted = adopted_standard(actor, last)
        adopted_id = adopted.pk if adopted else 0
        self.known: dict[str, Standard] = {
            str(each.pk): each
            for each in sorted(
                standards(actor), key=lambda one: (one.pk != adopted_id, one.code, -one.version)
            )
        }
        choices_of(self, "standard").choices = [
            (key, _words(each, adopted=each.pk == adopted_id)) for key, each in self.known.items()
        ]
        self.fields["period"].initial = last.code

    def clean_period(self) -> Period:
        try:
            period = Period.parse(self.cleaned_data["period"])
        except ValueError:
            raise ValidationError(
                _("This is not a valid quarter. Enter the year and the quarter, such as 2026Q3.")
            ) from None
        if not FIRST_YEAR <= period.year <= LAST_YEAR:
            raise ValidationError(
                _("The year must be between %(first)s and %(last)s.")
                % {"first": FIRST_YEAR, "last": LAST_YEAR}
            )
        return period

    def clean_standard(self) -> Standard:
        return self.known[self.cleaned_data["standard"]]

    def clean(self) -> dict[str, Any]:
        """Refuse official evaluations of early quarters: they cannot be undone, and a mistyped year must not start one."""
        cleaned = super().clean() or {}
        period, standard = cleaned.get("period"), cleaned.get("standard")
        if period and standard and standard == adopted_standard(self.actor, period):
            first = first_official_quarter(self.actor)
            if period < first:
                self.add_error(
                    "period",
                    _(
                        "An official evaluation is possible from %(first)s on. For an earlier "
                        "quarter, make a trial run with another standard."
                    )
                    % {"first": first},
                )
        return cleaned


def _words(standard: Standard, *, adopted: bool) -> str:
    values = {"title": standard.spoken_title, "version": standard.version}
    if adopted:
        return str(_("%(title)s, version %(version)s: decides the colour") % values)
    return str(_("%(title)s, version %(version)s: trial run") % values)


class AdoptForm(forms.Form):
    """From when a standard decides the colours."""

    from_quarter = forms.ChoiceField(
        label=_("It decides"), required=False, widget=forms.Select(attrs={"class": "form-select"})
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        running = Period.of(timezone.localdate())
        last = last_official_quarter(actor)
        offered = running.shift(-1).until(running.shift(QUARTERS_AHEAD))
        choices_of(self, "from_quarter").choices = [
            ("", _("from the next evaluation on")),
            *(
                (each.code, _("from %(quarter)s on") % {"quarter": each})
                for each in offered
                if not last or each > last
            ),
        ]


class CorrectionForm(forms.Form):
    """The reason of a correction."""

    reason = reason_field(
        max_length=2000, help_text=_("Shown beside every corrected rating and kept in the audit log.")
    )


class StandardForm(forms.Form):
    """The text of a standard, typed or from a file. Reports all problems of the text at once."""

    text = forms.CharField(
        label=_("Text (TOML)"),
        required=False,
        max_length=LARGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 28, "class": "code-area", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        help_text=_("A .toml file in UTF-8. It replaces the text."),
    )

    def clean_file(self) -> str:
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > LARGEST_FILE:
            raise ValidationError(_("The file is too large for a standard."))
        try:
            return file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(_("The file is not UTF-8 text.")) from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        field = "file" if cleaned.get("file") else "text"
        text = (cleaned.get("file") or cleaned.get("text") or "").replace("\r\n", "\n")
        if not text.strip():
            self.add_error("text", _("Enter the text of the standard, or choose a file."))
            return cleaned
        try:
            book = parse_new(text)
        except InvalidStandard as error:
            self.add_error(field, ValidationError([str(problem) for problem in error.problems]))
        except RecursionError:
            self.add_error(field, _("The text is nested too deeply."))
        else:
            cleaned["text"], cleaned["book"] = text, book
        return cleaned
