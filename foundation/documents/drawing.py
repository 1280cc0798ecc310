"""Draw the templates that come with Anqi: an A4 page as official papers have it, with python-docx.

Used by hand when a form gets its next version (``python -m inspections.paper_templates.order``); bureaus change the
result in Word or WPS.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document as new_document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from foundation.documents.documents import packed_alike

SONG, FANG_SONG, LATIN = "宋体", "仿宋", "Times New Roman"
LEFT, CENTRE, RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
BOTH = WD_ALIGN_PARAGRAPH.JUSTIFY
WIDTH_MM = 210 - 28 - 26


class Drawn:
    """A template that is being drawn, from top to bottom."""

    def __init__(self) -> None:
        self.document = new_document()
        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.right_margin = Mm(20), Mm(26)
        section.bottom_margin, section.left_margin = Mm(18), Mm(28)
        section.footer_distance = Mm(9)
        self._dress(self.document.styles["Normal"])

    def _dress(self, style: Any) -> None:
        style.font.name, style.font.size = LATIN, Pt(12)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), FANG_SONG)
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "en-US")
        language.set(qn("w:eastAsia"), "zh-CN")
        style.element.get_or_add_rPr().append(language)
        style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(0)

    # --- paragraphs ---

    def paragraph(
        self,
        text: str,
        *,
        align: Any = LEFT,
        size: float = 12,
        line: float = 22.5,
        font: str = "",
        bold: bool = False,
        indent: bool = False,
        before: float = 0,
        keep: bool = False,
        left_mm: float = 0,
    ) -> Any:
        """Add a paragraph. A form feed at the beginning of the text breaks the page before it."""
        found = self.document.add_paragraph()
        self._shape(found, align=align, line=line, before=before, keep=keep)
        if indent:
            found.paragraph_format.first_line_indent = Pt(2 * size)
        if left_mm:
            found.paragraph_format.left_indent = Mm(left_mm)
        found.paragraph_format.page_break_before = text.startswith("\f")
        self.write(found, text.removeprefix("\f"), size=size, font=font, bold=bold)
        return found

    def _shape(
        self, paragraph: Any, *, align: Any, line: float, before: float = 0, keep: bool = False
    ) -> None:
        form = paragraph.paragraph_format
        paragraph.alignment, form.space_before, form.space_after = align, Pt(before), Pt(0)
        if line:
            form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(line)
        form.keep_with_next = keep

    def write(self, paragraph: Any, text: str, *, size: float, font: str = "", bold: bool = False) -> None:
        """Add text to a paragraph. What stands between two ``‗`` is underlined."""
        for number, part in enumerate(text.split("‗")):
            if part:
                run = paragraph.add_run(part)
                run.font.size, run.font.bold, run.font.underline = Pt(size), bold, number % 2 == 1
                if font:
                    run.font.name = LATIN
                    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)

    def control(self, text: str) -> None:
        """Add a place holder that leaves no line: ``{%p if … %}``."""
        self.document.add_paragraph(text)

    # --- tables ---

    def table(
        self,
        widths_mm: Sequence[float],
        rows: Sequence[Sequence[str]],
        *,
        head: bool = False,
        centred: Sequence[int] = (),
        height_mm: float = 0,
        size: float = 10.5,
        line: float = 16,
        lines: bool = True,
        keep: bool = False,
    ) -> None:
        """Add a table. ``keep``: as a whole on one page, with what follows it. ``line`` 0 is as high as what stands in it, such as a photo. A row of one text is a place holder of its own: ``{%tr for … %}``."""
        table = self.document.add_table(rows=0, cols=len(widths_mm))
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        table.style = "Table Grid" if lines else "Normal Table"
        for column, width in zip(table.columns, widths_mm, strict=True):
            column.width = Mm(width)
        for index, texts in enumerate(rows):
            row = table.add_row()
            if height_mm and len(texts) > 1:
                row.height, row.height_rule = Mm(height_mm), WD_ROW_HEIGHT_RULE.AT_LEAST
            properties = row._tr.get_or_add_trPr()
            whole = OxmlElement("w:cantSplit")
            properties.append(whole)
            if head and index == 0:
                properties.append(OxmlElement("w:tblHeader"))
            for column, cell in enumerate(row.cells):
                cell.width = Mm(widths_mm[column])
                centre = OxmlElement("w:vAlign")
                centre.set(qn("w:val"), "center")
                cell._tc.get_or_add_tcPr().append(centre)
                text = texts[column] if column < len(texts) else ""
                middle = (head and index == 0) or column in centred
                self._shape(
                    cell.paragraphs[0],
                    align=CENTRE if middle else LEFT,
                    line=line,
                    keep=keep or not lines or (not line and index == 1),
                )
                self.write(cell.paragraphs[0], text, size=size)

    def photos(self, title: str) -> None:
        """Add the photos of a paper on pages of their own, two beside each other, with the words below each."""
        self.control("{%p if photos %}")
        self.paragraph(f"\f{title}", bold=True, font=SONG, line=28)
        second = "{{ %s if pair|length > 1 else '' }}"
        self.table(
            (WIDTH_MM / 2, WIDTH_MM / 2),
            (
                ("{%tr for pair in photos|batch(2) %}",),
                ("{{ pair[0].picture }}", second % "pair[1].picture"),
                ("{{ pair[0].caption }}", second % "pair[1].caption"),
                ("{%tr endfor %}",),
            ),
            centred=(0, 1),
            line=0,  # the photo stays with the words below it
        )
        self.control("{%p endif %}")

    # --- foot ---

    def footer(self, left: str) -> None:
        """Set the line below each page: a text, and page so of so many."""
        paragraph = self.document.sections[0].footer.paragraphs[0]
        paragraph.style = self.document.styles["Normal"]  # that of footers has other tabs
        paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
        self.write(paragraph, f"{left}\t第", size=8)
        self._field(paragraph, "PAGE")
        self.write(paragraph, "页，共", size=8)
        self._field(paragraph, "NUMPAGES")
        self.write(paragraph, "页", size=8)

    def _field(self, paragraph: Any, code: str) -> None:
        for kind in ("begin", code, "end"):
            run = paragraph.add_run()
            run.font.size = Pt(8)
            if kind == code:
                part = OxmlElement("w:instrText")
                part.set(qn("xml:space"), "preserve")
                part.text = f" {code} "
            else:
                part = OxmlElement("w:fldChar")
                part.set(qn("w:fldCharType"), kind)
            run._element.append(part)

    def save(self, path: Path) -> None:
        """Write it, without the moment."""
        self.document.core_properties.author = "Anqi"
        self.document.save(str(path))
        path.write_bytes(packed_alike(path.read_bytes()))
