"""The register of notices and consents: searched as a list, and read and written for a person."""

from collections.abc import Mapping

from msgspec import Struct
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import DAY_MS, midnight
from server.console.codes import code_name
from server.console.desk import in_thread, required
from server.console.labels import Sight, label, sight_of
from server.console.pages.base import Pages
from server.console.titles import titles_of
from server.console.words import day_begins, pick, say, town_time
from server.db.engine import reading
from server.errors import ServerError
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.consented import Consent
from server.register.sealing import Seal
from server.rights.consenting import Asked, Consenting
from server.rights.consents import HOW_WORDS, PURPOSE_WORDS, WORD_WORDS, Said
from server.rights.notices import NOTICES, PRIVACY, Editions, editions
from server.rights.person import KIND, People
from server.rights.told import Line, Sought, Source, ToldList
from shared.codes import code_table
from shared.consent import How, Purpose, Word

PAGE_SIZE = 50
SHOWN_MAX = 200
NAME_MAX = 40


class Listed(Struct, frozen=True):
    """One page of the register."""

    lines: tuple[Line, ...]
    titles: Mapping[str, str]
    editions: Editions
    total: int
    page: int
    pages: int


class PersonTold(Struct, frozen=True):
    """What one resident was given and said."""

    asked: tuple[Asked, ...]
    said: tuple[Consent, ...]
    lines: tuple[Line, ...]
    titles: Mapping[str, str]
    editions: Editions


class ConsentPages(Pages):
    """The list, and a person's page."""

    path = "/consents"
    route_name = "consents"

    @route("")
    async def index(self, request: Request) -> Response:
        """What was handed out and said in one's area, the newest first."""
        who = required(request, Action.HANDLE_RIGHTS)
        sought, number = _sought(request), request.query_params.get("page", "")
        page = int(number) if number.isdecimal() and len(number) < 6 else 1
        sight = sight_of(request)
        found = await in_thread(lambda: self._listed(who, sought, page, sight))
        return self.draw(
            request,
            "consents/index.html",
            title=say("consent.title"),
            o=found,
            asked=dict(request.query_params),
            words=_words(),
            notice_name=_notice_name,
        )

    @route("/{id:uuid}", methods=["GET"], name="consents_person")
    async def person(self, request: Request) -> Response:
        """What one resident was given, what they said, and what of it the register has."""
        who, resident = required(request, Action.HANDLE_RIGHTS), str(request.path_params["id"])
        sight = sight_of(request)
        found = await in_thread(lambda: self._person(who, resident, sight))
        return self.draw(
            request,
            "consents/person.html",
            title=say("consent.of_person"),
            o=found,
            record=resident,
            name=found.titles.get(resident, ""),
            words=_words(),
            answer_name=lambda unit: label(KIND, unit),
            notice_name=_notice_name,
            today=f"{town_time(self.desk.clock()):%Y-%m-%d}",
        )

    @route("/{id:uuid}", methods=["POST"], name="consents_note")
    async def note(self, request: Request) -> Response:
        """Writes down what was said; what is not consented to any more is gone after it."""
        who, resident = required(request, Action.HANDLE_RIGHTS), str(request.path_params["id"])
        here, form = f"/consents/{resident}", await request.form()

        def work() -> Word:
            said = self._said(who, form)
            Consenting(self.desk).note(who, resident, said)
            return said.word

        try:
            word = await in_thread(work)
        except ServerError as error:
            return self.refused(request, here, error)
        return self.onward(request, here, f"consent.done_{word}")

    def _listed(self, who: AccountIdentity, sought: Sought, page: int, sight: Sight) -> Listed:
        with reading(self.desk.engine) as conn:
            told = ToldList(conn, who.town, who.grids)
            total = told.count(sought)
            pages = max(1, -(-total // PAGE_SIZE))
            page = max(1, min(page, pages))
            lines = tuple(told.some(sought, (page - 1) * PAGE_SIZE, PAGE_SIZE))
            titles = titles_of(conn, who, (line.record for line in lines), sight)
            return Listed(lines, titles, editions(conn, who.town), total, page, pages)

    def _person(self, who: AccountIdentity, resident: str, sight: Sight) -> PersonTold:
        asked, said = Consenting(self.desk).look(who, resident)
        with reading(self.desk.engine) as conn:
            person = People(conn, who.town, Seal(self.desk.keys)).person(who, resident)
            sought = Sought(records={*(each.id for each in person.records), *person.households})
            lines = ToldList(conn, who.town, who.grids).some(sought, 0, SHOWN_MAX)
            titles = titles_of(conn, who, [resident], sight)
            return PersonTold(
                tuple(asked), tuple(said), tuple(lines), titles, editions(conn, who.town)
            )

    def _said(self, who: AccountIdentity, form: FormData) -> Said:
        purpose, word = str(form.get("purpose") or ""), str(form.get("word") or "")
        how, at = str(form.get("how") or ""), day_begins(str(form.get("day") or ""))
        at = midnight(self.desk.clock()) if at is None else at
        with reading(self.desk.engine) as conn:
            notice = editions(conn, who.town).at(PRIVACY, at + DAY_MS - 1)
        return Said(
            purpose=Purpose(purpose) if purpose in tuple(Purpose) else Purpose.SENSITIVE,
            units=tuple(dict.fromkeys(str(unit) for unit in form.getlist("unit"))),
            word=Word(word) if word in tuple(Word) else Word.GIVEN,
            how=How(how) if how in HOW_WORDS else How.SPOKEN,
            paper=str(form.get("paper") or "").strip(),
            guardian=form.get("guardian") == "1",
            said_at=at,
            notice_version=notice.version if notice else 0,
        )


def _sought(request: Request) -> Sought:
    asked = request.query_params
    word, what, grid = asked.get("word", ""), asked.get("what", ""), asked.get("grid", "")
    return Sought(
        what=what if what in (*Purpose, *_notices()) else "",
        word=word if word in tuple(Word) else "",
        name=asked.get("q", "").strip()[:NAME_MAX],
        grid=grid if grid in request.state.grids else "",
        since=day_begins(asked.get("from", "")) or 0,
        until=day_begins(asked.get("to", ""), 1),
    )


def _notices() -> dict[str, str]:
    return {code.code: code_name(NOTICES, code.code) for code in code_table(NOTICES).codes}


def _notice_name(code: str) -> str:
    return code_name(NOTICES, code)


def _words() -> dict[str, dict[str, str]]:
    return {
        "purpose": {each.value: pick(words) for each, words in PURPOSE_WORDS.items()},
        "word": {each.value: pick(words) for each, words in WORD_WORDS.items()},
        "how": {each.value: pick(words) for each, words in HOW_WORDS.items()},
        "notice": _notices(),
        "source": {each.value: say(f"consent.source_{each}") for each in Source},
    }
