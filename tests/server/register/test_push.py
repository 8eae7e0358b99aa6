"""Push: each change exactly once, whatever the network does."""

from shared.changes import ChangeKind
from tests.server.register.world import World


def test_a_new_household_is_in_the_register_and_in_the_journal(world: World) -> None:
    phone = world.phone()
    household = phone.create("household", {"head_name": "张建国", "phone": "13812345678"})

    reply = phone.send()

    assert [result.outcome for result in reply.results] == ["applied"]
    assert world.values(household, "head_name") == ["张建国"]
    [entry] = world.register.history("t", household)
    assert (entry.who_name, entry.kind, entry.seq) == ("王芳", ChangeKind.CREATE, 1)
    world.assert_whole()
