"""The OData feed as another library's client reads it, and what it never gives."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
from odata import ODataService

from server.api.odata import BASE
from server.clock import new_id
from server.exports.orders import ROWS_ALONE
from server.office.audit import trail
from server.office.roles import Action
from server.office.tokens import NO_READING, GivenToken, Reading, give_token
from server.register.edits import Edit
from shared.changes import Answer, ChangeKind
from tests.server.console.world import Desk
from tests.server.listening import listening

AGREED = Reading(agreed_by="someone else")


@pytest.fixture
def home(desk: Desk) -> Iterator[str]:
    """Three households, and the feed's address."""
    for staff, grid, name, people in (
        ("W1", "g1", "张伟", 3),
        ("W2", "g2", "Li Fang", 5),
        ("W3", "g3", "王O'Neil", 1),
    ):
        desk.household(desk.phone(staff, grid), grid, head_name=name, people_count=people)
    with listening(desk.town.services) as address:
        yield address + BASE


def token(desk: Desk, reading: Reading = AGREED, login: str = "town") -> GivenToken:
    with desk.town.act() as act:
        return give_token(act, login, "月报", [Action.READ_FEED], days=30, reading=reading)


def many(desk: Desk, count: int) -> None:
    grid = desk.town.areas["g1"]
    units: dict[str, Answer] = {"plate": "1-1-1"}
    edits = [
        Edit(
            kind=ChangeKind.CREATE, record=new_id(), record_kind="dwelling", grid=grid, units=units
        )
        for _ in range(count)
    ]
    desk.register.commit(desk.accounts["town"], edits)


def client(home: str, given: GivenToken) -> ODataService:
    """As Excel signs in: the token is the password."""
    return ODataService(
        home, auth=("feed", given.token), reflect_entities=True, quiet_progress=True
    )


def ask(home: str, given: GivenToken, path: str, **options: str) -> httpx.Response:
    params = {f"${name}": value for name, value in options.items()}
    headers = {"Authorization": f"Bearer {given.token}"}
    return httpx.get(f"{home}/{path}", params=params, headers=headers)


def test_a_client_library_reads_types_filters_sorts_and_pages(desk: Desk, home: str) -> None:
    service = client(home, token(desk))
    household = service.entities["household"]

    found = service.query(household).filter(household.people_count > 2)
    names = [each.head_name for each in found.order_by(household.people_count.desc())]

    assert names == ["Li Fang", "张伟"]
    one = service.query(household).filter(household.head_name == "王O'Neil").first()
    assert (one.people_count, one.tenure, one.updated_at.tzinfo is not None) == (1, "own", True)
    assert len(list(service.query(household).limit(2))) == 2
    assert service.query(service.entities["resident"]).first().birth_date == "35–59"
    assert service.query(household).get(one.id).head_name == "王O'Neil"


def test_the_pages_of_a_feed_follow_each_other_and_leave_nothing_out(desk: Desk, home: str) -> None:
    many(desk, 7)
    given = token(desk)
    headers = {"Authorization": f"Bearer {given.token}", "Prefer": "odata.maxpagesize=3"}
    for options in ("$count=true", "$count=true&$orderby=plate desc", "$skip=2&$top=6&$count=true"):
        seen, sizes, next_, counts = [], [], f"{home}/dwelling?{options}", []
        while next_:
            said = httpx.get(next_, headers=headers).json()
            seen += [row["id"] for row in said["value"]]
            sizes.append(len(said["value"]))
            counts.append(said.get("@odata.count"))
            next_ = said.get("@odata.nextLink", "")

        most = 6 if "top" in options else 10
        assert len(seen) == len(set(seen)) == most
        assert max(sizes) == 3
        assert counts[0] == 10


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("contains(head_name,'张')", ["张伟"]),
        ("people_count ge 3 and not (tolower(head_name) eq 'li fang')", ["张伟"]),
        ("people_count in (1,5)", ["Li Fang", "王O'Neil"]),
        ("startswith(head_name,'王O''') or people_count eq 3", ["张伟", "王O'Neil"]),
        ("living_since eq null and people_count lt 2", ["王O'Neil"]),
        ("year(updated_at) gt 2000 and updated_at lt 2000-01-01", []),
        ("phone eq '13900001111'", []),  # it is masked, so nobody can ask for it
        ("contains(phone,'1111')", ["张伟", "Li Fang", "王O'Neil"]),
    ],
)
def test_a_filter_says_what_the_standard_says(
    desk: Desk, home: str, question: str, names: list[str]
) -> None:
    said = ask(home, token(desk), "household", filter=question, select="head_name").json()

    assert [row["head_name"] for row in said["value"]] == names
    assert all(row.keys() == {"head_name"} for row in said["value"])
    count = ask(home, token(desk), "household/$count", filter=question)
    assert count.text == str(len(names))


