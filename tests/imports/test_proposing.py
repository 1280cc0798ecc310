"""What columns mean is proposed by name and content; only exact names and confirmed layouts are settled."""

import pytest

from foundation.contributions.sheets import Target, targets
from imports import cells
from imports.naming import names_of
from imports.proposing import CONFIRMED, CONTENT, NEAR_NAME, SAME_NAME, Column, propose
from tests.imports.registers import COLUMNS, REGISTERS, columns_of

RIGHT = 153  # of the 154 columns; the one left has ticks for the class of a key unit


def one(kind: str, name: str, *values: str) -> Column:
    (found,) = propose(targets[kind], [name], [[each] for each in values])
    return found


def register(title: str) -> tuple[list[Column], list[tuple[str, ...]]]:
    kind, text = REGISTERS[title]
    columns = columns_of(text)
    depth = max(len(values) for _name, _fields, values in columns)
    rows = [
        [values[place] if place < len(values) else "" for _name, _fields, values in columns]
        for place in range(depth)
    ]
    return propose(targets[kind], [name for name, _fields, _values in columns], rows), [
        fields for _name, fields, _values in columns
    ]


def test_the_columns_of_twenty_registers() -> None:
    right = 0
    for title in REGISTERS:
        found, meant = register(title)
        right += sum(column.becomes == fields for column, fields in zip(found, meant, strict=True))
    assert right >= RIGHT


@pytest.mark.parametrize(
    ("kind", "missed"), [("enterprise", set()), ("hazard", {"是否重大隐患"}), ("inspection", set())]
)
def test_single_columns(kind: str, missed: set[str]) -> None:
    columns = [(one(kind, name, *values), fields) for name, fields, values in columns_of(COLUMNS[kind])]
    assert {column.name for column, fields in columns if column.becomes != fields} == missed
    assert all(column.becomes in (fields, ()) for column, fields in columns)


@pytest.mark.parametrize("title", REGISTERS)
def test_nothing_wrong_passes_without_a_question(title: str) -> None:
    found, meant = register(title)
    wrong = [
        column.name
        for column, fields in zip(found, meant, strict=True)
        if column.settled and column.becomes not in (fields, ())
    ]
    assert wrong == []
    taken = [name for column in found if column.how not in ("either", "join") for name in column.becomes]
    assert len(taken) == len(set(taken))


@pytest.mark.parametrize(
    "name", ["单位名称", "单 位 名 称", "企业名称", "ＣＯＭＰＡＮＹ　ＮＡＭＥ", "company name", "单位｜名称"]
)
def test_an_exact_name_is_settled(name: str) -> None:
    found = one("enterprise", name, "清河酒店", "望江宾馆")
    assert (found.becomes, found.settled, found.why) == (("name",), True, SAME_NAME)


@pytest.mark.parametrize("name", ["单位名称（盖章）", "企业名称*", "Compny name"])
def test_a_near_name_is_asked(name: str) -> None:
    found = one("enterprise", name, "清河酒店", "望江宾馆")
    assert (found.becomes, found.settled, found.why) == (("name",), False, NEAR_NAME)


@pytest.mark.parametrize(
    "name",
    [
        "离职日期",
        "入职日期",
        "成立日期",
        "撤管时间",
        "注销日期",
        "下次检查日期",
        "核准日期",
        "Deregistered on",
    ],
)
def test_another_day_is_not_the_day_of_registration(name: str) -> None:
    found = one("enterprise", name, "2023-05-01", "2024-06-30", "2022-01-15")
    assert found.becomes == ()
    assert "registered_on" in found.alternatives


@pytest.mark.parametrize(
    "name",
    [
        "登记机关",
        "法定代表人身份证号",
        "女职工人数",
        "经营范围",
        "邮政编码",
        "网格员电话",
        "曾用名称",
        "复查日期",
    ],
)
def test_a_name_that_only_looks_alike(name: str) -> None:
    assert one("enterprise", name).becomes == ()


