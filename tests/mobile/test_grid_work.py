"""Grid work through real phones and the real server: a livelihood, a mediation, a conflict."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mobile.store.cards import HouseholdFilter
from mobile.store.values import Edit
from mobile.store.work import Filed
from server.db.engine import reading
from server.forms.builtin import work_forms
from server.office.people import AccountIdentity
from server.office.roles import Role
from server.work.reading import Seen
from server.work.steps import Steps
from shared.changes import Answer, ChangeKind
from shared.work.guards import possible
from shared.work.standing import Why
from shared.work.values import Action, Actor, Level, Phase
from tests.mobile.field import Field, Phone, a_field, differences, synced

DAY = 24 * 3_600_000


@dataclass
class Work:
    """The town with its office, and the hands of those who work on cases."""

    field: Field
    community: AccountIdentity
    town: AccountIdentity
    civil: AccountIdentity

    @property
    def steps(self) -> Steps:
        services = self.field.town.services
        return Steps(services.register, services.engine, services.clock)

    def seen(self, case: str, who: AccountIdentity | None = None) -> Seen:
        return self.steps.seen(who or self.town, case)

    def take(self, who: AccountIdentity, case: str, action: str, **said: str) -> None:
        self.steps.take(who, case, action, said, turn=self.seen(case, who).standing.turn)

    def later(self, days: float, *phones: Phone) -> None:
        self.field.town.clock.at += round(days * DAY)
        for phone in phones:
            phone.clock.tick(round(days * DAY))


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Work]:
    with a_field(tmp_path) as field:
        register = field.town.services.register
        for form in work_forms().values():
            register.publish_form(field.town.who.town, form)
        yield Work(
            field,
            field.town.account("community", Role.COMMUNITY_ADMIN, "c1"),
            field.town.account("mayor", Role.TOWN_ADMIN),
            field.town.account("civil", Role.DEPARTMENT),
        )
        with reading(field.town.services.engine):
            assert register.verify(field.town.who.town).well


def reported(phone: Phone, **answers: Answer) -> str:
    draft = phone.store.begin("case", answers={"urgency": "normal", **answers})
    phone.store.save_drafts(draft)
    return draft.record


def filed(phone: Phone, case: str) -> Filed:
    found = phone.store.known.work.case(case, phone.clock.now())
    assert found is not None
    return found


def step(phone: Phone, case: str, action: Action, **answers: Answer) -> None:
    """A step as the app offers it: it must be possible, and its form must be content."""
    standing = filed(phone, case).standing
    me = phone.store.shelf.account.identity.worker
    assert action in possible(Actor(me, Level.GRID), standing)
    said: dict[str, Answer] = {
        "case": case, "action": action.value, "level": "grid", "turn": str(standing.turn),
        "after": standing.after or None, **answers,
    }  # fmt: skip
    phone.store.save_drafts(phone.store.begin("case_step", answers=said))


def created(phone: Phone, kind: str, **units: Answer) -> str:
    record = phone.clock.new_id()
    edit = Edit(kind=ChangeKind.CREATE, record=record, record_kind=kind, units=units)
    phone.store.save([edit])
    return record


def an_old_resident(phone: Phone) -> tuple[str, str]:
    """Somebody who lives alone on the minimum living allowance: her household, and she."""
    home = created(phone, "dwelling", plate="和安路8号1栋1单元101室", status="occupied")
    household = created(
        phone, "household", dwelling=home, head_name="吴桂芳", tenure="own",
        household_kind="registered_here", people_count=1,
    )  # fmt: skip
    person = created(
        phone, "resident", household=household, name="吴桂芳", relation="0", sex="2",
        birth_date="1950-03-01", status="living_here", assistance="minimum_living",
    )  # fmt: skip
    return household, person


def visited(phone: Phone, household: str, **answers: Answer) -> None:
    said: dict[str, Answer] = {"household": household, "mode": "door", "outcome": "done", **answers}
    phone.store.save_drafts(phone.store.begin("visit", answers=said))


def test_an_old_resident_in_need_is_followed_from_the_visit_to_the_result(work: Work) -> None:
    phone = work.field.phone("W1")
    synced(phone)
    household, person = an_old_resident(phone)
    need = "上月住院，自付费用负担重"
    visited(phone, household, needs=need, notices_given=["service_card"])
    case = reported(
        phone, case_kind="livelihood", household=household, text="低保老人住院，自付费用负担重"
    )
    step(phone, case, Action.ACCEPT)
    step(phone, case, Action.CONSULT, invitees="网格长、民政协理员", opinions="符合救助条件")
    step(phone, case, Action.ESCALATE, reason="申请需社区出具证明")
    synced(phone)

    work.take(work.community, case, "transfer", to="police")
    work.take(work.civil, case, "accept")
    work.take(work.civil, case, "close", text="列入特殊困难，大病救助已获批")
    listed: dict[str, Answer] = {"care": ["special_difficulty"]}
    phone.store.save(
        [Edit(kind=ChangeKind.ADD, record=person, record_kind="resident", units=listed)]
    )
    work.take(work.community, case, "verify", result="ok")
    synced(phone)
    standing = filed(phone, case).standing
    assert standing.phase is Phase.VISITING
    assert standing.closing is not None
    assert (standing.closing.post, standing.closing.in_time) == ("police", True)

    a_month_later(work, phone, (household, case))
    assert differences(phone, work.field) == []


def a_month_later(work: Work, phone: Phone, about: tuple[str, str]) -> None:
    """The household is due by its new category; the return visit ends the case."""
    household, case = about
    work.later(31, phone)
    due = phone.store.search("", HouseholdFilter(due_by="2026-11-23")).cards
    assert [card.id for card in due] == [household]
    visited(phone, household)
    step(phone, case, Action.RETURN_VISIT, result="ok", text="费用已到账，身体恢复")
    synced(phone)

    ended = work.seen(case)
    assert ended.standing.phase is Phase.CLOSED
    assert ended.standing.asides == ()
    assert [one.action.value for one in ended.standing.took] == [
        "accept", "consult", "escalate", "transfer", "accept", "close", "verify", "return_visit",
    ]  # fmt: skip
    assert filed(phone, case).standing == ended.standing


def agree(work: Work, case: str, agreement: str) -> None:
    """The town's centre brings both sides together; somebody else verifies it."""
    said = {"participants": "双方、调解中心", "outcome": "agreed", "agreement": agreement}
    work.take(work.town, case, "session", **said)
    work.take(work.field.admin, case, "verify", result="ok")


