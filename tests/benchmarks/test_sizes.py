"""Growth computed from the figures of several sizes."""

from benchmarks.sizes import growth


def test_growth_is_the_largest_against_the_smallest() -> None:
    found = {
        10: {"n": 10, "growth_1_us_each": 50.0, "page_officer_list_p50_ms": 100.0, "evaluation_seconds": 1.0},
        1000: {"n": 1000, "growth_1_us_each": 55.0, "page_officer_list_p50_ms": 120.0, "loop": 3},
        100: {"n": 100, "growth_1_us_each": 51.0},
    }
    figures = growth(found)
    assert figures["growth_1_us_each_growth"] == 1.1
    assert figures["page_officer_list_p50_ms_growth"] == 1.2
    assert figures["growth_1_us_each_100"] == 51.0
    assert "page_officer_list_p50_ms_100" not in figures  # not measured there
    assert not any(name.startswith(("loop", "evaluation")) for name in figures)
