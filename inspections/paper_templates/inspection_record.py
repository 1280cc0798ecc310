"""The record of an inspection 检查笔录, drawn: version 1."""

from pathlib import Path

from foundation.documents.drawing import BOTH, CENTRE, RIGHT, SONG, WIDTH_MM, Drawn

PATH = Path(__file__).with_name("inspection-record-1.docx")
_LABEL = 27.0
_FAILED = (12.0, 44.0, WIDTH_MM - 104.0, 14.0, 34.0)
_OTHERS = (11.0, 16.0, WIDTH_MM - 94.0, 17.0, 50.0)


def draw(path: Path = PATH) -> None:
    """Write the template."""
    page = Drawn()
    page.paragraph("{{ authority }}", align=CENTRE, size=16, line=26, font=SONG)
    page.paragraph("检查笔录", align=CENTRE, size=22, line=36, font=SONG, bold=True)
    page.paragraph(
        "{{ number }}{% if version > 1 %}（第{{ version }}版，代替此前同号文书）{% endif %}",
        align=RIGHT,
        before=4,
    )
    page.table(
        (_LABEL, WIDTH_MM - _LABEL),
        (
            ("检查时间", "{{ inspected }}　{{ began }}至{{ ended }}"),
            ("检查地点", "{{ address }}"),
            ("被检查单位", "{{ enterprise }}"),
            ("单位负责人\n或陪同检查人", "{{ person }}"),
            ("检查人及\n所在单位", "{{ officers }}，{{ station }}"),
            ("事由和目的", "{{ purpose }}"),
            ("检查依据", "{{ basis }}"),
            ("检查内容", "{{ lists }}"),
            (
                "告知情况",
                "{% if certificate_shown %}检查人已出示执法证件，表明身份，并告知检查事由。"
                "{% else %}未记载出示执法证件。{% endif %}",
            ),
            ("执法记录仪", "{{ camera }}"),
        ),
        centred=(0,),
        height_mm=7,
        line=15,
    )
    page.paragraph("检查过程和结果", bold=True, font=SONG, before=8, keep=True)
    page.paragraph(
        "{% if asked %}共检查{{ asked }}项：合格{{ passed }}项，不合格{{ failed_items }}项，不适用{{ skipped }}项，未检查{{ left }}项。"
        "{% endif %}{% if failed %}发现治安隐患{{ failed|length }}处：{% else %}未发现治安隐患。{% endif %}",
        indent=True,
        align=BOTH,
    )
    page.control("{%p if failed %}")
    page.table(
        _FAILED,
        (
            ("序号", "存在的治安隐患及部位", "情况", "程度", "整改期限"),
            ("{%tr for each in failed %}",),
            (
                "{{ loop.index }}",
                "{{ each.what }}",
                "{{ each.found }}",
                "{{ each.degree }}",
                "{{ each.period }}",
            ),
            ("{%tr endfor %}",),
        ),
        head=True,
        centred=(0, 3),
    )
    page.control("{%p endif %}")
    page.control("{%p if again %}")
    page.paragraph("对此前隐患的复查：{{ again }}", indent=True, align=BOTH, before=4)
    page.control("{%p endif %}")
    page.control("{%p if left_reason %}")
    page.paragraph("关键项目未检查的原因：{{ left_reason }}", indent=True, align=BOTH, before=4)
    page.control("{%p endif %}")
    page.control("{%p if note %}")
    page.paragraph("备注：{{ note }}", indent=True, align=BOTH, before=4)
    page.control("{%p endif %}")
    page.paragraph(
        "检查结论：‗{{ conclusion if conclusion else '未作出' }}‗。{% if concluded_reason %}作出该结论的理由：{{ concluded_reason }}{% endif %}",
        indent=True,
        align=BOTH,
        before=4,
    )
    page.paragraph(
        "以上笔录{% if read_back %}经被检查单位核对无误。{% else %}请核对后签名。{% endif %}",
        indent=True,
        before=4,
        keep=True,
    )
    page.table(
        (_LABEL, 48.0, 31.0, WIDTH_MM - 106.0),
        (
            ("签名人", "签名", "时间", "说明"),
            ("{%tr for each in signatures %}",),
            ("{{ each.side }}", "{{ each.picture }}", "{{ each.on }}", "{{ each.who }}"),
            ("{%tr endfor %}",),
        ),
        head=True,
        centred=(0, 1, 2),
        height_mm=12,
        line=0,
    )
    page.control("{%p if summary_sha256 %}")
    page.paragraph(
        "签名时所示检查摘要的SHA-256：{{ summary_sha256 }}{% if corrected %}（签名后内容已更正，请核对后重新签名）{% endif %}",
        size=8,
        line=12,
        before=4,
    )
    page.control("{%p endif %}")
    page.table(
        (WIDTH_MM / 2, WIDTH_MM / 2),
        (("", "{{ station }}"), ("", "{{ issued_on }}"), ("", "（印章）")),
        centred=(1,),
        height_mm=6,
        size=12,
        line=17,
        lines=False,
    )
    page.control("{%p if others %}")
    page.paragraph("\f附表：其余检查项目（{{ number }}）", bold=True, font=SONG, line=28)
    page.table(
        _OTHERS,
        (
            ("序号", "编号", "检查项目", "结果", "记录"),
            ("{%tr for each in others %}",),
            ("{{ loop.index }}", "{{ each.code }}", "{{ each.ask }}", "{{ each.answer }}", "{{ each.note }}"),
            ("{%tr endfor %}",),
        ),
        head=True,
        centred=(0, 1, 3),
        size=9.5,
        line=14,
    )
    page.control("{%p endif %}")
    page.footer("安企　检查{{ record }}　模板第{{ template_version }}版　SM3 {{ digest[:16] }}…")
    page.save(path)


if __name__ == "__main__":
    draw()
