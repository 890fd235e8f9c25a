"""The audit of GraphQL over HTTP (npm graphql-http), as the specification's own authors wrote it."""

import asyncio
import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests import api
from tests.actions.world import World
from tests.serving import served

AUDIT = Path(__file__).with_name("audit")


def missing() -> str:
    if shutil.which("node") is None:
        return "node is not installed"
    return "" if (AUDIT / "node_modules").is_dir() else "npm ci was not run in tests/web/audit"


async def test_all_61_checks_of_the_audit_pass(here: World) -> None:
    if reason := missing():
        if os.environ.get("HOCBA_TEST_SERVICES") != "required":
            pytest.skip(reason)
        done = await asyncio.create_subprocess_exec("npm", "ci", "--silent", cwd=AUDIT)
        assert await done.wait() == 0, reason
    house = replace(here.house, settings=replace(here.house.settings, introspection=True))
    async with served(api.make(house)) as base:
        audit = await asyncio.create_subprocess_exec(
            "node", "audit.js", f"{base}/graphql", cwd=AUDIT, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await audit.communicate()
    found = json.loads(said)
    assert found["wrong"] == []
    assert found["counts"] == {"ok": 61}
