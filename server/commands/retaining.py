"""`retention`: for how long records are kept, what would go now, and the rule of a kind."""

from typing import Annotated

import typer
from msgspec import structs

from server.commands.opening import chosen_town, opened, operating
from server.commands.speech import AsJson, OfTown, answer_json, say
from server.office.errors import refused
from server.rights.due import Due
from server.rights.retention import Retention
from server.rights.rules import Rule, Since, answer_rules, set_rule
from server.services import Services

SINCE_WORDS = {
    Since.DELETED: ("删除后", "after deletion"),
    Since.UPDATED: ("最后修改后", "after the last change"),
    Since.ANSWERED: ("填写后", "after it was answered"),
}


def retention(
    kind: Annotated[
        str, typer.Option("--set", help="设置该类型的保存期限 · Set the rule of this kind")
    ] = "",
    *,
    question: Annotated[
        str,
        typer.Option(help="只清除这一项，按表单的期限 · This answer alone"),
    ] = "",
    days: Annotated[int, typer.Option(help="天数，0 为永久保留 · Days; 0 keeps for good")] = 0,
    since: Annotated[Since, typer.Option(help="从何时算起 · Counted from")] = Since.DELETED,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """保存期限：查看、试算、设置 · Retention rules, and what they would erase tonight."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        if kind:
            rule = Rule(kind, since, days)
            if question:
                rule = _stated(services, town_id, rule, question)
            with operating(services, town_id) as act:
                set_rule(act, rule)
        due = Retention(services).dry_run(town_id)
    if as_json:
        answer_json({"rules": [_as_json(each) for each in due]})
        return
    for each in due:
        zh, en = SINCE_WORDS[each.rule.since]
        say(
            f"{each.rule.name}：{zh} {each.rule.days} 天永久删除，现有 {each.records} 条到期。",
            f"{each.rule.name}: erased {each.rule.days} days {en}; {each.records} are due now.",
        )
    if not due:
        say("没有保存期限，全部永久保留。", "There is no rule: everything is kept.")


def _as_json(due: Due) -> dict[str, str | int]:
    rule = due.rule
    return {
        "kind": rule.kind, "question": rule.unit, "since": rule.since,
        "days": rule.days, "due": due.records, "held": due.held,
    }  # fmt: skip


def _stated(services: Services, town: str, asked: Rule, question: str) -> Rule:
    """The rule of a single answer; no days, and it is kept with its record."""
    form = services.register.forms(town).get(asked.kind)
    stated = answer_rules(form).get(question) if form else None
    if stated is None or asked.days not in (0, stated.days):
        raise refused(
            "retention_question",
            "表单没有为这一项单独规定这个保存期限。",
            "The form states no such time for this question alone.",
        )
    return structs.replace(stated, days=asked.days)
