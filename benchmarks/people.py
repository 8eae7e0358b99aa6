"""Invented households with 40 answers each."""

from random import Random

from shared.changes import Answer

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"


def household(random: Random) -> dict[str, Answer]:
    """The answers of one household: the form's 17, and 23 that the town asks besides."""
    name = random.choice(SURNAMES) + "".join(random.choices(GIVEN, k=2))
    landlord = random.choice(SURNAMES) + random.choice(GIVEN)
    core: dict[str, Answer] = {
        "dwelling": f"0190b2a0-0000-7000-8000-{random.getrandbits(48):012x}",
        "head_name": name,
        "household_no": str(random.randrange(10**9)),
        "tenure": random.choice(("own", "rented", "borrowed")),
        "household_kind": random.choice(("registered_here", "lives_here", "floating")),
        "registered_address": f"湖北省武汉市江岸区柳溪路{random.randrange(300)}号",
        "living_since": f"{random.randrange(1980, 2024)}-{random.randrange(1, 13):02}-01",
        "people_count": random.randrange(1, 7),
        "landlord_name": landlord,
        "landlord_phone": f"139{random.randrange(10**8):08}",
        "lease_until": f"2026-{random.randrange(1, 13):02}-01",
        "phone": f"138{random.randrange(10**8):08}",
        "needs": "楼道灯不亮，请安排人来修。",
        "marks": ["floating"],
        "visit_policy": "normal",
        "access_note": "门铃坏了，请敲门",
        "last_seen": "2025-06-01",
    }
    return core | {f"town_question_{number}": f"答案{number}" for number in range(23)}
