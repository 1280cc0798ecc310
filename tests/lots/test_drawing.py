"""The lot itself: the same draw again, whatever the order of the pool, and everybody with the same chance."""

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.lots.drawing import as_bytes, assign, digest_of, draw

IDS = st.lists(st.integers(1, 2**63 - 1), unique=True, max_size=40)
SEEDS = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(IDS, SEEDS, st.data())
def test_the_same_seed_draws_the_same_of_the_same_pool(
    pool: list[int], seed: str, data: st.DataObject
) -> None:
    take = data.draw(st.integers(0, len(pool)))
    drawn = draw(seed, pool, take)
    assert drawn == draw(seed, data.draw(st.permutations(pool)), take)
    assert len(set(drawn)) == take
    assert set(drawn) <= set(pool)
    assert drawn == draw(seed, pool, len(pool))[:take]  # who takes more takes these too

    def ticket(text: object) -> str:  # as the documentation says it, without this program
        return sha256(f"{seed}:{text}".encode()).hexdigest()

    assert drawn == sorted(pool, key=ticket)[:take]


@pytest.mark.parametrize(
    "pool", [list(range(1, 11)), [10**each for each in range(10)], [2**62 + each for each in range(10)]]
)
def test_each_is_drawn_as_often_whatever_its_number_looks_like(pool: list[int]) -> None:
    number = 4_000
    found = Counter(each for seed in range(number) for each in draw(f"{seed:064x}", pool, 3))
    expected = number * 3 / len(pool)
    assert all(abs(found[each] - expected) < 0.12 * expected for each in pool), found
    first = Counter(draw(f"{seed:064x}", pool, 1)[0] for seed in range(number))
    assert all(abs(first[each] - number / 10) < 0.25 * number / 10 for each in pool), first


@pytest.mark.parametrize(
    ("seed", "pool", "take"), [("", [1], 1), ("a", [1, 1], 1), ("a", [1], 2), ("a", [1], -1)]
)
def test_what_is_no_draw_is_refused(seed: str, pool: list[int], take: int) -> None:
    with pytest.raises(ValueError, match=r"seed|twice|cannot draw"):
        draw(seed, pool, take)


@given(
    st.lists(st.integers(1, 10**6), unique=True, max_size=20),
    st.lists(st.integers(1, 10**6), unique=True, min_size=2, max_size=8),
    SEEDS,
    st.randoms(use_true_random=False),
)
def test_people_are_drawn_in_turn(drawn: list[int], people: list[int], seed: str, shuffle: object) -> None:
    found = assign(seed, drawn, people, 2)
    assert list(found) == drawn
    assert all(len(set(each)) == 2 for each in found.values())
    loads = Counter(person for each in found.values() for person in each)
    assert max(loads.values(), default=0) - min((loads[each] for each in people), default=0) <= 1
    assert found == assign(seed, drawn, people[::-1], 2)


@given(st.lists(st.integers(1, 99), unique=True, min_size=1, max_size=9), SEEDS)
def test_who_must_not_meet_does_not(drawn: list[int], seed: str) -> None:
    barred = [(1001, each) for each in drawn]
    found = assign(seed, drawn, [1001, 1002, 1003], 2, barred)
    assert all(set(each) == {1002, 1003} for each in found.values())
    with pytest.raises(ValueError, match="are left for"):
        assign(seed, drawn, [1001, 1002], 2, barred)


def test_the_digest_is_over_bytes_that_anybody_can_make() -> None:
    content = {"pool": [[2, "东江酒店"], [10, "A"]], "kind": "rechecks"}
    assert as_bytes(content) == '{"kind":"rechecks","pool":[[2,"东江酒店"],[10,"A"]]}'.encode()
    assert digest_of(content) == sha256(as_bytes(dict(reversed(content.items())))).hexdigest()
    assert digest_of(content) != digest_of(content | {"pool": [[2, "东江酒店"]]})
