"""Code tables hold what the standards say, and forms are offered nothing else."""

import pytest

from shared.codes import CodeState, Fault, code_table, code_tables, message_of
from shared.codes.areas import AreaCodeFault, GridCodeFault
from shared.codes.id_numbers import IdNumberFault, Sex
from shared.codes.phones import PhoneFault

PINNED = {
    "sex": "0 1 2 9",
    "marital": "10 20 21 22 23 30 40 90",
    "relation": "0 1 2 3 4 5 6 7 8",
    "relation_detail": "10 20 21 22 30 40 41 42 43 44 45 46 50 60 70 80",
    "education": "10 20 30 40 60 70 80 90",
    "document_type": "111",
    "political": "",
    "ethnicity": " ".join(f"{number:02}" for number in range(1, 57)),
}


@pytest.mark.parametrize("name", PINNED)
def test_a_national_table_offers_the_confirmed_codes_of_its_standard(name: str) -> None:
    offered = {code.code for code in code_table(name).offered}

    assert offered == set(PINNED[name].split())


@pytest.mark.parametrize(
    ("name", "code", "zh"),
    [
        ("marital", "30", "丧偶"),
        ("marital", "40", "离婚"),
        ("relation", "1", "配偶"),
        ("relation", "4", "孙子、孙女或外孙子、外孙女"),
        ("relation_detail", "45", "孙媳妇或外孙媳妇"),
        ("education", "60", "普通高级中学教育"),
        ("ethnicity", "01", "汉族"),
        ("ethnicity", "32", "仫佬族"),
        ("ethnicity", "56", "基诺族"),
        ("province", "32", "江苏省"),
        ("province", "65", "新疆维吾尔自治区"),
    ],
)
def test_a_code_means_what_its_standard_says(name: str, code: str, zh: str) -> None:
    row = code_table(name).get(code)

    assert row is not None
    assert row.zh == zh


def test_what_was_not_confirmed_can_be_read_and_is_not_offered() -> None:
    political = code_table("political")

    member = political.get("01")

    assert member is not None
    assert member.state is CodeState.UNCONFIRMED
    assert political.code_of("中国共产党党员") is None


def test_every_row_names_its_source_and_speaks_both_languages() -> None:
    rows = [row for table in code_tables().values() for row in table.codes]

    assert rows
    assert all(row.code and row.zh and row.en and row.source for row in rows)
    assert all(row.source == "Doorstep" or row.source[:2] in {"GB", "GA"} for row in rows)


def test_no_table_has_a_code_twice() -> None:
    for table in code_tables().values():
        codes = [row.code for row in table.codes]
        assert len(codes) == len(set(codes)), table.name


def test_no_table_offers_a_mark_that_the_product_refuses() -> None:
    refused = ("宗教", "信仰", "吸毒", "艾滋", "精神", "上访", "信访", "可疑", "人脸", "银行")
    labels = [row.zh for table in code_tables().values() for row in table.codes]

    assert [label for label in labels if any(word in label for word in refused)] == []


@pytest.mark.parametrize("text", ["rented", "租住", " Rented ", "ＲＥＮＴＥＤ"])
def test_a_code_is_found_by_itself_and_by_its_labels(text: str) -> None:
    assert code_table("tenure").code_of(text) == "rented"


def test_an_unknown_label_has_no_code() -> None:
    assert code_table("tenure").code_of("不详") is None


def test_asking_for_a_table_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(LookupError, match="tenure"):
        code_table("tenures")


def test_every_fault_has_a_message_in_both_languages() -> None:
    faults: list[Fault] = [*AreaCodeFault, *GridCodeFault, *IdNumberFault, *PhoneFault]

    assert all(message_of(fault).zh.endswith("。") for fault in faults)
    assert all(message_of(fault).en.endswith(".") for fault in faults)


def test_the_sexes_of_the_code_are_those_of_the_table() -> None:
    assert {str(sex) for sex in Sex} == {row.code for row in code_table("sex").codes}
