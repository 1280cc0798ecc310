"""Pages on which a person takes a sheet over: upload, columns, preview, what was written."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from foundation.accounts.access import WrongState, allows
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.contributions.sheets import targets
from foundation.downloads import attachment
from foundation.exports.choices import CONTENT_TYPES, Format
from foundation.ids import LARGEST_INTEGER, id_of
from foundation.ui.views import (
    ButtonPage,
    CreatePage,
    Crumb,
    FormPage,
    OfRecord,
    Page,
    RecordPage,
    chosen_in,
)
from imports.access import Permission
from imports.choices import AT_WORK, Choice, RowState, UploadState
from imports.models import Upload, UploadRow
from imports.operations import mending, replying, specs, taking_over, uploads
from imports.operations.organisations import OwnStations
from imports.operations.run import Busy
from imports.staff.columns import ColumnsForm, found_in, template_columns
from imports.staff.preview import TABS, Preview
from imports.starting import MOST, Step, next_kind, steps_of
from imports.targets import kind_word

SHEETS = gettext_lazy("Take over a sheet")
AT_ONCE = 200  # rows that are checked while the page waits; more are checked by a worker


def kinds(actor: Actor) -> list[tuple[str, str]]:
    """Return the kinds of rows that a sheet of this person may have, in the order of a new bureau."""
    return [(code, capfirst(kind_word(code))) for code in uploads.kinds_for(actor)]


class UploadForm(forms.Form):
    """A file, and what its rows are."""

    kind = forms.ChoiceField(label=gettext_lazy("What the rows are"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "Excel, WPS, CSV or text up to 150 MB, as it is: with titles, totals and notes."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.et,.ods,.csv,.txt,.gz"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # so that nobody waits for a file to arrive that is refused then
        self.fields["file"].widget.attrs |= {
            "data-most": uploads.LARGEST,
            "data-too-large": uploads.too_large(),
        }


class SheetList(CreatePage):
    """The sheets of the person, and the upload of another one. Primary act: upload."""

    permission = Permission.TAKE_OVER_SHEETS
    form_class = UploadForm
    title = SHEETS
    template_name = "imports/sheets.html"
    submit_label = gettext_lazy("Upload")
    done_text = ""

    def get_initial(self) -> dict[str, Any]:
        following = next_kind(self.steps)
        return {"kind": chosen_in(self.request, "kind", uploads.kinds_for(self.actor), following)}

    @cached_property
    def steps(self) -> list[Step]:
        """The order in which the lists of a new bureau come in."""
        return steps_of(self.actor)

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        choice: Any = form.fields["kind"]
        choice.choices = kinds(self.actor)
        return form

    def perform(self, form: Any) -> Upload:
        file = form.cleaned_data["file"]
        return uploads.upload(
            actor=self.actor, kind=form.cleaned_data["kind"], name=file.name, stream=file.file
        )

    def get_back_url(self) -> str:
        return ""

    def get_success_url(self) -> str:
        return reverse("imports:sheet", args=[self.result.pk])

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(
            sheets=[
                (each, capfirst(kind_word(each.kind)))
                for each in uploads.list_uploads(self.actor)[: uploads.MOST_KEPT]
            ],
            kinds=kinds(self.actor),
            steps=self.steps,
            most=MOST,
            sees_imports=allows(self.actor, Permission.VIEW_IMPORTS),
            **context,
        )


def row_number(text: Any) -> int:
    """Return the number of a row in a form, 0 for anything else."""
    number = id_of(text) or 0
    return number if number <= LARGEST_INTEGER else 0


class OfSheet(OfRecord):
    """A page about a sheet of one's own."""

    permission = Permission.TAKE_OVER_SHEETS
    record: Upload

    def find_record(self) -> Upload:
        return uploads.get_upload(self.actor, self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("imports:sheet", args=[self.record.pk])


class SheetPage(OfSheet, RecordPage):
    """One sheet, at the step where it is."""

    def get_trail(self) -> list[Crumb]:
        return [Crumb(SHEETS, reverse("imports:sheets")), Crumb(self.record.file_name)]

    @cached_property
    def step(self) -> str:
        """What the page shows: the work, the columns, the rows, or why it failed."""
        state = self.record.state
        if state in AT_WORK:
            return "working"
        if state == UploadState.FAILED:
            return "failed"
        wants_columns = "columns" in self.request.GET and not self.record.last_run_id
        return "columns" if state == UploadState.COLUMNS or wants_columns else "rows"

    def get_template_names(self) -> list[str]:
        return [f"imports/sheet_{self.step}.html"]

    def get_title(self) -> str:
        name = self.record.file_name
        match self.step:
            case "columns":
                return _("Columns: %(file)s") % {"file": name}
            case "rows" if self.record.last_run_id:
                return _("Written: %(file)s") % {"file": name}
            case "rows":
                return _("Preview: %(file)s") % {"file": name}
        return name

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        more: dict[str, Any] = {}
        if self.step == "columns":
            more["form"], more["found"] = ColumnsForm(self.record), found_in(self.record)
        elif self.step == "rows":
            tab = chosen_in(self.request, "tab", TABS, "")
            page = id_of(self.request.GET.get("page")) or 1
            more["preview"] = Preview(self.actor, self.record, tab=tab, page=page)
            more["replies"] = replying.reply_of(self.record) is not None
            if then := targets[self.record.kind].then:
                more["then"] = (reverse(then[0]), then[1])
        return super().get_context_data(
            sheet=self.record,
            kind=capfirst(kind_word(self.record.kind)),
            step=self.step,
            sees_imports=allows(self.actor, Permission.VIEW_IMPORTS),
            **more,
            **context,
        )


class SheetProgress(OfSheet, TemplateView):
    """How far the work on a sheet is, asked for again and again (htmx)."""

    template_name = "imports/_sheet_progress.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(sheet=self.record, **context)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code == 200 and self.record.state not in AT_WORK:
            response.headers["HX-Redirect"] = self.url
        return response


class SheetButton(OfSheet, ButtonPage):
    """A button on the page of a sheet. It leads back to the part of the page where it stands."""

    def get_back_url(self) -> str:
        tab = self.request.POST.get("tab", "")
        return f"{self.url}?tab={tab}" if tab in TABS and tab else self.url

    @property
    def numbers(self) -> list[int]:
        """The rows that the form names."""
        return [number for each in self.request.POST.getlist("row") if (number := row_number(each))]


class SheetColumns(SheetButton):
    """Confirms what the columns become, and has all rows checked."""

    def perform(self) -> None:
        form = ColumnsForm(self.record, self.request.POST)
        uploads.confirm_columns(actor=self.actor, upload_id=self.record.pk, columns=form.confirmed())


class SheetLayout(SheetButton):
    """Reads another sheet of the file, or the header in other rows."""

    def perform(self) -> None:
        posted = self.request.POST
        rows = [number for each in posted.get("header_rows", "").split("-") if (number := row_number(each))]
        uploads.read_again(
            actor=self.actor,
            upload_id=self.record.pk,
            sheet=posted.get("sheet", ""),
            header_rows=rows,
        )


class SheetCheck(SheetButton):
    """Has all rows checked again."""

    def perform(self) -> None:
        uploads.check_again(actor=self.actor, upload_id=self.record.pk)


class SheetWrite(SheetButton):
    """Has the rows written that are decided."""

    def perform(self) -> None:
        uploads.write(actor=self.actor, upload_id=self.record.pk)


class SheetUndo(SheetButton):
    """Has everything taken back that was written from the sheet."""

    def perform(self) -> None:
        uploads.undo(actor=self.actor, upload_id=self.record.pk)


class SheetDelete(SheetButton):
    """Deletes the sheet. What was written from it stays."""

    done_text = gettext_lazy("The sheet is deleted. What was written from it stays.")

    def perform(self) -> None:
        self.record  # noqa: B018  # found before it is gone
        uploads.delete(actor=self.actor, upload_id=self.record.pk)

    def get_back_url(self) -> str:
        return reverse("imports:sheets")


class SheetMend(SheetButton):
    """Changes cells: some of single rows (``cell-<row>-<column>``), or one column of all rows with one value."""

    def perform(self) -> None:
        changed = self._single()
        posted = self.request.POST
        position = id_of(posted.get("column"))
        if position is not None and position < len(self.record.header):
            for text, numbers in self._many(position).items():
                for number in numbers:
                    changed.setdefault(number, {})[position] = text
        if changed:
            uploads.mend(actor=self.actor, upload_id=self.record.pk, cells=changed)
        self.check(sorted(changed))

    def _many(self, position: int) -> dict[str, list[int]]:
        """Return the rows to be changed in one column, by what they take."""
        posted, preview = self.request.POST, Preview(self.actor, self.record, tab=RowState.REFUSED)
        column = self.record.header[position]
        if "row" in posted:  # one row takes what is proposed
            rows = self.numbers
        else:
            rows = preview.numbers_of(posted.get("cause", ""), column, posted.get("value"))
        if "proposals" not in posted:
            return {posted["instead"]: rows} if "instead" in posted else {}
        found: dict[str, list[int]] = {}
        for number, text in preview.proposals(rows, position).items():
            found.setdefault(text, []).append(number)
        return found

    def _single(self) -> dict[int, dict[int, str]]:
        """Return the cells that the form has as fields and that differ, by row and column."""
        width = len(self.record.header)
        typed: dict[int, dict[int, str]] = {}
        for name in self.request.POST:
            word, _dash, place = name.partition("-")
            line, _dash, column = place.partition("-")
            number, position = row_number(line), id_of(column)
            if word == "cell" and number and position is not None:
                typed.setdefault(number, {})[position] = self.request.POST.get(name, "")
        rows: QuerySet[UploadRow] = self.record.rows.filter(number__in=typed)
        found: dict[int, dict[int, str]] = {}
        for row in rows:
            now = row.current(width)
            for position, text in typed[row.number].items():
                if position < width and text.strip() != now[position].strip():
                    found.setdefault(row.number, {})[position] = text
        return found

    def check(self, numbers: list[int]) -> None:
        if len(numbers) > AT_ONCE:
            uploads.check_again(actor=self.actor, upload_id=self.record.pk)
        elif numbers:
            try:
                taking_over.recheck(actor=self.actor, upload_id=self.record.pk, numbers=numbers)
            except Busy:  # a worker checks them when the other import has ended
                uploads.check_again(actor=self.actor, upload_id=self.record.pk)


class SheetChoose(SheetMend):
    """Decides about rows: to update the record, which twin it is, or to leave them out."""

    def perform(self) -> None:
        posted = self.request.POST
        choice = posted.get("choice", "")
        state = posted.get("all", "")
        if state and state not in RowState.values:
            raise Http404("no such state")
        numbers = None if state else self.numbers
        # a row says which of its fields differ, and which of these are ticked
        stays = sorted({*posted.getlist("differs")} - {*posted.getlist("field")})
        if choice == Choice.UPDATE and stays and "field" not in posted:
            raise ValidationError(_("Tick at least one field."))
        uploads.choose(
            actor=self.actor,
            upload_id=self.record.pk,
            numbers=numbers,
            choice=choice,
            state=state,
            stays=stays if choice == Choice.UPDATE else (),
        )
        if choice in (Choice.IS_SAME, Choice.IS_OTHER):
            self.check(self.numbers)


class SheetFaults(OfSheet):
    """The rows with faults as a workbook, with a comment at each cell."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        name = _("%(file)s – to mend") % {
            "file": self.record.file_name.rpartition(".")[0] or self.record.file_name
        }
        return workbook(mending.faults_sheet(self.record), f"{name}.xlsx")


class MendedForm(forms.Form):
    """The workbook with the rows that were mended."""

    file = forms.FileField(
        label=gettext_lazy("The sheet with comments, mended"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.et,.ods,.csv"}),
    )


class SheetMended(OfSheet, FormPage):
    """Brings the mended rows back."""

    form_class = MendedForm
    title = gettext_lazy("Bring mended rows back")
    submit_label = gettext_lazy("Bring back")
    done_text = gettext_lazy("The cells are taken over; the rows are being checked.")

    def done(self) -> HttpResponse:
        if self.result[1]:
            words = _(
                "Only the first %(count)s rows of the workbook were read. Take the others away once more when these are "
                "checked, and mend them then."
            )
            messages.warning(self.request, words % {"count": f"{mending.most_rows(self.record):,}"})
        return super().done()

    def perform(self, form: Any) -> tuple[int, bool]:
        file = form.cleaned_data["file"]
        with TemporaryDirectory(prefix="anqi-sheet-") as folder:
            path = Path(folder) / "mended"
            with path.open("wb") as stream:
                for part in file.chunks():
                    stream.write(part)
            return mending.take_mended(actor=self.actor, upload_id=self.record.pk, path=path, name=file.name)

    def get_back_url(self) -> str:
        return self.url


class SheetReply(OfSheet):
    """The sheet as it came, with how far its rows are now, for whoever sent it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            content = replying.reply_to(actor=self.actor, upload_id=self.record.pk)
        except WrongState as error:
            messages.error(request, str(error))
            return redirect(self.url)
        name = _("%(file)s – progress of %(day)s") % {
            "file": self.record.file_name.rpartition(".")[0] or self.record.file_name,
            "day": timezone.localdate().isoformat(),
        }
        return workbook(content, f"{name}.xlsx")


class SheetProfile(OfSheet):
    """The confirmed columns as a profile, with which the command imports the same sheet."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        stations = OwnStations(Bureau.objects.get(pk=self.record.bureau_id or 0), self.record.station_id)
        response = HttpResponse(
            specs.profile_of(self.record, stations), content_type="application/toml; charset=utf-8"
        )
        response["Content-Disposition"] = attachment(f"{self.record.file_name}.toml")
        return response


class SheetTemplate(Page):
    """An empty workbook for one kind of rows."""

    permission = Permission.TAKE_OVER_SHEETS

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        target = targets.get(kwargs["kind"])
        if target is None or target.code not in uploads.kinds_for(self.actor):
            raise Http404("no such kind")
        columns = template_columns(target, with_station=not self.actor.station_id)
        word = capfirst(kind_word(target.code))
        return workbook(
            mending.template_of(target, columns), _("Template %(kind)s") % {"kind": word} + ".xlsx"
        )


def workbook(content: bytes, name: str) -> HttpResponse:
    """Return a workbook to be stored under this name."""
    response = HttpResponse(content, content_type=CONTENT_TYPES[Format.XLSX])
    response["Content-Disposition"] = attachment(name)
    return response
