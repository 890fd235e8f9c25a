"""What an account's state is called, by whose it is."""

import pytest

from hocba.domain.accounts import AccountState
from hocba.store.models import SigningAccountRow
from tests.actions.world import World
from tests.api import Api

ALL = """{
  schoolCertificate { current { stateLabel } pending { stateLabel } history { state stateLabel } }
  mySigningAccount { state stateLabel }
}"""


@pytest.mark.parametrize(
    ("state", "of_the_school", "of_a_person"),
    [
        (AccountState.PENDING, "Chờ duyệt đăng ký", "Đã đăng ký, chờ duyệt"),
        (AccountState.APPROVED, "Đã duyệt", "Đã duyệt tài khoản"),
        (AccountState.REFUSED, "Từ chối duyệt", "Từ chối duyệt"),
    ],
)
async def test_the_guides_words_stand_beside_the_state(
    asks: Api, here: World, state: AccountState, of_the_school: str, of_a_person: str
) -> None:
    await SigningAccountRow.all().update(state=state)
    said = await asks.ask(ALL, here.school.issuer)
    certificate, account = said["schoolCertificate"], said["mySigningAccount"]
    assert certificate["history"] == [{"state": state.name, "stateLabel": of_the_school}]
    assert account == {"state": state.name, "stateLabel": of_a_person}
    shown = {"stateLabel": of_the_school}
    assert certificate["pending"] == (shown if state is AccountState.PENDING else None)
    assert certificate["current"] == (shown if state is AccountState.APPROVED else None)