DAYS, PEOPLE, TRUTHS = ("2025.2.3", "20250204", "2025年2月5日"), ("王刚", "李强", "张丽"), ("是", "否", "是")
RESULTS = ("合格", "限期整改", "不合格")
# what station files also have, and nothing here means
STRANGE: dict[str, dict[str, tuple[str, ...]]] = {
    "enterprise": {
        **dict.fromkeys(("开业日期", "更新时间"), DAYS),
        **dict.fromkeys(("实际控制人", "安全总监", "消防负责人"), PEOPLE),
        **dict.fromkeys(("是否重点", "消防安全重点单位"), TRUTHS),
        **dict.fromkeys(("保卫人员数", "监控数量"), ("12", "40", "7")),
        "经济性质": ("国有", "民营", "外资"),
    },
    "inspection": {
        **dict.fromkeys(("录入时间", "整改期限"), DAYS),
        **dict.fromkeys(("带队领导", "录入人", "单位签字人"), PEOPLE),
        **dict.fromkeys(("复查结果", "处理结果"), RESULTS),
    },
    "hazard": {
        **dict.fromkeys(("复查时间", "录入日期"), DAYS),
        **dict.fromkeys(("复查人", "整改责任人"), PEOPLE),
        **dict.fromkeys(("是否整改", "挂牌督办"), TRUTHS),
        "整改期限(天)": ("3", "7", "15"),
    },
    "dispute": {**dict.fromkeys(("当事人", "调解员", "登记人"), PEOPLE), "是否化解": TRUTHS},
    "incident": {"报警人": PEOPLE, "立案日期": DAYS, "是否立案": TRUTHS},
    "activity": {"主讲人": PEOPLE, "应到人数": ("12", "40", "7")},
    "liaison": {**dict.fromkeys(("原责任民警", "辅助民警", "单位负责人"), PEOPLE), "到期日期": DAYS},
    "person": {"入警时间": DAYS, "所属中队": ("一中队", "二中队", "三中队")},
}


@pytest.mark.parametrize("kind", STRANGE)
def test_names_that_mean_nothing_here(kind: str) -> None:
    found = [one(kind, name, *values) for name, values in STRANGE[kind].items()]
    assert [column.name for column in found if column.becomes] == []


def test_the_lower_of_two_names_is_that_of_the_list() -> None:
    header = ["检查情况｜检查结果", "检查情况｜备注"]
    found = propose(targets["inspection"], header, [["合格", "通畅"], ["限期整改", ""], ["不合格", ""]])
    assert [(each.becomes, each.how) for each in found] == [(("conclusion",), "plain"), (("note",), "plain")]


def test_a_text_of_a_list_is_no_text_without_a_question() -> None:
    found = one("inspection", "检查情况", *RESULTS)
    assert (found.becomes, found.settled) == (("conclusion",), False)


def test_an_exact_name_with_other_content_is_asked() -> None:
    found = one("enterprise", "登记日期", "市场监管局", "市场监管局", "民政局")
    assert (found.becomes, found.settled) == (("registered_on",), False)


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("enterprise", ("91510502MA6200001X", "91510502MA6200002R"), "credit_code"),
        ("enterprise", ("13800000731", "0830-1234567"), "phone"),
        ("enterprise", ("H6110", "F52"), "industry_code"),
        ("enterprise", ("510502", "510503"), "division_code"),
        ("enterprise", ("清河酒店", "东港冷链有限公司"), "name"),
        ("inspection", ("2025-02-03", "20250204"), "inspected_on"),
        ("inspection", ("91510502MA6200001X", "91510502MA6200002R"), "enterprise.code"),
    ],
)
def test_content_speaks_where_no_name_does(kind: str, values: tuple[str, ...], field: str) -> None:
    found = one(kind, "列3", *values)
    assert (found.becomes, found.settled, found.why) == ((field,), False, CONTENT)


