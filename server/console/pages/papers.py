"""What the office prints for residents: service cards, notice boards, work cards."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from msgspec import Struct
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import Answered, in_thread, required
from server.console.labels import sight_of
from server.console.pages.base import Pages
from server.console.titles import titles_of
from server.console.words import TOWN_ZONE, language, millis, say, town_time
from server.db.engine import reading
from server.errors import NotFound, ServerError
from server.office.act import Act, acting
from server.office.areas import Area, Level, areas_below
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.towns import towns
from server.office.workers import Worker, workers
from server.paper.cards import service_cards, work_cards
from server.paper.sheet import render
from server.service.cards import Batch, add_batch, batches, one_batch, serials, spoil
from server.service.directory import Line
from server.service.handed import LINES_MAX, Handed, Stock, handed, stocks
from server.service.printing import (
    Setting,
    board_of,
    digest_of,
    left_out,
    note_board,
    printed_boards,
    service_cards_of,
    settings_of,
    work_card_faces,
)
from server.service.work_cards import Held, call_back, held, issue, sheet_of

WORK_CARD_DAYS = 180
NUMBER_MAX = 9


class BatchLine(Struct, frozen=True):
    """A batch as the page shows it."""

    batch: Batch
    grid: str
    numbers: str
    """From the first to the last."""


class BoardLine(Struct, frozen=True):
    """A grid with its board."""

    grid: Area
    people: int
    printed_at: int | None
    holds: bool
    """Whether what hangs there still says what is so."""
    left_out: Sequence[Line]
    """Numbers for which its card has no room."""


class PapersPage(Struct, frozen=True):
    """What the page shows."""

    boards: Sequence[BoardLine]
    batches: Sequence[BatchLine]
    workers: Sequence[Worker]
    held: Mapping[str, Held]
    """The workers' cards."""
    stocks: Sequence[tuple[str, Stock]]
    """Each with the name of its grid."""
    until: str


