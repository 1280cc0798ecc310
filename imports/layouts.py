"""Where the table stands in a sheet: titles above, one or two rows of header, totals and notes below."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from foundation.identifiers import folded
from foundation.normalising import nfkc
from foundation.spreadsheets import non_values
from imports import cells, spelled_days

Line = tuple[int, list[str]]
Words = AbstractSet[str]  # folded names that columns have (``naming.words_of``)
HEAD = 25  # rows in which a header is looked for
BETWEEN = "｜"  # the levels of a header
LONG_TEXT = 30  # characters; names of columns are shorter

_NUMBER = re.compile(r"[+-]?(?:\d[\d,]*(?:\.\d+)?|\.\d+)%?")
_CODE = re.compile(r"\A(?=.{6})[A-Za-z-]*\d[A-Za-z-]*\d[A-Za-z0-9-]*")
_UNIT = re.compile(r"\(.{1,6}\)|[人元户家个台件次辆年月日]|万元|平方米|㎡")
_NOTE = re.compile(
    r"(?:备注|附?注|说明|填表说明|填报说明|(?:制|填)表(?:人|单位|日期|时间)?|填报(?:人|单位|日期|时间)?|审核人?|复核人?|审批人?|"
    r"(?:单位)?负责人(?:签字|签名)?|经办人|打印(?:人|日期|时间)|数据来源|更新(?:日期|时间)|联系人|notes?|remarks?|source|"
    r"(?:prepared|compiled|checked|printed) (?:by|on))[\d一二三]?(?:\(.{1,8}\))?\s*:",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r" \(\d+\)\Z")
_LETTERS = re.compile(r"\[[A-Z]{1,2}\]")
_SAID = re.compile(r"[^:：]{2,12}[:：]\s*\S.*")  # 填报单位：某某派出所
_SECTION = re.compile(r"[一二三四五六七八九十]{1,3}、.{2,20}")
_NUMBERED_NOTE = re.compile(r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.).](?!\d).{6,}")


@dataclass(frozen=True)
class Note:
    """A row or column that is no record or has none.

    Title, totals, note, section, header (repeated), other_table (the header of one with other columns, and all below), empty_column.
    """

    code: str
    row: int  # for an empty column, its position from 0
    text: str


@dataclass(frozen=True)
class Table:
    """A table found in a sheet. Rows count from 1 as in a spreadsheet, columns from 0.

    ``last_row`` is the last record above totals or notes; None if the lines that were looked at end within the table.
    """

    header_rows: tuple[int, ...]
    header: list[str]
    first_row: int
    last_row: int | None
    notes: tuple[Note, ...]
    levels: frozenset[str] = field(default=frozenset(), repr=False)  # folded cells of the header's rows
    words: Words = field(default=frozenset(), repr=False, compare=False)  # names of columns of this kind

    @classmethod
    def below(cls, header: list[str], words: Words = frozenset()) -> "Table":
        """Return the table with this header, to tell its records from other rows; ``words`` as of ``find_table``."""
        names = [_NUMBERED.sub("", name) for name in header]
        levels = frozenset(folded(part) for name in names if name for part in name.split(BETWEEN))
        return cls((), header, 1, None, (), levels, words)

    def ends_at(self, number: int, row: list[str]) -> Note | None:
        """Return what a row below the header is if it is no record; None for a record and for an empty row."""
        texts = _filled(row)
        if not texts:
            return None
        distinct = list(dict.fromkeys(texts))
        if len(distinct) >= 2 and all(folded(each) in self.levels for each in distinct):
            return Note("header", number, distinct[0])
        if len(distinct) >= 3 and self._is_other_header(distinct):
            return Note("other_table", number, distinct[0])
        if _is_total(distinct):
            return Note("totals", number, distinct[0])
        plain = nfkc(distinct[0])
        signs = [each for each in distinct if re.search(r"[:：]", each)]
        if _NOTE.match(plain) and (len(distinct) <= 2 or 2 * len(signs) >= len(distinct)):
            return Note("note", number, distinct[0])
        if len(distinct) == 1 and len(self.header) >= 3:
            if len(texts) >= 3:  # merged across
                return Note("section", number, distinct[0])
            if _SECTION.fullmatch(plain):
                return Note("section", number, distinct[0])
            if _NUMBERED_NOTE.match(plain) or len(plain) > 2 * LONG_TEXT or plain.endswith("。"):
                return Note("note", number, distinct[0])
        return None

    def _is_other_header(self, texts: list[str]) -> bool:
        """Return whether these are names of columns: at least three of four, and none is a value."""
        named = sum(folded(each) in self.words or folded(each) in self.levels for each in texts)
        return named >= 3 and 4 * named >= 3 * len(texts) and not any(map(_is_value, texts))


def find_table(lines: Sequence[Line], words: Words, header_rows: Sequence[int] = ()) -> Table:
    """Return the table that the lines show: the first rows of a sheet, or all of them.

    The header is the row, or two rows, with the best score among the first 25, or where a person says it is.
    """
    width = max((len(row) for _number, row in lines), default=0)
    lines = [(number, [*row, *[""] * (width - len(row))]) for number, row in lines]
    head = [line for line in lines if _filled(line[1])][:HEAD]
    if not head:
        return Table((), [], 1, None, ())
    best, depth = 0, 1
    best_score = float("-inf")
    for place in range(len(head)):
        for rows in (1, 2):
            if rows == 2 and (place + 1 >= len(head) or not _are_levels(head[place][1], head[place + 1][1])):
                continue
            score = _score(head, place, rows, words)
            if score > best_score:
                best, depth, best_score = place, rows, score
    found = head[best : best + depth]
    if said := [line for line in lines if line[0] in header_rows]:
        found, best = said, sum(1 for number, _row in head if number < said[0][0])
    header_rows = tuple(number for number, _row in found)
    below = [line for line in lines if line[0] > header_rows[-1]]
    header = _named(joined([row for _number, row in found]), below)
    levels = frozenset(folded(each) for _number, row in found for each in _filled(row))
    notes = [Note("title", number, _filled(row)[0]) for number, row in head[:best]]
    table = Table(header_rows, header, header_rows[-1] + 1, None, (), levels, words)
    notes += [Note("empty_column", place, name) for place, name in enumerate(header) if not name]
    ends = []
    other = 0  # the row in which another table begins
    for number, row in below:
        note = (
            Note("other_table", number, _first(row)) if other and _filled(row) else table.ends_at(number, row)
        )
        other = other or (number if note and note.code == "other_table" else 0)
        ends.append((number, note, bool(_filled(row))))
    notes += [note for _number, note, _is_filled in ends if note]
    records = [number for number, note, is_filled in ends if is_filled and not note]
    ended = any(note for number, note, _is_filled in ends if not records or number > records[-1])
    last = (records[-1] if records else header_rows[-1]) if ended else None
    return Table(header_rows, header, header_rows[-1] + 1, last, tuple(notes), levels, words)


def joined(rows: list[list[str]]) -> list[str]:
    """Return the names of the columns: the levels of a header joined, each once, and doubles told apart by a number.

    An upper cell counts for the empty ones at its right as long as the lower row has a name there.
    """
    names = [cells.clean(each)[0] for each in rows[0]]
    for lower in rows[1:]:
        above, group = "", []
        for place, cell in enumerate(lower):
            name = cells.clean(cell)[0]
            above = names[place] or (above if name else "")
            same = not name or folded(name) == folded(above)
            group.append(above if same else f"{above}{BETWEEN}{name}" if above else name)
        names = group
    return unique(names)


def header_of(rows: list[list[str]], used: Collection[str] = ()) -> list[str]:
    """Return the names of the columns as ``find_table`` gives them: those without a name have their letters.

    Columns beyond the last name count as far as ``used`` has their letters.
    """
    width = max(map(len, rows))
    names = joined([[*row, *[""] * (width - len(row))] for row in rows])
    beyond = [each for each in used if _LETTERS.fullmatch(each) and each not in names]
    if beyond:
        names += [""] * (max(map(_place, beyond)) + 1 - len(names))
    return [name or f"[{letters(place)}]" for place, name in enumerate(names)]


def unique(names: list[str]) -> list[str]:
    """Return names of which no two are the same: the second is called "name (2)"."""
    taken = set(names)
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        if name and seen[name] > 1:
            while f"{name} ({seen[name]})" in taken:
                seen[name] += 1
            name = f"{name} ({seen[name]})"
            taken.add(name)
        found.append(name)
    return found


def header_digest(header: Sequence[str]) -> str:
    """Return what a layout is remembered by: the same for each spelling of the same names in the same order."""
    return hashlib.sha256("\x1f".join(map(folded, header)).encode()).hexdigest()


def _first(row: Sequence[str]) -> str:
    return next(iter(_filled(row)), "")


def _filled(row: Sequence[str]) -> list[str]:
    return [each.strip() for each in row if each.strip()]


def _is_total(texts: list[str]) -> bool:
    """Return whether the filled cells of a row, each once, are a title of totals and figures."""
    for place, text in enumerate(texts[:2]):
        if non_values.is_totals(text, also_english=place == 0):
            rest = [each for each in texts if each != text]
            figures = [each for each in rest if _is_value(each)]
            is_chinese = non_values.is_totals(text, also_english=False)
            return len(figures) * (2 if is_chinese else 1) >= len(rest)
    return False


def _is_value(text: str) -> bool:
    """Return whether a text is a number, a day or a code, which no name of a column is."""
    plain = nfkc(text.strip())
    return bool(
        _NUMBER.fullmatch(plain)
        or _CODE.fullmatch(plain)
        or (plain[:1].isdigit() and spelled_days.read(plain).day)
    )


def _is_unit(text: str) -> bool:
    return bool(_UNIT.fullmatch(nfkc(text.strip())))


def _are_levels(upper: list[str], lower: list[str]) -> bool:
    """Return whether two rows are one header: groups above, their parts below, and all else said once."""
    if any(_is_value(each) or _SAID.fullmatch(each) for each in (*_filled(upper), *_filled(lower))):
        return False
    if len(set(_filled(upper))) < 2 or not _filled(lower):
        return False
    in_groups = 0
    group = ""
    for place, (above, below) in enumerate(zip(upper, lower, strict=True)):
        above, below = above.strip(), below.strip()
        begins = bool(above) and above != group
        group = above or (group if below else "")
        right = place + 1 < len(upper) and (
            (upper[place + 1].strip() == above if above else False)
            or (not upper[place + 1].strip() and bool(lower[place + 1].strip()))
        )
        part_of_group = bool(group) and (right or not begins)
        if not below or below == above or _is_unit(below):
            in_groups += _is_unit(below) if below else 0
            continue
        if not above and not group:
            return False
        if not part_of_group:
            return False
        in_groups += 1
    return in_groups > 0


def _score(head: list[Line], place: int, depth: int, words: Words) -> float:
    names = joined([row for _number, row in head[place : place + depth]])
    filled = [each for each in names if each]
    plain = [each.rpartition(BETWEEN)[2] if BETWEEN in each else each for each in filled]
    distinct = len({folded(each) for row in head[place : place + depth] for each in _filled(row[1])})
    hits = sum(
        any(folded(part) in words for part in (name, name.replace(BETWEEN, ""), *name.split(BETWEEN)))
        for name in filled
    )
    table = Table.below(names)
    below = [row for number, row in head[place + depth :] if not table.ends_at(number, row)][:8]
    agreeing = sum(
        1
        for column, name in enumerate(names)
        if name
        and not _is_value(name)
        and _agree([row[column] for row in below if column < len(row) and row[column].strip()])
    )
    doubles = sum(count - 1 for count in Counter(map(folded, filled)).values())
    doubles += sum(_NUMBERED.search(each) is not None for each in filled)
    values = sum(_is_value(each) or _SAID.fullmatch(each) is not None for each in plain)
    long_texts = sum(len(each) > LONG_TEXT for each in plain)
    return (
        3.0 * hits
        + 0.4 * min(distinct, 12)
        + 0.5 * agreeing
        - 2.0 * values
        - 1.5 * long_texts
        - 1.0 * doubles
        - (4.0 if distinct < 2 else 0.0)
        - 0.1 * place
        + (1.0 if depth == 2 else 0.0)
    )


def _agree(texts: list[str]) -> bool:
    """Return whether the cells below are all values, as they are under the name of a column of values."""
    return len(texts) >= 2 and all(_is_value(each) for each in texts)


def _named(names: list[str], below: list[Line]) -> list[str]:
    """Return the names with one for each column that has content and no name: its letters, as in a spreadsheet."""
    used = {place for _number, row in below for place, cell in enumerate(row) if cell.strip()}
    named = [name or (f"[{letters(place)}]" if place in used else "") for place, name in enumerate(names)]
    while named and not named[-1]:
        named.pop()
    return named


def _place(name: str) -> int:
    """Return the place of a column from its letters in brackets."""
    place = 0
    for letter in name.strip("[]"):
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def letters(place: int) -> str:
    """Return the letters of a column, from 0: A."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
