"""The parties of a group from a sheet: which column is what, and the rows as they are carried from preview to keeping.

Between the two requests the rows are in the page, sealed for the dispute and the person: nothing of them is stored before all
are right, and nobody else can read or forge them.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override, pgettext_lazy

from disputes.people.parties import MOST
from foundation.identifiers import folded
from foundation.sealing import UnreadableSecret, seal, unseal
from foundation.spreadsheets.looking import look
from foundation.spreadsheets.reading import read_rows
from foundation.spreadsheets.unreadable import Unreadable
from foundation.spreadsheets.writing import FILES

LARGEST_BYTES = 2_000_000
LABELS = {
    "name": pgettext_lazy("of a person", "Name"),
    "identity": gettext_lazy("Identity number"),
    "phone": gettext_lazy("Telephone"),
    "address": gettext_lazy("Address"),
    "guardian": gettext_lazy("Guardian"),
    "guardian_identity": gettext_lazy("Identity number of the guardian"),
    "guardian_phone": gettext_lazy("Telephone of the guardian"),
    "representative": gettext_lazy("Represented by"),
    "representative_phone": gettext_lazy("Telephone of the representative"),
}
SYNONYMS = {
    "name": ("姓名", "名字", "当事人", "当事人姓名", "员工姓名", "工人姓名", "full name"),
    "identity": (
        "身份证号",
        "身份证号码",
        "身份证",
        "公民身份号码",
        "证件号码",
        "证件号",
        "id number",
        "id no",
    ),
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码", "phone", "mobile"),
    "address": ("住址", "地址", "家庭住址", "现住址", "户籍地址"),
    "guardian": ("监护人", "监护人姓名"),
    "guardian_identity": ("监护人身份证号", "监护人身份证", "监护人身份证号码"),
    "guardian_phone": ("监护人电话", "监护人联系电话"),
    "representative": ("代理人", "委托代理人", "代理人姓名"),
    "representative_phone": ("代理人电话", "代理人联系电话"),
}

Rows = list[tuple[int, dict[str, str]]]  # number as in the spreadsheet, cells by field


def read_people(upload: UploadedFile) -> Rows:
    """Return the rows of a workbook or CSV file with a column of names. Raise ValidationError for what cannot be read."""
    name = str(upload.name or "")
    if (upload.size or 0) > LARGEST_BYTES:
        raise ValidationError({"file": _("The file is too large for a list of parties.")})
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{Path(name).suffix.lower()[:6]}"
        upload.seek(0)
        path.write_bytes(upload.read())
        try:
            rows = _rows(path, _("The file"))
        except Unreadable as error:
            raise ValidationError({"file": str(error)}) from error
    if not rows:
        raise ValidationError({"file": _("No sheet of the file has a column with names and rows below it.")})
    if len(rows) > MOST:
        words = _("The file has %(number)d rows; a dispute has at most %(most)d parties.")
        raise ValidationError({"file": words % {"number": len(rows), "most": MOST}})
    return rows


def _rows(path: Path, label: str) -> Rows:
    outline, known = look(path, label=label), _known()
    for sheet in [each.name for each in outline.sheets] or [""]:
        columns: dict[int, str] = {}
        found: Rows = []
        for line in read_rows(path, outline.layout(sheet), label=label):
            if not columns:
                here = {n: known[folded(cell)] for n, cell in enumerate(line.cells) if folded(cell) in known}
                columns = here if "name" in here.values() else {}
            elif len(found) <= MOST:
                cells = {
                    columns[n]: cell.replace("\0", "").strip()
                    for n, cell in enumerate(line.cells)
                    if n in columns
                }
                if any(cells.values()):
                    found.append((line.number, cells))
        if found:
            return found
    return []


def _known() -> dict[str, str]:
    """Return the field of each name of a column, in both languages."""
    found = {folded(each): name for name, words in SYNONYMS.items() for each in words}
    for language in ("en", "zh-hans"):
        with override(language):
            found |= {folded(str(label)): name for name, label in LABELS.items()}
    return found


def template() -> bytes:
    """Return an empty workbook with the columns that are read."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "parties.xlsx"
        with FILES["xlsx"](path, _("Parties"), [str(label) for label in LABELS.values()]) as file:
            file.add([])
        return path.read_bytes()


def carried(rows: Rows, *, dispute_id: int, user_id: int) -> str:
    """Return rows as the page carries them to the next request."""
    return seal(json.dumps(rows, ensure_ascii=False), purpose=_purpose(dispute_id, user_id))


def carried_back(text: str, *, dispute_id: int, user_id: int) -> Rows:
    """Return the rows that a page carried. Raise ValidationError for what is not of this dispute and person."""
    try:
        rows = json.loads(unseal(text, purpose=_purpose(dispute_id, user_id)))
    except UnreadableSecret as error:
        raise ValidationError(_("The list can no longer be read. Choose the file again.")) from error
    return [(int(number), dict(cells)) for number, cells in rows]


def mended(rows: Rows, typed: Mapping[str, str]) -> Rows:
    """Return rows with what was typed for a cell (``row-7-identity``), without those to leave out (``row-7-out``)."""
    found: Rows = []
    for number, cells in rows:
        if typed.get(f"row-{number}-out"):
            continue
        said = {
            name: typed[f"row-{number}-{name}"].strip() for name in LABELS if f"row-{number}-{name}" in typed
        }
        found.append((number, cells | said))
    return found


def entries_of(rows: Rows, *, side: str, role: str) -> Sequence[dict[str, str]]:
    """Return the rows as entries of persons on one side."""
    return [{**cells, "side": side, "role": role} for _number, cells in rows]


def _purpose(dispute_id: int, user_id: int) -> str:
    return f"disputes.people.sheet.{dispute_id}.{user_id}"
