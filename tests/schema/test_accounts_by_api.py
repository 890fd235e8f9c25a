"""Signing accounts and the school's certificate as clients meet them (C1-C9)."""

from datetime import timedelta
from typing import Any

import pytest

from hocba.domain.values import Step
from hocba.plugin_api import Order, Outcome, RefusalCode, Refused
from hocba.store.models import EventRow, RoleGrantRow, SigningAccountRow
from tests import build
from tests.actions import world as worlds
from tests.actions.registering import certified, of_school
from tests.actions.world import Phone, World, says_yes
from tests.api import Api, gid
from tests.pki import Holder

SECRETS = [{"name": "USERNAME", "value": "thay-giao"}, {"name": "PASSWORD", "value": "mat-khau-dung"}]
REGISTERED = (
    "account { id state stateLabel signingRequestId } request { id purpose step } refusal { code path }"
)
RESULTS = "results { id outcome refusal { code message help } account { id state decidedByName } }"
CERTIFICATE = """query($year: String) { schoolCertificate(schoolYear: $year) {
  state stateLabel current { id } pending { id stateLabel } unproven { id }
  history { state reason requestedByName decidedByName events { kind reason actorName } } } }"""


@pytest.fixture
async def nothing(here: World) -> World:
    """A school where nobody has registered anything yet."""
    await SigningAccountRow.all().delete()
    return here


async def register(
    asks: Api, here: World, who: Any, of: Holder, name: str = "registerSigningAccount", **more: Any
) -> dict[str, Any]:
    """What registering says; the phone has answered meanwhile."""
    given = {"signer": Phone.key, "secrets": SECRETS, "reference": of.certificate.fingerprint} | more
    said: dict[str, Any] = await asks.do(name, REGISTERED, who, **given)
    await here.house.tasks.idle()
    return said


async def request(asks: Api, who: Any, id: str) -> dict[str, Any]:
    document = """query($id: ID!) { signingRequest(id: $id) {
      purpose state message accountId items { purpose transcriptId state refusal { code } } } }"""
    found: dict[str, Any] = (await asks.ask(document, who, id=id))["signingRequest"]
    return found


async def officer(here: World) -> Any:
    """Somebody of the authority above the school."""
    return await build.authority(here.school.id)


async def test_the_school_has_none_registers_one_and_the_authority_approves_it(
    asks: Api, nothing: World
) -> None:
    school, authority = nothing.school, await officer(nothing)
    none = (await asks.ask(CERTIFICATE, school.admin))["schoolCertificate"]
    assert (none["state"], none["stateLabel"], none["history"]) == ("NOT_REGISTERED", "Chưa đăng ký", [])
    own = await of_school(nothing)

    said = await register(asks, nothing, school.issuer, own, "registerSchoolCertificate")

    assert (said["account"]["state"], said["refusal"]) == ("UNPROVEN", None)
    assert said["account"]["signingRequestId"] == said["request"]["id"]
    assert (said["request"]["purpose"], said["request"]["step"]) == ("CHALLENGE", None)
    proved = await request(asks, school.issuer, said["request"]["id"])
    assert proved == {
        "purpose": "CHALLENGE",
        "state": "FINISHED",
        "message": "Đăng ký thành công tài khoản",
        "accountId": said["account"]["id"],
        "items": [{"purpose": "CHALLENGE", "transcriptId": None, "state": "DONE", "refusal": None}],
    }
    waits = (await asks.ask(CERTIFICATE, school.admin))["schoolCertificate"]
    assert (waits["state"], waits["stateLabel"]) == ("PENDING", "Chờ duyệt đăng ký")
    assert waits["pending"] == {"id": said["account"]["id"], "stateLabel": "Chờ duyệt đăng ký"}
    approve = {"accountIds": [said["account"]["id"]]}
    by_school = await asks.do("approveSchoolCertificates", RESULTS, school.admin, **approve)
    assert by_school["results"][0]["refusal"]["code"] == "NOT_PERMITTED"
    by_authority = await asks.do("approveSchoolCertificates", RESULTS, authority, **approve)
    assert by_authority["results"][0]["outcome"] == "DONE"
    shown = (await asks.ask(CERTIFICATE, school.manager))["schoolCertificate"]
    assert (shown["state"], shown["stateLabel"]) == ("APPROVED", "Đã duyệt")
    (history,) = shown["history"]
    assert history["requestedByName"]
    assert history["decidedByName"]
    assert [each["kind"] for each in history["events"]] == [
        "AccountRequested", "AccountProven", "AccountApproved",
    ]  # fmt: skip


