"""What the people and doors of one grid have in common while they are made up."""

from datetime import date, datetime, timedelta, timezone
from random import Random

from msgspec import Struct

from server.town.ground import Field
from server.town.numbers import Numbers
from server.town.values import Area, Town, TownRecord
from shared.changes import Answer

CHINA = timezone(timedelta(hours=8))


class Moment(Struct, frozen=True, order=True):
    """A minute of a day, on a clock in China."""

    day: date
    minute: int = 9 * 60

    @property
    def text(self) -> str:
        """As an answer of a dateTime question: RFC 3339."""
        return self._time.isoformat()

    @property
    def millis(self) -> int:
        """Milliseconds since the epoch."""
        return round(self._time.timestamp() * 1000)

    def not_before(self, day: date) -> "Moment":
        """This moment, or the same minute of `day` if that comes later."""
        return Moment(max(self.day, day), self.minute)

    def later(self, minutes: int) -> "Moment":
        """The moment so many minutes later on the same day."""
        return Moment(self.day, self.minute + minutes)

    @property
    def _time(self) -> datetime:
        hour, minute = divmod(self.minute, 60)
        day = self.day
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)


class Hand(Struct, frozen=True):
    """Who wrote something down, and when."""

    worker: str
    """The staff number."""
    moment: Moment


class Surroundings(Struct, frozen=True, kw_only=True):
    """One grid: its place in the town, who works there, and its own source of chance."""

    today: date
    town: Area
    community: Area
    grid: Area
    place: int
    """Its number among the town's grids, from 0."""
    place_in_community: int
    field: Field
    """The ground that the grid lies on."""
    workers: tuple[str, ...]
    """Staff numbers."""
    random: Random
    numbers: Numbers

    def record(
        self, kind: str, hand: Hand, answers: dict[str, Answer], record_id: str = ""
    ) -> TownRecord:
        """A record of this grid as it was first written down."""
        return TownRecord(
            kind=kind,
            id=record_id or self.numbers.record_id(hand.moment.millis),
            grid=self.grid.code,
            worker=hand.worker,
            at=hand.moment.millis,
            answers={question: value for question, value in answers.items() if value is not None},
        )

    def hand(self, moment: Moment) -> Hand:
        """One of the grid's workers, writing at that moment."""
        return Hand(self.random.choice(self.workers), moment)

    def days_ago(self, fewest: int, most: int) -> date:
        """A day in the past, so many days ago."""
        return self.today - timedelta(days=self.random.randint(fewest, most))

    def days_ahead(self, fewest: int, most: int) -> date:
        """A day in the future, so many days ahead."""
        return self.today + timedelta(days=self.random.randint(fewest, most))


def surroundings_of(town: Town, place: int) -> Surroundings:
    """The surroundings of the grid at this place, the same whenever they are asked for."""
    grid = town.grids[place]
    community = next(area for area in town.communities if area.code == grid.parent)
    siblings = [area.code for area in town.grids if area.parent == grid.parent]
    random = Random(f"{town.plan.seed}/{grid.code}")
    return Surroundings(
        today=town.plan.today,
        town=town.area,
        community=community,
        grid=grid,
        place=place,
        place_in_community=siblings.index(grid.code),
        field=field_of(town, place),
        workers=workers_of(town, grid.code),
        random=random,
        numbers=Numbers(random, place),
    )


def field_of(town: Town, place: int) -> Field:
    """The ground of the grid at this place."""
    return Field(town.area.code, len(town.grids), place)


def workers_of(town: Town, grid: str) -> tuple[str, ...]:
    """The staff numbers of those who have a duty in the grid."""
    return tuple(
        worker.staff_no
        for worker in town.workers
        if any(duty.grid == grid for duty in worker.duties)
    )
