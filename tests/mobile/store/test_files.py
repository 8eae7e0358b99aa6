"""Files on the device: bare, sealed, never lost while something names them, gone after."""

from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from mobile.errors import DamagedRow, DiskFull
from mobile.store import files as files_module
from mobile.store.file_box import CHUNK_BYTES
from mobile.store.file_faults import FileAway, FileNotTaken
from mobile.store.file_rows import FileState
from mobile.store.files import GRACE_MS
from mobile.store.store import Store
from shared.files import FileRef
from shared.media import content_of
from tests.media import m4a, pdf, photo, turned_photo, voice
from tests.mobile.kit import FORMS, StillClock, create, new_store, reopened

RECORD = "01999999-0000-7000-8000-0000000000aa"
DAY_MS = 24 * 60 * 60 * 1000


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def test_a_file_is_given_back_as_it_was_also_after_a_restart(store: Store, tmp_path: Path) -> None:
    ref = store.files.add(pdf(), "notice.pdf")

    again = reopened(store, tmp_path)

    assert ref == FileRef(sha256(pdf()).hexdigest(), len(pdf()), "application/pdf", "notice.pdf")
    assert again.files.open(ref) == pdf()
    assert again.files.state(ref) is FileState.HERE


def test_a_large_file_is_read_in_parts(store: Store) -> None:
    recording = voice(20)
    ref = store.files.add(recording)

    for start, length in [(0, 10), (CHUNK_BYTES - 5, 10), (len(recording) - 3, 99)]:
        assert store.files.part(ref, start, length) == recording[start : start + length]
    assert store.files.open(ref) == recording


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_leaves_its_place_behind(store: Store, tmp_path: Path, kind: str) -> None:
    taken = photo(kind=kind, located=True)
    assert b"Example Phone" in taken

    ref = store.files.add(taken)

    kept = store.files.open(ref)
    assert b"Example Phone" not in kept
    assert not Image.open(BytesIO(kept)).getexif()
    known = content_of(kept)
    assert known is not None
    assert known.picture is not None
    assert known.picture.bare


def test_a_photo_is_turned_upright_and_made_smaller(store: Store) -> None:
    upright = Image.open(BytesIO(store.files.open(store.files.add(turned_photo()))))
    small = Image.open(BytesIO(store.files.open(store.files.add(photo(3000, 1000)))))
    smaller = Image.open(BytesIO(store.files.open(store.files.add(photo(900, 600), edge=300))))

    assert upright.size == (60, 100)
    red, _, blue = upright.convert("RGB").resize((1, 10)).getpixel((0, 0))  # type: ignore[misc]  # of RGB
    assert red > blue
    assert small.size == (2048, 683)
    assert smaller.size == (300, 200)


def test_a_drawing_that_is_bare_already_stays_as_it_is(store: Store) -> None:
    drawing = BytesIO()
    Image.new("RGBA", (300, 100), (0, 0, 0, 0)).save(drawing, "PNG")

    ref = store.files.add(drawing.getvalue())

    assert store.files.open(ref) == drawing.getvalue()
    assert ref.type == "image/png"


def test_a_recording_leaves_its_place_behind(store: Store) -> None:
    ref = store.files.add(m4a(located=True))

    assert b"30.2741" not in store.files.open(ref)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"MZ" + bytes(99), m4a(track=b"vide"), photo()[:-900], photo(9, 9)[:-40]],
    ids=["empty", "text", "program", "video", "cut photo", "cut small photo"],
)
def test_what_cannot_be_attached_is_refused_in_words(store: Store, content: bytes) -> None:
    with pytest.raises(FileNotTaken) as refused:
        store.files.add(content, "holiday.jpg")

    assert refused.value.words.zh
    assert refused.value.words.en
    assert not list((store.files._box.folder).glob("*"))


def test_a_recording_that_is_too_long_is_refused(store: Store) -> None:
    with pytest.raises(FileNotTaken, match="too large"):
        store.files.add(voice(1400))


def test_the_same_content_is_one_file(store: Store) -> None:
    one, other = store.files.add(pdf(), "a.pdf"), store.files.add(pdf(), "b.pdf")

    assert one.sha256 == other.sha256
    assert len(list(store.files._box.folder.iterdir())) == 1


