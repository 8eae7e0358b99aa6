"""Changes that wait for a record that the office does not have."""

from tests.mobile.field import Field, differences, synced
from tests.mobile.kit import change_of, create
from tests.mobile.sync.test_recovery import dump, journal, put_back


def test_what_waits_for_its_record_keeps_no_phone_from_a_server_that_is_restored_again(
    field: Field,
) -> None:
    author, editor = field.phone("W1"), field.phone("W2")
    content = dump(field)
    household, own = author.clock.new_id(), editor.clock.new_id()
    author.store.save([create("household", household, head_name="李芳")])
    synced(author)
    synced(editor)
    editor.store.save([create("household", own, head_name="王强")])
    editor.store.save([change_of(editor.store, "household", household, phone="13900010001")])
    synced(editor)

    put_back(field, content)
    assert synced(editor).held == 1  # nobody has brought that household again
    put_back(field, content)
    assert synced(editor).held == 1
    synced(author)
    synced(editor)
    synced(author)

    assert journal(field, own) == 1
    assert journal(field, household) == 2
    assert differences(author, field) == differences(editor, field) == []
