"""Writing policy cards at the desk: each saving is a new version, which the phones fetch."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct, structs

from server.errors import NotFound
from server.office.act import require
from server.office.errors import refused
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.register import Register
from server.register.versions import Version
from shared.forms.model import CHOICE_TYPES, Form
from shared.work.policy import POLICY_CARD, PolicyCard, cards_of, form_of_cards, target

CARDS_MAX = 200
TITLE_MAX = 60
TEXT_MAX = 3000
CATEGORIES: Mapping[str, frozenset[str]] = {
    "household": frozenset({"marks", "tenure"}),
    "resident": frozenset({"assistance", "care", "disability", "medical", "pension", "veteran"}),
    "case": frozenset({"case_kind"}),
}
"""Questions of which a card may explain a single choice: needs and categories."""
KINDS = ("household", "resident", "visit", "dwelling", "case", "diary")
"""Forms next to whose questions cards can stand."""


class Place(Struct, frozen=True):
    """Where a card can stand."""

    target: str
    label: str


class Edition(Struct, frozen=True):
    """The cards of a version."""

    version: str
    """"" before there is any."""
    cards: tuple[PolicyCard, ...]


class PolicyDesk(Struct, frozen=True):
    """Reads and writes the cards of a town."""

    register: Register

    def edition(self, town: str, version: str = "") -> Edition:
        """The current cards, or those of an earlier version. Raises NotFound for no such."""
        if not version:
            form = self.register.forms(town).get(POLICY_CARD)
            return Edition("", ()) if form is None else Edition(form.version, cards_of(form))
        earlier = self.register.versions.form(town, POLICY_CARD, version)
        if earlier is None:
            raise NotFound
        return Edition(earlier.version, cards_of(earlier))

    def editions(self, town: str) -> list[Version]:
        """Every version, the newest first."""
        return [one for one in self.register.versions.all(town) if one.kind == POLICY_CARD]

    def put(self, who: AccountIdentity, seen: str, card: PolicyCard) -> str:
        """Adds a card, or changes the one of that name; the new version.

        seen: the version that the writer had before them. Raises NotAllowed or OfficeRefused.
        """
        cards = list(self._unchanged_since(who, seen))
        card = _checked(card)
        number = self._next(who.town)
        at = next((i for i, each in enumerate(cards) if each.name == card.name), None)
        if at is None:
            cards.append(structs.replace(card, name=f"card_{number}"))
        else:
            cards[at] = card
        return self._publish(who.town, cards, number)

    def drop(self, who: AccountIdentity, seen: str, name: str) -> str:
        """Takes a card out; the new version. Raises NotFound, NotAllowed or OfficeRefused."""
        cards = self._unchanged_since(who, seen)
        left = [card for card in cards if card.name != name]
        if len(left) == len(cards):
            raise NotFound
        return self._publish(who.town, left, self._next(who.town))

    def places(self, town: str, language: str) -> dict[str, list[Place]]:
        """Where cards can stand, by the title of the form."""
        forms = self.register.forms(town)
        known = [forms[kind] for kind in KINDS if kind in forms]
        return {form.words(form.title, language): list(_places(form, language)) for form in known}

    def _unchanged_since(self, who: AccountIdentity, seen: str) -> Sequence[PolicyCard]:
        require(who, Action.PUBLISH_FORMS)
        current = self.edition(who.town)
        if current.version != seen:
            raise refused(
                "cards_changed",
                "政策卡刚刚有人改过，请看过新内容后再保存。",
                "Somebody changed the cards meanwhile: look at them, then save again.",
            )
        return current.cards

    def _next(self, town: str) -> int:
        """The number of the next version, also after one was taken back."""
        numbers = (one.version for one in self.editions(town))
        return 1 + max((int(each) for each in numbers if each.isdecimal()), default=0)

    def _publish(self, town: str, cards: Sequence[PolicyCard], number: int) -> str:
        if len(cards) > CARDS_MAX:
            raise refused(
                "too_many_cards",
                f"政策卡请不超过 {CARDS_MAX} 张。",
                f"At most {CARDS_MAX} cards, please.",
            )
        self.register.publish_form(town, form_of_cards(cards, str(number)))
        return str(number)


def known_targets(places: Mapping[str, Collection[Place]]) -> frozenset[str]:
    """Every place where a card can stand."""
    return frozenset(place.target for each in places.values() for place in each)


def _places(form: Form, language: str) -> Sequence[Place]:
    found: list[Place] = []
    for question in form.questions:
        if not question.asked or not question.label:
            continue
        label = form.words(question.label, language)
        found.append(Place(target(form.kind, question.name), label))
        is_category = question.name in CATEGORIES.get(form.kind, ())
        if is_category and question.type in CHOICE_TYPES:
            found += [
                Place(
                    target(form.kind, question.name, choice.name),
                    f"{label}：{form.words(choice.label, language)}"
                    if language == "zh"
                    else f"{label}: {form.words(choice.label, language)}",
                )
                for choice in form.choices.get(question.choice_list, ())
            ]
    return found


def _checked(card: PolicyCard) -> PolicyCard:
    title = {language: " ".join(words.split()) for language, words in card.title.items()}
    text = {language: words.strip() for language, words in card.text.items()}
    if not title.get("zh") or not text.get("zh"):
        raise refused(
            "card_empty",
            "请填写中文标题和内容。",
            "Give it a title and a text in Chinese; English may follow later.",
        )
    if max(map(len, title.values())) > TITLE_MAX or max(map(len, text.values())) > TEXT_MAX:
        raise refused(
            "too_long",
            f"标题请不超过 {TITLE_MAX} 字，内容不超过 {TEXT_MAX} 字。",
            f"At most {TITLE_MAX} characters of title and {TEXT_MAX} of text.",
        )
    return structs.replace(
        card,
        title={language: words for language, words in title.items() if words},
        text={language: words for language, words in text.items() if words},
    )
