"""The approval of an inspection 行政检查审批表: version 1. The police keep it; the enterprise does not get it."""

from pathlib import Path

from foundation.documents.drawing import CENTRE, RIGHT, SONG, WIDTH_MM, Drawn

PATH = Path(__file__).with_name("inspection-approval-1.docx")
_LABEL = 32.0


def draw(path: Path = PATH) -> None:
    """Write the template."""
    page = Drawn()
    page.paragraph("{{ authority }}", align=CENTRE, size=16, line=26, font=SONG)
    page.paragraph("行政检查审批表", align=CENTRE, size=22, line=36, font=SONG, bold=True)
    page.paragraph("{{ number }}", align=RIGHT, before=4)
    page.table(
        (_LABEL, WIDTH_MM / 2 - _LABEL, _LABEL, WIDTH_MM / 2 - _LABEL),
        (
            ("被检查单位", "{{ enterprise }}", "负责人", "{{ representative or '—' }}"),
            ("地址", "{{ address or '—' }}", "检查方式", "{{ kind }}"),
            ("拟检查时间", "{{ planned_on }}", "检查人员", "{{ officers }}"),
            ("联合检查部门", "{{ departments or '无' }}", "检查事由", "{{ source }}"),
        ),
        centred=(0, 2),
        height_mm=11,
        size=11,
        line=18,
    )
    page.table(
        (_LABEL, WIDTH_MM - _LABEL),
        (
            ("检查依据", "{{ basis }}"),
            ("上级部署", "{{ reference or '无' }}"),
            (
                "年度频次",
                "本年度已检查{{ held }}次{% if cap is not none %}，公布的年度上限为{{ cap }}次{% else %}，未公布年度上限{% endif %}。",
            ),
            (
                "紧急情况",
                "{% if urgent %}情况紧急：{{ urgent_reason }}{% else %}无{% endif %}{% if afterwards %}（事后补办审批）{% endif %}",
            ),
            ("承办单位意见", "拟由上列人员对该单位实施检查，请审批。\n{{ station }}"),
            ("负责人审批意见", "同意。\n审批人：{{ approver }}\n{{ decided_on }}"),
            ("备注", ""),
        ),
        centred=(0,),
        height_mm=16,
        size=11,
        line=18,
    )
    page.paragraph(
        "本表一式一份，随检查卷宗存档。实施检查的执法人员不得少于两人，并应当出示执法证件。",
        size=9,
        line=14,
        before=4,
    )
    page.footer("安企　{{ records }}　模板第{{ template_version }}版　SM3 {{ digest[:16] }}…")
    page.save(path)


if __name__ == "__main__":
    draw()
