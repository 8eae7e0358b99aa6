"""A step in the life of a household, as it is being told: who, where to, when. One save."""

from collections.abc import Callable
from enum import StrEnum

from mobile.store import life
from mobile.store.cards import DwellingCard, HouseholdCard, ResidentCard
from mobile.store.life import Child, Home
from mobile.store.values import Edit
from mobile.views.state.dates import parse_day
from mobile.views.state.half import Half, HalfStep
from mobile.views.state.live import Live
from mobile.views.state.tab import TabState
from mobile.views.state.taking_back import undo_of

FOUND_MAX = 6


class Step(StrEnum):
    """What happened."""

    MOVE_OUT = "move_out"
    MOVE_TO = "move_to"
    MEMBER_AWAY = "member_away"
    MEMBER_TO = "member_to"
    SPLIT = "split"
    TOGETHER = "together"
    TWICE = "twice"
    BIRTH = "birth"
    DEATH = "death"
    RENUMBER = "renumber"


ONE_PERSON = frozenset({Step.MEMBER_AWAY, Step.MEMBER_TO, Step.DEATH})
SOME_PEOPLE = frozenset({Step.SPLIT})
OTHER_HOUSEHOLD = frozenset({Step.MEMBER_TO, Step.TOGETHER, Step.TWICE})
OTHER_DWELLING = frozenset({Step.MOVE_TO, Step.SPLIT})
TEXTS = {
    Step.BIRTH: ("name", "day"),
    Step.MOVE_TO: ("day", "note"),
    Step.RENUMBER: ("code", "plate", "note"),
}
"""What is typed; where nothing else is said, the day and a note."""
CHOICES = {Step.BIRTH: ("1", "2"), Step.MOVE_OUT: ("vacant", "unknown")}
"""What is chosen beside: the child's sex, how the home stands."""


