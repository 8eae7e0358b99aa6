"""`forms publish`: a spreadsheet form that phones take at their next sync."""

from typing import Annotated

import msgspec
import typer

from server.commands.forms import UNUSABLE, FormFile, Neighbours, OfKind, tell
from server.commands.opening import chosen_town, opened, operating
from server.commands.speech import AsJson, OfTown, answer_json, say
from server.forms.impact import Impact
from server.forms.problems import FormRefusedError
from server.forms.publishing import Publishing
from server.forms.xlsform import FORM_BYTES_MAX
from server.office.audit import Deed
from server.register.published import Source
from shared.forms.model import Form


def publish(
    file: FormFile,
    *,
    kind: OfKind = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只看影响，不发布 · Only tell what would change")
    ] = False,
    town: OfTown = "",
    as_json: AsJson = False,
) -> None:
    """发布表单，各手机下次同步时取用 · Publish a form; phones take it at their next sync."""
    source = Source(file.read_bytes()[: FORM_BYTES_MAX + 1], file.name)
    with opened() as services:
        town_id = chosen_town(services, town).town_id
        publishing = Publishing(services.register)
        try:
            made = publishing.upload(town_id, source, kind, Neighbours(file))
        except FormRefusedError as error:
            tell(None, error.problems)
            raise typer.Exit(UNUSABLE) from error
        form = made.form
        if not as_json:
            tell(None, made.problems)
        preview = publishing.preview(town_id, form.kind, form.version, services.clock())
        if dry_run:
            services.register.versions.drop(town_id, form.kind, form.version)
        else:
            with operating(services, town_id) as act:
                act.note(Deed.FORM_PUBLISHED, f"{form.kind} {form.version}")
            publishing.publish(town_id, form.kind, form.version)
    _tell_impact(form, preview.impact, published=not dry_run, as_json=as_json)


def _tell_impact(form: Form, found: Impact, *, published: bool, as_json: bool) -> None:
    if as_json:
        about = {"kind": form.kind, "version": form.version, "published": published}
        answer_json(about | {"impact": msgspec.to_builtins(found)})
        return
    say(
        f"{found.records} 条记录：{found.lose} 条有答案不再显示，{found.become_invalid} 条的答案"
        f"不再符合要求，{found.owe} 条缺新的必填项。",
        f"{found.records} records: {found.lose} have an answer that is no longer shown, "
        f"{found.become_invalid} one that would be wrong, {found.owe} lack what is newly required.",
    )
    begun = found.unfinished
    if begun.drafts:
        say(
            f"手机上有 {begun.drafts} 份未完成：{begun.other_version} 份按原版本继续填写，"
            f"{begun.lose} 份填有新版本没有的题目。",
            f"{begun.drafts} are unfinished on phones: {begun.other_version} go on under their own "
            f"version, {begun.lose} have an answer that the new one does not ask.",
        )
    if published:
        say(f"已发布 {form.kind} {form.version}。", f"Published {form.kind} {form.version}.")