@pytest.mark.parametrize(
    "values",
    [
        ("张建国", "李桂芳"),
        ("12", "400"),
        ("2019-03-05", "2020-04-18"),
        ("510502198001010019", "510502197502020028"),
    ],
)
def test_content_that_may_be_anything_proposes_nothing(values: tuple[str, ...]) -> None:
    found = one("enterprise", "列3", *values)
    assert found.becomes == ()


def test_people_are_offered_for_people() -> None:
    assert one("enterprise", "列3", "张建国", "李桂芳").alternatives == [
        "legal_representative",
        "responsible_person",
        "security_chief",
    ]


def test_a_running_number_is_no_key() -> None:
    assert one("enterprise", "序号", "1", "2", "3").becomes == ()
    assert one("enterprise", "编号", "1", "2", "3").becomes == ()
    assert one("enterprise", "编号", "A1", "A2", "A2").becomes == ()
    found = one("enterprise", "编号", "A1", "A2", "A3")
    assert (found.becomes, found.settled) == (("key",), True)


def test_name_and_phone_are_split() -> None:
    found = one(
        "enterprise",
        "法人及电话",
        "张建国 13800000731",
        "李桂芳/13900000205",
        "王海 0830-0000298",
        "陈敏",
        "赵志强13500000937",
    )
    assert (found.becomes, found.how, found.settled) == (("legal_representative", "phone"), "split", False)
    assert [each.read for each in found.examples] == [
        ("张建国", "13800000731"),
        ("李桂芳", "13900000205"),
        ("王海", "0830-0000298"),
        ("陈敏", ""),
        ("赵志强", "13500000937"),
    ]


def test_either_telephone_number() -> None:
    found = propose(
        targets["enterprise"],
        ["手机", "座机", "电话 (2)"],
        [["13800000001", "", ""], ["", "0830-1234567", ""]],
    )
    assert [(each.becomes, each.how, each.settled) for each in found[:2]] == [
        (("phone",), "either", False)
    ] * 2


def test_parts_of_an_address_are_joined() -> None:
    found = propose(
        targets["enterprise"], ["地址｜街道", "地址｜门牌"], [["站前街", "27号"], ["北岸路", "5号"]]
    )
    assert [(each.becomes, each.how, each.settled) for each in found] == [(("address",), "join", False)] * 2


def test_a_list_of_industries() -> None:
    found = one("enterprise", "行业", "餐饮", "危化", "物流", "药店", "综合", "H6110", "6110", "62 餐饮业")
    assert (found.becomes, found.how, found.settled) == (("industry_code",), "map", False)
    assert found.mapping == {
        "餐饮": "H62",
        "危化": "C26",
        "物流": "G54",
        "药店": "F52",
        "综合": "",
        "6110": "H6110",
        "62 餐饮业": "H62",
    }


@pytest.mark.parametrize(
    ("kind", "name", "values", "mapping"),
    [
        ("inspection", "检查结果", ("合格", "限期整改", "Not qualified"), {}),
        (
            "inspection",
            "检查结果",
            ("合格", "基本合格", "不合格", "需限期整改"),
            {"基本合格": "qualified", "需限期整改": "rectify"},
        ),
        ("hazard", "隐患等级", ("一般隐患", "重大隐患"), {"一般隐患": "ordinary", "重大隐患": "major"}),
        ("enterprise", "是否涉危", ("√", "×", "有", "无", "Y", "否"), {}),
        (
            "enterprise",
            "涉危",
            ("涉危", "不涉危", "非涉危", "待查"),
            {"涉危": "yes", "不涉危": "no", "非涉危": "no", "待查": ""},
        ),
    ],
)
def test_a_list_of_choices(kind: str, name: str, values: tuple[str, ...], mapping: dict[str, str]) -> None:
    found = one(kind, name, *values)
    assert found.mapping == mapping
    assert found.settled is not bool(mapping)


