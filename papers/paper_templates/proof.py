"""The proof of service 送达回证, drawn anew: version 1."""

from pathlib import Path

from foundation.documents.drawing import CENTRE, RIGHT, SONG, WIDTH_MM, Drawn

PATH = Path(__file__).with_name("proof-of-service-1.docx")


def draw(path: Path = PATH) -> None:
    """Write the template."""
    page = Drawn()
    page.paragraph("{{ authority }}", align=CENTRE, size=16, line=26, font=SONG)
    page.paragraph("送达回证", align=CENTRE, size=22, line=36, font=SONG, bold=True)
    page.paragraph("{{ station }}", align=RIGHT, before=4)
    page.table(
        (38.0, WIDTH_MM - 38.0),
        (
            ("送达文书名称", "{{ title }}"),
            ("文书字号", "{{ number }}"),
            ("签发日期", "{{ issued_on }}"),
            ("受送达单位", "{{ enterprise }}"),
            ("送达地点", "　"),
        ),
        centred=(0,),
        height_mm=11,
        size=12,
        line=20,
    )
    page.paragraph("送达情况", bold=True, font=SONG, before=8, keep=True)
    page.table(
        (27.0, 20.0, 22.0, 24.0, 20.0, WIDTH_MM - 113.0),
        (
            ("送达时间", "送达方式", "收件人", "送达人", "见证人", "拒收事由及备注"),
            ("{%tr for each in services %}",),
            (
                "{{ each.on }}",
                "{{ each.way }}",
                "{{ each.received_by }}",
                "{{ each.servers }}",
                "{{ each.witness }}",
                "{{ each.note }}",
            ),
            ("{%tr endfor %}",),
        ),
        head=True,
        height_mm=16,
    )
    page.paragraph("", before=4)
    page.table(
        (38.0, WIDTH_MM - 38.0),
        (
            ("受送达人\n签名或盖章", "　\n　　　　　　　　　　　　　　　　年　月　日　时　分"),
            ("代收人签名\n及代收理由", "　\n　　　　　　　　　　　　　　　　年　月　日　时　分"),
            ("见证人签名", "　\n　　　　　　　　　　　　　　　　年　月　日　时　分"),
            ("送达人签名", "　\n　　　　　　　　　　　　　　　　年　月　日　时　分"),
        ),
        centred=(0,),
        height_mm=18,
        size=12,
        line=20,
    )
    page.paragraph(
        "受送达人拒绝接收或者拒绝签名的，送达人应当邀请见证人到场，说明情况，记明拒收事由和日期，由送达人、见证人签名，将文书留置。"
        "邮寄送达的，将邮件回执附后。",
        size=9,
        line=14,
        before=4,
    )
    page.footer("安企　{{ number }}　SM3 {{ digest[:16] }}…　模板第{{ template_version }}版")
    page.save(path)


if __name__ == "__main__":
    draw()
