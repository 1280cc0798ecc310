"""Enterprises as an import target."""

import re

from django.db import models
from django.utils.translation import gettext_lazy as _

from enterprises import industries
from enterprises.access import Permission
from enterprises.limits import PROVINCES
from enterprises.models import Enterprise, Liaison
from enterprises.operations.register import EDITABLE
from enterprises.sheet_acts import Posts
from foundation.contributions.sheets import Stage, Target, register
from foundation.identifiers import compact
from foundation.shapes import looks_like_person, looks_like_phone

_CREDIT_CODE = re.compile(r"[0-9ANY][0-9A-Z]\d{6}[0-9A-Z]{10}")  # its check character may be mistyped
_ID_CARD = re.compile(r"\d{6}(?:19|20)\d{9}[\dX]")
_FIRM = re.compile(
    r"(?:公司|集团|厂|店|场|院|所|站|中心|学校|银行|支行|酒店|宾馆|超市|药房|网吧|合作社|商行|经营部|工作室|分公司)(?:\([^()]*\))?\Z"
    r"|\b(?:Ltd|Inc|LLC|Co|Corp|GmbH|PLC)\.?\Z"
)


def _looks_like_credit_code(text: str) -> bool:
    code = compact(text)
    return bool(_CREDIT_CODE.fullmatch(code)) and not _ID_CARD.fullmatch(code)


def _looks_like_division(text: str) -> bool:
    code = compact(text)
    return len(code) == 6 and code.isdecimal() and code[:2] in PROVINCES and code[2:4] != "00"


def _looks_like_firm(text: str) -> bool:
    return bool(_FIRM.search(text.replace("（", "(").replace("）", ")").strip()))


register(
    Target(
        "enterprise",
        Enterprise,
        only=EDITABLE,
        key="external_id",
        stage=Stage.REGISTER,
        listed={"name": _("Enterprise"), "headcount": _("Headcount"), "station": _("Station")},
        proposes={"industry_code": industries.proposed},
        looks={
            "name": _looks_like_firm,
            "credit_code": _looks_like_credit_code,
            "division_code": _looks_like_division,
            "industry_code": lambda text: industries.is_industry(compact(text)),
            "phone": looks_like_phone,
            "legal_representative": looks_like_person,
            "responsible_person": looks_like_person,
            "security_chief": looks_like_person,
        },
        synonyms={
            "key": (
                "编号",
                "单位编号",
                "企业编号",
                "档案编号",
                "档案号",
                "enterprise id",
                "enterprise no",
                "id",
            ),
            "station": (
                *("派出所", "所属派出所", "管辖派出所", "辖区派出所", "管辖单位", "所属所队"),
                *("station", "police station", "station code"),
            ),
            "name": (
                *(
                    "单位名称",
                    "企业名称",
                    "公司名称",
                    "商户名称",
                    "店铺名称",
                    "场所名称",
                    "单位全称",
                    "企业全称",
                ),
                *("company", "company name", "enterprise name", "business name", "firm", "trade name"),
            ),
            "credit_code": (
                *(
                    "信用代码",
                    "社会信用代码",
                    "统一信用代码",
                    "统一代码",
                    "统一社会信用代码证号",
                    "组织机构代码/统一社会信用代码",
                ),
                *("credit code", "uscc", "social credit code", "unified social credit identifier"),
            ),
            "site": ("分店", "门店", "分支机构", "经营场所名称", "branch"),
            "address": (
                *(
                    "单位地址",
                    "企业地址",
                    "经营地址",
                    "详细地址",
                    "经营场所",
                    "住所",
                    "所在地址",
                    "实际经营地址",
                ),
                *("business address", "street address"),
            ),
            "division_code": (
                *("行政区划代码", "区划代码", "行政区划码", "区域代码"),
                *("division code", "area code (gb/t 2260)", "region code"),
            ),
            "street": (
                *("街道", "乡镇", "所属街道", "所属乡镇", "街道乡镇", "镇街", "街镇", "街道办"),
                *("township", "subdistrict", "street office"),
            ),
            "industry_code": (
                *("行业代码", "行业类别", "行业分类", "所属行业", "行业类型", "国民经济行业"),
                *("industry code", "sector", "line of business"),
            ),
            "category": (
                "单位类别",
                "企业类别",
                "单位分类",
                "单位类型",
                "category of enterprise",
                "enterprise category",
            ),
            "legal_representative": (
                *("法人", "法人代表", "法定代表", "法人姓名", "法定代表人(负责人)", "法代"),
                *("legal person", "legal rep", "legal representative name"),
            ),
            "responsible_person": (
                *("主要负责人", "单位负责人", "企业负责人", "经营者", "负责人姓名", "实际经营人"),
                *("person in charge", "manager", "contact person", "owner"),
            ),
            "security_chief": (
                *("保卫科长", "安保负责人", "治安负责人", "保卫干部", "安全保卫负责人", "内保负责人"),
                *("head of security", "security manager", "chief of security"),
            ),
            "phone": (
                *(
                    "联系电话",
                    "联系方式",
                    "电话号码",
                    "手机",
                    "手机号",
                    "手机号码",
                    "座机",
                    "固定电话",
                    "单位电话",
                    "办公电话",
                ),
                *(
                    "telephone",
                    "tel",
                    "mobile",
                    "phone number",
                    "telephone number",
                    "contact number",
                    "landline",
                ),
            ),
            "headcount": (
                *(
                    "从业人员",
                    "从业人员数",
                    "从业人员合计",
                    "员工人数",
                    "员工数",
                    "职工人数",
                    "职工总数",
                    "人员数量",
                    "在职人数",
                ),
                *("employees", "number of employees", "staff", "staff count"),
            ),
            "key_unit_class": (
                *("重点单位类别", "重点单位类型", "内保重点单位类别", "治安重点单位类别"),
                *("key unit class", "class of key unit"),
            ),
            "protection_level": ("防范等级", "防护级别", "防范级别", "保卫等级", "level of protection"),
            "dangerous_goods": (
                *("涉危", "是否涉危", "是否存放危险物品", "是否有危险物品", "危险物品", "涉危单位"),
                *("dangerous goods", "hazardous goods", "hazardous materials"),
            ),
            "registered_on": (
                *("登记日期", "纳管日期", "列管日期", "建档日期", "纳入管理日期", "登记时间", "建档时间"),
                *("registered on", "registration date", "date of registration"),
            ),
        },
    )
)
register(
    Target(
        "liaison",
        Liaison,
        only=("kind",),
        extra={
            "officer": models.CharField(_("officer"), max_length=120),
            "from_on": models.DateField(
                _("from"), null=True, blank=True, help_text=_("Today if it is empty.")
            ),
        },
        key="",
        alike=("officer",),
        acts=Posts,
        permission=Permission.DESIGNATE_LIAISON_OFFICERS,
        stage=Stage.LIAISON,
        looks={"officer": looks_like_person},
        synonyms={
            "enterprise.name": ("联系单位", "挂钩单位", "联系企业", "服务企业"),
            "officer": (
                *("联络员", "联络民警", "责任民警", "管段民警", "包保民警", "挂钩民警", "民警", "民警姓名"),
                *("liaison officer", "police officer", "officer in charge"),
            ),
            "kind": ("联络员类别", "岗位", "post", "main or deputy"),
            "from_on": (
                *("任职日期", "起始日期", "开始日期", "指定日期", "起始时间"),
                *("designated on", "since", "from date"),
            ),
        },
    )
)
