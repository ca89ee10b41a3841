from points.domain.facts import ANY_BODY
from points.domain.ids import CredentialId
from points.domain.operations import OperationKey, RequestKey, fingerprint
from tests.build import ask, make_device, make_earn


def test_a_request_is_named_by_who_asks_and_the_name_given() -> None:
    asked = ask(make_earn(), key="one", by=make_device(number=7))

    assert asked.ref == RequestKey(CredentialId("device:7"), OperationKey("one"))


def test_two_phones_may_use_the_same_name() -> None:
    refs = {ask(make_earn(), key="one", by=make_device(number=number)).ref for number in (1, 2)}

    assert len(refs) == 2


def test_no_fingerprint_stands_for_any_body() -> None:
    assert len(fingerprint("")) == 32
    assert len(ANY_BODY) == 0
