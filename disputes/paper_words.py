"""Words of papers about disputes, which are Chinese in every language."""

from disputes.choices import DisputeKind, Side

DISPUTE_KINDS = {
    DisputeKind.WAGES: "欠薪",
    DisputeKind.LABOUR: "劳动关系",
    DisputeKind.CONTRACT: "合同",
    DisputeKind.INJURY: "人身损害",
    DisputeKind.LAND: "土地",
    DisputeKind.NEIGHBOURS: "邻里",
    DisputeKind.BETWEEN: "企业之间",
    DisputeKind.CONSUMER: "消费",
    DisputeKind.OTHER: "其他",
}
SIDES: dict[str, str] = {Side.APPLICANT: "申请方", Side.RESPONDENT: "被申请方", Side.THIRD: "第三方"}
