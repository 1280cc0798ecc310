"""The order to rectify hazards within a time limit 责令限期整改治安隐患通知书, drawn anew: version 4."""

from pathlib import Path

from foundation.documents.drawing import BOTH, CENTRE, RIGHT, SONG, WIDTH_MM, Drawn

PATH = Path(__file__).with_name("rectification-order-4.docx")
MOST_INSIDE = 8  # hazards; more stand in a table of their own behind the signatures
_COLUMNS = (13.0, 54.0, 51.0, WIDTH_MM - 118.0)  # “暂计至2026年10月14日” on one line
_HAZARDS = (
    ("序号", "存在的治安隐患及部位", "整改期限", "整改完毕之前\n应采取的必要措施"),
    ("{%tr for hazard in hazards %}",),
    ("{{ loop.index }}", "{{ hazard.what }}", "{{ hazard.period }}", "{{ hazard.measures }}"),
    ("{%tr endfor %}",),
)


def draw(path: Path = PATH) -> None:
    """Write the template."""
    page = Drawn()
    page.paragraph("{{ authority }}", align=CENTRE, size=16, line=26, font=SONG)
    page.paragraph("责令限期整改治安隐患通知书", align=CENTRE, size=22, line=36, font=SONG, bold=True)
    page.paragraph("{{ number }}", align=RIGHT, before=4)
    page.paragraph("‗{{ enterprise }}‗：", before=4)
    page.paragraph(
        "我单位民警‗{{ officers }}‗于‗{{ inspected }}‗{% if certificate_shown %}出示执法证件，{% endif %}依法对你单位进行检查，发现"
        "{% if hazards|length > " + str(MOST_INSIDE) + " %}治安隐患{{ hazards|length }}处，详见附表。"
        "{% else %}下列治安隐患：{% endif %}",
        indent=True,
        align=BOTH,
    )
    page.control("{%p if hazards|length <= " + str(MOST_INSIDE) + " %}")
    page.table(_COLUMNS, _HAZARDS, head=True, centred=(0, 2))
    page.control("{%p endif %}")
    page.paragraph(
        "{% if basis %}根据{{ basis }}，{% endif %}责令你单位在上述期限内整改完毕，并在期限届满前将整改情况函告我单位。整改完毕之前，应当采取必要措施，"
        "确保安全。逾期不整改，造成公民人身伤害、公私财产损失，或者严重威胁公民人身安全、公私财产安全或者公共安全的，将依法处罚。",
        indent=True,
        align=BOTH,
        before=4,
    )
    page.paragraph(
        "如不服本通知，可以自收到之日起六十日内向{{ review_by }}申请行政复议，或者六个月内向{{ court }}提起行政诉讼。",
        indent=True,
        align=BOTH,
    )
    page.table(
        (WIDTH_MM / 2, WIDTH_MM / 2),
        (
            ("检查人：", "{{ authority }}"),
            ("被检查单位负责人：", "{{ station }}"),
            ("联系电话：{{ telephone }}", "{{ issued_on }}"),
            ("", "（印章）"),
        ),
        centred=(1,),
        height_mm=9,
        size=12,
        line=20,
        lines=False,
    )
    page.paragraph("送达情况", bold=True, font=SONG, before=6, keep=True)
    page.table(
        (27.0, 50.0, 27.0, WIDTH_MM - 104.0),
        (
            ("送达时间", "　　　年　月　日　时　分", "送达方式", "□直接 □留置\n□邮寄 □其他"),
            ("受送达人签名", "", "送达人签名", ""),
            ("拒收事由", "", "见证人签名", ""),
        ),
        centred=(0, 2),
        height_mm=8,
    )
    page.paragraph(
        "整改期限自送达次日起算；送达日期另有记载的，届满日随之重算并另行告知。本通知书一式三份，一份交被检查单位，一份附卷，一份存档。",
        size=9,
        line=14,
        before=3,
    )
    page.control("{%p if hazards|length > " + str(MOST_INSIDE) + " %}")
    page.paragraph("\f附表：治安隐患清单（{{ number }}）", bold=True, font=SONG, line=28)
    page.table(_COLUMNS, _HAZARDS, head=True, centred=(0, 2))
    page.control("{%p endif %}")
    page.photos("附：现场照片（{{ number }}）")
    page.footer("安企　{{ records }}　模板第{{ template_version }}版　SM3 {{ digest[:16] }}…")
    page.save(path)


if __name__ == "__main__":
    draw()
