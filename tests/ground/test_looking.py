"""Any sheet people have is recognised by its content and read; all others end in a sentence with the way out."""

import csv
import io
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foundation.spreadsheets.cells import UNCALCULATED
from foundation.spreadsheets.looking import NOTES, Outline, SheetOutline, look
from foundation.spreadsheets.non_values import is_error
from foundation.spreadsheets.reading import Line, read_rows
from foundation.spreadsheets.text import delimiter_of, encoding_of
from foundation.spreadsheets.unreadable import Unreadable
from foundation.spreadsheets.writing import bare, harmless
from tests.sheets import (
    READ,
    READABLE,
    SHEET,
    TABLE,
    UNREADABLE,
    Xml,
    merged,
    sheet_xml,
    xls,
    xlsx,
)

ROOT = Path(__file__).parents[2]


def seen(folder: Path, content: bytes, name: str = "a.xlsx", sheet: str = "") -> tuple[Outline, list[Line]]:
    path = folder / name
    path.write_bytes(content)
    outline = look(path)
    return outline, list(read_rows(path, outline.layout(sheet), label=name))


def cells(folder: Path, content: bytes, name: str = "a.xlsx") -> list[list[str]]:
    return [line.cells for line in seen(folder, content, name)[1]]


def trimmed(cells: list[str]) -> list[str]:
    return cells[: max((place for place, text in enumerate(cells, 1) if text), default=0)]


@pytest.mark.parametrize("what", READABLE)
def test_what_people_have(tmp_path: Path, what: str) -> None:
    kind, name, content = READABLE[what]()
    outline, found = seen(tmp_path, content, name)
    assert outline.kind == kind
    assert [trimmed(line.cells) for line in found] == READ
    assert [line.number for line in found] == [1, 2, 3]
    assert (outline.sheets[0].rows, outline.sheets[0].hidden) == (3, False)


def read_whole(path: Path, label: str) -> None:
    """Look at a file, and read it to its end."""
    for _line in read_rows(path, look(path, label=label).layout(), label=label):
        pass


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_nobody_can_read(tmp_path: Path, what: str) -> None:
    content, why = UNREADABLE[what]()
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as caught:
        read_whole(path, "Register 台账")
    assert str(caught.value).startswith("Register 台账 cannot be read: ")
    assert why in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        look(tmp_path / "a.xlsx")


def test_what_is_hidden_or_merged_is_said(tmp_path: Path) -> None:
    content = xlsx(
        [*TABLE, ["003"]],
        hidden=[["字典"]],
        references=True,
        hidden_rows=[3],
        before='<cols><col min="2" max="2" hidden="1"/><col min="3" max="16384" width="0"/></cols>',
        after=merged("A1:B1", "A3:A4"),
    )
    outline, found = seen(tmp_path, content)
    assert outline.sheets == (
        SheetOutline("Old", hidden=True, rows=1),
        SheetOutline("Data", hidden=False, rows=4, hidden_rows=1, hidden_columns=(1, 2), merged=2, columns=3),
    )
    assert [line.hidden for line in found] == [False, False, True, False]


def test_a_note_has_a_sentence(tmp_path: Path) -> None:
    macros, _found = seen(tmp_path, xlsx(TABLE, parts={"xl/vbaProject.bin": b"x"}))
    old, _found = seen(tmp_path, xls(TABLE, streams=["_VBA_PROJECT_CUR"]))
    assert macros.notes == ("macros",)
    assert old.notes == ("hidden_rows_unknown", "errors_unknown", "macros")
    assert set(old.notes) == set(NOTES)


MERGED_TABLE = [
    ["登记表", "", ""],
    ["单位", "人员", ""],
    ["", "姓名", "电话"],
    ["甲厂", "张三", "1"],
    ["", "李四", "2"],
]
FILLED = [
    ["登记表", "登记表", "登记表"],
    ["单位", "人员", "人员"],
    ["单位", "姓名", "电话"],
    ["甲厂", "张三", "1"],
    ["甲厂", "李四", "2"],
]


