"""Cases and steps for the tests, and hands that know only what they have seen."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from shared.work.cases import fold
from shared.work.rules import DEFAULT_RULES, WorkRules
from shared.work.standing import Standing
from shared.work.values import Action, Actor, Case, Level, Step

ZONE = timezone(timedelta(hours=8))
LATER = 4 * 10**12


def ms(text: str) -> int:
    """A time of the town, such as "2026-11-23 09:00"."""
    return round(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp() * 1000)


def text(at: int) -> str:
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZONE).strftime("%Y-%m-%d %H:%M")


MONDAY = ms("2026-11-23 09:00")
HAZARD = Case(id="case", sort="hazard", discovered=MONDAY, reporter="ann")
DISPUTE = Case(id="case", sort="dispute", discovered=MONDAY, reporter="ann")


def stands(
    case: Case, *steps: Step, now: int = MONDAY, rules: WorkRules = DEFAULT_RULES
) -> Standing:
    return fold(case, steps, now=now, rules=rules)


@dataclass
class Hand:
    """Somebody with a device: takes steps on what it has seen, and meets others."""

    name: str
    level: Level = Level.GRID
    post: str = ""
    seen: list[Step] = field(default_factory=list)
    made: int = 0

    def standing(self, case: Case) -> Standing:
        return fold(case, self.seen, now=LATER)

    def step(self, case: Case, action: Action, at: int, **more: object) -> Step:
        standing = self.standing(case)
        self.made += 1
        level = standing.level if self.post else self.level
        step = Step(
            id=f"{self.name}{self.made}",
            action=action,
            level=level,
            turn=standing.turn,
            after=standing.after,
            at=at,
            device=self.name,
            n=self.made,
            author=self.name,
            post=self.post,
            **more,  # type: ignore[arg-type]  # told by name
        )
        self.seen.append(step)
        return step

    def actor(self, case: Case) -> Actor:
        level = self.standing(case).level if self.post else self.level
        return Actor(self.name, level, self.post)

    def meet(self, *others: "Hand") -> None:
        """All have seen afterwards what any of them had."""
        together = {step.id: step for hand in (self, *others) for step in hand.seen}
        for hand in (self, *others):
            hand.seen = list(together.values())
