"""What can be wrong with an XLSForm, said in words, with the sheet and the row."""

from collections.abc import Iterable

from msgspec import Struct

from shared.forms.words import Words


class FormProblem(Struct, frozen=True):
    """One thing that is wrong with an XLSForm, or that will not work as its author meant."""

    key: str
    words: Words
    sheet: str = ""
    row: int | None = None
    """As the spreadsheet numbers its rows: the header is row 1."""
    column: str = ""
    fatal: bool = True
    """Whether the form cannot be published before this is put right."""

    def sentence(self, language: str) -> str:
        """The problem in one line, with its place."""
        words = self.words.get(language) or self.words["en"]
        place = self._place(language)
        return f"{place}{'：' if language == 'zh' else ': '}{words}" if place else words

    def _place(self, language: str) -> str:
        parts = [self.sheet]
        if self.row is not None:
            parts.append(f"第 {self.row} 行" if language == "zh" else f"row {self.row}")
        if self.column:
            parts.append(f"“{self.column}”列" if language == "zh" else f'column "{self.column}"')
        return (" " if language == "zh" else ", ").join(part for part in parts if part)


class FormRefusedError(ValueError):
    """An XLSForm that cannot be used; `problems` say why and where."""

    def __init__(self, problems: Iterable[FormProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.sentence("en") for problem in self.problems))


def problem(key: str, /, **names: object) -> FormProblem:
    """The problem of that key, its sentences filled in with `names`; no place yet."""
    words = {language: text.format(**names) for language, text in _SENTENCES[key].items()}
    return FormProblem(key, words, fatal=key not in WARNINGS)


ADVICE = frozenset({"no_purpose"})
"""Good to do, and no matter of whether the form works."""
WARNINGS = ADVICE | frozenset(
    {
        "unknown_column", "unknown_sheet", "unknown_appearance", "unknown_parameter",
        "media_ignored", "missing_picture", "bad_picture", "not_recorded", "pyxform_warning",
        "last_saved", "no_version", "not_printable",
    }
)  # fmt: skip
"""Problems with which a form can still be published."""

