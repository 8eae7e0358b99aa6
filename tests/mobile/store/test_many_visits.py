"""A household that was visited for years opens as fast as one that was visited now and then."""

from pathlib import Path

import pytest

from mobile.store.store import Store
from mobile.vault.sealing import Seal
from tests.mobile.kit import Office, new_store

FEW, MANY = 5, 500


def household(office: Office, number: int, visits: int) -> str:
    """A household with so many visits."""
    record = f"01999999-0000-7000-8000-0000000e{number:04d}"
    office.write(record, {"head_name": "李芳"})
    for visit in range(visits):
        day = f"{2016 + visit // 60}-{1 + visit // 5 % 12:02d}-{1 + visit % 5 * 5:02d}"
        office.write(
            f"01999999-0000-7000-8000-{number:04d}{visit:08d}",
            {"household": record, "started": f"{day}T10:00:00+08:00", "outcome": "done"},
            kind="visit",
        )
    return record


def opened(store: Store, record: str) -> None:
    """What a household's page takes from the store."""
    assert store.household(record) is not None
    assert store.record(record) is not None
    assert store.visits(record)
    assert store.known.timeline.events(record)
    store.known.gaps.of(record)


def test_five_hundred_visits_open_no_more_rows_than_five(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, store = Office(), new_store(tmp_path)
    few, many = household(office, 1, FEW), household(office, 2, MANY)
    office.bring(store)
    rows: list[str] = []
    whole = Seal.open

    def counted(seal: Seal, row: str, version: int, sealed: bytes) -> bytes:
        rows.append(row)
        return whole(seal, row, version, sealed)

    monkeypatch.setattr(Seal, "open", counted)
    opened(store, few)
    of_few = len(rows)
    opened(store, many)

    assert len(store.visits(many, limit=MANY)) == MANY
    assert 0 < of_few == len(rows) - of_few