class LifeState(Live):
    """One step, while it is being told."""

    def __init__(self, tab: TabState, household: str, step: Step) -> None:
        super().__init__(tab)
        self.household, self.step = household, step
        self.home: Home | None = None
        self.people: tuple[str, ...] = ()
        self.other: HouseholdCard | None = None
        self.dwelling: DwellingCard | None = None
        self.choice = "unknown" if step is Step.MOVE_OUT else ""
        self.typed = {"day": tab.now().date().isoformat()}
        self.query = ""
        self.households: tuple[HouseholdCard, ...] = ()
        self.dwellings: tuple[DwellingCard, ...] = ()
        self.saved = False
        self.half = HalfStep(tab, household, step)
        self._go_on()

    def shown(self) -> object:
        """The household and what was found."""
        return self.home, self.households, self.dwellings

    def read(self) -> None:
        """Takes the household from the store, and finds what is searched for."""
        self.home, query = self._home(self.household), self.query.strip()
        self.households, self.dwellings = (), ()
        if not query:
            return
        if self.step in OTHER_HOUSEHOLD:
            found = self.tab.store.search(query, limit=FOUND_MAX).cards
            self.households = tuple(one for one in found if one.id != self.household)
        else:
            self.dwellings = self.tab.store.dwellings(query, limit=FOUND_MAX)

    @property
    def fields(self) -> tuple[str, ...]:
        """What is typed."""
        return TEXTS.get(self.step, ("day", "note"))

    @property
    def renamed(self) -> DwellingCard | None:
        """The dwelling of the household."""
        return self.home.dwelling if self.home else None

    def toggle(self, member: ResidentCard) -> None:
        """Takes a person, or takes her back; where only one is meant, instead of the other."""
        chosen = [one for one in self.people if one != member.id]
        if member.id not in self.people:
            chosen = [*chosen, member.id] if self.step in SOME_PEOPLE else [member.id]
        self.people = tuple(chosen)
        self.changed()

    def type(self, name: str, text: str) -> None:
        """What stands in a field now."""
        self.typed[name] = text

    def keep(self) -> None:
        """Keeps the step as it is told so far. Blocks."""
        if not self.saved:
            other = self.other.id if self.other else ""
            dwelling = self.dwelling.id if self.dwelling else ""
            self.half.keep(Half(self.people, other, dwelling, self.choice, self.typed))

    def drop(self) -> None:
        """Forgets it."""
        self.saved = True
        self.half.drop()

    def _go_on(self) -> None:
        """Takes what was told of it before, in this run of the app or an earlier one."""
        half = self.half.kept()
        if half is not None:
            store = self.tab.store
            self.people, self.choice = half.people, half.choice
            self.other = store.household(half.other) if half.other else None
            self.dwelling = store.dwelling(half.dwelling) if half.dwelling else None
            self.typed = {**self.typed, **half.typed}

    def search(self, query: str) -> None:
        """What is searched for now; `load` finds it."""
        self.query = query

    def pick(self, found: HouseholdCard | DwellingCard) -> None:
        """The household or dwelling that is meant."""
        if isinstance(found, HouseholdCard):
            self.other = found
        else:
            self.dwelling = found
        self.query = ""
        self.keep()
        self.load()
        self.changed()

    def choose(self, choice: str) -> None:
        """The child's sex, or how the home stands."""
        self.choice = choice
        self.changed()

    def owed(self) -> str:
        """What is still missing, as the key of its words; "" when nothing is."""
        wants = {
            "person": self.step in ONE_PERSON | SOME_PEOPLE and not self.people,
            "all_leave": self.step is Step.SPLIT and self._all_chosen(),
            "household": self.step in OTHER_HOUSEHOLD and self.other is None,
            "dwelling": self.step is Step.MOVE_TO and self.dwelling is None,
            "name": self.step is Step.BIRTH and not self._text("name"),
            "number": self.step is Step.RENUMBER and not self._renumbered(),
            "day": "day" in self.fields and self._bad_day(),
        }
        return next((key for key, missing in wants.items() if missing), "")

    def save(self) -> bool:
        """Saves the step as one, and says so; False, and why, when something is missing."""
        if self.saved:
            return True
        owed = self.owed()
        if owed or self.home is None:
            self.tab.say(self.tab.texts(f"life.owed_{owed or 'household'}"))
            return False
        self.saved = True
        try:
            saved = self.tab.store.save(self._edits(self.home), drop=self.half.drafts())
        except BaseException:
            self.saved = False
            raise
        self.tab.say(self.tab.texts("life.saved"), undo_of(self.tab, saved))
        return True

    def _edits(self, home: Home) -> list[Edit]:
        """What the step changes; `owed` has seen to it that everything is there."""
        note, new_id = self._note(), self.tab.house.clock.new_id
        who = [one for one in home.members if one.id in self.people]
        place = self.dwelling.id if self.dwelling else home.card.dwelling or ""
        together = self.step is Step.TOGETHER
        steps: dict[Step, Callable[[], list[Edit]]] = {
            Step.MOVE_OUT: lambda: life.move_out(home, vacant=self.choice == "vacant", note=note),
            Step.MOVE_TO: lambda: life.move_to(
                home, self._picked(), since=self._text("day"), note=note
            ),
            Step.SPLIT: lambda: life.split(home, who, new_id=new_id(), dwelling=place, note=note),
            Step.MEMBER_AWAY: lambda: life.moved_away(home, who[0], note=note),
            Step.MEMBER_TO: lambda: life.member_to(home, who[0], self._other(), note=note),
            Step.TOGETHER: lambda: life.merge(home, self._other(), together=together, note=note),
            Step.TWICE: lambda: life.merge(home, self._other(), together=together, note=note),
            Step.BIRTH: lambda: life.birth(home, self._child(new_id()), note=note),
            Step.DEATH: lambda: life.death(home, who[0], note=note),
            Step.RENUMBER: lambda: life.renumber(
                home.dwelling, code=self._text("code"), plate=self._text("plate"), note=note
            ),
        }
        return steps[self.step]()

    def _picked(self) -> DwellingCard:
        assert self.dwelling is not None  # `owed` asked for it
        return self.dwelling

    def _other(self) -> Home:
        other = self._home(self.other.id) if self.other else None
        assert other is not None  # `owed` asked for it
        return other

    def _child(self, new_id: str) -> Child:
        return Child(new_id, self._text("name"), self.choice, self._text("day"))

    def _home(self, household: str) -> Home | None:
        store = self.tab.store
        card = store.household(household)
        if card is None:
            return None
        dwelling = store.dwelling(card.dwelling) if card.dwelling else None
        return Home(card, store.members(card.id), dwelling)

    def _note(self) -> str:
        """What is written into the journal: what happened, when, and what was said of it."""
        parts = [self.tab.texts(f"life.{self.step}.name"), self._text("day"), self._text("note")]
        return " ".join(part for part in parts if part)

    def _text(self, name: str) -> str:
        return self.typed.get(name, "").strip() if name in self.fields else ""

    def _bad_day(self) -> bool:
        day = parse_day(self._text("day"))
        return day is None or day > self.tab.now().date()

    def _all_chosen(self) -> bool:
        here = {one.id for one in self.home.here} if self.home else set()
        return bool(here) and here <= set(self.people)

    def _renumbered(self) -> bool:
        home = self.renamed
        return home is not None and bool(self._text("code") or self._text("plate"))
