"""Chance that can be repeated: weighted choices from a given source of randomness."""

from bisect import bisect
from collections.abc import Mapping
from itertools import accumulate, pairwise
from random import Random
from typing import Generic, TypeVar

T = TypeVar("T")


class Weighted(Generic[T]):
    """Values with their weights, summed up once."""

    def __init__(self, weights: Mapping[T, float]) -> None:
        self._values = tuple(weights)
        self._sums = tuple(accumulate(weights.values()))

    def pick(self, random: Random) -> T:
        """One of the values, as often as its weight says."""
        return self._values[bisect(self._sums, random.random() * self._sums[-1])]


def happens(random: Random, share: float) -> bool:
    """Whether something happens that does so in this share of all cases."""
    return random.random() < share


def split(total: int, parts: int, random: Random) -> tuple[int, ...]:
    """`total` in so many parts of about the same size."""
    weights = [random.uniform(0.88, 1.12) for _ in range(parts)]
    sums = [0, *(round(total * part / sum(weights)) for part in accumulate(weights))]
    return tuple(high - low for low, high in pairwise(sums))
