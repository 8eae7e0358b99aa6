"""What people ask of their own data: taken down with a date, answered, and erased with proof."""

import msgspec
from msgspec import Struct
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import allowed, in_thread, required
from server.console.labels import sight_of
from server.console.pages.base import Pages
from server.console.titles import titles_of
from server.console.words import pick, say
from server.db.engine import reading
from server.errors import ServerError
from server.office.act import Act, acting
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.sealing import Seal
from server.rights.copying import Copying
from server.rights.erasing import DeviceLeft, Erasing, read_certificate
from server.rights.person import People
from server.rights.requests import (
    ASKER_WORDS,
    WISH_WORDS,
    Asked,
    Asker,
    State,
    Wish,
    close_request,
    request_of,
    requests,
    take_request,
)
from server.rights.requests import Request as RightsRequest
from server.rights.restricting import restrict

TEXT_MAX = 600
CERTIFICATE_MAX = 1 << 20


class RequestLine(Struct, frozen=True):
    """One request as the list shows it."""

    request: RightsRequest
    title: str
    overdue: bool


class RightsPages(Pages):
    """The list, one request, and what is done about it."""

    path = "/rights"
    route_name = "rights"

    @route("")
    async def index(self, request: Request) -> Response:
        """The requests of one's area, those due soonest first."""
        who = required(request, Action.HANDLE_RIGHTS)
        sight = sight_of(request)

        def lines() -> list[RequestLine]:
            now = self.desk.clock()
            with reading(self.desk.engine) as conn:
                found = requests(conn, Seal(self.desk.keys), who)
                titles = titles_of(conn, who, (each.record_id for each in found), sight)
            return [
                RequestLine(
                    each,
                    titles.get(each.record_id, "") or say("rights.nobody"),
                    each.state is State.OPEN and each.due_at < now,
                )
                for each in found
            ]

        return self.draw(
            request,
            "rights.html",
            title=say("menu.rights"),
            lines=await in_thread(lines),
            now=self.desk.clock(),
            words=_words(),
        )

    @route("/new/{id:uuid}", methods=["GET"], name="rights_new")
    async def new(self, request: Request) -> Response:
        """The form of a request about a resident."""
        who, record = required(request, Action.HANDLE_RIGHTS), str(request.path_params["id"])
        title = await in_thread(lambda: self._title(who, record, request))
        return self.draw(
            request,
            "rights_new.html",
            title=say("rights.new"),
            record=record,
            name=title,
            words=_words(),
            error="",
        )

    @route("/new/{id:uuid}", methods=["POST"], name="rights_take")
    async def take(self, request: Request) -> Response:
        """Writes the request down."""
        who, record = required(request, Action.HANDLE_RIGHTS), str(request.path_params["id"])
        form = await request.form()
        wish, asker = str(form.get("wish") or ""), str(form.get("asker") or "")

        def work() -> str:
            with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
                people = People(act.conn, who.town, Seal(self.desk.keys))
                asked = Asked(
                    record_id=record,
                    grid=people.person(who, record).grid,
                    wish=Wish(wish) if wish in tuple(Wish) else Wish.COPY,
                    asked_by=Asker(asker) if asker in tuple(Asker) else Asker.SELF,
                    note=str(form.get("note") or "")[:TEXT_MAX],
                )
                return take_request(act, asked)

        try:
            made = await in_thread(work)
        except ServerError as error:
            return self.refused(request, f"/rights/new/{record}", error)
        return self.onward(request, f"/rights/{made}", "rights.taken")

    @route("/{id:uuid}", methods=["GET"], name="rights_one")
    async def one(self, request: Request) -> Response:
        """One request, and what may be done about it."""
        who = required(request, Action.HANDLE_RIGHTS)
        found = await in_thread(lambda: self._request(who, request))
        title = await in_thread(lambda: self._title_or_none(who, found.record_id, request))
        left = await in_thread(lambda: self._left(who, found))
        return self.draw(
            request,
            "rights_one.html",
            title=pick(WISH_WORDS[found.wish]),
            r=found,
            name=title,
            left=left,
            words=_words(),
            now=self.desk.clock(),
            may_erase=allowed(request, Action.ERASE),
        )

    @route("/{id:uuid}/copy", methods=["POST"], name="rights_copy")
    async def copy(self, request: Request) -> Response:
        """The person's copy, as one file."""
        who = required(request, Action.HANDLE_RIGHTS)
        found = await in_thread(lambda: self._request(who, request))
        content = await in_thread(
            lambda: Copying(self.desk).give(who, found.record_id, f"request {found.id}")
        )
        return _file(content, "application/zip", f"copy-{found.id[-8:]}.zip")

    @route("/{id:uuid}/erase", methods=["POST"], name="rights_erase")
    async def erase(self, request: Request) -> Response:
        """Erases the person for good; the certificate comes back."""
        who = required(request, Action.ERASE)
        found = await in_thread(lambda: self._request(who, request))
        if found.wish is not Wish.ERASE or found.state is not State.OPEN:
            return self.onward(request, f"/rights/{found.id}")

        def work() -> bytes:
            made = Erasing(self.desk).erase(who, found.record_id, f"request {found.id}")
            with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as act:
                close_request(act, found.id, done=True, outcome=f"certificate {made.id}")
            return msgspec.json.format(msgspec.json.encode(made))

        try:
            content = await in_thread(work)
        except ServerError as error:
            return self.refused(request, f"/rights/{found.id}", error)
        return _file(content, "application/json", f"certificate-{found.id[-8:]}.json")

    @route("/{id:uuid}/close", methods=["POST"], name="rights_close")
    async def close(self, request: Request) -> Response:
        """Says what became of it; a restriction is put on, or lifted."""
        who = required(request, Action.HANDLE_RIGHTS)
        form = await request.form()
        done = form.get("done") == "1"
        outcome = str(form.get("outcome") or "")[:TEXT_MAX]
        found = await in_thread(lambda: self._request(who, request))

        def work(act: Act) -> None:
            close_request(act, found.id, done=done, outcome=outcome)

        if done and found.wish in (Wish.RESTRICT, Wish.LIFT) and found.state is State.OPEN:
            lift = found.wish is Wish.LIFT
            await in_thread(lambda: restrict(self.desk, who, found.record_id, lift=lift))
        return await self.done(request, work, f"/rights/{found.id}", "rights.closed")

    @route("/check", methods=["POST"], name="rights_check")
    async def check(self, request: Request) -> Response:
        """Holds a certificate against the register."""
        required(request, Action.HANDLE_RIGHTS)
        file = (await request.form()).get("certificate")
        content = await file.read(CERTIFICATE_MAX) if isinstance(file, UploadFile) else b""
        try:
            certificate = read_certificate(content)
            left = await in_thread(lambda: Erasing(self.desk).check(certificate))
        except ServerError as error:
            return self.refused(request, "/rights", error)
        if left:
            where = say("app.comma").join(sorted({each.table for each in left}))
            return self.onward(request, "/rights", "rights.not_gone", where=where)
        return self.onward(request, "/rights", "rights.gone")

    def _request(self, who: AccountIdentity, request: Request) -> RightsRequest:
        with reading(self.desk.engine) as conn:
            wanted = str(request.path_params["id"])
            return request_of(conn, Seal(self.desk.keys), who, wanted)

    def _title(self, who: AccountIdentity, record: str, request: Request) -> str:
        with reading(self.desk.engine) as conn:
            People(conn, who.town, Seal(self.desk.keys)).person(who, record)
        return self._title_or_none(who, record, request)

    def _title_or_none(self, who: AccountIdentity, record: str, request: Request) -> str:
        with reading(self.desk.engine) as conn:
            return titles_of(conn, who, [record], sight_of(request)).get(record, "")

    def _left(self, who: AccountIdentity, found: RightsRequest) -> list[DeviceLeft]:
        return Erasing(self.desk).left_on(who.town, found.record_id)


def _words() -> dict[str, dict[str, str]]:
    return {
        "wish": {wish.value: pick(words) for wish, words in WISH_WORDS.items()},
        "asker": {asker.value: pick(words) for asker, words in ASKER_WORDS.items()},
    }


def _file(content: bytes, media: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)