@pytest.mark.parametrize(
    "options",
    [
        {"filter": "nothing eq 1"},
        {"filter": "head_name eq"},
        {"filter": "search('x')"},
        {"filter": "not " * 60 + "true"},
        {"select": "id_number"},
        {"orderby": "head_name sideways"},
        {"top": "-1"},
        {"skiptoken": "x"},
        {"expand": "members"},
        {"format": "xml"},
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused_and_never_fails(
    desk: Desk, home: str, options: dict[str, str]
) -> None:
    reply = ask(home, token(desk), "household", **options)

    assert reply.status_code == 400
    assert reply.json()["error"]["code"] == "odata_query"


def test_a_feed_gives_nothing_outside_the_area_the_kinds_or_the_masks(
    desk: Desk, home: str
) -> None:
    leader = token(desk, login="community")
    narrow = token(desk, Reading(kinds=("dwelling",)))
    names = [row["head_name"] for row in ask(home, leader, "household").json()["value"]]
    outside = ask(home, token(desk), "household", filter="people_count eq 1").json()["value"][0][
        "id"
    ]

    assert names == ["张伟", "Li Fang"]
    assert ask(home, leader, f"household('{outside}')").status_code == 404
    assert [each["name"] for each in ask(home, narrow, "").json()["value"]] == ["dwelling"]
    assert ask(home, narrow, "household").status_code == 404
    everything = ask(home, token(desk), "resident").text + ask(home, leader, "$metadata").text
    assert "11010519491231002" not in everything
    assert "13900001111" not in everything
    assert "id_number" not in everything


def test_without_a_token_for_it_a_feed_answers_nothing(desk: Desk, home: str) -> None:
    with desk.town.act() as act:
        other = give_token(act, "town", "别的", [Action.SEE_RECORDS], days=1)

    nobody = httpx.get(f"{home}/household")
    wrong = httpx.get(f"{home}/household", auth=("feed", "nonsense"))

    assert [nobody.status_code, wrong.status_code] == [401, 401]
    assert nobody.headers["WWW-Authenticate"].startswith("Basic")
    assert ask(home, other, "household").status_code == 403
    with pytest.raises(Exception, match="token_purpose"), desk.town.act() as act:
        give_token(act, "town", " ", [Action.READ_FEED], days=1)


def test_each_answer_is_written_down_and_more_than_a_few_a_day_need_a_second_person(
    desk: Desk, home: str
) -> None:
    many(desk, ROWS_ALONE + 1)
    alone, agreed = token(desk, NO_READING), token(desk)

    few = ask(home, alone, "household")
    spent = ask(home, alone, "dwelling")
    all_ = ask(home, agreed, "dwelling")
    desk.town.clock.at += 25 * 3600 * 1000
    tomorrow = ask(home, alone, "household")

    assert [r.status_code for r in (few, spent, all_, tomorrow)] == [200, 429, 200, 200]
    assert spent.json()["error"]["code"] == "feed_spent"
    with desk.town.act() as act:
        rows = [e for e in trail(act.conn, desk.town.who.town, limit=9) if e.action == "feed_read"]
    told = [(row.object.split()[1:], row.reason) for row in rows]
    assert told == [
        (["household", "3"], "月报"),
        (["dwelling", str(ROWS_ALONE + 4)], "月报"),
        (["household", "3"], "月报"),
    ]


def test_the_feed_changes_nothing(desk: Desk, home: str) -> None:
    headers = {"Authorization": f"Bearer {token(desk).token}"}
    replies: list[Any] = [
        requests.request(method, f"{home}/household", headers=headers, timeout=30, json={})
        for method in ("POST", "PUT", "PATCH", "DELETE")
    ]

    assert {reply.status_code for reply in replies} == {405}
