"""The minutes, the invitation and the letter of transfer, drawn: version 1 of each."""

from pathlib import Path

from foundation.documents.drawing import BOTH, CENTRE, RIGHT, SONG, WIDTH_MM, Drawn

FOLDER = Path(__file__).parent
MINUTES = FOLDER / "mediation-minutes-1.docx"
INVITATION = FOLDER / "mediation-invitation-1.docx"
TRANSFER = FOLDER / "dispute-transfer-1.docx"
_LABEL = 27.0


def draw() -> None:
    """Write the three templates."""
    _minutes()
    _invitation()
    _transfer()


def _head(title: str) -> Drawn:
    page = Drawn()
    page.paragraph("{{ authority }}", align=CENTRE, size=16, line=26, font=SONG)
    page.paragraph(title, align=CENTRE, size=22, line=36, font=SONG, bold=True)
    page.paragraph(
        "{{ number }}{% if version > 1 %}（第{{ version }}版，代替此前同号文书）{% endif %}",
        align=RIGHT,
        before=4,
    )
    return page


def _seal(page: Drawn) -> None:
    page.table(
        (WIDTH_MM / 2, WIDTH_MM / 2),
        (("", "{{ station }}"), ("", "{{ issued_on }}"), ("", "（印章）")),
        centred=(1,),
        height_mm=6,
        size=12,
        line=17,
        lines=False,
    )


def _foot(page: Drawn, path: Path) -> None:
    page.footer("安企　纠纷{{ record }}　模板第{{ template_version }}版　SM3 {{ digest[:16] }}…")
    page.save(path)


def _minutes() -> None:
    page = _head("调解笔录")
    page.table(
        (_LABEL, WIDTH_MM - _LABEL),
        (
            ("调解时间", "{{ held }}　{{ began }}至{{ ended }}　（第{{ session }}次）"),
            ("调解地点", "{{ place }}"),
            ("调解方式", "{{ way }}　{{ manner }}"),
            ("纠纷事项", "{{ dispute }}"),
            ("涉及单位", "{{ enterprise }}"),
            ("民警", "{{ officers }}，{{ station }}"),
            ("主持人", "{{ led_by }}"),
            ("调解组\n参加人员", "{{ present }}"),
            ("各方到场", "{{ sides }}"),
            ("执法记录仪", "{{ camera }}"),
        ),
        centred=(0,),
        height_mm=7,
        line=15,
    )
    page.paragraph("调解过程", bold=True, font=SONG, before=8, keep=True)
    page.control("{%p for line in minutes %}")
    page.paragraph("{{ line }}", indent=True, align=BOTH)
    page.control("{%p endfor %}")
    page.control("{%p if offers %}")
    page.paragraph("各方意见", bold=True, font=SONG, before=8, keep=True)
    page.table(
        (26.0, 34.0, 16.0, WIDTH_MM - 76.0),
        (
            ("一方", "金额（元）", "期数", "意见"),
            ("{%tr for each in offers %}",),
            ("{{ each.side }}", "{{ each.amount }}", "{{ each.instalments }}", "{{ each.words }}"),
            ("{%tr endfor %}",),
        ),
        head=True,
        centred=(0, 1, 2),
    )
    page.control("{%p endif %}")
    page.control("{%p if next_step %}")
    page.paragraph("下一步：{{ next_step }}", indent=True, align=BOTH, before=4)
    page.control("{%p endif %}")
    page.control("{%p if late_reason %}")
    page.paragraph("超过规定时限的原因：{{ late_reason }}", indent=True, align=BOTH, before=4)
    page.control("{%p endif %}")
    page.paragraph("以上笔录请核对，无误后签名。", indent=True, before=6, keep=True)
    page.table(
        (_LABEL, WIDTH_MM / 2 - _LABEL, _LABEL, WIDTH_MM / 2 - _LABEL),
        (
            ("申请方", "", "被申请方", ""),
            ("调解人员", "", "记录人", ""),
            ("民警", "", "民警", ""),
        ),
        centred=(0, 2),
        height_mm=14,
    )
    _seal(page)
    _foot(page, MINUTES)


def _invitation() -> None:
    page = _head("参加调解邀请函")
    page.paragraph("‗{{ invited }}‗：", before=8)
    page.paragraph(
        "我单位受理的一起涉企矛盾纠纷（‗{{ kind }}‗，涉及单位：‗{{ enterprise }}‗）拟开展调解。现邀请"
        "‗{{ name }}‗以‗{{ role }}‗身份参加调解组。",
        indent=True,
        align=BOTH,
        before=4,
    )
    page.control("{%p if planned %}")
    page.table(
        (_LABEL, WIDTH_MM - _LABEL),
        (
            ("时间", "{{ planned }}　{{ began }}至{{ ended }}"),
            ("地点", "{{ place }}"),
            ("方式", "{{ manner }}"),
        ),
        centred=(0,),
        height_mm=8,
        line=15,
    )
    page.control("{%p endif %}")
    page.paragraph(
        "与本纠纷或者当事人有利害关系，可能影响公正调解的，请事先告知我单位。参加调解的人员对知悉的国家秘密、商业秘密、"
        "个人隐私应当保密。能否参加，请回复。",
        indent=True,
        align=BOTH,
        before=6,
    )
    page.paragraph("联系民警：{{ officers }}　联系电话：{{ telephone }}", indent=True, align=BOTH, before=4)
    _seal(page)
    _foot(page, INVITATION)


def _transfer() -> None:
    page = _head("矛盾纠纷移送函")
    page.paragraph("‗{{ body }}‗：", before=8)
    page.paragraph(
        "我单位于‗{{ opened }}‗受理一起涉企矛盾纠纷（‗{{ kind }}‗，涉及单位：‗{{ enterprise }}‗"
        "{% if people %}，涉及‗{{ people }}‗人{% endif %}{% if amount %}，金额‗{{ amount }}‗元{% endif %}）。"
        "经审查，应由你单位处理，现予移送。",
        indent=True,
        align=BOTH,
        before=4,
    )
    page.paragraph("基本情况：{{ facts }}", indent=True, align=BOTH, before=4)
    page.paragraph("请你单位：{{ asked }}", indent=True, align=BOTH, before=4)
    page.control("{%p if reason %}")
    page.paragraph("移送理由：{{ reason }}", indent=True, align=BOTH, before=4)
    page.control("{%p endif %}")
    page.control("{%p if enclosed %}")
    page.paragraph("附件：{{ enclosed }}", indent=True, align=BOTH, before=4)
    page.control("{%p endif %}")
    page.paragraph(
        "请将处理结果函告我单位。联系民警：{{ officers }}　联系电话：{{ telephone }}",
        indent=True,
        align=BOTH,
        before=4,
    )
    _seal(page)
    page.paragraph("回　　执", align=CENTRE, size=16, line=28, font=SONG, bold=True, before=12, keep=True)
    page.paragraph("‗{{ station }}‗：", before=2, keep=True)
    page.paragraph("你单位{{ number }}移送函收悉。", indent=True, keep=True)
    page.table(
        (_LABEL, WIDTH_MM / 2 - _LABEL, _LABEL, WIDTH_MM / 2 - _LABEL),
        (("接收单位\n（印章）", "", "接收人", ""), ("接收时间", "", "联系电话", "")),
        centred=(0, 2),
        height_mm=12,
    )
    _foot(page, TRANSFER)


if __name__ == "__main__":
    draw()
