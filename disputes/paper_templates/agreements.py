"""The papers about an agreement: its four forms and the joint request to the court (version 2, with all parties; version 3 of people's mediation under the name of its committee), the receipt of a payment."""

from pathlib import Path

from foundation.documents.drawing import BOTH, CENTRE, RIGHT, SONG, WIDTH_MM, Drawn

FOLDER = Path(__file__).parent
_LABEL = 28.0
_HALF = WIDTH_MM / 2 - _LABEL
_ANNEX = (12.0, 22.0, 40.0, 32.0, 34.0, WIDTH_MM - 140.0)
_ROWS = (16.0, 44.0, 46.0, WIDTH_MM - 106.0)
FORMS = {
    "mediation-agreement": "治安调解协议书",
    "mediation-on-the-spot": "现场治安调解协议书",
    "peoples-agreement": "人民调解协议书",
    "oral-agreement": "人民调解口头协议登记表",
}
_CLOSING = {
    "mediation-agreement": "本协议自双方签字之时起生效。本协议履行完毕的，对违反治安管理行为人不予处罚；不履行的，公安机关依法对违反治安管理行为人予以处罚，并告知当事人可以就民事争议依法向人民法院提起诉讼。",
    "mediation-on-the-spot": "本协议自双方签字之时起生效，并当场履行，对违反治安管理行为人不予处罚。",
    "peoples-agreement": "本协议自各方当事人签名、盖章或者按指印，人民调解员签名并加盖人民调解委员会印章之日起生效。自生效之日起三十日内，双方可以共同向人民法院申请司法确认。",
    "oral-agreement": "双方同意以口头方式达成协议，口头协议自达成之日起生效，由人民调解员如实记录。自生效之日起三十日内，双方可以共同向人民法院申请司法确认。",
}


_COMMITTEE = "{{ organisation or '人民调解委员会' }}"


def _head(page: Drawn, title: str, by: str = "{{ authority }}") -> None:
    page.paragraph(by, align=CENTRE, size=16, line=26, font=SONG)
    page.paragraph(title, align=CENTRE, size=22, line=36, font=SONG, bold=True)
    page.paragraph("{{ number }}", align=RIGHT, before=4)


def _instalments(page: Drawn) -> None:
    page.control("{%p if instalments %}")
    page.paragraph(
        "履行金额：{{ debtor }}向{{ creditor }}支付人民币‗{{ total_in_words }}‗（¥{{ total }}），分{{ instalments|length }}期履行：",
        indent=True,
        before=4,
        keep=True,
    )
    page.table(
        _ROWS,
        (
            ("期数", "履行期限", "金额（元）", "履行方式"),
            ("{%tr for each in instalments %}",),
            ("{{ each.n }}", "{{ each.due_on }}", "{{ each.amount }}", "{{ each.way }}"),
            ("{%tr endfor %}",),
        ),
        head=True,
        centred=(0, 1, 2, 3),
    )
    page.control("{%p endif %}")


def _parties(page: Drawn) -> None:
    page.paragraph("当事人基本情况", bold=True, font=SONG, before=6, keep=True)
    page.table(
        (_LABEL, 34.0, WIDTH_MM - _LABEL - 34.0),
        (
            ("当事人", "姓名或名称", "性别、年龄、证件号码、工作单位及职业、住址"),
            ("{%tr for each in parties %}",),
            ("{{ each.side }}", "{{ each.name }}", ""),
            ("{%tr endfor %}",),
        ),
        head=True,
        centred=(0, 1),
        height_mm=8,
    )


def _signatures(page: Drawn, height_mm: float) -> None:
    page.table(
        (_LABEL, 50.0, 38.0, WIDTH_MM - _LABEL - 88.0),
        (
            ("签名人", "签名（盖章、指印）", "时间", "姓名"),
            ("{%tr for each in signatures %}",),
            ("{{ each.side }}", "{{ each.picture }}", "{{ each.on }}", "{{ each.who }}"),
            ("{%tr endfor %}",),
        ),
        head=True,
        centred=(0, 1, 2, 3),
        height_mm=height_mm,
        line=0,
        keep=True,
    )


