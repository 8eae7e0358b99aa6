"""What a reader who asks for news again and again never sees, while four others write."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event

import httpx
import psycopg

from benchmarks.client import Client
from benchmarks.databases import POSTGRESQL, SQLITE, Databases
from benchmarks.peers import kinto
from benchmarks.people import household
from benchmarks.results import Figure, Section
from benchmarks.stand import standing

WRITERS = 4
PUSHES = 25
AT_ONCE = 20
SETTLE_S = 1.0
READ_EVERY_S = 0.01
"""Between two questions of the reader: without any it takes the processor from the writers."""


def sections(databases: Databases, quick: bool) -> list[Section]:
    """Ours on both databases, Kinto, and a table with a plain sequence."""
    pushes = PUSHES // 10 if quick else PUSHES
    whole = WRITERS * pushes * AT_ONCE
    missed = {f"Doorstep, {kind}": _ours(databases, kind, pushes) for kind in (SQLITE, POSTGRESQL)}
    with kinto.serving(databases.new_home(), databases.new_postgresql("missed_kinto")) as http:
        missed["Kinto + PostgreSQL"] = _kinto(http, pushes)
    missed["a plain sequence, PostgreSQL"] = _sequence(databases, pushes)
    figures = [
        Figure(
            f"of {whole:,} records, never seen",
            where,
            f"{count} ({count / whole:.1%})",
            "0" if "Doorstep" in where else "",
            count == 0 if "Doorstep" in where else None,
        )
        for where, count in missed.items()
    ]
    note = (
        f"{WRITERS} writers, each {pushes} transactions of {AT_ONCE} records, and one reader who "
        "goes on from the last number seen. Kinto answers 409 where two writers were given one "
        "time; its writers send such a transaction again at once."
    )
    return [Section("Missed by an incremental reader", figures, [note])]


def _seen(writers: list[Callable[[], None]], read: Callable[[], set[str]]) -> set[str]:
    """What is read while all write, and once more when all have written."""
    seen: set[str] = set()
    done = Event()

    def go_on_reading() -> None:
        while not done.is_set():
            seen.update(read())
            time.sleep(READ_EVERY_S)

    with ThreadPoolExecutor(len(writers) + 1) as pool:
        reading = pool.submit(go_on_reading)
        try:
            for writing in [pool.submit(write) for write in writers]:
                writing.result()
            time.sleep(SETTLE_S)
        finally:
            done.set()  # else a writer that failed would be waited for for ever
        reading.result()
    return seen | read()


def _ours(databases: Databases, kind: str, pushes: int) -> int:
    with standing(databases.new_home(), databases.new(kind)) as stand:
        place = stand.new_place(phones=WRITERS + 1)
        *clients, reader = [Client(identity) for identity in place.phones]
        random = Random(1)
        written: set[str] = set()

        def writer(client: Client) -> Callable[[], None]:
            work = []
            for _ in range(pushes):
                some = [client.create(place.grid, household(random)) for _ in range(AT_ONCE)]
                written.update(change.record for change in some)
                work += client.outbox(some)

            def write() -> None:
                client.push(work)

            return write

        writers = [writer(client) for client in clients]
        reader.pull()
        return len(written - _seen(writers, lambda: {record.id for record in reader.pull()}))


def _kinto(http: httpx.Client, pushes: int) -> int:
    random, version = Random(1), [kinto.since(http, "")[1]]

    def writer(number: int) -> Callable[[], None]:
        batches = [
            [(f"w{number}-{turn}-{n}", household(random)) for n in range(AT_ONCE)]
            for turn in range(pushes)
        ]

        def write() -> None:
            for batch in batches:
                while not kinto.put_once(http, batch):
                    pass  # it is refused again and again, but not for ever

        return write

    def read() -> set[str]:
        records, version[0] = kinto.since(http, version[0])
        return {str(record["id"]) for record in records}

    seen = _seen([writer(number) for number in range(WRITERS)], read)
    there = {str(record["id"]) for record in kinto.since(http, "")[0]}
    assert len(there) == WRITERS * pushes * AT_ONCE
    return len(there - seen)


def _sequence(databases: Databases, pushes: int) -> int:
    address = databases.new_postgresql("plain_sequence")
    with psycopg.connect(address, autocommit=True) as reader:
        reader.execute("CREATE TABLE row (seq BIGSERIAL PRIMARY KEY, content TEXT)")
        last = [0]

        def read() -> set[str]:
            rows = reader.execute(
                "SELECT seq FROM row WHERE seq > %s ORDER BY seq", [last[0]]
            ).fetchall()
            last[0] = rows[-1][0] if rows else last[0]
            return {str(row[0]) for row in rows}

        seen = _seen([lambda: _insert(address, pushes)] * WRITERS, read)
        return WRITERS * pushes * AT_ONCE - len(seen)


def _insert(address: str, pushes: int) -> None:
    random = Random(1)
    with psycopg.connect(address) as writer:
        for n in range(1, pushes * AT_ONCE + 1):
            content = str(household(random))
            writer.execute("INSERT INTO row (content) VALUES (%s)", [content])
            if n % AT_ONCE == 0:
                writer.commit()