_SENTENCES: dict[str, Words] = {
    "too_big": {
        "zh": "文件太大，表单不能超过 {most} MB。",
        "en": "The file is too big: a form may have {most} MB.",
    },
    "unreadable": {
        "zh": "这个文件不是表单。请上传 .xlsx、.xls、.csv 或 .md 格式的 XLSForm。",
        "en": "This file is not a form. Upload an XLSForm as .xlsx, .xls, .csv or .md.",
    },
    "pyxform": {"zh": "表单有误：{why}", "en": "{why}"},
    "pyxform_warning": {"zh": "请注意：{why}", "en": "{why}"},
    "no_kind": {
        "zh": "没有说明这是哪一类档案的表单。请在 settings 表加一列 attribute::doorstep:kind。",
        "en": "The form does not say what kind of record it is for. Add the column "
        "attribute::doorstep:kind to the settings sheet.",
    },
    "unpacks_too_big": {
        "zh": "文件解开后超过 {most} MB，不能使用。",
        "en": "The file unpacks to more than {most} MB.",
    },
    "too_many_rows": {
        "zh": "行数太多，最多 {most} 行。",
        "en": "Too many rows: at most {most}.",
    },
    "cell_too_long": {
        "zh": "这一行太长：每格最多 {most} 个字，最多 200 列。",
        "en": "This row is too long: at most {most} characters in a cell, and 200 columns.",
    },
    "too_deep": {
        "zh": "分组套得太深，最多 {most} 层。",
        "en": "Groups are nested too deeply: at most {most}.",
    },
    "no_version": {
        "zh": "没有写版本号，按内容记为 {version}。可在 settings 表的 version 列写明。",
        "en": "The form names no version and is called {version} after its content. The settings "
        "sheet may name one in its column version.",
    },
    "unknown_table": {
        "zh": "没有名为“{name}”的代码表。",
        "en": 'There is no code table named "{name}".',
    },
    "unsupported_type": {
        "zh": "暂不支持题型“{type}”，请换成其他题型。",
        "en": 'The question type "{type}" is not supported; use another one.',
    },
    "unsupported_list": {
        "zh": "暂不支持从“{source}”取选项，请写在 choices 表里。",
        "en": 'Choices from "{source}" are not supported; write them on the choices sheet.',
    },
    "missing_file": {
        "zh": "缺少附件“{name}”，请和表单一起上传。",
        "en": 'The file "{name}" is missing; upload it together with the form.',
    },
    "unsupported_file": {
        "zh": "附件“{name}”不是 CSV。请另存为 CSV 文件再引用。",
        "en": 'The file "{name}" is no CSV; save it as CSV and name that one.',
    },
    "last_saved": {
        "zh": "暂不支持取上一份表的答案（last-saved），这里从空白开始。",
        "en": "Answers of the record saved before (last-saved) are not supported: it starts empty.",
    },
    "bad_file": {
        "zh": "附件“{name}”不能用：{why}",
        "en": 'The file "{name}" cannot be used: {why}',
    },
    "missing_table_column": {
        "zh": "附件“{name}”里没有“{column}”列。",
        "en": 'The file "{name}" has no column "{column}".',
    },
    "name_in_repeat": {
        "zh": "必备题目“{name}”不能放在重复组里。",
        "en": 'The core question "{name}" cannot be in a repeat.',
    },
    "unknown_sheet": {
        "zh": "暂不支持“{name}”表，已忽略。",
        "en": 'The sheet "{name}" is not supported and was left out.',
    },
    "unknown_appearance": {
        "zh": "暂不支持外观“{word}”，按普通样式显示。",
        "en": 'The appearance "{word}" is not supported; the question is shown plainly.',
    },
    "unknown_parameter": {
        "zh": "暂不支持参数“{word}”，已忽略。",
        "en": 'The parameter "{word}" is not supported and was left out.',
    },
    "not_recorded": {
        "zh": "暂不支持“{type}”，不会记录。",
        "en": '"{type}" is not supported: nothing is recorded for it.',
    },
    "media_ignored": {
        "zh": "标签里的声音、视频和大图不会显示。",
        "en": "Sound, video and large pictures in labels are not shown.",
    },
    "not_printable": {
        "zh": "打印时没有这些字的字体，会印成方框：{letters}。手机上不受影响。",
        "en": "No font prints these letters; they come out as boxes on paper: {letters}. Phones "
        "show them as ever.",
    },
    "missing_picture": {
        "zh": "没有上传图片“{name}”，题目照常显示，只是没有图。",
        "en": 'The picture "{name}" did not come with the form; it is shown without.',
    },
    "bad_picture": {
        "zh": "图片“{name}”打不开或超过 {most} MB，不会显示。请用 JPEG、PNG 或 WebP。",
        "en": 'The picture "{name}" does not open or is over {most} MB. Use JPEG, PNG or WebP.',
    },
    "pictures_too_big": {
        "zh": "图片太多：缩小后合计仍超过 {most} MB，手机取不动。请减少图片。",
        "en": "Too many pictures: made small they are still over {most} MB together.",
    },
    "unknown_column": {
        "zh": "不认识这一列，已忽略。",
        "en": "This column is not known and was left out.",
    },
    "bad_word": {
        "zh": "不能填“{value}”，只能填：{allowed}。",
        "en": '"{value}" is not possible here; use one of: {allowed}.',
    },
    "bad_expression": {
        "zh": "表达式“{text}”读不懂：{why}",
        "en": 'The expression "{text}" cannot be read: {why}',
    },
    "cycle": {
        "zh": "这些题目互相依赖，算不出结果：{names}。",
        "en": "These questions depend on each other in a circle: {names}.",
    },
    "order_without_states": {
        "zh": "合并方式是 order，要在 bind::doorstep:order 列按先后写出各状态。",
        "en": "The merge policy is order: list the states from first to last in "
        "bind::doorstep:order.",
    },
    "unit_policies_differ": {
        "zh": "同属“{unit}”的题目，合并方式必须相同。",
        "en": 'Questions that share the unit "{unit}" must have the same merge policy.',
    },
    "core_missing": {
        "zh": "缺少必备题目“{name}”（题型 {types}）。",
        "en": 'The core question "{name}" (type {types}) is missing.',
    },
    "core_type": {
        "zh": "必备题目“{name}”的题型必须是 {types}。",
        "en": 'The core question "{name}" must have the type {types}.',
    },
    "core_choice": {
        "zh": "必备题目“{name}”缺少选项：{codes}。",
        "en": 'The core question "{name}" lacks the choices: {codes}.',
    },
    "forbidden": {
        "zh": "不得采集“{word}”：与社区服务无关，或法律限制采集。",
        "en": 'A form must not ask for "{word}": community work does not need it, '
        "or the law restricts it.",
    },
    "no_purpose": {
        "zh": "没有写明采集用途（bind::doorstep:purpose）。",
        "en": "The purpose of the question is not given (bind::doorstep:purpose).",
    },
    "sensitive_without_purpose": {
        "zh": "敏感个人信息必须写明采集用途、依据和保存期限。",
        "en": "A sensitive question needs its purpose, legal basis and retention.",
    },
}
