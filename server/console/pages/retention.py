"""How long what is kept: rules with what they would erase, what is held, the last nights."""

from collections.abc import Mapping

from msgspec import Struct, structs
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin.routing import route

from server.console.desk import allowed, in_thread, required
from server.console.labels import Sight, form_of, sight_of
from server.console.pages.base import Pages
from server.console.retention_lines import (
    KindLine,
    full_name,
    kind_lines,
    rule_words,
    stated_words,
)
from server.console.titles import titles_of
from server.console.words import say
from server.db.engine import reading
from server.errors import NotFound
from server.office.people import AccountIdentity
from server.office.roles import Action
from server.register.names import names_of
from server.register.sealing import Seal
from server.rights.due import Due, DueList, DueRecord
from server.rights.holds import HOLD_DAYS, Hold, holds, lift_hold, put_hold
from server.rights.retention import Run, runs
from server.rights.rules import (
    ALWAYS_KEPT,
    DAYS_MAX,
    DAYS_MIN,
    Rule,
    Since,
    answer_rules,
    rules_of,
    set_rule,
    stated_of,
    stated_rule,
)
from shared.forms.model import Form
from shared.work.policy import CARDS

SHOWN_MAX = 50
REASON_MAX = 400


class Overview(Struct, frozen=True):
    """What the page shows."""

    kinds: tuple[KindLine, ...]
    holds: tuple[Hold, ...]
    runs: tuple[Run, ...]
    titles: Mapping[str, str]
    kinds_named: Mapping[str, str]
    names: Mapping[str, str]


class Preview(Struct, frozen=True):
    """What a rule would erase."""

    due: Due
    some: tuple[DueRecord, ...]
    titles: Mapping[str, str]