async def test_a_certificate_that_is_changed_needs_a_reason_and_the_old_one_serves_meanwhile(
    asks: Api, here: World
) -> None:
    admin, authority, new = here.school.admin, await officer(here), await of_school(here)

    without = await register(asks, here, admin, new, "registerSchoolCertificate")
    assert without["refusal"] == {"code": "REASON_REQUIRED", "path": ["reason"]}
    said = await register(asks, here, admin, new, "registerSchoolCertificate", reason="Sắp hết hạn")
    message = (await request(asks, admin, said["request"]["id"]))["message"]

    assert message == "Đăng ký thay đổi thông tin thành công"
    shown = (await asks.ask(CERTIFICATE, admin))["schoolCertificate"]
    assert (shown["state"], shown["stateLabel"]) == ("APPROVED", "Đã duyệt")
    assert shown["current"]["id"] != shown["pending"]["id"] == said["account"]["id"]
    refuse = {"accountIds": [said["account"]["id"]], "reason": "Sai tên trường"}
    await asks.do("refuseSchoolCertificates", RESULTS, authority, **refuse)
    after = (await asks.ask(CERTIFICATE, admin))["schoolCertificate"]
    assert after["state"] == "APPROVED"
    assert [each["reason"] for each in after["history"][0]["events"]] == [
        "Sắp hết hạn",
        None,
        "Sai tên trường",
    ]


async def test_a_person_registers_is_refused_registers_again_and_is_approved(
    asks: Api, nothing: World
) -> None:
    teacher, admin = nothing.school.teachers[0], nothing.school.admin
    own = certified(nothing, teacher)
    wrong = [SECRETS[0], {"name": "PASSWORD", "value": "sai"}]
    login = await asks.do(
        "providerSignIn", "refusal { code message }", teacher, signer=Phone.key, secrets=wrong
    )
    assert login["refusal"] == {
        "code": "SIGNER_LOGIN_FAILED",
        "message": "Thông tin thẻ không tồn tại hoặc không đúng.",
    }

    first = await register(asks, nothing, teacher, own)
    mine = (await asks.ask("{ mySigningAccount { state stateLabel } }", teacher))["mySigningAccount"]
    assert mine == {"state": "PENDING", "stateLabel": "Đã đăng ký, chờ duyệt"}
    message = (await request(asks, teacher, first["request"]["id"]))["message"]
    assert message.startswith("Đăng ký thành công tài khoản, CBQL/Quản trị viên chọn đến mục 1.3.")
    refuse = {"accountIds": [first["account"]["id"]], "reason": "Sai nhà cung cấp"}
    await asks.do("refuseSigningAccounts", RESULTS, admin, **refuse)
    mine = (await asks.ask("{ mySigningAccount { stateLabel reason } }", teacher))["mySigningAccount"]
    assert mine == {"stateLabel": "Từ chối duyệt", "reason": "Sai nhà cung cấp"}
    second = await register(asks, nothing, teacher, own)
    said = await asks.do("approveSigningAccounts", RESULTS, admin, filter={"state": ["PENDING"]})

    assert [row["account"]["id"] for row in said["results"]] == [second["account"]["id"]]
    mine = (await asks.ask("{ mySigningAccount { stateLabel } }", teacher))["mySigningAccount"]
    assert mine == {"stateLabel": "Đã duyệt tài khoản"}