def test_nothing_of_a_file_can_be_read_from_the_disk(store: Store, tmp_path: Path) -> None:
    content = pdf() + b"% Wang Fang, room 402 %%EOF"
    ref = store.files.add(content, "王芳.pdf")
    store.close()

    words = [b"Wang Fang", b"%PDF", "王芳".encode(), ref.sha256.encode(), bytes.fromhex(ref.sha256)]
    found = [w for f in tmp_path.rglob("*") if f.is_file() for w in words if w in f.read_bytes()]
    (tmp_path / "control").write_bytes(content)
    assert found == []
    assert b"Wang Fang" in (tmp_path / "control").read_bytes()


@pytest.mark.parametrize("change", ["flip", "cut", "swap", "longer"])
def test_a_file_that_was_changed_does_not_open(store: Store, change: str) -> None:
    ref = store.files.add(voice(20))
    path = next(store.files._box.folder.iterdir())
    sealed = path.read_bytes()
    third = len(sealed) // 3
    changed = {
        "flip": sealed[:-1] + bytes([sealed[-1] ^ 1]),
        "cut": sealed[:-third],
        "swap": sealed[:third] + sealed[2 * third :] + sealed[third : 2 * third],
        "longer": sealed + b"x",
    }
    path.write_bytes(changed[change])

    with pytest.raises(DamagedRow):
        store.files.open(ref)


def test_files_do_not_fill_the_last_of_the_room(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_module, "FREE_BYTES_MIN", 1 << 60)

    with pytest.raises(DiskFull):
        store.files.add(pdf())

    assert not list(store.files._box.folder.iterdir())


def test_a_file_that_a_draft_or_a_saved_change_names_is_never_dropped(
    store: Store, tmp_path: Path
) -> None:
    kind = next(iter(FORMS))
    typed, saved, unnamed = (store.files.add(photo(seed=seed)) for seed in (1, 2, 3))
    draft = store.begin(kind)
    store.keep(draft.answered("photo", typed.answer))
    store.save([create("household", RECORD, photo=saved.answer)])

    assert store.files.drop_unreferenced() == 0  # it may be about to be named
    _later(store, GRACE_MS + 1)
    assert store.files.drop_unreferenced() == 1

    assert store.files.state(unnamed) is FileState.AWAY
    assert len(list(store.files._box.folder.iterdir())) == 2
    again = reopened(store, tmp_path)
    assert again.files.open(typed)
    assert again.files.open(saved)
    assert [kept.ref for kept in again.files.unsent()] == [saved]


def test_a_file_that_was_taken_out_of_a_form_may_come_back_for_a_while(store: Store) -> None:
    ref = store.files.add(photo(seed=1))
    _later(store, GRACE_MS + 1)

    store.files.spare({"photo": ref.answer})
    kept = store.files.drop_unreferenced()
    store.files.spare(())

    assert (kept, store.files.drop_unreferenced()) == (0, 1)


def test_a_fetched_file_goes_with_its_record(store: Store) -> None:
    ref = FileRef(sha256(pdf()).hexdigest(), len(pdf()), "application/pdf")
    store.files.keep_fetched(ref, pdf(), RECORD)
    assert store.files.open(ref) == pdf()

    assert store.files.drop_unreferenced() == 1

    with pytest.raises(FileAway):
        store.files.open(ref)


def test_files_outlive_a_broken_database(store: Store, tmp_path: Path) -> None:
    ref = store.files.add(pdf(), "notice.pdf")
    store.close()
    for side in ("", "-wal", "-shm"):
        (tmp_path / f"store.db{side}").unlink(missing_ok=True)

    again = new_store(tmp_path)

    assert again.files.open(ref) == pdf()
    assert again.files.state(ref) is FileState.HERE


def test_what_a_kill_left_half_written_is_cleared_away(store: Store, tmp_path: Path) -> None:
    ref = store.files.add(pdf())
    folder = store.files._box.folder
    (folder / ".half.12ab").write_bytes(b"half")

    again = reopened(store, tmp_path)

    assert [file.name for file in folder.iterdir()] == [again.files._rows.all()[0].id]
    assert again.files.open(ref) == pdf()


def _later(store: Store, ms: int) -> None:
    clock = store.shelf.clock
    assert isinstance(clock, StillClock)
    clock.tick(ms)
