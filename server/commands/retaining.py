"""`retention`: for how long records are kept, what would go now, and the rule of a kind."""

from typing import Annotated

import typer

from server.commands.opening import chosen_town, opened, operating
from server.commands.speech import AsJson, OfTown, answer_json, say
from server.rights.retention import Retention
from server.rights.rules import Rule, Since, set_rule

SINCE_WORDS = {
    Since.DELETED: ("删除后", "after deletion"),
    Since.UPDATED: ("最后修改后", "after the last change"),
}


def retention(
    kind: Annotated[
        str, typer.Option("--set", help="设置该类型的保存期限 · Set the rule of this kind")
    ] = "",
    *,
    days: Annotated[int, typer.Option(help="天数，0 为永久保留 · Days; 0 keeps for good")] = 0,
    since: Annotated[Since, typer.Option(help="从何时算起 · Counted from")] = Since.DELETED,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """保存期限：查看、试算、设置 · Retention rules, and what they would erase tonight."""
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        if kind:
            with operating(services, town_id) as act:
                set_rule(act, Rule(kind, since, days))
        due = Retention(services).dry_run(town_id)
    if as_json:
        told = [
            {
                "kind": d.rule.kind, "since": d.rule.since, "days": d.rule.days,
                "due": d.records, "held": d.held,
            }
            for d in due
        ]  # fmt: skip
        answer_json({"rules": told})
        return
    for each in due:
        zh, en = SINCE_WORDS[each.rule.since]
        say(
            f"{each.rule.kind}：{zh} {each.rule.days} 天永久删除，现有 {each.records} 条到期。",
            f"{each.rule.kind}: erased {each.rule.days} days {en}; {each.records} are due now.",
        )
    if not due:
        say("没有保存期限，全部永久保留。", "There is no rule: everything is kept.")