async def test_a_proof_that_was_refused_is_tried_again(asks: Api, nothing: World) -> None:
    teacher, admin = nothing.school.teachers[0], nothing.school.admin

    async def says_no(phone: Phone, order: Order) -> Outcome:
        return Outcome([Refused(each.reference, RefusalCode.SIGNER_REFUSED) for each in order.items])

    nothing.phone.behave = says_no
    said = await register(asks, nothing, teacher, certified(nothing, teacher))
    failed = await request(asks, teacher, said["request"]["id"])
    assert (failed["message"], failed["items"][0]["refusal"]) == (None, {"code": "SIGNER_REFUSED"})
    mine = (await asks.ask("{ mySigningAccount { stateLabel signingRequestId } }", teacher))[
        "mySigningAccount"
    ]
    assert mine == {"stateLabel": "Chờ ký xác nhận", "signingRequestId": said["request"]["id"]}
    approve = {"accountIds": [said["account"]["id"]]}
    early = await asks.do("approveSigningAccounts", RESULTS, admin, **approve)
    assert early["results"][0]["refusal"]["code"] == "ACCOUNT_NOT_PROVEN"
    nothing.phone.behave = says_yes

    again = await asks.do(
        "retrySigning",
        "request { purpose } results { id outcome }",
        teacher,
        requestId=said["request"]["id"],
        secrets=SECRETS,
    )
    await nothing.house.tasks.idle()

    assert again["results"] == [{"id": said["account"]["id"], "outcome": "DONE"}]
    done = await asks.do("approveSigningAccounts", RESULTS, admin, **approve)
    assert done["results"][0]["outcome"] == "DONE"


async def test_accounts_are_withdrawn_one_by_one(asks: Api, here: World) -> None:
    teacher, other = here.school.teachers[:2]
    mine, theirs = (gid("SigningAccount", here.accounts[each.id]) for each in (teacher, other))

    given = {
        "accountIds": [mine, theirs, gid("SigningAccount", here.school.class_id)],
        "reason": "Mất thiết bị",
    }
    said = await asks.do("withdrawSigningAccounts", RESULTS, teacher, **given)

    assert [(row["outcome"], (row["refusal"] or {}).get("code")) for row in said["results"]] == [
        ("DONE", None), ("REFUSED", "NOT_PERMITTED"), ("REFUSED", "NOT_FOUND"),
    ]  # fmt: skip
    shown = (await asks.ask("{ mySigningAccount { state stateLabel reason } }", teacher))["mySigningAccount"]
    assert shown == {"state": "WITHDRAWN", "stateLabel": "Đã thu hồi", "reason": "Mất thiết bị"}
    all_ = {"filter": {"state": ["APPROVED"]}, "reason": "Đổi nhà cung cấp"}
    rest = await asks.do("withdrawSigningAccounts", RESULTS, here.school.admin, **all_)
    assert {row["outcome"] for row in rest["results"]} == {"DONE"}
    assert await SigningAccountRow.filter(person_id__isnull=False, state="approved").count() == 0


async def test_last_years_accounts_are_taken_over_with_the_reason_for_each_that_does_not_hold(
    asks: Api, here: World
) -> None:
    admin, teacher = here.school.admin, here.school.teachers[0]
    await SigningAccountRow.all().update(year="2024-2025")
    gone = here.accounts[here.school.teachers[1].id]
    await SigningAccountRow.filter(id=gone).update(state="withdrawn")
    rights = await RoleGrantRow.all().count()

    said = await asks.do("copySigningAccounts", RESULTS, admin)

    by_id = {row["id"]: row for row in said["results"]}
    assert len(by_id) == len(here.accounts)
    refused = by_id.pop(gid("SigningAccount", gone))["refusal"]
    assert refused["code"] == "ACCOUNT_WRONG_STATE"
    assert (
        refused["message"] == "Tài khoản ký số đang ở trạng thái “Đã thu hồi”, không cho phép thao tác này."
    )
    assert {row["outcome"] for row in by_id.values()} == {"DONE"}
    approver = by_id[gid("SigningAccount", here.accounts[teacher.id])]["account"]
    document = (
        "{ mySigningAccount { id state copiedFromId provenAt decidedByName events { kind actorName } } }"
    )
    mine = (await asks.ask(document, teacher))["mySigningAccount"]
    assert mine["id"] == approver["id"]
    assert (mine["state"], mine["copiedFromId"]) == (
        "APPROVED",
        gid("SigningAccount", here.accounts[teacher.id]),
    )
    assert mine["decidedByName"] == approver["decidedByName"]
    assert [each["kind"] for each in mine["events"]] == ["AccountCarriedOver"]
    again = await asks.do("copySigningAccounts", RESULTS, admin, accountIds=list(by_id))
    assert {row["outcome"] for row in again["results"]} == {"UNCHANGED"}
    assert await RoleGrantRow.all().count() == rights