def test_the_examples_are_written_most_differently() -> None:
    days = ["2019.3.5", "2019.3.6", "2019.3.7", "20200418", "44197", "2022年7月", "2023/11/2 0:00", ""] * 3
    found = one("enterprise", "登记日期", *days)
    assert [(each.raw, each.read, each.fault and each.fault.code) for each in found.examples] == [
        ("2019.3.5", ("2019-03-05",), None),
        ("20200418", ("2020-04-18",), None),
        ("44197", ("2021-01-01",), None),
        ("2022年7月", (), "month_only"),
        ("", ("",), None),
    ]
    fault = found.examples[3].fault
    assert fault is not None
    assert fault.values["proposal"] == "2022-07-01"


def test_what_cannot_be_read_stands_at_its_value() -> None:
    found = one("enterprise", "信用代码", "9.15105E+17", "９１５１０５０２MA6200001Ｘ", "915105")
    faults = {each.raw: each.fault.code for each in found.examples if each.fault}
    assert faults["9.15105E+17"] == "digits_lost"
    assert faults["915105"] == "invalid"
    headcount = one("enterprise", "从业人数", "１２０", "412", "88人", "1,200", "二十余")
    assert [(each.read, bool(each.fault)) for each in headcount.examples] == [
        (("120",), False),
        (("412",), False),
        (("88",), False),
        (("1200",), False),
        ((), True),
    ]


def test_a_confirmed_layout_passes() -> None:
    header = ["登记时刻", "行业", "微信号"]
    was = {
        "登记时刻": Column(0, "登记时刻", ("registered_on",), settled=True),
        "行业": Column(1, "行业", ("industry_code",), "map", {"综合": "F52", "餐饮": "H62"}, settled=True),
        "微信号": Column(2, "微信号", settled=True),
    }
    found = propose(targets["enterprise"], header, [["2019.3.5", "综合", "x"]], was)
    assert [(each.becomes, each.settled, each.why) for each in found] == [
        (("registered_on",), True, CONFIRMED),
        (("industry_code",), True, CONFIRMED),
        ((), True, CONFIRMED),
    ]
    assert found[1].examples[0].read == ("F52",)
    new = propose(targets["enterprise"], header, [["2019.3.5", "物流", "x"]], was)[1]
    assert (new.settled, new.mapping) == (False, {"综合": "F52", "餐饮": "H62", "物流": "G54"})


@pytest.mark.parametrize("target", list(targets), ids=[each.code for each in targets])
def test_no_name_means_two_fields(target: Target) -> None:
    taken: dict[str, str] = {}
    for field, names in names_of(target).items():
        for name in names:
            assert taken.setdefault(name.folded, field) == field, name.text


@pytest.mark.parametrize("target", list(targets), ids=[each.code for each in targets])
def test_what_is_declared_exists(target: Target) -> None:
    known = names_of(target).keys()
    assert target.synonyms.keys() <= known
    assert target.looks.keys() | target.proposes.keys() <= target.fields.keys()


@pytest.mark.parametrize(
    ("text", "name", "phone"),
    [
        ("张三 13800000000", "张三", "13800000000"),
        ("张三（13800000000）", "张三", "13800000000"),
        ("13800000000张三", "张三", "13800000000"),
        ("张三，电话：138 0000 0000", "张三", "138 0000 0000"),
        ("张三 13800000000/0830-1234567", "张三", "13800000000/0830-1234567"),
        ("Li Na, tel. +86 13800000000", "Li Na", "+86 13800000000"),
        ("０８３０－１２３４５６７ 张三", "张三", "0830-1234567"),
        ("张三", "张三", ""),
        ("13800000000", "", "13800000000"),
    ],
)
def test_a_cell_with_name_and_phone(text: str, name: str, phone: str) -> None:
    assert cells.name_and_phone(text) == (name, phone)


@pytest.mark.parametrize("text", ["张三138", "510502198001010019", "张三 13800000000 李四 13900000000"])
def test_a_cell_that_cannot_be_split(text: str) -> None:
    assert cells.name_and_phone(text) is None
