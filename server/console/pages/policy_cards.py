"""Policy cards: what workers look up next to the items of their forms, also without signal."""

from collections.abc import Callable

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import Desk, in_thread, required
from server.console.pages.base import Pages
from server.console.words import language, say
from server.errors import NotFound, ServerError
from server.office.act import acting
from server.office.audit import Deed
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.work.policy_cards import TEXT_MAX, TITLE_MAX, PolicyDesk, known_targets
from shared.work.policy import POLICY_CARD, PolicyCard

NEW = "new"
VERSION_MAX = 80


class PolicyPages(Pages):
    """The cards of the reader's town."""

    path = "/policy-cards"
    route_name = "policy_cards"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._cards = PolicyDesk(desk.register)

    @route("")
    async def index(self, request: Request) -> Response:
        """The current cards, or those of an earlier version; one of them may be written on."""
        who = required(request, Action.SEE_RECORDS)
        given = request.query_params
        asked, open_ = given.get("version", "")[:VERSION_MAX], given.get("card", "")[:VERSION_MAX]
        tongue = language()
        edition = await in_thread(lambda: self._cards.edition(who.town, asked))
        return self.draw(
            request,
            "policy_cards.html",
            title=say("menu.policy_cards"),
            edition=edition,
            editions=await in_thread(lambda: self._cards.editions(who.town)),
            is_now=not asked,
            open=open_,
            writing=next((card for card in edition.cards if card.name == open_), None),
            places=await in_thread(lambda: self._cards.places(who.town, tongue)),
            most={"title": TITLE_MAX, "text": TEXT_MAX},
        )

    @route("/save", methods=["POST"], name="policy_card_save")
    async def save(self, request: Request) -> Response:
        """Writes a card; the phones have it from their next sync on."""
        who = required(request, Action.PUBLISH_FORMS)
        form = await request.form()
        return await self._change(request, who, lambda: self._save(who, form), "policy.saved")

    @route("/drop", methods=["POST"], name="policy_card_drop")
    async def drop(self, request: Request) -> Response:
        """Takes a card out; earlier versions still have it."""
        who = required(request, Action.PUBLISH_FORMS)
        form = await request.form()
        seen, name = str(form.get("version") or ""), str(form.get("card") or "")
        return await self._change(
            request, who, lambda: self._cards.drop(who, seen, name), "policy.dropped"
        )

    def _save(self, who: AccountIdentity, form: FormData) -> str:
        known = known_targets(self._cards.places(who.town, language()))
        chosen = [str(each) for each in form.getlist("explains")]
        card = PolicyCard(
            name=str(form.get("card") or NEW),
            title={tongue: _text(form, f"title_{tongue}") for tongue in ("zh", "en")},
            text={tongue: _text(form, f"text_{tongue}") for tongue in ("zh", "en")},
            explains=tuple(each for each in chosen if each in known),
        )
        return self._cards.put(who, str(form.get("version") or ""), card)

    async def _change(
        self, request: Request, who: AccountIdentity, work: Callable[[], str], said: str
    ) -> Response:
        def act() -> None:
            version = work()
            with acting(self.desk.engine, self.desk.keys, who, self.desk.clock) as opened:
                opened.note(Deed.FORM_PUBLISHED, f"{POLICY_CARD} {version}")

        try:
            await in_thread(act)
        except NotFound:
            raise
        except ServerError as error:
            return self.refused(request, self.path, error)
        return self.onward(request, self.path, said)


def _text(form: FormData, name: str) -> str:
    return str(form.get(name) or "").replace("\r\n", "\n")[: 2 * TEXT_MAX]