def test_merged_cells_have_their_value_everywhere(tmp_path: Path) -> None:
    ranges = merged("A2:A3", "A1:C1", "B2:C2", "A4:A5")
    assert cells(tmp_path, xlsx(MERGED_TABLE, references=True, after=ranges)) == FILLED
    book = xls(MERGED_TABLE, merges=[(0, 0, 0, 2), (1, 2, 0, 0), (1, 1, 1, 2), (3, 4, 0, 0)])
    assert cells(tmp_path, book) == FILLED


def test_a_title_merged_over_the_whole_row(tmp_path: Path) -> None:
    first, second = cells(tmp_path, xlsx([["Title"], ["a"]], references=True, after=merged("A1:XFD1")))
    assert (set(first), len(first), second) == ({"Title"}, 104, ["a"])


def value(content: str, kind: str = "", style: int = 0) -> Xml:
    of_kind = f' t="{kind}"' if kind else ""
    return Xml(f'<c{{}}{of_kind} s="{style}">{content}</c>')


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        (value("<v>510502198901011234</v>"), "5.10502198901011E+17"),
        (value("<v>5.1050219890101101E+17</v>"), "5.10502198901011E+17"),
        (value("<v>13800001111</v>"), "13800001111"),
        (value("<v>45.100000000000001</v>"), "45.1"),
        (value("<v>1E3</v>"), "1000"),
        (value("<v>1</v>", "b"), "true"),
        (value("<v>#DIV/0!</v>", "e"), "#DIV/0!"),
        (value("<f>A1+1</f><v>3</v>"), "3"),
        (value("<f>A1&amp;1</f><v>安</v>", "str"), "安"),
        (value("<f>A1+1</f><v></v>"), UNCALCULATED),
        (value("<f>A1+1</f>"), UNCALCULATED),
        (value('<f>IF(A1,"","")</f><v></v>', "str"), "–"),
        (value("<v>2024-03-05T00:00:00</v>", "d"), "2024-03-05"),
        (value("<v>0</v>", "s"), "安全"),
        (value("<v>1</v>", "s"), "a\rb _x"),
        (value("<is><r><t>安</t></r><r><t>全</t></r><rPh><t>ān</t></rPh></is>", "inlineStr"), "安全"),
    ],
)
def test_cells(tmp_path: Path, stored: Xml, text: str) -> None:
    texts = (
        "<si><r><t>安</t></r><r><t>全</t></r><rPh><t>ān</t></rPh></si>"
        '<si><t xml:space="preserve">a_x000D_b _x</t></si>'
    )
    (row,) = cells(tmp_path, xlsx([[stored, "–"]], texts=texts))
    assert row == ([text, "–"] if text != "–" else ["", "–"])


def test_a_formula_without_a_value_is_an_error_cell() -> None:
    assert is_error(UNCALCULATED)


@pytest.mark.parametrize(
    ("form", "serial", "text"),
    [
        ("yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;", "45356", "2024-03-05"),
        ("yyyy年m月d日", "45356", "2024-03-05"),
        ("[DBNum1][$-804]yyyy年m月d日;@", "45356.25", "2024-03-05 06:00:00"),
        ("m/d/yy h:mm", "45356.999999", "2024-03-06"),
        ("[h]:mm", "1.5", "36:00:00"),
        ("h:mm", "0.5", "12:00:00"),
        ("yyyy-mm-dd", "0", "0"),
        ("yyyy-mm-dd", "-5", "-5"),
        ("yyyy-mm-dd", "9999999", "9999999"),
        ("yyyy-mm-dd", "60", "1900-02-29"),
        ("yyyy-mm-dd", "1", "1900-01-01"),
        ("0&quot;d&quot;", "5", "5"),
        ("[Red]0", "5", "5"),
        ("#,##0_);[Red]", "5", "5"),
        ("General", "45356", "45356"),
    ],
)
def test_days_by_their_format(tmp_path: Path, form: str, serial: str, text: str) -> None:
    stored = value(f"<v>{serial}</v>", style=2)
    assert cells(tmp_path, xlsx([[stored]], formats=[form])) == [[text]]


