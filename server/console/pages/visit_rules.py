"""Visits that broke a rule that spares households: the month's list, and one with its verdict."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.clock import beginning_of
from server.console.belongings import VisitLine, visits_of
from server.console.codes import code_name
from server.console.desk import Desk, in_thread, required
from server.console.labels import Reader, Sight, sight_of
from server.console.pages.base import Pages
from server.console.pages.review import look_at_visits
from server.console.titles import titles_of
from server.console.words import day, say, town_time
from server.db.engine import reading
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.aliases import merged_into
from server.register.sealing import Seal
from server.review.askable import Askable, askable
from server.review.breaches import broken
from server.review.questions import COMMENT_MAX, Question
from server.review.questions import Questions as QuestionBook
from server.review.verdicts import Breach, Month, Verdict, breach_of, judge, month_of
from shared.visiting.rules import Against, Rule

REASONS = "visit_reason"
YEARS = range(2000, 9000)


class Listed(Struct, frozen=True):
    """One month."""

    month: Month
    titles: Mapping[str, str]
    at: str
    before: str
    after: str
    """Empty for the month that is not over."""


class One(Struct, frozen=True):
    """One visit with what it broke."""

    breach: Breach
    title: str
    against: tuple[str, ...]
    visits: tuple[VisitLine, ...]
    questions: tuple[Question, ...]
    askable: tuple[Askable, ...]


class VisitRulePages(Pages):
    """The list and the verdicts."""

    path = "/visit-rules"
    route_name = "visit_rules"

    @route("")
    async def index(self, request: Request) -> Response:
        """The visits of a month that broke a rule, with the reason that was given."""
        who = required(request, Action.SEE_RECORDS)
        grid = request.query_params.get("grid", "")
        first, sight = _month(request, self.desk), sight_of(request)
        found = await in_thread(lambda: self._listed(who, (first, grid), sight))
        return self.draw(
            request,
            "visit_rules/index.html",
            title=say("breach.title"),
            o=found,
            rules=tuple(Rule),
            grid=grid,
            reason_name=_reason_name,
        )

    @route("/{id:uuid}", methods=["GET"], name="visit_rule")
    async def one(self, request: Request) -> Response:
        """One of them: what it broke, the visits around it, and what can be done."""
        who, sight = required(request, Action.SEE_RECORDS), sight_of(request)
        visit = str(request.path_params["id"])
        return self.draw(
            request,
            "visit_rules/one.html",
            title=say("breach.one"),
            o=await in_thread(lambda: self._one(who, visit, sight)),
            reason_name=_reason_name,
            comment_max=COMMENT_MAX,
        )

    @route("/{id:uuid}", methods=["POST"], name="visit_rule_judge")
    async def judge(self, request: Request) -> Response:
        """Accepts it, or marks it."""
        who, visit = required(request, Action.DECIDE), str(request.path_params["id"])
        said = str((await request.form()).get("verdict") or "")
        verdict = Verdict(said) if said in tuple(Verdict) else Verdict.ACCEPTED
        with reading(self.desk.engine) as conn:
            breach_of(conn, who, visit)
        return await self.done(
            request,
            lambda act: judge(act, [visit], verdict),
            f"/visit-rules/{visit}",
            f"breach.done_{verdict}",
        )

    def _listed(self, who: AccountIdentity, asked: tuple[date, str], sight: Sight) -> Listed:
        first, grid = asked
        after = first + timedelta(days=monthrange(first.year, first.month)[1])
        before = (first - timedelta(days=1)).replace(day=1)
        look_at_visits(self.desk, who.town)
        with reading(self.desk.engine) as conn:
            span = beginning_of(first), beginning_of(after)
            month = month_of(conn, who, span, grid if grid in who.grids else "")
            titles = titles_of(conn, who, (line.household_id for line in month.lines), sight)
        over = beginning_of(after) <= self.desk.clock()
        return Listed(
            month, titles, f"{first:%Y-%m}", f"{before:%Y-%m}", f"{after:%Y-%m}" if over else ""
        )

    def _one(self, who: AccountIdentity, visit: str, sight: Sight) -> One:
        book = QuestionBook(self.desk.register, self.desk.engine, self.desk.clock)
        questions = book.about(who, [visit])
        with reading(self.desk.engine) as conn:
            breach = breach_of(conn, who, visit)
            home = breach.household_id
            found = broken(conn, Seal(self.desk.keys), who.town, [home])
            against = next((rules for made, _, rules in found if made.id == visit), ())
            titles = titles_of(conn, who, [home], sight)
            reader = Reader(sight, titles)
            return One(
                breach,
                titles.get(home, ""),
                tuple(_against(each) for each in against),
                visits_of(conn, who, merged_into(conn, who.town, [home]), reader),
                tuple(questions),
                tuple(askable(conn, who, breach.grid, self.desk.clock())),
            )


def _against(rule: Against) -> str:
    words = say(f"breach.{rule.rule}")
    if rule.since is None:
        return words
    since = day(beginning_of(rule.since))
    until = day(beginning_of(rule.until)) if rule.until else ""
    return say("breach.since", rule=words, since=since, until=until)


def _reason_name(code: str) -> str:
    return code_name(REASONS, code) if code else say("breach.no_reason")


def _month(request: Request, desk: Desk) -> date:
    """The first of the month that is asked for; this one's where none is."""
    this = town_time(desk.clock()).date().replace(day=1)
    try:
        found = date.fromisoformat(f"{request.query_params.get('month', '')}-01")
    except ValueError:
        return this
    return found if found.year in YEARS else this