def _annex(page: Drawn) -> None:
    """All parties, if there are more than sign at the top: one representative signs for forty."""
    page.control("{%p if annex %}")
    page.paragraph("附：全体当事人名单（共{{ annex|length }}方）", bold=True, font=SONG, before=12, keep=True)
    page.table(
        _ANNEX,
        (
            ("序号", "当事人", "姓名或名称", "代理人、监护人", "证件号码", "签名"),
            ("{%tr for each in annex %}",),
            ("{{ each.n }}", "{{ each.side }}", "{{ each.name }}", "{{ each.by }}", "{{ each.code }}", ""),
            ("{%tr endfor %}",),
        ),
        head=True,
        centred=(0, 1, 2, 3),
        height_mm=9,
    )
    page.control("{%p endif %}")


def _foot(
    page: Drawn, path: Path, *, by: str = "{{ station }}", on: str = "{{ issued_on }}", annex: bool = False
) -> None:
    page.table(
        (WIDTH_MM / 2, WIDTH_MM / 2),
        (("", by), ("", on), ("", "（印章）")),
        centred=(1,),
        height_mm=6,
        size=12,
        line=17,
        lines=False,
    )
    if annex:
        _annex(page)
    page.footer("安企　纠纷{{ records }}　模板第{{ template_version }}版　SM3 {{ digest[:16] }}…")
    page.save(path)


def draw_agreement(code: str, folder: Path = FOLDER) -> None:
    """Write the template of one form of agreement. That of people's mediation is the committee's, with its seal."""
    page = Drawn()
    is_police = code.startswith("mediation")
    version, by, on = (
        (2, "{{ station }}", "{{ issued_on }}") if is_police else (3, _COMMITTEE, "{{ concluded_on }}")
    )
    _head(page, FORMS[code], "{{ authority }}" if is_police else by)
    page.table(
        (_LABEL, _HALF, _LABEL, _HALF),
        (
            ("调解类型", "{{ kind }}", "纠纷类型", "{{ dispute_kind }}"),
            (
                "主持人" if is_police else "人民调解员",
                "{{ presided_by }}",
                "单位",
                "{{ organisation or '—' }}",
            ),
            ("调解时间", "{{ concluded_on }}", "调解地点", "{{ place or '—' }}"),
            ("参加调解人员", "{{ mediators or '—' }}", "见证人", "{{ witnesses or '—' }}"),
        ),
        centred=(0, 2),
        height_mm=9,
        size=11,
        line=17,
    )
    _parties(page)
    page.paragraph(
        "主要事实（包括发生时间、地点、人员、起因、经过、情节、结果等）",
        bold=True,
        font=SONG,
        before=6,
        keep=True,
    )
    page.paragraph("{{ facts }}", indent=True, align=BOTH)
    page.paragraph("经调解，双方自愿达成如下协议：", bold=True, font=SONG, before=6, keep=True)
    page.paragraph("{{ terms }}", indent=True, align=BOTH)
    _instalments(page)
    page.paragraph(_CLOSING[code], indent=True, align=BOTH, before=4, keep=True)
    copies = "本协议书一式{{ copies }}份，当事人各执一份，"
    kept_by = "公安机关存档一份。" if is_police else "人民调解委员会留存一份。"
    page.paragraph(
        "本登记表由人民调解委员会存档。" if code == "oral-agreement" else copies + kept_by,
        indent=True,
        keep=True,
    )
    _signatures(page, 11 if is_police else 16)
    _foot(page, folder / f"{code}-{version}.docx", by=by, on=on, annex=True)


