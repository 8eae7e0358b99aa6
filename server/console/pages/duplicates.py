"""Possible duplicates: a pair side by side, merged value by value, parted, or kept apart."""

from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.flash import flash
from starlette_admin.routing import route

from server.console.desk import Desk, allowed, in_thread, required
from server.console.drawing import LISTS
from server.console.labels import Sight
from server.console.pages.base import Pages
from server.console.sides import Sides, sides
from server.console.words import say
from server.duplicates.finder import Finder, Progress
from server.duplicates.pairs import take_back
from server.errors import NotFound, ServerError
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.deeds import Merging

INBOX = "/review?kind=duplicate"
STEPS_AT_ONCE = 2
"""Steps of the comparison that one look at the page makes: some tenths of a second."""
UNITS_MAX = 500


class DuplicatePages(Pages):
    """Pairs of the reader's area."""

    path = "/duplicates"
    route_name = "duplicates"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.finder = finder_of(desk)

    @route("")
    async def index(self, request: Request) -> Response:
        """How far the comparing has come; looking at it makes it go on."""
        who = required(request, Action.DECIDE)

        progress = await in_thread(lambda: go_on(self.finder, who.town, STEPS_AT_ONCE))
        return self.draw(request, "duplicates.html", title=say("twice.title"), progress=progress)

    @route("/again", methods=["POST"], name="duplicates_again")
    async def again(self, request: Request) -> Response:
        """Compares the whole register again."""
        who = required(request, Action.DECIDE)
        await in_thread(lambda: self.finder.begin_again(who.town))
        return self.onward(request, "/duplicates")

    @route("/{one:uuid}/{other:uuid}", methods=["GET"], name="pair")
    async def pair(self, request: Request) -> Response:
        """Both side by side; the first is the one that would stand."""
        who = required(request, Action.SEE_RECORDS)
        found = await self._sides(request, who)
        return self.draw(request, "pair.html", title=say("twice.pair"), pair=found)

    @route("/{one:uuid}/{other:uuid}/merge", methods=["POST"], name="pair_merge")
    async def merge(self, request: Request) -> Response:
        """The second is merged into the first, which takes over the answers that were chosen."""
        who = required(request, Action.DECIDE)
        found = await self._sides(request, who)
        form = await request.form()
        bases = [str(form.get(name) or "") for name in ("stands", "goes")]
        known = {line.unit for line in found.lines if line.differs}
        take = [unit for unit in known if form.get(f"take:{unit}") == "other"][:UNITS_MAX]
        here = f"/duplicates/{found.stands.id}/{found.goes.id}"
        if not all(base.isdecimal() and len(base) < 19 for base in bases):
            flash(request, say("conflict.changed"), "error")
            return self.onward(request, here)
        merging = Merging(
            merged=found.goes.id,
            base=int(bases[1]),
            survivor=found.stands.id,
            survivor_base=int(bases[0]),
            take=tuple(take),
        )
        if (found.stands.version, found.goes.version) != (int(bases[0]), int(bases[1])):
            flash(request, say("conflict.changed"), "warning")
            return self.onward(request, here)
        try:
            await in_thread(lambda: self._merge(who, merging))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, here, error)
        return self.onward(request, here, "twice.merged", title=found.stands.title)

    @route("/{one:uuid}/{other:uuid}/part", methods=["POST"], name="pair_part")
    async def part(self, request: Request) -> Response:
        """Takes the merge back: both stand again."""
        who = required(request, Action.DECIDE)
        found = await self._sides(request, who)
        here = f"/duplicates/{found.stands.id}/{found.goes.id}"
        try:
            left = await in_thread(lambda: self._part(who, found))
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, here, error)
        if left:
            flash(request, say("twice.left", n=left), "warning")
        return self.onward(request, here, "twice.parted")

    @route("/{one:uuid}/{other:uuid}/apart", methods=["POST"], name="pair_apart")
    async def apart(self, request: Request) -> Response:
        """They are not the same, for good; or may be, after all."""
        who = required(request, Action.DECIDE)
        found = await self._sides(request, who)
        pair = (found.stands.id, found.goes.id)
        back = str((await request.form()).get("back") or "") == "yes"
        if back:
            here = f"/duplicates/{pair[0]}/{pair[1]}"
            return await self.done(request, lambda act: take_back(act, pair), here, "twice.back")
        await in_thread(lambda: self.desk.register.deeds.not_the_same(who, *pair))
        return self.onward(request, INBOX, "twice.apart")

    async def _sides(self, request: Request, who: AccountIdentity) -> Sides:
        pair = str(request.path_params["one"]), str(request.path_params["other"])
        sight = Sight.WHOLE if allowed(request, Action.DECIDE) else Sight.MASKED
        found = await in_thread(lambda: sides(self.desk, who, pair, sight))
        if found is None or found.kind not in LISTS:
            raise NotFound
        return found

    def _merge(self, who: AccountIdentity, merging: Merging) -> None:
        self.desk.register.deeds.merge(who, merging)
        self.finder.compare(who.town, [merging.merged, merging.survivor])

    def _part(self, who: AccountIdentity, found: Sides) -> int:
        pair = (found.stands, found.goes)
        records = self.desk.register.records(who.town, [side.id for side in pair])
        merged = next((r for r in records.values() if r.alias_of in records), None)
        if merged is None:
            raise NotFound
        done = self.desk.register.deeds.unmerge(who, merged.id, merged.version)
        self.finder.compare(who.town, list(records))
        return len(done.left)


def go_on(finder: Finder, town: str, steps: int) -> Progress:
    """Compares what changed, as far as so many steps go; nothing where nothing did."""
    progress = finder.progress(town)
    for _ in range(steps):
        if progress.up_to_date:
            break
        progress = finder.step(town)
    return progress


def finder_of(desk: Desk) -> Finder:
    """The comparison, over what the desk works with."""
    return Finder(desk.engine, desk.keys.id_hash, desk.clock)
