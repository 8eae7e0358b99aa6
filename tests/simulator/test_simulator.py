"""Seeds hold every invariant, and known mistakes are found out."""

import pytest

from tests.simulator.checks import Violation
from tests.simulator.mistakes import MISTAKES, Mistake
from tests.simulator.run import simulate

SEEDS_TO_FIND_IT = 25


@pytest.mark.parametrize("seed", range(10))
def test_a_seed_holds_every_invariant(seed: int) -> None:
    simulate(seed)


def test_a_seed_is_the_same_history_twice() -> None:
    assert simulate(3, 40).trace == simulate(3, 40).trace


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: str(mistake.__name__))
def test_a_known_mistake_is_found_out(mistake: Mistake, monkeypatch: pytest.MonkeyPatch) -> None:
    mistake(monkeypatch)

    with pytest.raises(Violation):
        simulate_until_found()


def simulate_until_found() -> None:
    for seed in range(SEEDS_TO_FIND_IT):
        simulate(seed)
