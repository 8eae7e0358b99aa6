"""A form of a newer server can still be read."""

import msgspec

from shared.policies import Policy, PrivacyClass


def test_an_unknown_policy_leaves_the_decision_to_a_person() -> None:
    assert msgspec.json.decode(b'"newest-fashion"', type=Policy) is Policy.REVIEW


def test_an_unknown_privacy_class_is_treated_as_the_most_private_one() -> None:
    assert msgspec.json.decode(b'"Z"', type=PrivacyClass) is PrivacyClass.SENSITIVE