def test_days_of_chinese_built_in_formats(tmp_path: Path) -> None:
    numbers = [*range(14, 23), *range(27, 37), *range(50, 59)]
    styles = "".join(f'<xf numFmtId="{number}"/>' for number in numbers)
    content = xlsx(
        [[value("<v>45356</v>", style=place) for place in range(len(numbers))]],
        parts={"xl/styles.xml": f"<x:styleSheet xmlns:x='x'><x:cellXfs>{styles}</x:cellXfs></x:styleSheet>"},
    )
    assert set(cells(tmp_path, content)[0]) == {"2024-03-05"}


def test_days_of_1904(tmp_path: Path) -> None:
    content = xlsx([[value("<v>43894</v>", style=1)]], properties='<workbookPr date1904="1"/>')
    assert cells(tmp_path, content) == [["2024-03-05"]]


def test_a_bare_serial_number_stays_the_number(tmp_path: Path) -> None:
    assert cells(tmp_path, xlsx([[45356]])) == [["45356"]]


def test_empty_columns_and_rows(tmp_path: Path) -> None:
    _outline, found = seen(tmp_path, xlsx([["", "a", "", "b"], [], ["", "c"]], references=True))
    assert found == [Line(1, ["", "a", "", "b"]), Line(3, ["", "c"])]


def test_names_with_a_prefix(tmp_path: Path) -> None:
    """As the Open XML SDK writes them."""
    plain = sheet_xml(TABLE, references=True, hidden_rows=[2], after=merged("A1:B1"))
    prefixed = plain.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    outline, found = seen(tmp_path, xlsx([], parts={SHEET: prefixed}))
    assert outline.sheets[0] == SheetOutline("Data", hidden=False, rows=3, hidden_rows=1, merged=1, columns=3)
    assert found[0].cells == ["编号", "编号", "日期"]


def test_a_long_sheet_is_surveyed_across_blocks(tmp_path: Path) -> None:
    rows = [[number, "安" * 50] for number in range(30_000)]
    content = xlsx(
        rows, references=True, hidden_rows=range(7, 30_001, 1_000), after=merged("B1:B2") + " " * 2_000_000
    )
    outline, found = seen(tmp_path, content)
    assert (outline.sheets[0].rows, outline.sheets[0].hidden_rows, outline.sheets[0].merged) == (
        30_000,
        30,
        1,
    )
    assert [line.number for line in found] == list(range(1, 30_001))
    assert sum(line.hidden for line in found) == 30


def test_styled_cells_below_the_table_are_no_rows(tmp_path: Path) -> None:
    rows = [*TABLE, *([Xml('<c{} s="1"/>')] for _row in range(50))]
    outline, found = seen(tmp_path, xlsx(rows, references=True))
    assert (outline.sheets[0].rows, len(found)) == (3, 3)


def test_a_wide_and_long_table_is_no_cell_far_away(tmp_path: Path) -> None:
    rows = [[number] * 150 for number in range(2_500)]
    outline, found = seen(tmp_path, xlsx(rows, references=True))
    assert (outline.sheets[0].columns, len(found[-1].cells)) == (150, 150)


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("姓名;金额;地址\n张三;1,5;某路1号,2室\n李四;2,5;某路2号,3室\n", ";"),
        ("登记表,,\n姓名,电话,地址\n张三,138,a;b\n", ","),
        ("企业名称\n某某厂;一车间\n某某店\n某店\n", ","),
        ("a,b,c\n1,2\n1,2,3,4\n\n5,6,7\n", ","),
        ('a\t"b,c"\n1\t2,3\n', "\t"),
        ("a|b\n1|x,y\n2|z\n", "|"),
        ('"a";"b"\n"1";"\n0\n"\n"2";"\n0\n"\n', ";"),
        ("企业名称，地址，电话\n张三店，某路1号，138\n李四厂，“某路2号”，139\n", "，"),
        ("企业名称,地址\n张三店,某路1号，二楼\n李四厂,某路2号，三楼\n", ","),
        ("企业名称\n张三店\n李四厂，二车间\n王五店\n", ","),
        ("", ","),
    ],
)
def test_the_delimiter(text: str, delimiter: str) -> None:
    assert delimiter_of(text.splitlines(keepends=True)) == delimiter


