import pytest

from bench.figures import Figure, Runs, percentile, ratio


def runs(*values: float) -> Runs:
    return Runs(values, "ms")


def test_a_ratio_is_taken_round_by_round() -> None:
    """A machine that is half as fast for a while slows both sides of a round; one disturbed round changes nothing."""
    figure = ratio("x", ours=runs(20, 44, 90), bare=runs(4, 8, 2), bound=6)
    assert figure.figure == 5.5
    assert figure.ok


@pytest.mark.parametrize(
    ("at_most", "figure", "ok"),
    [(True, 3.0, True), (True, 3.01, False), (False, 3.0, True), (False, 2.99, False)],
)
def test_a_bound_is_kept_up_to_itself(at_most: bool, figure: float, ok: bool) -> None:
    assert Figure("x", runs(1), figure, 3.0, at_most=at_most).ok is ok


def test_the_spread_is_a_share_of_the_median() -> None:
    assert runs(9, 10, 12).spread == pytest.approx(0.3)
    assert str(runs(9, 10, 12)) == "10.0 ms ±15%"


@pytest.mark.parametrize(("share", "value"), [(0.5, 2), (0.51, 3), (0.99, 4), (1, 4), (0.01, 1)])
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], share) == value