async def test_last_years_certificate_of_the_school_is_taken_over(asks: Api, here: World) -> None:
    copied = "outcome refusal { code message } account { id state copiedFromId }"
    nothing = await asks.do("copySchoolCertificate", copied, here.school.admin, schoolYear="2030-2031")
    assert nothing["refusal"] == {
        "code": "NOTHING_TO_COPY",
        "message": "Năm học 2029-2030 không có chứng thư số nào đã duyệt để lấy lại.",
    }
    await SigningAccountRow.filter(id=here.school_account).update(year="2024-2025")

    said = await asks.do("copySchoolCertificate", copied, here.school.issuer)
    again = await asks.do("copySchoolCertificate", copied, here.school.admin)

    assert here.school_account is not None
    assert (said["outcome"], again["outcome"]) == ("DONE", "UNCHANGED")
    assert said["account"]["copiedFromId"] == gid("SigningAccount", here.school_account)
    shown = (await asks.ask(CERTIFICATE, here.school.admin))["schoolCertificate"]
    assert shown["current"]["id"] == again["account"]["id"] == said["account"]["id"]


async def test_whose_certificate_ends_before_transcripts_are_due_is_found(asks: Api, here: World) -> None:
    teacher = here.school.teachers[0]
    short = certified(here, teacher, until=build.NOW + timedelta(days=20))
    await SigningAccountRow.filter(id=here.accounts[teacher.id]).delete()
    await worlds.account(here, short, teacher.id)
    document = """query($until: DateTime!) { signingAccounts(filter: {expiresBefore: $until}) {
      edges { node { personId validThroughDeadline certificate { notAfter } } } } }"""

    found = await asks.ask(document, here.school.admin, until="2026-06-30T23:59:59+07:00")

    (edge,) = found["signingAccounts"]["edges"]
    assert edge["node"]["personId"] == gid("Person", teacher.id)
    assert edge["node"]["validThroughDeadline"] is False
    every = await asks.ask(
        "{ signingAccounts { edges { node { validThroughDeadline } } } }", here.school.admin
    )
    flags = [each["node"]["validThroughDeadline"] for each in every["signingAccounts"]["edges"]]
    assert (flags.count(False), len(flags) > 1) == (1, True)
    naive = await asks.post(document, {"until": "2026-06-30T23:59:59"}, who=here.school.admin)
    assert naive["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_who_is_not_approved_does_not_sign_and_who_may_not_issue_does_not(
    asks: Api, here: World
) -> None:
    teacher = here.school.teachers[0]
    registered = await register(asks, here, teacher, certified(here, teacher))
    given = {"transcriptIds": [gid("Transcript", id_) for id_ in here.transcripts], "secrets": SECRETS}
    selection = "request { id } results { refusal { code } }"

    unapproved = await asks.do(
        "beginSigning", selection, teacher, **given,
        step="SUBJECT_TEACHERS", accountId=registered["account"]["id"],
    )  # fmt: skip
    await here.sign_until(Step.ISSUE)
    assert here.school_account is not None
    school = gid("SigningAccount", here.school_account)
    unpermitted = await asks.do("beginSigning", selection, teacher, **given, step="ISSUE", accountId=school)

    assert {row["refusal"]["code"] for row in unapproved["results"]} == {"ACCOUNT_NOT_APPROVED"}
    assert {row["refusal"]["code"] for row in unpermitted["results"]} == {"NOT_PERMITTED"}
    assert await EventRow.filter(kind="Sealed").count() == 0
