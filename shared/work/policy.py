"""Policy cards: short explanations that stand next to the items which they explain.

A town's cards are one published form that asks nothing: each card is a group with a note in it.
So they have versions, both languages and the way to the phones that forms have.
"""

from collections.abc import Collection, Iterable

from msgspec import Struct

from shared.forms.model import Form, Group, Question, QuestionType
from shared.forms.words import Words

POLICY_CARD = "policy_card"
"""The kind of that form. No record is ever of it."""
NOTICE_CARD = "notice_card"
"""The kind of another form like it: what the notices say that are handed out on visits."""
CARDS = frozenset({POLICY_CARD, NOTICE_CARD})
_EXPLAINS, _EDITION = "explains", "edition"
_TITLES: dict[str, Words] = {
    POLICY_CARD: {"zh": "政策卡", "en": "Policy cards"},
    NOTICE_CARD: {"zh": "告知书", "en": "Notices"},
}


class PolicyCard(Struct, frozen=True, kw_only=True):
    """One card."""

    name: str
    """Unique in the town, also among cards that are no more."""
    title: Words
    text: Words
    explains: tuple[str, ...] = ()
    """What it stands next to, by `target`."""
    edition: str = ""
    """Its own version, where it has one."""


def target(kind: str, question: str, code: str = "") -> str:
    """How a card names a question of a kind's form, or one of its choices: a need, a category."""
    return f"{kind}.{question}" + (f"={code}" if code else "")


def form_of_cards(cards: Iterable[PolicyCard], version: str, kind: str = POLICY_CARD) -> Form:
    """The form that brings these cards to the phones."""
    return Form(
        kind=kind,
        id=kind,
        version=version,
        title=_TITLES[kind],
        languages=("zh", "en"),
        default_language="zh",
        children=tuple(_as_group(card) for card in cards),
    )


def cards_of(form: Form) -> tuple[PolicyCard, ...]:
    """The cards of such a form, in their order."""
    return tuple(
        PolicyCard(
            name=group.name,
            title=group.label,
            text=note.label,
            explains=tuple(note.parameters.get(_EXPLAINS, "").split()),
            edition=note.parameters.get(_EDITION, ""),
        )
        for group in form.children
        if isinstance(group, Group)
        for note in group.children[:1]
        if isinstance(note, Question)
    )


def explaining(
    cards: Iterable[PolicyCard], kind: str, question: str, codes: Collection[str] = ()
) -> tuple[PolicyCard, ...]:
    """The cards that stand next to a question that has these codes for an answer."""
    wanted = {target(kind, question), *(target(kind, question, code) for code in codes)}
    return tuple(card for card in cards if not wanted.isdisjoint(card.explains))


def _as_group(card: PolicyCard) -> Group:
    path, note = f"/data/{card.name}", f"{card.name}_text"
    said = {_EXPLAINS: " ".join(card.explains), _EDITION: card.edition}
    return Group(
        name=card.name,
        path=path,
        label=card.title,
        children=(
            Question(
                name=note,
                path=f"{path}/{note}",
                type=QuestionType.NOTE,
                unit=note,
                label=card.text,
                parameters={name: words for name, words in said.items() if words},
            ),
        ),
    )
