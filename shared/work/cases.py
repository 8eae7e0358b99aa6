"""The state machine of cases: steps in, standing out. Pure, and the same on phone and server.

Steps count in the order of (turn, time, device, number). What was decided by people who could
not know of each other is settled by the rules of docs/decisions/0200-grid-work.md; no step is
ever dropped.
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from shared.work import deadlines
from shared.work.guards import objection
from shared.work.rules import DEFAULT_RULES, WorkRules
from shared.work.standing import Aside, Closing, Standing, Why
from shared.work.values import (
    DISPUTE,
    HANDOVERS,
    LEVELS,
    MAY_SKIP,
    Action,
    Case,
    Level,
    Phase,
    Step,
)

_BESIDE = frozenset({Action.NOTE, Action.ASK})
"""Steps that change nothing of who must do what."""


class Folded(Struct, frozen=True, gc=False, omit_defaults=True):
    """A case after all its steps, before anybody asks at what time: what a server may keep."""

    standing: Standing
    held: Step | None = None
    """The step that suspends it."""

    def at(self, now: int, rules: WorkRules = DEFAULT_RULES) -> Standing:
        """The standing at a time, ms. rules: the same as those it was folded by."""
        held, standing = self.held, self.standing
        if held is None:
            return standing
        is_over = held.until is not None and now >= held.until
        return replace(
            standing,
            deadline=_paused(standing, held, now if held.until is None else held.until, rules),
            phase=Phase.HANDLING if is_over else Phase.SUSPENDED,
            suspended_until=None if is_over else held.until,
        )


def fold(
    case: Case,
    steps: Sequence[Step],
    *,
    now: int,
    rules: WorkRules = DEFAULT_RULES,
) -> Standing:
    """How the case stands after these steps, in whatever order they came. now: ms."""
    return folded(case, steps, rules).at(now, rules)


def folded(case: Case, steps: Sequence[Step], rules: WorkRules = DEFAULT_RULES) -> Folded:
    """The same for any moment."""
    folding = _Folding(case, steps, rules)
    for turn, of_turn in groupby(sorted(steps, key=lambda step: step.order), lambda s: s.turn):
        folding.take_turn(turn, list(of_turn))
    return folding.folded()


class _Folding:
    """The standing while steps are taken one after the other."""

    def __init__(self, case: Case, steps: Sequence[Step], rules: WorkRules) -> None:
        self.steps, self.rules = steps, rules
        self.decisive = sorted((s for s in steps if s.is_decisive), key=lambda step: step.order)
        deadline = deadlines.first_deadline(case, rules)
        self.now = Standing(case=case, level=case.begins, deadline=deadline)
        self.suspended: Step | None = None
        self.took: list[Step] = []
        self.asides: list[Aside] = []

    def take_turn(self, turn: int, steps: list[Step]) -> None:
        """The steps whose authors had seen as many decisions."""
        rivals: list[Step] = []
        known = sum(step.turn < turn for step in self.decisive)
        for step in steps:
            why = self._unseen(step, known) or objection(step, self.now)
            if why is None and rivals and not step.is_decisive and step.action not in _BESIDE:
                why = Why.MEANWHILE
            if why is not None:
                self.asides.append(Aside(step, why))
            elif step.is_decisive:
                rivals.append(step)
            else:
                self._take(step)
        if rivals:
            self._decide(rivals)

    def folded(self) -> Folded:
        """What came of it."""
        took, asides = tuple(self.took), tuple(self.asides)
        turn = len(self.decisive)
        return Folded(replace(self.now, turn=turn, took=took, asides=asides), self.suspended)

    def _unseen(self, step: Step, known: int) -> Why | None:
        if step.turn > known:
            return Why.UNSEEN
        missed = step.turn < known and step.after != self.now.after
        return Why.LATE if missed and step.action not in _BESIDE else None

    def _decide(self, rivals: list[Step]) -> None:
        """One of several decisions whose authors did not know of each other."""
        upto = sum(step.turn <= rivals[0].turn for step in self.decisive)
        acted_upon = {step.after for step in self.steps if rivals[0].turn < step.turn < upto}
        stands = next((rival for rival in rivals if rival.id in acted_upon), None)
        closing = next((rival for rival in rivals if rival.closes), None)
        handing = next((rival for rival in rivals if rival.action in HANDOVERS), None)
        if stands is None and closing is not None and handing is not None:
            self._take(closing)
            self._take(handing)
            self.now = replace(self.now, contested=(closing, handing))
            kept = [closing, handing]
        else:
            stands = stands or rivals[0]
            self._take(stands)
            kept = [stands]
        for rival in rivals:
            if rival not in kept:
                twice = rival.closes and any(one.closes for one in kept)
                self.asides.append(Aside(rival, Why.ALSO_CLOSED if twice else Why.LATE))

    def _take(self, step: Step) -> None:
        self.took.append(step)
        if step.action in _BESIDE:
            if step.action is Action.ASK:
                self.now = replace(self.now, asked_for_time=True)
            return
        if self.suspended is not None and step.action is not Action.EXTEND:
            self._lift(self.suspended, step.at)
        self.now = self._after(replace(self.now, contested=()), step)
        if step.is_decisive:
            self.now = replace(self.now, after=step.id)

    def _lift(self, held: Step, at: int) -> None:
        until = at if held.until is None else min(at, held.until)
        self.suspended = None
        moved = _paused(self.now, held, until, self.rules)
        self.now = replace(self.now, deadline=moved, phase=Phase.HANDLING)

    def _after(self, now: Standing, step: Step) -> Standing:
        """The standing after a step that counts."""
        if step.closes:
            return self._closed(now, step)
        if step.action is Action.SUSPEND:
            self.suspended = step
        changed = self._changes().get(step.action)
        if changed is not None:
            return changed(now, step)
        if step.outcome == "withdrawn":
            return _withdrawn(now, step)
        phase = Phase.ACCEPTED if step.action is Action.ACCEPT else Phase.HANDLING
        return replace(now, phase=phase, accepted_at=now.accepted_at or step.at)

    def _changes(self) -> Mapping[Action, Callable[[Standing, Step], Standing]]:
        return {
            Action.ESCALATE: self._handed,
            Action.RETURN: self._handed,
            Action.TRANSFER: self._handed,
            Action.VERIFY: self._looked_at,
            Action.RETURN_VISIT: self._looked_at,
            Action.REOPEN: self._opened,
            Action.EXTEND: _extended,
            Action.SUSPEND: _suspended,
            Action.DUPLICATE: _merged,
            Action.WITHDRAW: _withdrawn,
        }

    def _closed(self, now: Standing, step: Step) -> Standing:
        closing = Closing(
            step=step.id,
            at=step.at,
            level=now.level,
            post=step.post,
            author=step.author,
            in_time=step.at <= now.deadline,
            on_spot=step.on_spot,
        )
        return replace(
            now, phase=Phase.DONE, closing=closing, accepted_at=now.accepted_at or step.at
        )

    def _handed(self, now: Standing, step: Step) -> Standing:
        level, post, deadline = now.level, "", now.deadline
        if step.action is Action.TRANSFER:
            post = step.to
        elif step.action is Action.ESCALATE:
            skips = now.case.urgency == MAY_SKIP and step.to in LEVELS
            level = LEVELS[step.to] if skips else Level(now.level + 1)
            if now.case.sort == DISPUTE:
                deadline = deadlines.deadline_from(now.case, step.at, self.rules)
        elif not now.post:
            level = Level(now.level - 1)
        posts = now.posts | {post} if post else now.posts
        return replace(
            now, phase=Phase.WAITING, level=level, post=post, posts=posts, deadline=deadline
        )

    def _looked_at(self, now: Standing, step: Step) -> Standing:
        if not step.ok:
            opened = self._opened(now, step)
            again = step.action is Action.RETURN_VISIT
            return replace(opened, relapsed=opened.relapsed + 1) if again else opened
        if step.action is Action.RETURN_VISIT:
            due = now.visits_due[1:]
            return replace(now, visits_due=due, phase=Phase.VISITING if due else Phase.CLOSED)
        ended = now.closing.at if now.closing else step.at
        due = deadlines.return_visits(now.case, ended, self.rules)
        return replace(now, visits_due=due, phase=Phase.VISITING if due else Phase.CLOSED)

    def _opened(self, now: Standing, step: Step) -> Standing:
        deadline = deadlines.deadline_from(now.case, step.at, self.rules)
        return replace(
            now,
            phase=Phase.HANDLING,
            deadline=deadline,
            visits_due=(),
            reopened=now.reopened + 1,
        )


def _paused(now: Standing, held: Step, until: int, rules: WorkRules) -> int:
    """The deadline when a suspension ends then."""
    return deadlines.paused(now.case, now.deadline, until - held.at, rules)


def _extended(now: Standing, step: Step) -> Standing:
    return replace(now, deadline=step.until or now.deadline, asked_for_time=False)


def _suspended(now: Standing, _: Step) -> Standing:
    return replace(now, phase=Phase.SUSPENDED)


def _merged(now: Standing, step: Step) -> Standing:
    return replace(now, phase=Phase.MERGED, same_as=step.same_as)


def _withdrawn(now: Standing, _: Step) -> Standing:
    return replace(now, phase=Phase.WITHDRAWN)
