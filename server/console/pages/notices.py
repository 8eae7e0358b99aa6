"""What the notices say that are handed out on visits: each version, and the next one."""

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.codes import code_name
from server.console.desk import allowed, in_thread, required
from server.console.pages.base import Pages
from server.console.words import say
from server.db.engine import reading
from server.errors import NotFound
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.office.towns import one_town
from server.register.names import names_of
from server.rights.notices import NOTICES, PRIVACY, NoticeText, draft, editions, publish_notice
from shared.codes import code_table


class NoticeLine(Struct, frozen=True):
    """A notice with its versions, the newest first."""

    code: str
    name: str
    versions: tuple[NoticeText, ...]


class NoticePages(Pages):
    """The notices of the town."""

    path = "/notices"
    route_name = "notices"

    @route("")
    async def index(self, request: Request) -> Response:
        """Every notice with the version in force, and those before it."""
        who = required(request, Action.HANDLE_RIGHTS)
        lines, names, drafted = await in_thread(lambda: self._lines(who))
        return self.draw(
            request,
            "consents/notices.html",
            title=say("notice.title"),
            lines=lines,
            names=names,
            draft=drafted,
            privacy=PRIVACY,
            may_publish=allowed(request, Action.PUBLISH_FORMS),
        )

    @route("/{code}", methods=["POST"], name="notice_publish")
    async def publish(self, request: Request) -> Response:
        """Puts a new version in force."""
        required(request, Action.PUBLISH_FORMS)
        code, form = str(request.path_params["code"]), await request.form()
        if code_table(NOTICES).get(code) is None:
            raise NotFound
        texts = str(form.get("zh") or ""), str(form.get("en") or "")
        return await self.done(
            request, lambda act: publish_notice(act, code, *texts), "/notices", "notice.done"
        )

    def _lines(
        self, who: AccountIdentity
    ) -> tuple[tuple[NoticeLine, ...], dict[str, str], dict[str, str]]:
        with reading(self.desk.engine) as conn:
            found = editions(conn, who.town)
            setters = {each.set_by for some in found.of.values() for each in some}
            names = names_of(conn, who.town, setters)
            town = one_town(conn, who.town).name
        forms = self.desk.register.forms(who.town)
        lines = tuple(
            NoticeLine(each.code, code_name(NOTICES, each.code), found.of.get(each.code, ()))
            for each in code_table(NOTICES).offered
        )
        drafted = {tongue: draft(forms, town, tongue) for tongue in ("zh", "en")}
        return lines, dict(names), drafted
