"""The legend: a colour and a letter for each state of a door and each mark of a household.

The same on lists, pictures, maps and printed covers. A town may change colours and letters, but
not what is marked: states follow from the register, marks from the published form, whose linter
refuses what people believe, where they come from and their health. The letter says it without the
colour, on black and white paper too.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from sqlalchemy import Connection, delete, insert, select
from sqlmodel import col

from server.db.desk_tables import LegendRow
from server.forms.forbidden import ethnic_word, forbidden_word
from server.office.act import Act
from server.office.areas import areas
from server.office.audit import Deed
from server.office.errors import OfficeRefused, refused
from server.office.roles import Action
from shared.coverage import DoorState
from shared.forms.model import Form

LETTERS_MAX = 2
PALETTE = (
    "green", "lime", "teal", "cyan", "azure", "blue", "indigo", "purple", "pink", "orange",
    "yellow", "gray",
)  # fmt: skip
"""Colours that hold dark text; red is not among them: nothing is red for a refusal."""
DAY_BOUND = frozenset({DoorState.DUE, DoorState.OVERDUE})
"""States that only the phone knows: they follow from answers that the office seals."""
_STATES: Mapping[DoorState, tuple[str, str, str]] = MappingProxyType(
    {
        DoorState.CONFLICT: ("orange", "裁", "C"),
        DoorState.REFUSED: ("indigo", "婉", "R"),
        DoorState.NEVER_VISITED: ("azure", "未", "N"),
        DoorState.NOBODY_HOME: ("yellow", "没", "H"),
        DoorState.UNREGISTERED: ("pink", "无", "?"),
        DoorState.EMPTY: ("cyan", "空", "E"),
        DoorState.GONE: ("gray", "拆", "X"),
        DoorState.FINE: ("green", "✓", "✓"),
    }
)
"""Colour, and the letter in Chinese and English: those of the phone's building picture."""
_MARKS = ("teal", "blue", "purple", "lime")


class Sign(Struct, frozen=True):
    """How one state or mark is drawn."""

    key: str
    """`state.` or `mark.`, and the code."""
    colour: str
    letter: str
    label: str = ""
    """Of a mark, what the form calls it."""

    @property
    def code(self) -> str:
        """The state or mark itself."""
        return self.key.partition(".")[2]


class Legend(Struct, frozen=True):
    """All signs of a town."""

    states: tuple[Sign, ...]
    marks: tuple[Sign, ...]

    def state(self, code: str) -> Sign:
        """The sign of a state; of the two that only phones know, that of a door that is fine."""
        fine = next(sign for sign in self.states if sign.code == DoorState.FINE)
        return next((sign for sign in self.states if sign.code == code), fine)

    def marks_of(self, codes: str) -> list[Sign]:
        """The signs of marks, given as codes separated by spaces."""
        return [sign for sign in self.marks if sign.code in codes.split()]


def legend(conn: Connection, town: str, form: Form | None, language: str = "zh") -> Legend:
    """The town's legend. form: that of households, whose marks it has."""
    own = {
        row.key: (row.colour, row.letter)
        for row in conn.execute(select(LegendRow).where(col(LegendRow.town_id) == town))
    }
    states = [
        _sign(own, f"state.{state}", colour, zh if language == "zh" else en)
        for state, (colour, zh, en) in _STATES.items()
    ]
    marks = [
        _sign(own, f"mark.{code}", _MARKS[place % len(_MARKS)], label[:1], label)
        for place, (code, label) in enumerate(_offered(form, language))
    ]
    return Legend(tuple(states), tuple(marks))


def change_legend(act: Act, form: Form | None, wanted: Sequence[Sign]) -> None:
    """Draws the signs so from now on. Raises OfficeRefused where two could be confused."""
    act.require(Action.MANAGE_AREAS)
    known = legend(act.conn, act.who.town, form)
    keys = {sign.key for sign in (*known.states, *known.marks)}
    if any(sign.key not in keys for sign in wanted):
        raise refused(
            "legend_key",
            "图例只能标注房屋状态和表单中的户标记。",
            "A legend marks states of doors and the form's marks of households, nothing else.",
        )
    for sign in wanted:
        _check(sign)
    for kind in ("state.", "mark."):
        letters = [sign.letter for sign in wanted if sign.key.startswith(kind)]
        if len(set(letters)) < len(letters):
            raise refused(
                "legend_twice",
                "两个图例用了同一个字，黑白打印时分不清。",
                "Two signs have the same letter: in black and white nobody could tell them apart.",
            )
    for sign in wanted:
        mine = (col(LegendRow.town_id) == act.who.town, col(LegendRow.key) == sign.key)
        act.conn.execute(delete(LegendRow).where(*mine))
        values = {"key": sign.key, "colour": sign.colour, "letter": sign.letter}
        act.conn.execute(insert(LegendRow).values(town_id=act.who.town, **values))
    root = next(area for area in areas(act.conn, act.who.town) if area.parent_id is None)
    act.note(Deed.AREA_CHANGED, root.id, "legend")


def _check(sign: Sign) -> None:
    if sign.colour not in PALETTE:
        raise refused("legend_colour", "请从给出的颜色中选择。", "Choose one of the given colours.")
    if not 0 < len(sign.letter) <= LETTERS_MAX or not sign.letter.isprintable():
        raise _letter()
    if forbidden_word(sign.letter) or ethnic_word(sign.letter) or sign.letter.isspace():
        raise _letter()


def _letter() -> OfficeRefused:
    return refused(
        "legend_letter",
        f"标记为 1 至 {LETTERS_MAX} 个字。",
        f"A letter has 1 or {LETTERS_MAX} characters.",
    )


def _sign(
    own: Mapping[str, tuple[str, str]], key: str, *usual: str
) -> Sign:  # fmt: skip
    colour, letter = own.get(key, (usual[0], usual[1]))
    return Sign(key, colour, letter, usual[2] if len(usual) > 2 else "")


def _offered(form: Form | None, language: str) -> list[tuple[str, str]]:
    """The marks that the form offers, without any that its linter would refuse today."""
    question = form.question("marks") if form is not None else None
    if form is None or question is None:
        return []
    found = []
    for choice in form.choices.get(question.choice_list, ()):
        label = form.words(choice.label, language) or choice.name
        texts = (choice.name, *choice.label.values())
        if not any(forbidden_word(text) or ethnic_word(text) for text in texts):
            found.append((choice.name, label))
    return found
