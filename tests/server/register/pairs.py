"""Merging one record into another and parting them, as a chief does it at the console."""

from server.register.deeds import Merging
from tests.server.register.world import CHIEF, Phone, World


def merge(world: World, duplicate: str, survivor: str, take: tuple[str, ...] = ()) -> None:
    world.register.deeds.merge(
        world.account(CHIEF),
        Merging(
            merged=duplicate,
            base=world.record(duplicate).version,
            survivor=survivor,
            survivor_base=world.record(survivor).version,
            take=take,
        ),
    )


def unmerge(world: World, duplicate: str) -> tuple[str, ...]:
    version = world.record(duplicate).version
    return world.register.deeds.unmerge(world.account(CHIEF), duplicate, version).left


def contest(record: str, base: int, *phones: Phone) -> None:
    """Each of these phones gives the record another telephone number, having seen only `base`."""
    for number, phone in enumerate(phones, 2):
        phone.set(record, base, phone=f"138{str(number) * 8}")
        phone.send()
