import zipfile
from dataclasses import dataclass

from foundation.spreadsheets.reading import Unreadable


@dataclass(frozen=True)
class SheetOutline:
    name: str
    hidden: bool = False
    rows: int = 0
    hidden_rows: int = 0
    hidden_columns: tuple = ()
    merged: int = 0


@dataclass(frozen=True)
class Outline:
    kind: str
    encoding: str = ""
    delimiter: str = ","
    sheets: tuple = ()
    notes: tuple = ()


def look(path):
    if zipfile.is_zipfile(path):
        import python_calamine

        b = python_calamine.CalamineWorkbook.from_path(str(path))
        return Outline("xlsx", sheets=tuple(SheetOutline(n) for n in b.sheet_names))
    data = path.read_bytes()
    for enc in ("utf-8-sig", "gb18030"):
        try:
            data.decode(enc)
            return Outline("csv", enc)
        except UnicodeDecodeError:
            pass
    raise Unreadable("no text")
