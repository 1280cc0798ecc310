"""The cover of a dispute's file with its contents 卷宗封面、卷内目录, drawn anew: version 1."""

from pathlib import Path

from foundation.documents.drawing import CENTRE, SONG, WIDTH_MM, Drawn

PATH = Path(__file__).with_name("dispute-file-1.docx")


def draw(path: Path = PATH) -> None:
    """Write the template."""
    page = Drawn()
    page.paragraph("{{ authority }}", align=CENTRE, size=18, line=30, font=SONG, before=36)
    page.paragraph("矛盾纠纷卷宗", align=CENTRE, size=32, line=56, font=SONG, bold=True, before=40)
    page.paragraph("", before=16)
    page.table(
        (40.0, WIDTH_MM - 40.0),
        (
            ("涉及企业", "{{ enterprise }}"),
            ("纠纷事由", "{{ dispute }}"),
            ("纠纷类型", "{{ kind }}"),
            ("纠纷编号", "{{ record }}"),
            ("受理日期", "{{ opened_on }}"),
            ("化解日期", "{{ settled_on }}"),
            ("结案日期", "{{ closed_on }}"),
            ("主办人", "{{ lead }}"),
            ("承办单位", "{{ station }}"),
            ("卷内文件", "{{ entries|length }}件"),
            ("立卷日期", "{{ made_on }}"),
            ("立卷人", ""),
        ),
        centred=(0,),
        height_mm=10.5,
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