def draw_request(folder: Path = FOLDER) -> None:
    """Write the template of the joint request for judicial confirmation."""
    page = Drawn()
    page.paragraph("司法确认申请书", align=CENTRE, size=22, line=40, font=SONG, bold=True)
    page.paragraph("{{ number }}", align=RIGHT, before=4)
    _parties(page)
    page.paragraph("请求事项", bold=True, font=SONG, before=8, keep=True)
    page.paragraph(
        "请求人民法院依法确认申请人于‗{{ agreement_on }}‗达成的调解协议有效。", indent=True, align=BOTH
    )
    page.paragraph("事实和理由", bold=True, font=SONG, before=8, keep=True)
    page.paragraph("{{ facts }}", indent=True, align=BOTH)
    page.paragraph(
        "经{{ organisation or '人民调解委员会' }}主持调解（主持人：{{ presided_by }}），申请人自愿达成协议，协议自{{ effective_on }}起生效，内容如下：",
        indent=True,
        align=BOTH,
    )
    page.paragraph("{{ terms }}", indent=True, align=BOTH)
    _instalments(page)
    page.paragraph(
        "依照《中华人民共和国人民调解法》第三十三条、《中华人民共和国民事诉讼法》第二百零五条的规定，双方共同提出申请（申请期限至{{ confirm_by }}）。"
        "申请人出于解决纠纷的目的自愿达成协议，没有恶意串通、规避法律的行为；如因该协议内容给他人造成损害的，愿意承担相应的民事责任和其他法律责任。",
        indent=True,
        align=BOTH,
        before=4,
    )
    page.paragraph("此致", indent=True, before=4, keep=True)
    page.paragraph("{{ to_court or court }}", keep=True)
    page.table(
        (WIDTH_MM / 2, WIDTH_MM / 2),
        (("申请人（签名）：", "申请人（签名）："), ("　　　年　　月　　日", "　　　年　　月　　日")),
        height_mm=14,
        size=12,
        line=20,
        lines=False,
    )
    page.paragraph(
        "附：调解协议书、当事人身份证明、与调解协议相关的财产权利证明等材料。", size=9, line=14, before=4
    )
    _annex(page)
    page.footer("安企　纠纷{{ records }}　模板第{{ template_version }}版　SM3 {{ digest[:16] }}…")
    page.save(folder / "confirmation-request-2.docx")


def draw_receipt(folder: Path = FOLDER) -> None:
    """Write the template of the receipt of a payment."""
    page = Drawn()
    _head(page, "调解协议付款收据")
    page.table(
        (_LABEL, _HALF, _LABEL, _HALF),
        (
            ("付款方", "{{ debtor }}", "收款方", "{{ creditor }}"),
            ("付款日期", "{{ paid_on }}", "付款方式", "{{ way }}"),
            ("金额（小写）", "¥{{ amount }}", "所付期数", "{{ instalment or '抵付最早一期' }}"),
        ),
        centred=(0, 2),
        height_mm=11,
        size=11,
        line=18,
    )
    page.table(
        (_LABEL, WIDTH_MM - _LABEL),
        (
            ("金额（大写）", "人民币{{ amount_in_words }}"),
            ("依据", "{{ agreement_on }}达成的调解协议（涉及单位：{{ enterprise }}）"),
            ("履行情况", "本次付款后累计已付¥{{ paid }}，尚欠¥{{ open }}。"),
            ("备注", "{{ remark or '无' }}"),
        ),
        centred=(0,),
        height_mm=13,
        size=11,
        line=18,
    )
    page.table(
        (WIDTH_MM / 2, WIDTH_MM / 2),
        (("付款人（签名）：", "收款人（签名）："), ("登记人：{{ recorded_by }}", "")),
        height_mm=16,
        size=12,
        line=20,
        lines=False,
    )
    page.paragraph("本收据一式三份，付款方、收款方各执一份，一份附卷。", size=9, line=14, before=4)
    _foot(page, folder / "payment-receipt-1.docx")


if __name__ == "__main__":
    for each in FORMS:
        draw_agreement(each)
    draw_request()
    draw_receipt()
