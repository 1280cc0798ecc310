"""A checklist as a sheet, to be changed in a spreadsheet and brought in again as the draft."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from foundation.spreadsheets.looking import look
from foundation.spreadsheets.reading import read_rows
from foundation.spreadsheets.unreadable import Unreadable
from foundation.spreadsheets.writing import workbook
from inspections.checklists.content import Content, Question, Section
from inspections.items import MAJOR_WORDS, ORDINARY_WORDS

LABELS = {
    "section": pgettext_lazy("checklist", "Section"),
    "section_en": gettext_lazy("Section in English"),
    "code": pgettext_lazy("of an item", "Code"),
    "ask": gettext_lazy("What is asked"),
    "ask_en": gettext_lazy("What is asked, in English"),
    "help": gettext_lazy("How to check"),
    "help_en": gettext_lazy("How to check, in English"),
    "source": gettext_lazy("Source"),
    "weight": gettext_lazy("Weight"),
    "critical": gettext_lazy("Critical"),
    "may_skip": gettext_lazy("May be not applicable"),
    "hazard": gettext_lazy("Hazard if it fails"),
    "hazard_en": gettext_lazy("Hazard in English"),
    "major": gettext_lazy("Severity"),
    "days": pgettext_lazy("to rectify", "Working days"),
}
NEEDED = ("code", "ask", "hazard")
YES, NO = frozenset({"yes", "true", "1", "是", "√", "y"}), frozenset({"", "no", "false", "0", "否", "n"})
LARGEST_BYTES = 2_000_000
MOST_ROWS = 500


def write_sheet(title: str, content: Content) -> bytes:
    """Return the workbook of a checklist: one row for each item, in order."""
    rows = (_cells(section, each) for section in content.sections for each in section.questions)
    return workbook(title, LABELS.values(), rows, [(_("List"), title)])


def _cells(section: Section, question: Question) -> list[Any]:
    said = {
        **vars(question),
        "section": section.name,
        "section_en": section.name_en,
        "major": _("major") if question.major else _("ordinary"),
    }
    return [said[name] for name in LABELS]


def read_sheet(upload: UploadedFile) -> Content:
    """Return the content of a workbook or CSV file. Raise ValidationError that names each row that is wrong."""
    name = str(upload.name or "")
    if (upload.size or 0) > LARGEST_BYTES:
        raise ValidationError(_("The file is too large for a checklist."))
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{Path(name).suffix.lower()[:6]}"
        upload.seek(0)  # it is read again after a form that was sent twice
        path.write_bytes(upload.read())
        try:
            rows = _rows(path, name)
        except Unreadable as error:
            raise ValidationError(str(error)) from error
    return _content(rows)


def _rows(path: Path, name: str) -> list[tuple[int, dict[str, str]]]:
    """Return number and cells by field of the rows below the header, which stands on one of the sheets."""
    outline = look(path, label=name)
    known = _known()
    for sheet in [each.name for each in outline.sheets] or [""]:
        columns: dict[int, str] = {}
        found: list[tuple[int, dict[str, str]]] = []
        for line in read_rows(path, outline.layout(sheet), label=name):
            if not columns:
                here = {n: known[cell.strip()] for n, cell in enumerate(line.cells) if cell.strip() in known}
                columns = here if set(NEEDED) <= set(here.values()) else {}
            elif len(found) < MOST_ROWS:
                cells = {columns[n]: _text(cell) for n, cell in enumerate(line.cells) if n in columns}
                if any(cells.values()):
                    found.append((line.number, cells))
        if columns:
            return found
    needed = ", ".join(str(LABELS[each]) for each in NEEDED)
    raise ValidationError(_("No sheet has the columns %(columns)s.") % {"columns": needed})


def _text(cell: str) -> str:
    """Return the text of a cell as a row can keep it."""
    return cell.replace("\0", "").strip()


def _known() -> dict[str, str]:
    """Return the field of each label, in both languages."""
    found: dict[str, str] = {}
    for language in ("en", "zh-hans"):
        with override(language):
            found |= {str(label): name for name, label in LABELS.items()}
    return found


def _content(rows: Sequence[tuple[int, Mapping[str, str]]]) -> Content:
    sections: dict[str, list[Question]] = {}
    english: dict[str, str] = {}
    wrong: list[str] = []
    name = ""
    for number, cells in rows:
        name = cells.get("section") or name or _("Items")
        english.setdefault(name, cells.get("section_en", ""))
        try:
            sections.setdefault(name, []).append(_question(cells))
        except ValueError as error:
            wrong.append(_("Row %(number)d: %(why)s") % {"number": number, "why": error})
    if wrong:
        raise ValidationError(wrong[:10])
    return Content(tuple(Section(each, english[each], tuple(sections[each])) for each in sections))


def _question(cells: Mapping[str, str]) -> Question:
    """Return the item of a row. Raise ValueError with the reason."""
    texts = ("code", "ask", "hazard", "ask_en", "hazard_en", "help", "help_en", "source")
    severity = cells.get("major", "").lower()
    if severity not in MAJOR_WORDS | ORDINARY_WORDS:
        raise ValueError(_("the severity is ordinary or major"))
    return Question(
        **{name: cells.get(name, "") for name in texts},
        weight=_number(cells.get("weight") or "1") or 0,  # none is refused with the rest
        critical=_is_yes(cells.get("critical", "")),
        may_skip=_is_yes(cells.get("may_skip", "") or "yes"),
        major=severity in MAJOR_WORDS,
        days=_number(cells.get("days", "")),
    )


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise ValueError(_("“%(text)s” is not a whole number") % {"text": text[:20]})
    return int(text)


def _is_yes(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise ValueError(_("“%(text)s” is neither yes nor no") % {"text": text[:20]})
    return text.lower() in YES
