"""What cards say, in words."""

from mobile.store.cards import HouseholdCard, ResidentCard
from mobile.views.state.dates import ago_words, parse, parse_day
from mobile.views.state.tab import TabState
from mobile.views.words import Texts
from shared.forms.model import Form

BETWEEN = " · "


def people_words(card: HouseholdCard, texts: Texts) -> str:
    """Who lives there: the head, how many, the end of the phone number."""
    parts = [card.head_name or texts("card.no_name")]
    if card.people_count is not None:
        parts.append(texts("card.people", n=card.people_count))
    if card.phone_ending:
        parts.append(texts("card.phone_ending", ending=card.phone_ending))
    return BETWEEN.join(parts)


def visit_words(card: HouseholdCard, tab: TabState) -> str:
    """When somebody last was there, and how it ended."""
    texts, now = tab.texts, tab.now()
    at = parse(card.last_visit, now.tzinfo)
    if at is None:
        return texts("card.never_visited")
    when = ago_words(at.date(), now.date(), texts)
    outcome = choice_words(tab.store.form("visit"), "outcome", card.last_outcome, texts)
    return BETWEEN.join(part for part in (texts("card.visited", when=when), outcome) if part)


def member_words(member: ResidentCard, tab: TabState) -> str:
    """A member's relation to the head, sex and year of birth."""
    form, texts = tab.store.form("resident"), tab.texts
    born = parse_day(member.birth_date)
    parts = [
        choice_words(form, "relation", member.relation, texts),
        choice_words(form, "sex", member.sex, texts),
        texts("card.born", year=born.year) if born else "",
        choice_words(form, "status", member.status, texts)
        if member.status not in ("", "living_here")
        else "",
    ]
    # "Daughter" and "female" are one word in Chinese.
    return BETWEEN.join(part for part in dict.fromkeys(parts) if part)


def choice_words(form: Form | None, question: str, code: str, texts: Texts) -> str:
    """The label of a choice; the code itself where the form does not know it."""
    asked = form.question(question) if form else None
    choice = form.choice(asked, code) if form and asked else None
    return form.words(choice.label, texts.language) if form and choice else code
