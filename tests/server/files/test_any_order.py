"""Uploads against a model: whatever is asked in whatever order, what was stored is a beginning."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.media import voice
from tests.server.files.conftest import Hall
from tests.server.files.sending import ref_of, rows

SIZE = 1044
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["next", "again", "gap", "head", "stranger", "end"]),
        st.integers(1, SIZE),
    ),
    max_size=8,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, seed=st.integers(0, 2**16))
def test_an_upload_is_always_a_beginning_of_its_file(
    hall: Hall, steps: list[tuple[str, int]], seed: int
) -> None:
    content = voice(0.0625)[:44] + seed.to_bytes(4, "big") * ((SIZE - 44) // 4)
    where, have = hall.sending.begin(content).headers["Location"], 0
    ended = False
    for step, length in steps:
        part = content[have : have + length]
        if step == "next":
            reply = hall.sending.append(where, have, part)
            assert reply.status_code == (404 if ended else 204)
            have = have if ended else have + len(part)
        elif step == "again" and have:
            assert hall.sending.append(where, 0, content[:length]).status_code in (404, 409)
        elif step == "gap":
            assert hall.sending.append(where, have + length, b"x").status_code in (404, 409)
        elif step == "stranger":
            assert hall.elsewhere.append(where, have, part).status_code == 404
        elif step == "end":
            assert hall.sending.end(where).status_code == (404 if ended else 204)
            ended = True
        state = hall.sending.state(where)
        assert state.status_code == (404 if ended else 200)
        assert ended or state.headers["Upload-Offset"] == str(have)

    if not ended:
        if have < SIZE:
            assert hall.sending.append(where, have, content[have:]).status_code == 204
        hall.sending.name(ref_of(content, "audio/wav"))
        assert hall.sending.take(ref_of(content).sha256).content == content
        hall.sending.end(where)
    assert rows(hall.town, "upload") == 0
    assert rows(hall.town, "file_part") >= rows(hall.town, "file")
