"""The answers to a request for an extension and the opinion after re-inspection, drawn anew: version 1 of each."""

from pathlib import Path

from foundation.documents.drawing import BOTH, CENTRE, RIGHT, SONG, WIDTH_MM, Drawn

FOLDER = Path(__file__).parent
_ORDER = "{% if order %}{{ order_on }}《责令限期整改治安隐患通知书》（{{ order }}）"
_REMEDY = "如不服本通知，可以自收到之日起六十日内向{{ review_by }}申请行政复议，或者六个月内向{{ court }}提起行政诉讼。"


def draw() -> None:
    """Write the three templates."""
    asked = (
        "你单位‗{{ asked_on }}‗就"
        + _ORDER
        + "{% else %}治安隐患{% endif %}提出的延期整改申请收悉。涉及的治安隐患："
        "‗{{ hazard }}‗"
    )
    granted = (
        "{% if basis %}根据{{ basis }}，{% endif %}同意你单位延期整改，延期"
        "{% if new_from_on %}自‗{{ new_from_on }}‗起{% endif %}至‗{{ new_due_on }}‗止。延期期间应当采取必要措施，确保安全，"
        "并在期限届满前将整改情况函告我单位。"
    )
    refused = (
        "{% if basis %}根据{{ basis }}，{% endif %}不同意你单位延期整改。"
        "{% if old_due_on %}整改期限仍为‗{{ old_due_on }}‗，{% endif %}请抓紧整改，整改完毕之前应当采取必要措施，确保安全。"
        "逾期不整改，造成公民人身伤害、公私财产损失，或者严重威胁公民人身安全、公私财产安全或者公共安全的，将依法处罚。"
    )
    _letter(
        "同意延期整改治安隐患通知书", (asked, "经审查认为：‗{{ finding }}‗", granted), "extension-granted"
    )
    _letter(
        "不同意延期整改治安隐患通知书",
        (asked, "经审查认为：‗{{ finding }}‗", refused, _REMEDY),
        "extension-refused",
    )
    opinion = (
        "{% if basis %}根据{{ basis }}，{% endif %}我单位{% if officers %}民警‗{{ officers }}‗{% endif %}于‗{{ decided_on }}‗对你单位"
        + _ORDER
        + "的执行情况{% else %}治安隐患的整改情况{% endif %}进行了复查。复查的治安隐患：‗{{ hazard }}‗",
        "复查情况：‗{{ finding }}‗",
        "复查意见：‗{% if passed %}合格{% else %}不合格{% endif %}‗。{% if not passed %}责令你单位继续整改，确保安全"
        "{% if old_due_on %}，整改期限仍为‗{{ old_due_on }}‗{% endif %}。逾期不整改的，将依法处罚。{% endif %}",
    )
    _letter("复查意见书", opinion, "reinspection-opinion", signs="复查人：", has_photos=True)


def _letter(
    title: str, body: tuple[str, ...], code: str, *, signs: str = "承办人：", has_photos: bool = False
) -> None:
    page = Drawn()
    page.paragraph("{{ authority }}", align=CENTRE, size=16, line=26, font=SONG)
    page.paragraph(title, align=CENTRE, size=22, line=36, font=SONG, bold=True)
    page.paragraph("{{ number }}", align=RIGHT, before=4)
    page.paragraph("‗{{ enterprise }}‗：", before=8)
    for text in body:
        page.paragraph(text, indent=True, align=BOTH, before=4)
    page.paragraph("", before=12)
    page.table(
        (WIDTH_MM / 2, WIDTH_MM / 2),
        (
            (signs, "{{ authority }}"),
            ("被检查单位签收人：", "{{ station }}"),
            ("签收时间：　　　年　月　日", "{{ issued_on }}"),
            ("联系电话：{{ telephone }}", "（印章）"),
        ),
        centred=(1,),
        height_mm=10,
        size=12,
        line=20,
        lines=False,
    )
    page.paragraph(
        "本通知书一式三份，一份交被检查单位，一份附卷，一份存档。".replace(
            "通知书", "意见书" if has_photos else "通知书"
        ),
        size=9,
        line=14,
        before=8,
    )
    if has_photos:
        page.photos("附：整改前后照片（{{ number }}）")
    page.footer("安企　{{ records }}　模板第{{ template_version }}版　SM3 {{ digest[:16] }}…")
    page.save(FOLDER / f"{code}-1.docx")


if __name__ == "__main__":
    draw()