class PaperPages(Pages):
    """Cards and boards."""

    path = "/papers"
    route_name = "papers"

    @route("")
    async def index(self, request: Request) -> Response:
        """What can be printed, and what was."""
        who = required(request, Action.MANAGE_SERVICE)
        page = await in_thread(lambda: self._page(who))
        return self.draw(request, "papers.html", title=say("menu.papers"), page=page)

    @route("/cards", methods=["POST"], name="cards_print")
    async def cards(self, request: Request) -> Response:
        """Takes the next numbers of a grid, and leads to their cards.

        The sheet has an address of its own: to load it again takes no more numbers.
        """
        required(request, Action.MANAGE_SERVICE)
        form = await request.form()
        grid, count = str(form.get("grid") or ""), _number(form.get("count"))
        return await self._made(request, lambda act: add_batch(act, grid, count).id, "cards")

    @route("/cards/{id:uuid}", methods=["GET"], name="cards_sheet")
    async def sheet(self, request: Request) -> Response:
        """The cards of a batch, as often as they are asked for, with the numbers as they were."""
        who = required(request, Action.MANAGE_SERVICE)
        batch, tongue = str(request.path_params["id"]), language()
        return await self._pdf(
            request,
            lambda act: self._cards(act.conn, who, one_batch(act.conn, who.town, batch), tongue),
            "service-cards",
        )

    @route("/cards/{id:uuid}/spoiled", methods=["POST"], name="cards_spoiled")
    async def spoiled(self, request: Request) -> Response:
        """Says how many cards of a batch cannot be used."""
        required(request, Action.MANAGE_SERVICE)
        batch = str(request.path_params["id"])
        count = _number((await request.form()).get("count"))
        return await self.done(
            request, lambda act: spoil(act, batch, count), self.path, "papers.spoiled_noted"
        )

    @route("/register", methods=["GET"], name="card_register")
    async def register(self, request: Request) -> Response:
        """Which card went to which household."""
        who = required(request, Action.MANAGE_SERVICE)

        def read() -> tuple[list[Handed], dict[str, str]]:
            with reading(self.desk.engine) as conn:
                tree = {area.id: area for area in areas_below(conn, who.town, who.area_id)}
                lines = handed(conn, who, batches(conn, who.town, who.grids), tree)
                homes = [line.household for line in lines]
                return lines, titles_of(conn, who, homes, sight_of(request))

        lines, titles = await in_thread(read)
        return self.draw(
            request,
            "card_register.html",
            title=say("papers.register"),
            lines=lines,
            titles=titles,
            most=LINES_MAX,
        )

    @route("/boards/{id:uuid}", methods=["POST"], name="board_print")
    async def board(self, request: Request) -> Response:
        """A grid's notice board, as things are now."""
        who = required(request, Action.MANAGE_SERVICE)
        grid, tongue = str(request.path_params["id"]), language()

        def work(act: Act) -> bytes:
            setting = _own_setting(act.conn, who, grid, act.now)
            note_board(act, setting)
            return render(board_of(setting, act.now, tongue))

        return await self._pdf(request, work, "board")

    @route("/work-cards", methods=["POST"], name="work_cards_print")
    async def work_cards(self, request: Request) -> Response:
        """Issues cards to the chosen workers, and leads to them; those that they had end.

        The sheet has an address of its own: to load it again issues nothing.
        """
        required(request, Action.MANAGE_SERVICE)
        form = await request.form()
        chosen = [str(each) for each in form.getlist("worker")]
        until = _end_of_day(str(form.get("until") or ""))
        return await self._made(request, lambda act: issue(act, chosen, until), "work-cards")

    @route("/work-cards/{id:uuid}", methods=["GET"], name="work_cards_sheet")
    async def work_card_sheet(self, request: Request) -> Response:
        """The cards of a sheet that hold today, as often as they are asked for."""
        who = required(request, Action.MANAGE_SERVICE)
        sheet, tongue = str(request.path_params["id"]), language()
        holder = request.query_params.get("worker", "")
        # What is printed leads where the operator says, not where this request came to.
        base = self.desk.settings.url

        def work(act: Act) -> bytes:
            cards = sheet_of(act, sheet, holder)
            town = next(each for each in towns(act.conn) if each.town_id == who.town)
            return work_cards(work_card_faces(cards, town.name, base, tongue))

        return await self._pdf(request, work, "work-cards")

    @route("/work-cards/{id:uuid}/end", methods=["POST"], name="work_card_end")
    async def end(self, request: Request) -> Response:
        """Calls a worker's card back."""
        required(request, Action.MANAGE_SERVICE)
        worker = str(request.path_params["id"])
        return await self.done(
            request, lambda act: call_back(act, worker), self.path, "papers.called_back"
        )

    async def _made(self, request: Request, work: Callable[[Act], str], kind: str) -> Response:
        """What was numbered or issued, and from there to its sheet, whose id `work` tells."""
        return await self._act(
            request, work, lambda sheet: self.onward(request, f"{self.path}/{kind}/{sheet}")
        )

    async def _pdf(self, request: Request, work: Callable[[Act], bytes], name: str) -> Response:
        shown = f'inline; filename="{name}-{town_time(self.desk.clock()):%Y-%m-%d}.pdf"'
        headers = {"content-disposition": shown}
        return await self._act(
            request, work, lambda pdf: Response(pdf, media_type="application/pdf", headers=headers)
        )

    async def _act(
        self,
        request: Request,
        work: Callable[[Act], Answered],
        shown: Callable[[Answered], Response],
    ) -> Response:
        who = required(request, Action.MANAGE_SERVICE)

        def act() -> Answered:
            with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as opened:
                return work(opened)

        try:
            return shown(await in_thread(act))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, self.path, error)

    def _cards(self, conn: Connection, who: AccountIdentity, batch: Batch, tongue: str) -> bytes:
        setting = _own_setting(conn, who, batch.grid, batch.printed_at)
        return service_cards(service_cards_of(setting, batch, tongue))

    def _page(self, who: AccountIdentity) -> PapersPage:
        now = self.desk.clock()
        with reading(self.desk.engine) as conn:
            tree = {area.id: area for area in areas_below(conn, who.town, who.area_id)}
            printed = printed_boards(conn, who.town)
            standing = [a.id for a in tree.values() if a.level is Level.GRID and a.stands(now)]
            settings = settings_of(conn, who.town, standing, now)
            made = batches(conn, who.town, who.grids)
            staff = [each for each in workers(conn, who) if each.active]
            cards = held(conn, who.town, now)
            left = stocks(conn, who, made)
        boards = []
        for setting in settings:
            last = printed.get(setting.grid.id)
            boards.append(
                BoardLine(
                    grid=setting.grid,
                    people=len(setting.people),
                    printed_at=None if last is None else last.printed_at,
                    holds=last is not None and last.digest == digest_of(setting),
                    left_out=left_out(setting),
                )
            )
        until = town_time(now + WORK_CARD_DAYS * 24 * 3600 * 1000)
        by_code = sorted(left, key=lambda each: tree[each.grid].code)
        return PapersPage(
            boards=boards,
            batches=_batch_lines(made, tree),
            workers=staff,
            held=cards,
            stocks=[(tree[each.grid].name, each) for each in by_code],
            until=f"{until:%Y-%m-%d}",
        )


def _batch_lines(made: Sequence[Batch], tree: Mapping[str, Area]) -> list[BatchLine]:
    return [
        BatchLine(
            batch=batch,
            grid=tree[batch.grid].name,
            numbers=serials(tree[batch.grid].code, batch.numbers),
        )
        for batch in made
        if batch.grid in tree
    ]


def _own_setting(conn: Connection, who: AccountIdentity, grid: str, at: int) -> Setting:
    if grid not in who.grids:
        raise NotFound
    return settings_of(conn, who.town, [grid], at)[0]


def _number(typed: object) -> int:
    text = str(typed or "")
    return int(text) if text.isdecimal() and len(text) <= NUMBER_MAX else -1


def _end_of_day(day: str) -> int:
    """The end of a day that was typed; 0, which is long past, where it is none."""
    try:
        on = date.fromisoformat(day)
        return millis(datetime.combine(on, time(), TOWN_ZONE) + timedelta(days=1))
    except (ValueError, OverflowError):
        return 0
