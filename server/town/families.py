"""Invented families: who lives together, in the shares in which people really do."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from random import Random
from types import MappingProxyType

from msgspec import Struct

from server.town.chance import Weighted, happens
from server.town.kin import (
    DAUGHTER,
    DIVORCED,
    GRANDCHILD,
    MARRIED,
    SINGLE,
    WIDOWED,
    Kin,
    Person,
)
from shared.codes import Sex


class Pattern(StrEnum):
    """How a family is made up."""

    ALONE = "alone"
    ELDERLY_ALONE = "elderly_alone"
    ELDERLY_COUPLE = "elderly_couple"
    COUPLE = "couple"
    ONE_CHILD = "one_child"
    TWO_CHILDREN = "two_children"
    THREE_GENERATIONS = "three_generations"
    GRANDPARENT_HEADS = "grandparent_heads"
    SINGLE_PARENT = "single_parent"
    GRANDCHILD_ONLY = "grandchild_only"
    FLATMATES = "flatmates"
    DORMITORY = "dormitory"


class Family(Struct, frozen=True):
    """Those who live in one household, the head first."""

    pattern: Pattern
    members: tuple[Person, ...]

    @property
    def head(self) -> Person:
        """Whose name the household bears."""
        return self.members[0]


PATTERNS = Weighted(
    {
        Pattern.ALONE: 5,
        Pattern.ELDERLY_ALONE: 7,
        Pattern.ELDERLY_COUPLE: 13,
        Pattern.COUPLE: 6,
        Pattern.ONE_CHILD: 24,
        Pattern.TWO_CHILDREN: 21,
        Pattern.THREE_GENERATIONS: 10,
        Pattern.GRANDPARENT_HEADS: 7,
        Pattern.SINGLE_PARENT: 4,
        Pattern.GRANDCHILD_ONLY: 2,
        Pattern.FLATMATES: 2,
        Pattern.DORMITORY: 1,
    }
)


def make_family(random: Random, today: date) -> Family:
    """A family of any pattern, each as often as it occurs."""
    pattern = PATTERNS.pick(random)
    return Family(pattern, _MAKERS[pattern](Kin(random, today)))


Members = tuple[Person, ...]


def _alone(kin: Kin) -> Members:
    return (kin.head((22, 58), DIVORCED if happens(kin.random, 0.2) else SINGLE),)


def _elderly_alone(kin: Kin) -> Members:
    return (kin.head((66, 94), WIDOWED if happens(kin.random, 0.8) else DIVORCED),)


def _elderly_couple(kin: Kin) -> Members:
    return kin.couple((63, 88))


def _couple(kin: Kin) -> Members:
    return kin.couple((25, 59))


def _one_child(kin: Kin) -> Members:
    couple = kin.couple((27, 54))
    return (*couple, kin.child(couple))


def _two_children(kin: Kin) -> Members:
    couple = kin.couple((31, 52))
    first = kin.child(couple)
    second = kin.sibling(first)
    return (*couple, first, second) if second else (*couple, first)


def _three_generations(kin: Kin) -> Members:
    family = _two_children(kin) if happens(kin.random, 0.4) else _one_child(kin)
    # Those who moved in are the head's parents, or now and then the spouse's.
    child = family[0] if happens(kin.random, 0.85) else family[1]
    if happens(kin.random, 0.5):
        return (*family, kin.parent(child, Sex.FEMALE, WIDOWED))
    parents = (kin.parent(child, sex, MARRIED) for sex in (Sex.MALE, Sex.FEMALE))
    return (*family, *parents)


def _grandparent_heads(kin: Kin) -> Members:
    elders = kin.couple((54, 68))
    son = kin.grown_son(elders)
    wife = kin.spouse(son, DAUGHTER)
    grandchild = kin.child((son, wife), GRANDCHILD)
    second = kin.sibling(grandchild) if happens(kin.random, 0.3) else None
    return (*elders, son, wife, grandchild, *((second,) if second else ()))


def _single_parent(kin: Kin) -> Members:
    head = kin.head((30, 52), DIVORCED if happens(kin.random, 0.8) else WIDOWED)
    return (head, kin.child((head, kin.spouse(head))))


def _grandchild_only(kin: Kin) -> Members:
    elders = kin.couple((58, 74))
    son = kin.grown_son(elders)
    return (*elders, kin.child((son, kin.spouse(son)), GRANDCHILD))


def _flatmates(kin: Kin) -> Members:
    return _strangers(kin, kin.random.randint(2, 3), (21, 34))


def _dormitory(kin: Kin) -> Members:
    return _strangers(kin, kin.random.randint(3, 6), (19, 48))


def _strangers(kin: Kin, count: int, ages: tuple[int, int]) -> Members:
    return (kin.head(ages, SINGLE), *(kin.lodger(ages) for _ in range(count - 1)))


_MAKERS: Mapping[Pattern, Callable[[Kin], Members]] = MappingProxyType(
    {
        Pattern.ALONE: _alone,
        Pattern.ELDERLY_ALONE: _elderly_alone,
        Pattern.ELDERLY_COUPLE: _elderly_couple,
        Pattern.COUPLE: _couple,
        Pattern.ONE_CHILD: _one_child,
        Pattern.TWO_CHILDREN: _two_children,
        Pattern.THREE_GENERATIONS: _three_generations,
        Pattern.GRANDPARENT_HEADS: _grandparent_heads,
        Pattern.SINGLE_PARENT: _single_parent,
        Pattern.GRANDCHILD_ONLY: _grandchild_only,
        Pattern.FLATMATES: _flatmates,
        Pattern.DORMITORY: _dormitory,
    }
)
