"""What the notices say that workers hand out: versions of their texts, and a draft from the forms.

PIPL article 17: who, for what, which answers, for how long, and what one may ask for.
"""

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from sqlalchemy import Connection, func, insert, select
from sqlmodel import col

from server.db.rights_tables import NoticeTextRow
from server.office.act import Act
from server.office.audit import Deed
from server.office.errors import refused
from server.office.roles import Action
from server.register.published import put_form
from server.rights.processing import PERSONAL, Processed, processed
from shared.codes import code_table
from shared.consent import WORD_UNIT
from shared.forms.model import Form
from shared.work.policy import NOTICE_CARD, PolicyCard, form_of_cards, target

PRIVACY = "privacy_notice"
NOTICES = "notice"
"""The table of codes of what is handed out on a visit."""
TEXT_MIN = 20
TEXT_MAX = 8000


class NoticeText(Struct, frozen=True):
    """One version of a notice."""

    notice: str
    version: int
    zh: str
    en: str
    from_at: int
    set_by: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that it is handed out in."""
        return ("zh", "en") if self.en else ("zh",)


class Editions(Struct, frozen=True):
    """The versions of all notices, each the newest first."""

    of: Mapping[str, tuple[NoticeText, ...]]

    def at(self, notice: str, time: int) -> NoticeText | None:
        """The version that was in force then; None before the first."""
        return next((each for each in self.of.get(notice, ()) if each.from_at <= time), None)


def editions(conn: Connection, town: str) -> Editions:
    """The notices of a town."""
    rows = conn.execute(
        select(NoticeTextRow)
        .where(col(NoticeTextRow.town_id) == town)
        .order_by(col(NoticeTextRow.notice), col(NoticeTextRow.version).desc())
    )
    found: dict[str, tuple[NoticeText, ...]] = {}
    for row in rows:
        text = NoticeText(row.notice, row.version, row.zh, row.en, row.from_at, row.set_by)
        found[row.notice] = (*found.get(row.notice, ()), text)
    return Editions(found)


def publish_notice(act: Act, notice: str, zh: str, en: str) -> int:
    """Puts a new version of a notice in force from now on; its number. Raises OfficeRefused."""
    act.require(Action.PUBLISH_FORMS)
    texts = zh.strip().replace("\r\n", "\n"), en.strip().replace("\r\n", "\n")
    known = code_table(NOTICES).get(notice) is not None
    if not known or not TEXT_MIN <= len(texts[0]) <= TEXT_MAX or len(texts[1]) > TEXT_MAX:
        raise refused(
            "notice_text",
            f"请填写告知书的中文内容，{TEXT_MIN} 到 {TEXT_MAX} 个字。",
            f"Write the Chinese text of the notice, {TEXT_MIN} to {TEXT_MAX} characters.",
        )
    newest = act.conn.execute(
        select(func.max(col(NoticeTextRow.version))).where(
            col(NoticeTextRow.town_id) == act.who.town, col(NoticeTextRow.notice) == notice
        )
    ).scalar_one()
    version = (newest or 0) + 1
    act.conn.execute(
        insert(NoticeTextRow).values(
            town_id=act.who.town, notice=notice, version=version, zh=texts[0], en=texts[1],
            from_at=act.now, set_by=act.who.id,
        )
    )  # fmt: skip
    put_form(act.conn, act.who.town, _cards(act), act.now)
    act.note(Deed.NOTICE_PUBLISHED, f"{notice} {version}")
    return version


def draft(forms: Mapping[str, Form], town: str, language: str) -> str:
    """The privacy notice as the forms have it: each purpose with the answers that serve it."""
    items = [each for each in processed(forms, language) if each.privacy in PERSONAL]
    return "\n".join(_lines_zh(town, items) if language == "zh" else _lines_en(town, items))


def _cards(act: Act) -> Form:
    """The notices in force as phones have them: next to what a worker is asked about them."""
    found = editions(act.conn, act.who.town).of
    cards = [
        PolicyCard(
            name=code,
            title={"zh": known.zh, "en": known.en},
            text={"zh": texts[0].zh, **({"en": texts[0].en} if texts[0].en else {})},
            explains=_places(code),
            edition=str(texts[0].version),
        )
        for code, texts in found.items()
        if (known := code_table(NOTICES).get(code)) is not None
    ]
    return form_of_cards(cards, str(sum(map(len, found.values()))), NOTICE_CARD)


def _places(code: str) -> tuple[str, ...]:
    handed_out = target("visit", "notices_given", code)
    return (target("resident", WORD_UNIT), handed_out) if code == PRIVACY else (handed_out,)


def _by_purpose(items: Sequence[Processed]) -> Iterator[tuple[str, list[Processed]]]:
    grouped: dict[str, list[Processed]] = {}
    for item in items:
        grouped.setdefault(item.purpose, []).append(item)
    yield from ((purpose, some) for purpose, some in grouped.items() if purpose)


def _lines_zh(town: str, items: Sequence[Processed]) -> Iterator[str]:
    yield f"{town}网格服务个人信息告知书"
    yield "我们收集以下信息，只用于所写的目的。您可以不回答，不影响您得到服务："
    for number, (purpose, some) in enumerate(_by_purpose(items), start=1):
        yield f"{number}. {'、'.join(_marked(each, '（敏感）') for each in some)}：{purpose}"
    yield "标明“敏感”的内容须您单独同意；您可以随时撤回同意，撤回后我们将予以删除。"
    yield "您可以查阅、复制、更正、删除本人信息，或限制使用。"
    yield "请联系社区网格服务站，我们在 30 天内办结。"


def _lines_en(town: str, items: Sequence[Processed]) -> Iterator[str]:
    yield f"Privacy notice of grid services in {town}"
    yield "We ask for the following, and use it for what is stated and nothing else. "
    yield "You need not answer; you are served all the same."
    for number, (purpose, some) in enumerate(_by_purpose(items), start=1):
        yield f"{number}. {', '.join(_marked(each, ' (sensitive)') for each in some)}: {purpose}"
    yield "What is marked sensitive needs your separate consent. You may withdraw it at any time: "
    yield "what was kept is then erased."
    yield "You may see, copy, correct or erase what is kept of you, or restrict its use: "
    yield "ask at the service station of your community. It is done within 30 days."


def _marked(item: Processed, mark: str) -> str:
    return item.label + mark * (item.privacy == "S")
