"""Which step may be taken by whom, and when. The same answer offers a step and judges it."""

from shared.work.standing import Standing, Why
from shared.work.values import (
    DISPUTE,
    OPEN,
    Action,
    Actor,
    Level,
    Phase,
    Step,
)

_BUSY = frozenset({Phase.WAITING, Phase.ACCEPTED, Phase.HANDLING})
_WHEN: dict[Action, frozenset[Phase]] = {
    Action.ACCEPT: frozenset({Phase.WAITING}),
    Action.HANDLE: _BUSY,
    Action.CONSULT: _BUSY,
    Action.SESSION: _BUSY,
    Action.ESCALATE: OPEN,
    Action.RETURN: OPEN,
    Action.TRANSFER: OPEN,
    Action.ASK: OPEN,
    Action.EXTEND: OPEN,
    Action.SUSPEND: _BUSY,
    Action.RESUME: frozenset({Phase.SUSPENDED}),
    Action.CLOSE: OPEN,
    Action.VERIFY: frozenset({Phase.DONE}),
    Action.REOPEN: frozenset({Phase.DONE, Phase.CLOSED, Phase.VISITING, Phase.WITHDRAWN}),
    Action.RETURN_VISIT: frozenset({Phase.VISITING}),
    Action.WITHDRAW: OPEN,
    Action.DUPLICATE: OPEN,
    Action.NOTE: frozenset(Phase),
}
_ANYBODY = frozenset({Action.NOTE, Action.RETURN_VISIT})
_FROM_ABOVE = frozenset({Action.VERIFY, Action.REOPEN})
"""A higher level may do these as well as the one that has the case."""
_OF_A_POST = frozenset(
    {Action.ACCEPT, Action.HANDLE, Action.CONSULT, Action.SESSION, Action.RETURN, Action.ASK}
    | {Action.SUSPEND, Action.RESUME, Action.CLOSE, Action.NOTE, Action.RETURN_VISIT}
)
"""What a department or mediator may do; the rest is for the office that sent the case."""
ORDER = tuple(_WHEN)


def objection(step: Step, standing: Standing) -> Why | None:
    """What speaks against the step as the case stands; None where it counts."""
    actor = Actor(step.author, step.level, step.post)
    if not _is_time(step, standing):
        return Why.NOT_NOW
    if not _is_theirs(step.action, actor, standing):
        return Why.NOT_YOURS
    if step.action is Action.ESCALATE and standing.level is Level.TOWN:
        return Why.NO_FURTHER
    if step.action is Action.RETURN and not _can_go_back(standing):
        return Why.NO_FURTHER
    return Why.OWN_WORK if _is_own_work(step.action, actor, standing) else None


def possible(actor: Actor, standing: Standing) -> tuple[Action, ...]:
    """The steps that the actor may take now, in the order of the work."""
    offered = (_as_step(action, actor, standing) for action in ORDER)
    return tuple(
        step.action
        for step in offered
        if objection(step, standing) is None and _makes_sense(step.action, standing)
    )


def _as_step(action: Action, actor: Actor, standing: Standing) -> Step:
    return Step(
        id="", action=action, level=actor.level, post=actor.post, author=actor.id,
        turn=standing.turn, after=standing.after,
    )  # fmt: skip


def _is_time(step: Step, standing: Standing) -> bool:
    if standing.contested and step.action is Action.VERIFY:
        return True  # the closing stands after all, or it does not
    when = _WHEN[step.action]
    if step.action is Action.VERIFY and not step.ok:
        # Somebody verified it at the same time and was content: the doubt counts.
        when = when | {Phase.CLOSED, Phase.VISITING}
    return standing.phase in when


def _is_theirs(action: Action, actor: Actor, standing: Standing) -> bool:
    if actor.post:
        mine = action in _ANYBODY and actor.post in standing.posts
        return action in _OF_A_POST and (mine or actor.post == standing.post)
    if action in _ANYBODY:
        return True
    if action is Action.EXTEND:
        above = actor.level > standing.level or standing.level is Level.TOWN
        return above or (actor.level == standing.level and standing.post != "")
    if action in _FROM_ABOVE:
        return actor.level >= standing.level
    if action is Action.WITHDRAW and actor.id == standing.case.reporter:
        return True
    return actor.level == standing.level


def _can_go_back(standing: Standing) -> bool:
    return bool(standing.post) or standing.level > standing.case.begins


def _is_own_work(action: Action, actor: Actor, standing: Standing) -> bool:
    closing = standing.closing
    if action is not Action.VERIFY or closing is None:
        return False
    return closing.level > Level.GRID and closing.author == actor.id


def _makes_sense(action: Action, standing: Standing) -> bool:
    """What is allowed, but would only confuse whoever reads the list of steps."""
    if action is Action.SESSION:
        return standing.case.sort == DISPUTE
    if action is Action.ASK:
        return standing.level < Level.TOWN and not standing.asked_for_time
    return True
