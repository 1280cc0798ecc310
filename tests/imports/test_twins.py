"""Near twins: like names at like addresses, found without comparing everything with everything."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import twins
from imports.choices import RowState
from imports.twins import Known, Twins, is_like_address, is_like_name, plain_name
from tests.accounts.conftest import House, house, quick_passwords
from tests.factories import EnterpriseFactory
from tests.imports.sheets import Person

__all__ = ["house", "quick_passwords"]


@pytest.mark.parametrize(
    ("one", "other", "is_like"),
    [
        ("清河机械有限公司", "清河机械有限责任公司", True),
        ("清河（机械）厂", "清河(机械)厂", True),
        ("ＡＢＣ 商店", "abc商店", True),
        ("老灶火锅店", "老灶火锅", True),
        ("老灶火锅店", "老社火锅店", True),
        ("老灶火锅店", "老灶锅火店", True),
        ("老灶火锅店", "新社火锅店", False),
        ("便民超市3号店", "便民超市5号店", False),
        ("茶馆", "茶楼", False),
        ("Lotus Co., Ltd.", "Lotus Company Limited", True),
    ],
)
def test_names_that_are_like(one: str, other: str, is_like: bool) -> None:
    assert is_like_name(plain_name(one), plain_name(other)) is is_like


@pytest.mark.parametrize(
    ("one", "other", "is_like"),
    [
        ("学院路1号", "海淀区学院路1号", True),
        ("学院路1号", "学院路１号", True),
        ("学院路1号3室", "学院路1号 3", True),
        ("学院路1号", "学院路2号", False),
        ("学院路1号", "站前街1号", False),
        ("学院路1号", "", False),
    ],
)
def test_addresses_that_are_like(one: str, other: str, is_like: bool) -> None:
    assert is_like_address(one, other) is is_like


@given(st.text("甲乙丙丁戊", min_size=3, max_size=9), st.data())
def test_every_name_with_one_letter_between_is_found(name: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("甲乙丙丁戊"))
    rest = name[place + 1 :]
    swapped = name[:place] + rest[:1] + name[place] + rest[1:]
    for other in (
        name[:place] + letter + rest,
        name[:place] + rest,
        name[:place] + letter + name[place:],
        swapped,
    ):
        if twins.one_apart(name, other):
            (found,) = Twins([Known(1, 0, name, "南街9号", "")]).find(other, "南街9号")
            assert found.known.pk == 1


def test_few_are_compared_in_a_large_register(monkeypatch: pytest.MonkeyPatch) -> None:
    random_ = random.Random(7)
    letters = "东南西北中山河湖海天地人和平安康福禄寿喜"
    names = ["清河市" + "".join(random_.choices(letters, k=4)) + "有限公司" for _each in range(5_000)]
    register = Twins(Known(pk, 0, name, f"南街{pk % 400}号", "") for pk, name in enumerate(names, start=1))
    compared = 0

    def counted(*pair: str) -> bool:
        nonlocal compared
        compared += 1
        return is_like_name(*pair)

    monkeypatch.setattr(twins, "is_like_name", counted)
    for pk, (name, _next) in enumerate(pairwise(names[:500]), start=1):
        assert register.find(name + "店", f"南街{pk % 400}号")[0].known.name == name
    assert compared < 500 * 40


LIST = "单位名称,地址,统一社会信用代码\n{name},{address},{code}\n"


@pytest.mark.parametrize(
    ("name", "address", "code", "state"),
    [
        ("清河机械有限责任公司", "学院路1号", "", RowState.DOUBTFUL),
        ("清河机诫有限公司", "海淀区学院路1号", "", RowState.DOUBTFUL),
        ("清河机械有限公司", "站前街8号", "", RowState.DOUBTFUL),  # by its name alone, as ever
        ("清河机诫有限公司", "站前街8号", "", RowState.NEW),
        (
            "清河机械有限责任公司",
            "学院路1号",
            "91110108551385082Q",
            RowState.DOUBTFUL,
        ),  # its code may be known now
        ("清河机械有限公司", "站前街8号", "91110108551385082Q", RowState.NEW),
    ],
)
def test_a_row_that_may_be_here(house: House, name: str, address: str, code: str, state: str) -> None:
    firm = EnterpriseFactory(station=house.city.first, name="清河机械有限公司", address="学院路1号")
    chief = Person(house, "chief")
    sheet = chief.confirm(chief.upload(LIST.format(name=name, address=address, code=code)))
    (row,) = chief.rows(sheet).values()
    assert (row.state, row.twin_id) == (state, firm.pk if state == RowState.DOUBTFUL else 0)
    if state == RowState.DOUBTFUL:
        page = chief.page(sheet, "?tab=doubtful").content.decode()
        assert "学院路1号" in page
        sheet = chief.press("choose", sheet, row=row.number, choice="is_same")
        (row,) = chief.rows(sheet).values()
        assert (row.state, row.twin_id) == (RowState.CHANGED, firm.pk) if name != firm.name else row.state


def test_two_codes_are_two_firms(house: House) -> None:
    EnterpriseFactory(
        station=house.city.first, name="清河机械厂", address="学院路1号", credit_code="91110108551385082Q"
    )
    chief = Person(house, "chief")
    sheet = chief.confirm(
        chief.upload(LIST.format(name="清河机械厂", address="学院路1号", code="91110000802100433B"))
    )
    assert [row.state for row in chief.rows(sheet).values()] == [RowState.NEW]


def test_like_rows_of_one_file(house: House) -> None:
    text = "单位名称,地址\n老灶火锅店,站前街31号\n老社火锅店,站前街31号\n老灶火锅店,南街5号\n"
    chief = Person(house, "chief")
    sheet = chief.confirm(chief.upload(text))
    states = {number: row.state for number, row in chief.rows(sheet).items()}
    assert states == {2: RowState.NEW, 3: RowState.DOUBTFUL, 4: RowState.NEW}


def test_a_sheet_of_namesakes_is_compared_with_few(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    monkeypatch.setattr(twins, "is_like_address", lambda one, other: bool(compared.append(one)))
    found = twins.Twins(twins.Known(n, 0, "清河机械厂", f"学院路{n}号", "") for n in range(500))
    found.find("清河机械厂", "学院路7号")
    assert 0 < len(compared) <= 2 * twins.MOST_COMPARED
