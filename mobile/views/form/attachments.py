"""Photos, recordings and documents: picked on the device, kept sealed, shown by name."""

import flet as ft

from mobile.errors import AppError
from mobile.views.context import current_tab
from mobile.views.form.labelled import under_label
from mobile.views.guarded import guarded
from mobile.views.hooks import off_loop
from mobile.views.parts.buttons import AsyncAct, button, icon_button
from mobile.views.parts.picture_source import picture_source
from mobile.views.parts.type import body, muted
from mobile.views.state.sheet import Sheet
from mobile.views.state.taking_back import offer_back
from shared.files import FileRef, file_ref
from shared.forms.model import QuestionType

PICTURE_HEIGHT = 180
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
_PICKED = {
    QuestionType.IMAGE: ("form.add_photo", ft.FilePickerFileType.IMAGE, ft.Icons.PHOTO_CAMERA),
    QuestionType.AUDIO: ("form.add_audio", ft.FilePickerFileType.AUDIO, ft.Icons.MIC_NONE),
    QuestionType.FILE: ("form.add_file", ft.FilePickerFileType.ANY, ft.Icons.ATTACH_FILE),
}


@guarded
def attachment_field(sheet: Sheet, key: str) -> ft.Control:
    """What is attached, and a button to attach it."""
    said, set_said = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    question = sheet.question(key)
    words, kind, icon = _PICKED.get(question.question.type, _PICKED[QuestionType.FILE])
    ref = file_ref(question.answer)

    async def pick() -> None:
        set_said("")
        picked = await ft.FilePicker().pick_files(file_type=kind, with_data=True)
        if picked and picked[0].bytes is not None:
            set_busy(True)
            set_said(await off_loop_words(sheet, key, picked[0].bytes, picked[0].name))
            set_busy(False)

    async def given(content: bytes, name: str) -> None:
        set_said(await off_loop_words(sheet, key, content, name))

    texts = current_tab().texts
    is_photo = question.question.type is QuestionType.IMAGE
    way = button(f"q-{key}-pick", texts(words), pick, icon=icon, busy=busy)
    return under_label(
        sheet,
        question,
        ft.Container(_shown(sheet, key, ref) if ref else None),
        picture_source(f"q-{key}", texts(words), given) if is_photo else way,
        ft.Container(muted(said) if said else None),
    )


async def off_loop_words(sheet: Sheet, key: str, content: bytes, name: str = "") -> str:
    """Keeps the content and answers with it; why it was not taken, or ""."""
    said = ""

    def keep() -> None:
        nonlocal said
        try:
            sheet.attach(key, content, name)
        except AppError as error:
            said = current_words(sheet, error)

    await off_loop(keep)()
    return said


def current_words(sheet: Sheet, error: AppError) -> str:
    """The error in the worker's language."""
    return sheet.tab.in_words(error.words)


def _shown(sheet: Sheet, key: str, ref: FileRef) -> ft.Control:
    texts = current_tab().texts
    kilobytes = texts("form.kilobytes", n=max(1, ref.size // 1024))
    out = icon_button(
        f"q-{key}-out", texts("form.rank_out"), ft.Icons.DELETE_OUTLINE, _remove(sheet, key)
    )
    words = ft.Container(body(f"{ref.file_name} · {kilobytes}", lines=1), expand=True)
    return ft.Column(
        [ft.Row([words, out]), *([picture(sheet, ref)] if ref.type in PICTURES else [])],
        spacing=6,
        tight=True,
    )


@guarded
def picture(sheet: Sheet, ref: FileRef) -> ft.Control:
    """The photo, where it is on this device."""
    content = ft.use_memo(lambda: sheet.attached(ref), [ref.sha256])
    if content is None:
        return muted(current_tab().texts("form.file_away"))
    return ft.Image(src=content, height=PICTURE_HEIGHT, fit=ft.BoxFit.CONTAIN)


def _remove(sheet: Sheet, key: str) -> AsyncAct:
    async def remove() -> None:
        before = sheet.draft.answers
        sheet.answer(key, None)
        await off_loop(offer_back, sheet, before)()

    return remove
