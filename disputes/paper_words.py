"""Words of papers about disputes, which are Chinese in every language."""

from disputes.choices import Side

SIDES: dict[str, str] = {Side.APPLICANT: "申请方", Side.RESPONDENT: "被申请方", Side.THIRD: "第三方"}
