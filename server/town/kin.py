"""Invented people, each of an age and a name that fits those whom they belong to."""

from datetime import date, timedelta
from random import Random

from msgspec import Struct

from server.town.chance import happens
from server.town.names import given_name, surname
from shared.codes import Sex, split_name

HEAD, SPOUSE, SON, DAUGHTER, GRANDCHILD, PARENT, OTHER = "0", "1", "2", "3", "4", "5", "8"
"""GB/T 4761, one digit. A daughter-in-law is among the daughters, as the standard has it."""
SINGLE, MARRIED, WIDOWED, DIVORCED = "10", "20", "30", "40"
"""GB/T 2261.2."""

MARRIAGE_AGE = {Sex.MALE: 22.0, Sex.FEMALE: 20.0}
PARENT_AGE_MIN = 20.5
MOTHER_AGE_MAX = 44.0
AT_HOME_MAX = 31.0
"""Children older than this have moved out."""
AGE_MAX = 101.0
DAYS_OF_YEAR = 365.2425


class Person(Struct, frozen=True, kw_only=True):
    """A member of a family."""

    name: str
    sex: Sex
    born: date
    relation: str
    marital: str


class Standing(Struct, frozen=True):
    """What someone is to the head, and whether married."""

    relation: str
    marital: str


class Kin:
    """Makes the people of one family, each in keeping with those already there."""

    def __init__(self, random: Random, today: date) -> None:
        self.random = random
        self._today = today

    def head(self, ages: tuple[int, int], marital: str) -> Person:
        """The head: more often a man, of an age between these two."""
        sex = Sex.MALE if happens(self.random, 0.7) else Sex.FEMALE
        age = self.random.uniform(*ages)
        return self._person(surname(self.random), sex, age, Standing(HEAD, marital))

    def couple(self, ages: tuple[int, int]) -> tuple[Person, Person]:
        """A head of such an age, and the head's wife or husband."""
        head = self.head(ages, MARRIED)
        return head, self.spouse(head)

    def spouse(self, of: Person, relation: str = SPOUSE) -> Person:
        """A wife or a husband of about the same age."""
        sex = Sex.FEMALE if of.sex is Sex.MALE else Sex.MALE
        gap = self.random.gauss(2 if sex is Sex.FEMALE else -2, 2)
        age = max(MARRIAGE_AGE[sex] + 0.6, self._age(of) - gap)
        return self._person(surname(self.random), sex, age, Standing(relation, MARRIED))

    def child(self, of: tuple[Person, Person], relation: str = "") -> Person:
        """A child of this couple; relation: what it is to the head, if not son or daughter."""
        father, mother = sorted(of, key=lambda parent: parent.sex)
        oldest = min(self._age(father), self._age(mother)) - PARENT_AGE_MIN
        youngest = max(0.0, self._age(mother) - MOTHER_AGE_MAX)
        age = self._age(mother) - self.random.gauss(26.5, 3.5)
        age = max(0.0, min(max(age, youngest), oldest, AT_HOME_MAX))
        sex = Sex.MALE if happens(self.random, 0.52) else Sex.FEMALE
        named_after = mother if happens(self.random, 0.04) else father
        related = relation or (SON if sex is Sex.MALE else DAUGHTER)
        return self._person(_surname_of(named_after), sex, age, Standing(related, SINGLE))

    def sibling(self, of: Person) -> Person | None:
        """A younger child of the same parents, or None when it is not born yet."""
        age = self._age(of) - self.random.uniform(1.6, 6)
        sex = Sex.MALE if happens(self.random, 0.5) else Sex.FEMALE
        relation = of.relation
        if relation in {SON, DAUGHTER}:
            relation = SON if sex is Sex.MALE else DAUGHTER
        if age < 0:
            return None
        return self._person(_surname_of(of), sex, age, Standing(relation, SINGLE))

    def grown_son(self, of: tuple[Person, Person]) -> Person:
        """A married son who lives with his parents."""
        father, mother = sorted(of, key=lambda parent: parent.sex)
        limit = min(self._age(father), self._age(mother)) - PARENT_AGE_MIN
        age = max(
            min(self._age(mother) - self.random.uniform(22, 27), limit), MARRIAGE_AGE[Sex.MALE]
        )
        return self._person(_surname_of(father), Sex.MALE, age, Standing(SON, MARRIED))

    def parent(self, of: Person, sex: Sex, marital: str) -> Person:
        """A father, who gives the surname, or a mother, who does not."""
        name = _surname_of(of) if sex is Sex.MALE else surname(self.random)
        older = self.random.uniform(22, 32) + (2 if sex is Sex.MALE else 0)
        return self._person(name, sex, self._age(of) + older, Standing(PARENT, marital))

    def lodger(self, ages: tuple[int, int]) -> Person:
        """Someone who lives here and is no relative of the head."""
        sex = Sex.MALE if happens(self.random, 0.55) else Sex.FEMALE
        age = self.random.uniform(*ages)
        return self._person(surname(self.random), sex, age, Standing(OTHER, SINGLE))

    def _age(self, person: Person) -> float:
        return (self._today - person.born).days / DAYS_OF_YEAR

    def _person(self, family: str, sex: Sex, age: float, standing: Standing) -> Person:
        born = self._today - timedelta(days=int(min(age, AGE_MAX) * DAYS_OF_YEAR))
        return Person(
            name=family + given_name(self.random, sex, born.year),
            sex=sex,
            born=born,
            relation=standing.relation,
            marital=standing.marital,
        )


def age_of(person: Person, today: date) -> int:
    """Years of age on that day, as the forms count them when they ask by age."""
    return int((today - person.born).days / 365.25)


def _surname_of(person: Person) -> str:
    return split_name(person.name)[0]