CHARACTERS = st.characters(codec="gb18030", exclude_categories=["Cs", "Cc", "Cn", "Co"])
CELLS = st.text("安全检查登记表0123456789abc ,;|\t\"\n'", max_size=8) | st.text(CHARACTERS, max_size=5)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=5),
    st.sampled_from([",", ";", "\t", "|", "，"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    """Any cells, below a header as people write it, in any delimiter and encoding."""
    table = [["编号一", "名称", "备注"], *(["安全", *row] for row in rows)]
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    path = tmp_path_factory.mktemp("sheets") / "a.csv"
    path.write_bytes(written.getvalue().encode(encoding))
    outline = look(path)
    assert outline.delimiter == delimiter
    assert [line.cells for line in read_rows(path, outline.layout(), label="a")] == table


@given(st.text() | st.text("'=+-@0１.\t\"", max_size=6))
def test_a_guard_is_taken_off_again(text: str) -> None:
    assert bare(harmless(text)) == text or text.startswith('="')


def test_a_guard_that_people_write() -> None:
    assert bare('="001"') == "001"
    assert bare("'text") == "'text"


def test_many_short_chinese_files_are_never_mistaken(tmp_path: Path) -> None:
    """Names of the common characters, in files of one line: the least there is to go by."""
    common = [
        bytes([first, second]).decode("gb2312") for first in range(0xB0, 0xD8) for second in range(0xA1, 0xFA)
    ]
    choose = random.Random(5)
    for _try in range(300):
        text = f"{''.join(choose.choices(common, k=3))},{''.join(choose.choices(common, k=6))}\n"
        assert encoding_of(lambda text=text: io.BytesIO(text.encode("gbk"))) == "gb18030"
        assert encoding_of(lambda text=text: io.BytesIO(text.encode())) == "utf-8"


def test_the_declared_size_counts_before_anything_is_unpacked(tmp_path: Path) -> None:
    content = bytearray(xlsx(TABLE, parts={"x": b""}))
    place = content.rfind(b"PK\x01\x02")  # the last entry of the directory: x
    content[place + 24 : place + 28] = (401_000_000).to_bytes(4, "little")
    content[place + 20 : place + 24] = (30_000_000).to_bytes(4, "little")
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(Unreadable, match="unpacked it is larger than 400 MB a sheet"):
        look(path)


@pytest.mark.drill
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_two_hundred_thousand_rows_of_thirty_columns(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    values = [*(f"<c><v>{number}</v></c>" for number in range(10)), *['<c s="1"><v>45356</v></c>'] * 2]
    if kind == "csv":
        with path.open("w", encoding="gb18030") as file:
            for number in range(200_000):
                file.write(",".join([str(number), *["安全检查登记"] * 29]) + "\n")
    else:
        with (
            zipfile.ZipFile(io.BytesIO(xlsx([]))) as old,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new,
        ):
            for name in set(old.namelist()) - {SHEET, "xl/sharedStrings.xml"}:
                new.writestr(name, old.read(name))
            with new.open("xl/sharedStrings.xml", "w") as part:
                part.write(b"<sst>")
                for start in range(0, 18 * 200_000, 1_000):
                    texts = (f"<si><t>某某{number}号</t></si>" for number in range(start, start + 1_000))
                    part.write("".join(texts).encode())
                part.write(b"</sst>")
            with new.open(SHEET, "w") as part:
                part.write(b"<worksheet><sheetData>")
                for number in range(200_000):
                    texts = (f'<c t="s"><v>{number * 18 + place}</v></c>' for place in range(18))
                    part.write(f"<row>{''.join(values)}{''.join(texts)}</row>".encode())
                part.write(b"</sheetData></worksheet>")
    assert _memory_to_read(path) < 300 * 1024


def _memory_to_read(path: Path) -> int:
    """Return the kilobytes of a process that looks at a sheet and reads it, with those of the process it starts."""
    code = f"""
import resource
from pathlib import Path
from foundation.spreadsheets.looking import look
from foundation.spreadsheets.reading import read_rows

path = Path({str(path)!r})
outline = look(path)
count = sum(len(line.cells) == 30 for line in read_rows(path, outline.layout(), label="a"))
assert outline.sheets[0].rows == count == 200_000, (outline, count)
# not RUSAGE_SELF, which also has the memory of the process that started this one
own = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
print(own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert not done.stderr
    return int(done.stdout)