def test_a_dispute_is_mediated_over_three_levels_and_visited_again(work: Work) -> None:
    phone = work.field.phone("W1")
    synced(phone)
    case = reported(phone, case_kind="dispute", dispute_kind="neighbour", text="楼上漏水")
    at_home = {"session_place": "home", "participants": "双方、网格员", "outcome": "failed"}
    step(phone, case, Action.SESSION, **at_home)
    step(phone, case, Action.ESCALATE, reason="调解不成")
    synced(phone)
    first_deadline = work.seen(case).standing.deadline
    work.later(10, phone)
    joint = {"participants": "双方、司法所、民警", "joint": "yes", "outcome": "partial"}
    work.take(work.community, case, "session", **joint)
    work.take(work.community, case, "escalate", reason="只达成一部分")
    assert work.seen(case).standing.deadline == first_deadline + 10 * DAY
    agree(work, case, "楼上十日内修好")
    synced(phone)
    assert filed(phone, case).standing.phase is Phase.VISITING

    work.later(7, phone)
    step(phone, case, Action.RETURN_VISIT, result="ok")
    work.later(23, phone)
    step(phone, case, Action.RETURN_VISIT, result="not_ok", text="又漏了")
    synced(phone)
    relapsed = work.seen(case).standing
    assert (relapsed.phase, relapsed.level, relapsed.relapsed) == (Phase.HANDLING, Level.TOWN, 1)
    agree(work, case, "换管道")
    synced(phone)
    for days in (7, 23, 60):
        work.later(days, phone)
        step(phone, case, Action.RETURN_VISIT, result="ok")
    synced(phone)
    assert work.seen(case).standing.phase is Phase.CLOSED
    assert work.seen(case).standing.asides == ()


def test_two_phones_without_signal_close_and_raise_one_case(work: Work) -> None:
    one, other = work.field.phone("W1"), work.field.phone("W2")
    synced(one)
    case = reported(one, case_kind="hazard", text="楼道堆物")
    synced(one)
    synced(other)
    step(one, case, Action.CLOSE, text="已清理")
    other.clock.tick(60_000)
    step(other, case, Action.ESCALATE, reason="清了又堆")
    synced(other)
    synced(one)
    synced(other)

    for phone in (one, other):
        standing = filed(phone, case).standing
        assert (standing.phase, standing.level) == (Phase.WAITING, Level.COMMUNITY)
        assert [each.action for each in standing.contested] == [Action.CLOSE, Action.ESCALATE]
    work.take(work.community, case, "verify", result="ok")
    synced(one)
    synced(other)

    assert {filed(phone, case).standing.phase for phone in (one, other)} == {Phase.CLOSED}


def test_two_phones_close_one_case(work: Work) -> None:
    one, other = work.field.phone("W1"), work.field.phone("W2")
    synced(one)
    case = reported(one, case_kind="facility", text="路灯不亮")
    synced(one)
    synced(other)
    step(one, case, Action.CLOSE, text="已换灯泡")
    other.clock.tick(60_000)
    step(other, case, Action.CLOSE, text="电工来过了")
    for phone in (other, one, other):
        synced(phone)

    standing = filed(other, case).standing
    assert standing == filed(one, case).standing
    assert standing.phase is Phase.DONE
    [aside] = standing.asides
    assert aside.why is Why.ALSO_CLOSED
    assert standing.closing is not None
    assert {aside.step.author, standing.closing.author} == set(work.field.workers.values())


def test_harm_at_home_leaves_the_phone_once_it_is_sent(work: Work) -> None:
    phone, colleague = work.field.phone("W1"), work.field.phone("W2")
    synced(phone)
    draft = phone.store.begin("protection", answers={"text": "夜里有哭喊", "urgency": "urgent"})
    phone.store.save_drafts(draft)
    assert phone.store.outbox()

    synced(phone)
    synced(colleague)

    assert phone.store.outbox() == ()
    assert phone.store.record(draft.record) is None
    assert colleague.store.record(draft.record) is None
    assert work.seen(draft.record, work.community).standing.level is Level.COMMUNITY
    assert differences(phone, work.field) == [draft.record]
