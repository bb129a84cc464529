"""The page of one order is compared with that of its like."""

import pytest

from bench.filling import ALIKE
from bench.measures.pages import middle
from bench.sizes import FULL, SHORT, Sizes

AGES, STAGES = 61_200, 100
SEVERITIES = (37, 11)
"""As `fill.sql` has them."""


@pytest.mark.parametrize("sizes", [FULL, SHORT])
def test_the_order_in_the_middle_of_many_is_like_the_one_among_few(sizes: Sizes) -> None:
    small, full = middle(sizes.few, few=sizes.few), middle(sizes.many, few=sizes.few)

    assert small == sizes.few // 2
    assert 0 < full <= sizes.many // 2
    assert (full - small) % AGES == (full - small) % STAGES == 0
    assert not any(number % rare == 0 for number in (small, full) for rare in SEVERITIES)


def test_orders_are_alike_after_all_ages_and_stages() -> None:
    assert ALIKE % AGES == ALIKE % STAGES == 0
