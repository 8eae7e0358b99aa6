"""Forms filled in with what the register knows, as their reader may see it."""

from collections.abc import Iterable, Mapping

from msgspec import Struct

from server.console.desk import Desk
from server.console.labels import Sight, form_of, kind_name, rules_of, seen_answer
from server.console.titles import titles_of
from server.console.words import language
from server.db.engine import reading
from server.forms.paper import Head, form_paper
from server.office.people import AccountIdentity
from server.paper.blocks import Paper
from shared.changes import Answer
from shared.forms.model import Form, QuestionType
from shared.forms.units import answers_of
from shared.merge import shown
from shared.records import Record


class FormSheets(Struct, frozen=True):
    """Fills in forms for one account."""

    desk: Desk
    who: AccountIdentity
    sight: Sight

    def of(
        self, records: Iterable[Record], headings: Mapping[str, str] | None = None
    ) -> list[Paper]:
        """A paper for each of the records whose kind has a form.

        headings: by record, what stands below the title; else what its kind is called.
        """
        known = [(one, form) for one in records if (form := form_of(one.kind)) is not None]
        told = {record.id: self._seen(record, form) for record, form in known}
        referring = {
            str(told[record.id][name])
            for record, form in known
            for name in _references(form)
            if name in told[record.id]
        }
        with reading(self.desk.engine) as conn:
            titles = titles_of(conn, self.who, referring, self.sight)
        papers = []
        for record, form in known:
            answers = told[record.id]
            named = {
                name: titles.get(str(answers[name]), "")
                for name in _references(form)
                if name in answers
            }
            heading = (headings or {}).get(record.id) or kind_name(record.kind)
            head = Head(heading, serial_of(record.id), f"doorstep:{record.kind}:{record.id}")
            papers.append(form_paper(form, language(), head, answers | named))
        return papers

    def _seen(self, record: Record, form: Form) -> dict[str, Answer]:
        units = shown(record, rules_of(record.kind))
        seen = {
            unit: seen_answer(record.kind, unit, value, self.sight)
            for unit, value in units.items()
            if unit in form.units
        }
        return dict(answers_of(form, seen))


def serial_of(record_id: str) -> str:
    """What a person reads out to name the record: the end of its id."""
    end = record_id.replace("-", "")[-8:].upper()
    return f"{end[:4]}-{end[4:]}"


def _references(form: Form) -> list[str]:
    return [one.name for one in form.questions if one.type is QuestionType.REFERENCE]
