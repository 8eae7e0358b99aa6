"""UUIDv7 from a given time and given random bytes (RFC 9562, section 5.7)."""

from uuid import UUID


def uuid7(ms: int, random: bytes) -> str:
    """A version 7 UUID as text.

    ms: milliseconds since the epoch; random: 10 random bytes. Pure, so that a test or the
    simulator gets the same ids from the same seed.
    """
    if len(random) != 10:
        raise ValueError("a version 7 UUID takes 10 random bytes")
    number = (ms & 0xFFFF_FFFF_FFFF) << 80 | int.from_bytes(random, "big")
    number &= ~(0xF << 76) & ~(0x3 << 62)
    return str(UUID(int=number | 0x7 << 76 | 0x2 << 62))


def millis_of(id: str) -> int:
    """The time in a version 7 UUID, in milliseconds since the epoch."""
    return UUID(id).int >> 80
