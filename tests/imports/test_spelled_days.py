"""Days as people write them are read, or refused with the reason and what was probably meant."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports import spelled_days
from imports.spelled_days import Spelled

DAY = dt.date(2019, 3, 5)
SHAPES = (
    """
2019-3-5|2019-03-05|2019/3/5|2019/03/05|2019.3.5|2019.03.05|2019.3.5.|20190305|2019年3月5日|2019年03月05日|2019年3月5号
２０１９年３月５日|２０１９．３．５|2019－3－5|2019—3—5|2019、3、5|2019。3。5|2019 年 3 月 5 日|2019\\3\\5|2019年3月5
2019/3/5 0:00|2019-03-05 00:00:00|2019-03-05T08:30:00|2019-03-05T08:30:00+08:00|2019-03-05 08:30:00.000|20190305083000
2019年3月5日 8时30分|2019年3月5日星期二|2019-3-5（周二）|2019/3/5 上午9:30|2019 3 5|二〇一九年三月五日|二○一九年三月五日
5 Mar 2019|5-Mar-2019|Mar 5, 2019|March 5th, 2019|5 March 2019|43529|43529.0|43529.354|20190305.0
""".replace("\n", "|")
    .strip("|")
    .split("|")
)


@pytest.mark.parametrize("text", SHAPES)
def test_a_day_in_each_shape(text: str) -> None:
    assert spelled_days.read(text) == Spelled(DAY)


@pytest.mark.parametrize(
    ("text", "fault", "proposal"),
    [
        ("19.3.5", "two_digit_year", "2019-03-05"),
        ("19年3月5日", "two_digit_year", "2019-03-05"),
        ("98/12/31", "two_digit_year", "1998-12-31"),
        ("190305", "two_digit_year", "2019-03-05"),
        ("5-Mar-19", "two_digit_year", "2019-03-05"),
        ("2022年7月", "month_only", "2022-07-01"),
        ("2022年7月份", "month_only", "2022-07-01"),
        ("2022.7", "month_only", "2022-07-01"),
        ("2022-07", "month_only", "2022-07-01"),
        ("202207", "month_only", "2022-07-01"),
        ("2022", "year_only", ""),
        ("2022年", "year_only", ""),
        ("3/5/2024", "day_or_month_first", "2024-03-05"),
        ("25/5/2024", "day_or_month_first", "2024-05-25"),
        ("05-06-2024", "day_or_month_first", "2024-05-06"),
        ("2019-02-30", "no_such_day", ""),
        ("31/31/2024", "no_such_day", ""),
        ("1949-10-01", "year_out_of_range", ""),
        ("30190305", "year_out_of_range", ""),
        ("约2019年3月5日", "not_a_date", "2019-03-05"),
        ("2019.3.5起", "not_a_date", "2019-03-05"),
        ("2019.3.5-2019.4.1", "not_a_date", ""),
        ("19999", "not_a_date", ""),
        ("60001", "not_a_date", ""),
        ("0", "not_a_date", ""),
        ("-1", "not_a_date", ""),
        ("2019-03-05T16:00:00Z", "not_a_date", "2019-03-05"),
        ("长期", "not_a_date", ""),
        ("13800000731", "not_a_date", ""),
    ],
)
def test_a_text_that_is_no_day(text: str, fault: str, proposal: str) -> None:
    meant = dt.date.fromisoformat(proposal) if proposal else None
    assert spelled_days.read(text) == Spelled(fault=fault, proposal=meant)


@given(
    st.dates(dt.date(1950, 1, 1), dt.date(2099, 12, 31)),
    st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y年%m月%d日", "%Y.%m.%d", "%d %b %Y"]),
)
def test_each_day_in_each_format(day: dt.date, form: str) -> None:
    assert spelled_days.read(day.strftime(form)) == Spelled(day)


@given(st.dates(dt.date(1954, 10, 3), dt.date(2064, 4, 8)))
def test_each_day_as_a_serial(day: dt.date) -> None:
    assert spelled_days.read(str((day - dt.date(1899, 12, 30)).days)) == Spelled(day)


@given(st.text(max_size=30))
def test_any_text_ends_in_a_day_or_a_fault(text: str) -> None:
    found = spelled_days.read(text)
    assert bool(found.day) != bool(found.fault)
