"""Industries are proposed by code, name and everyday word."""

import pytest

from enterprises import industries


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("H6210", "H6210"),
        ("h62", "H62"),
        ("62", "H62"),
        ("6210", "H6210"),
        ("62 餐饮业", "H62"),
        ("H62-餐饮业", "H62"),
        ("餐饮业", "H62"),
        ("餐饮", "H62"),
        ("房地产业", "K70"),
        ("批发和零售业", "F"),
        ("道路运输", "G54"),
        ("火锅店", "H62"),
        ("物流企业", "G54"),
        ("加油站", "F52"),
        ("Hotel", "H61"),
        ("综合", ""),
        ("99", ""),
        ("Z62", ""),
        ("62001", ""),
        ("", ""),
        ("餐饮、物流", ""),
    ],
)
def test_what_an_industry_is_written_as(text: str, code: str) -> None:
    assert industries.proposed(text) == code


def test_the_table_is_whole() -> None:
    codes = industries.names()
    assert sum(len(code) == 1 for code in codes) == len(industries.SECTIONS)
    assert sum(len(code) == 5 for code in codes) == 1_381
    assert {code[:size] for code in codes for size in (1, 3, 4) if size < len(code)} <= codes.keys()
