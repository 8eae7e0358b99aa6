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
_EXPLAINS = "explains"
_TITLE: Words = {"zh": "政策卡", "en": "Policy cards"}


class PolicyCard(Struct, frozen=True, kw_only=True):
    """One card."""

    name: str
    """Unique in the town, also among cards that are no more."""
    title: Words
    text: Words
    explains: tuple[str, ...] = ()
    """What it stands next to, by `target`."""


def target(kind: str, question: str, code: str = "") -> str:
    """How a card names a question of a kind's form, or one of its choices: a need, a category."""
    return f"{kind}.{question}" + (f"={code}" if code else "")


def form_of_cards(cards: Iterable[PolicyCard], version: str) -> Form:
    """The form that brings these cards to the phones."""
    return Form(
        kind=POLICY_CARD,
        id=POLICY_CARD,
        version=version,
        title=_TITLE,
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
                parameters={_EXPLAINS: " ".join(card.explains)} if card.explains else {},
            ),
        ),
    )
