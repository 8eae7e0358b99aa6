"""Drawing a sample that follows from its seed and from what there is, and from nothing else."""

from collections.abc import Iterable
from hashlib import sha256

SEED_MAX = 40


def drawn(seed: str, ids: Iterable[str], wanted: int) -> list[str]:
    """That many of the ids (all, where there are fewer), in the order in which they were drawn.

    Each id has its own lot, made from the seed: the order of the ids does not matter, and one
    more or less of them changes at most one of those that are drawn.
    """
    lots = sorted((sha256(f"{seed}:{each}".encode()).digest(), each) for each in set(ids))
    return [each for _, each in lots[:wanted]]