class RetentionPages(Pages):
    """The rules, one rule with its dry run, and holds."""

    path = "/retention"
    route_name = "retention"

    @route("")
    async def index(self, request: Request) -> Response:
        """Every kind of record with its rule; what is held; what the last nights did."""
        who = required(request, Action.HANDLE_RIGHTS)
        sight = sight_of(request)
        return self.draw(
            request,
            "retention/index.html",
            title=say("retention.title"),
            o=await in_thread(lambda: self._overview(who, sight)),
            rule_words=rule_words,
            now=self.desk.clock(),
            may_set=allowed(request, Action.ERASE),
        )

    @route("/{kind}", methods=["GET"], name="retention_rule")
    async def rule(self, request: Request) -> Response:
        """One rule as it is, or as it might be: what it would erase now."""
        who = required(request, Action.HANDLE_RIGHTS)
        form, unit = self._form(request), request.query_params.get("unit", "")
        tried = await in_thread(lambda: self._tried(who, form, request))
        sight = sight_of(request)
        return self.draw(
            request,
            "retention/answer.html" if unit else "retention/rule.html",
            title=say("retention.of_kind", name=full_name(form, unit)),
            kind=form.kind,
            stated=stated_words(form.units[unit][0].retention if unit else stated_of(form)),
            tried=tried,
            in_force=unit and await in_thread(lambda: self._in_force(who, form.kind, unit)),
            p=await in_thread(lambda: self._preview(who, tried, sight)) if tried.days else None,
            rule_words=rule_words,
            bounds=(DAYS_MIN, DAYS_MAX),
            shown_max=SHOWN_MAX,
            now=self.desk.clock(),
            may_set=allowed(request, Action.ERASE),
        )

    @route("/{kind}", methods=["POST"], name="retention_set")
    async def set(self, request: Request) -> Response:
        """Sets the rule; the next night goes by it."""
        required(request, Action.ERASE)
        form, sent = self._form(request), await request.form()
        unit, days = str(sent.get("unit") or ""), str(sent.get("days") or "")
        if unit:
            stated = _answer_rule(form, unit)
            rule = stated if days == str(stated.days) else structs.replace(stated, days=0)
        else:
            rule = _rule(form.kind, str(sent.get("since") or ""), days)
        said = "retention.done_set" if rule.days else "retention.done_none"
        return await self.done(request, lambda act: set_rule(act, rule), "/retention", said)

    @route("/hold/{id:uuid}", methods=["GET"], name="retention_hold")
    async def hold(self, request: Request) -> Response:
        """What keeps a record, and a new hold on it."""
        who, record = required(request, Action.HANDLE_RIGHTS), str(request.path_params["id"])
        found = self.desk.register.record(who.town, record)
        if found is None or found.grid not in who.grids:
            raise NotFound
        sight = sight_of(request)

        def work() -> tuple[list[Hold], Mapping[str, str], Mapping[str, str]]:
            with reading(self.desk.engine) as conn:
                standing = holds(conn, Seal(self.desk.keys), who, record)
                names = names_of(conn, who.town, {each.set_by for each in standing})
                return standing, titles_of(conn, who, [record], sight), names

        standing, titles, names = await in_thread(work)
        return self.draw(
            request,
            "retention/hold.html",
            title=say("retention.hold_title"),
            record=found,
            name=titles.get(record, ""),
            holds=standing,
            names=names,
            days=HOLD_DAYS,
            now=self.desk.clock(),
        )

    @route("/hold/{id:uuid}", methods=["POST"], name="retention_hold_put")
    async def put(self, request: Request) -> Response:
        """Keeps the record, with a reason and an end."""
        required(request, Action.HANDLE_RIGHTS)
        record, sent = str(request.path_params["id"]), await request.form()
        days, reason = str(sent.get("days") or ""), str(sent.get("reason") or "")[:REASON_MAX]
        return await self.done(
            request,
            lambda act: put_hold(act, record, reason, int(days) if days.isdecimal() else 0),
            f"/retention/hold/{record}",
            "retention.done_held",
        )

    @route("/lift/{id:uuid}", methods=["POST"], name="retention_lift")
    async def lift(self, request: Request) -> Response:
        """Ends a hold."""
        required(request, Action.ERASE)
        hold = str(request.path_params["id"])
        return await self.done(
            request, lambda act: lift_hold(act, hold), "/retention", "retention.done_lifted"
        )

    def _form(self, request: Request) -> Form:
        form = form_of(str(request.path_params["kind"]))
        if form is None or form.kind in CARDS:
            raise NotFound
        return form

    def _in_force(self, who: AccountIdentity, kind: str, unit: str) -> Rule | None:
        """The rule of an answer, where one is set."""
        with reading(self.desk.engine) as conn:
            known = (each.rule for each in rules_of(conn, who.town))
            return next((one for one in known if (one.kind, one.unit) == (kind, unit)), None)

    def _overview(self, who: AccountIdentity, sight: Sight) -> Overview:
        with reading(self.desk.engine) as conn:
            known = {each.rule.name: each for each in rules_of(conn, who.town)}
            due = DueList(conn, who.town, Seal(self.desk.keys), self.desk.clock(), who.grids)
            whole = [each.rule for each in known.values() if not each.rule.unit]
            counts = {rule.kind: due.count(rule) for rule in whole}
            held = holds(conn, Seal(self.desk.keys), who)
            people = {h.set_by for h in held} | {h.lifted_by for h in held}
            people |= {each.set_by for each in known.values()}
            names = names_of(conn, who.town, people - {""})
            titles = titles_of(conn, who, (h.record_id for h in held), sight)
            nights = runs(conn, who.town)
        forms = self.desk.register.forms(who.town)
        lines = tuple(kind_lines(forms, known, counts, names))
        named = {line.kind: line.title for line in lines}
        named |= {
            f"{line.kind}.{one.unit}": full_name(forms[line.kind], one.unit)
            for line in lines
            for one in line.apart
        }
        return Overview(lines, tuple(held), tuple(nights), titles, named, names)

    def _tried(self, who: AccountIdentity, form: Form, request: Request) -> Rule:
        """The rule that is asked about; else the one that is set, or what the form states."""
        asked = request.query_params
        if unit := asked.get("unit", ""):
            return _answer_rule(form, unit)
        if form.kind in ALWAYS_KEPT:
            raise NotFound
        if "days" in asked:
            return _rule(form.kind, asked.get("since", ""), asked["days"])
        with reading(self.desk.engine) as conn:
            known = {each.rule.name: each.rule for each in rules_of(conn, who.town)}
        stated = stated_rule(form.kind, stated_of(form))
        return known.get(form.kind) or stated or Rule(form.kind, Since.DELETED, 0)

    def _preview(self, who: AccountIdentity, rule: Rule, sight: Sight) -> Preview:
        with reading(self.desk.engine) as conn:
            due = DueList(conn, who.town, Seal(self.desk.keys), self.desk.clock(), who.grids)
            count, some = due.look(rule, SHOWN_MAX)
            titles = titles_of(conn, who, (each.id for each in some), sight)
            return Preview(count, tuple(some), titles)


def _rule(kind: str, since: str, days: str) -> Rule:
    counted = Since(since) if since in tuple(Since) else Since.DELETED
    return Rule(kind, counted, min(int(days), DAYS_MAX + 1) if _is_number(days) else 0)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _answer_rule(form: Form, unit: str) -> Rule:
    """What the form states of an answer. Raises NotFound."""
    rule = answer_rules(form).get(unit)
    if rule is None:
        raise NotFound
    return rule
