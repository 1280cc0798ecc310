"""The cover of a hazard's file with its contents 卷宗封面、卷内目录, drawn anew: version 1."""

from pathlib import Path

from foundation.documents.drawing import CENTRE, SONG, WIDTH_MM, Drawn

PATH = Path(__file__).with_name("hazard-file-1.docx")


def draw(path: Path = PATH) -> None:
    """Write the template."""
    page = Drawn()
    page.paragraph("{{ authority }}", align=CENTRE, size=18, line=30, font=SONG, before=60)
    page.paragraph("治安隐患卷宗", align=CENTRE, size=32, line=56, font=SONG, bold=True, before=40)
    page.paragraph("", before=60)
    page.table(
        (40.0, WIDTH_MM - 40.0),
        (
            ("被检查单位", "{{ enterprise }}"),
            ("治安隐患", "{{ hazard }}"),
            ("隐患编号", "{{ record }}"),
            ("发现日期", "{{ found_on }}"),
            ("发现人", "{{ found_by }}"),
            ("销号日期", "{{ closed_on }}"),
            ("承办单位", "{{ station }}"),
            ("卷内文件", "{{ entries|length }}件"),
            ("立卷日期", "{{ made_on }}"),
            ("立卷人", ""),
        ),
        centred=(0,),
        height_mm=12,
        size=14,
        line=22,
    )
    page.paragraph("\f卷内目录", align=CENTRE, size=22, line=36, font=SONG, bold=True)
    page.table(
        (12.0, 50.0, 42.0, 26.0, WIDTH_MM - 130.0),
        (
            ("序号", "文件名称", "文号", "日期", "备注"),
            ("{%tr for entry in entries %}",),
            (
                "{{ loop.index }}",
                "{{ entry.name }}",
                "{{ entry.number }}",
                "{{ entry.on }}",
                "{{ entry.note }}",
            ),
            ("{%tr endfor %}",),
        ),
        head=True,
        centred=(0, 3),
        height_mm=9,
    )
    page.footer("安企　{{ record }}　模板第{{ template_version }}版")
    page.save(path)


if __name__ == "__main__":
    draw()
