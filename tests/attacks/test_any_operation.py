"""Whatever is asked, and by whom: an answer, a refusal or a clear no, and never a failure of ours."""

import logging
import os
from collections import Counter
from dataclasses import replace
from itertools import cycle

import pytest

from hocba.store.models import SigningAccountRow, UserRow
from tests import api
from tests.actions.world import World
from tests.api import gid
from tests.attacks.chance import Chance

EACH = int(os.environ.get("HOCBA_TEST_CHANCES", "6"))
"""How often each operation is tried; more of them is a soak."""

SEED = int(os.environ.get("HOCBA_TEST_SEED", "20251124"))


async def test_no_operation_ends_as_a_failure_of_ours(here: World, caplog: pytest.LogCaptureFixture) -> None:
    school = here.school
    accounts = await SigningAccountRow.filter(school_id=school.id).values_list("id", flat=True)
    ids = [
        *(gid("Student", each) for each in school.students),
        *(gid("Transcript", each) for each in here.transcripts),
        *(gid("SigningAccount", each) for each in accounts),
        *(gid("Person", each.id) for each in (*school.teachers[:2], school.leader, school.issuer)),
        gid("Class", school.class_id),
    ]
    people = (school.admin, school.leader, school.admin, school.homeroom, school.issuer, school.teachers[1])
    unlimited = {"rate_signed_in": 10**9, "rate_costly": 10**9}
    house = replace(here.house, settings=replace(here.house.settings, **unlimited))
    codes: Counter[str] = Counter()
    failed = []
    async with api.client(house) as asks:
        for (name, text, variables), who in zip(
            Chance(SEED, ids).operations(EACH), cycle(people), strict=False
        ):
            said = await asks.post(text, variables, who=who)
            found = {error["extensions"]["code"] for error in said.get("errors", ())}
            codes.update(found or {"answered"})
            if "INTERNAL" in found:
                failed.append((name, text, variables))
            if "UNAUTHENTICATED" in found:
                # He signed himself out, or somebody locked him out: let him in again.
                asks.tokens.clear()
                await UserRow.all().update(active=True, must_change=False, locked_until=None)
        await here.house.tasks.idle()
    log = [each.getMessage() for each in caplog.records if each.levelno >= logging.ERROR]
    assert (failed, log) == ([], [])
    assert codes["answered"] > sum(codes.values()) / 2, codes
