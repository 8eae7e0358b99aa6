"""A household with photos, in a town whose form asks for them."""

import msgspec

from server.files.opening import uploads_of
from server.files.uploads import Sender
from server.forms.builtin import builtin_forms
from shared.files import FileRef
from shared.forms.model import Form, Question, QuestionType
from shared.policies import PrivacyClass
from tests.media import pdf, photo
from tests.server.console.world import Desk
from tests.server.files.sending import ref_of

DOOR = ref_of(photo())
REPORT = ref_of(pdf(), "application/pdf")
SECRET = ref_of(photo(seed=2))


def ask_for_photos(desk: Desk) -> None:
    """Publishes a form of households that asks for files of each kind."""
    built = builtin_forms()["household"]
    asked = {
        "door_photo": (QuestionType.IMAGE, PrivacyClass.PERSONAL),
        "report": (QuestionType.FILE, PrivacyClass.PERSONAL),
        "health_photo": (QuestionType.IMAGE, PrivacyClass.SENSITIVE),
    }
    desk.register.publish_form(desk.town.who.town, _with(built, asked))


def photographed(desk: Desk) -> str:
    """A household whose files have come."""
    phone = desk.phone("W1", "g1")
    uploads = uploads_of(desk.town.services)
    sender = Sender(phone.device.town, phone.device.id)
    for content in (photo(), pdf(), photo(seed=2)):
        upload = uploads.begin(sender, ref_of(content).sha256, len(content))
        uploads.append(sender, upload.id, 0, content)
    return desk.household(
        phone, door_photo=DOOR.answer, report=REPORT.answer, health_photo=SECRET.answer
    )


def address_of(household: str, unit: str, ref: FileRef) -> str:
    """Where the console shows a file."""
    return f"/console/files/household/{household}/{unit}/{ref.sha256}"


def _with(form: Form, asked: dict[str, tuple[QuestionType, PrivacyClass]]) -> Form:
    questions = tuple(
        Question(
            name=name,
            path=f"/data/{name}",
            type=kind,
            unit=name,
            label={"zh": f"照片 {name}", "en": name},
            privacy=privacy,
        )
        for name, (kind, privacy) in asked.items()
    )
    return msgspec.structs.replace(form, version="9", children=(*form.children, *questions))
