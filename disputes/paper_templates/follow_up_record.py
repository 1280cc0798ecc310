"""The record of a follow-up 回访记录, drawn anew: version 1."""

from pathlib import Path

from foundation.documents.drawing import CENTRE, SONG, WIDTH_MM, Drawn

PATH = Path(__file__).with_name("follow-up-record-1.docx")


def draw(path: Path = PATH) -> None:
    """Write the template."""
    page = Drawn()
    page.paragraph("{{ authority }}", align=CENTRE, size=16, line=28, font=SONG)
    page.paragraph("矛盾纠纷回访记录", align=CENTRE, size=22, line=40, font=SONG, bold=True)
    page.paragraph("", line=8)
    page.table(
        (34.0, WIDTH_MM / 2 - 34.0, 34.0, WIDTH_MM / 2 - 34.0),
        (
            ("回访日期", "{{ done_on }}", "回访方式", "{{ way }}"),
            ("回访人", "{{ officer }}", "计划日期", "{{ planned_on }}"),
            ("纠纷类型", "{{ kind }}", "纠纷编号", "{{ record }}"),
            ("化解日期", "{{ settled_on }}", "承办单位", "{{ station }}"),
        ),
        centred=(0, 2),
        height_mm=10,
        size=12,
        line=18,
    )
    page.table(
        (34.0, WIDTH_MM - 34.0),
        (
            ("涉及企业", "{{ enterprise }}"),
            ("纠纷事由", "{{ dispute }}"),
            ("被回访人", "{{ asked }}"),
            ("回访内容", "{{ question }}"),
            ("是否联系上", "{{ reached }}"),
            ("满意程度", "{{ satisfied }}"),
            ("是否复发", "{{ relapse }}"),
            ("回访情况", "{{ said }}"),
            ("处理结果", "{{ outcome }}"),
        ),
        centred=(0,),
        height_mm=12,
        size=12,
        line=20,
    )
    page.paragraph("", line=12)
    page.paragraph("回访人签名：‗{{ '　' * 12 }}‗　　　　被回访人签名：‗{{ '　' * 12 }}‗", line=30)
    page.paragraph("{{ made_on }}", align=2, line=26)
    page.footer("安企　{{ record }}-{{ number }}　模板第{{ template_version }}版")
    page.save(path)


if __name__ == "__main__":
    draw()
