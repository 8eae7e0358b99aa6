"""Taking steps and reporting cases at the console: ordinary changes of the account."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Engine

from server.clock import Clock, new_id, town_time
from server.db.engine import reading
from server.errors import NotFound
from server.office.act import require
from server.office.audit import Deed
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action as May
from server.office.roles import may
from server.register.edits import Edit
from server.register.register import Register
from server.work.reading import CASE, Seen, WorkBook, actor_of
from shared.changes import Answer, ChangeKind
from shared.forms.logic import FormState
from shared.forms.model import Form
from shared.forms.scope import Moment
from shared.work.guards import possible
from shared.work.rules import DEFAULT_RULES
from shared.work.values import MATERNAL, STEP_KINDS, Action, Actor


class Steps(Struct, frozen=True):
    """The cases that accounts report, and the steps that they take."""

    register: Register
    engine: Engine
    clock: Clock

    def seen(self, who: AccountIdentity, case: str) -> Seen:
        """A case as it stands. Raises NotFound where the account may not see it."""
        with reading(self.engine) as conn:
            seen = WorkBook(conn, who, self.clock()).case(case)
        if seen is None:
            raise NotFound
        return seen

    def may_take(self, who: AccountIdentity, seen: Seen) -> tuple[Action, ...]:
        """The steps of it that the account may take now."""
        if not may(who.role, May.HANDLE_CASES):
            return ()
        return possible(actor_of(who, seen.standing), seen.standing)

    def report(self, who: AccountIdentity, grid: str, said: Mapping[str, Answer]) -> str:
        """Notes down a case at the desk; its id. Raises NotFound, NotAllowed or OfficeRefused."""
        return self._write(who, self.reporting(who, grid, said), Deed.CASE_REPORTED)

    def reporting(self, who: AccountIdentity, grid: str, said: Mapping[str, Answer]) -> Edit:
        """The edit that notes down a case, checked but not written.

        Raises NotFound, NotAllowed or OfficeRefused.
        """
        require(who, May.HANDLE_CASES)
        if grid not in who.grids:
            raise NotFound
        if said.get("case_kind") == MATERNAL and not self._takes_maternal(who, grid):
            raise refused(
                "maternal_off",
                "这个网格没有开启孕产服务申请。",
                "This grid takes no requests for maternal services.",
            )
        found = town_time(self.clock()).isoformat(timespec="seconds")
        units = self._checked(who, CASE, {"discovered_at": found, **_given(said)})
        return Edit(
            kind=ChangeKind.CREATE,
            record=new_id(self.clock()),
            record_kind=CASE,
            grid=grid,
            units=units,
        )

    def take(
        self,
        who: AccountIdentity,
        case: str,
        action: str,
        said: Mapping[str, Answer],
        *,
        turn: int,
    ) -> str:
        """Takes a step of somebody who had seen `turn` decisions; the id of its record.

        said: answers of the step's form. Raises NotFound, NotAllowed or OfficeRefused.
        """
        require(who, May.HANDLE_CASES)
        seen = self.seen(who, case)
        standing = seen.standing
        if turn != standing.turn:
            raise refused(
                "case_changed",
                "这件事刚刚有了新的办理环节，请看过以后再操作。",
                "A step was taken in the meantime: look at it first.",
            )
        if action not in self.may_take(who, seen):
            raise refused("not_now", "现在不能办理这个环节。", "This step cannot be taken now.")
        return self._step(who, seen, actor_of(who, standing), {**said, "action": action})

    def withdraw(self, who: AccountIdentity, case: str, reason: str) -> str:
        """Ends a case whose person took her consent back; the step's id, "" where it is over.

        At whatever level it is: the consent is hers, not a level's. Raises NotFound.
        """
        seen = self.seen(who, case)
        actor = Actor(who.id, seen.standing.level)
        if Action.WITHDRAW not in possible(actor, seen.standing):
            return ""
        return self._step(who, seen, actor, {"action": Action.WITHDRAW, "reason": reason})

    def _step(
        self, who: AccountIdentity, seen: Seen, actor: Actor, said: Mapping[str, Answer]
    ) -> str:
        kind = STEP_KINDS[seen.kind]
        units = self._checked(who, kind, {**_given(said), **_given(_envelope(actor, seen))})
        edit = Edit(
            kind=ChangeKind.CREATE,
            record=new_id(self.clock()),
            record_kind=kind,
            grid=seen.grid,
            units=units,
        )
        return self._write(who, edit, Deed.STEP_TAKEN)

    def _takes_maternal(self, who: AccountIdentity, grid: str) -> bool:
        with reading(self.engine) as conn:
            rules = WorkBook(conn, who, self.clock()).rules([grid])
        return rules.get(grid, DEFAULT_RULES).maternal

    def _checked(
        self, who: AccountIdentity, kind: str, said: dict[str, Answer]
    ) -> dict[str, Answer]:
        """The units by the kind's own form, as a phone would check them."""
        form = self.register.forms(who.town).get(kind)
        if form is None:
            raise NotFound
        return checked_units(form, said, self.clock())

    def _write(self, who: AccountIdentity, edit: Edit, deed: Deed) -> str:
        # A department has no grids: where its case lies, it may write this one step.
        writes = replace(who, grids=who.grids | {edit.grid})
        self.register.deeds.edit(writes, [edit], deed, edit.record)
        return edit.record


def checked_units(form: Form, said: Mapping[str, Answer], now: int) -> dict[str, Answer]:
    """The units of answers that were given at the desk, as a phone would check them.

    Raises OfficeRefused with the first fault.
    """
    state = FormState.fresh(form, Moment(town_time(now)), said)
    for name, words in state.faults().items():
        label = form.by_name[name].label
        raise refused(
            "answer_wanted",
            f"{form.words(label, 'zh')}：{form.words(words, 'zh')}",
            f"{form.words(label, 'en')}: {form.words(words, 'en')}",
        )
    return state.units()


def _envelope(actor: Actor, seen: Seen) -> dict[str, Answer]:
    """What a step says of itself: who takes it, and what they had seen."""
    return {
        "case": seen.id,
        "level": actor.level.code,
        "post": actor.post,
        "turn": str(seen.standing.turn),
        "after": seen.standing.after,
    }


def _given(said: Mapping[str, Answer]) -> dict[str, Answer]:
    return {name: value for name, value in said.items() if value not in ("", None)}
