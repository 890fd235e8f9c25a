"""The same deaths on PostgreSQL: apart from those on SQLite, so that both can go on at the same time."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import conftest, postgres
from tests.faults import campus as campuses
from tests.faults.killed import at_work, killed_while_teachers_sign, killed_while_the_school_issues
from tests.tools import REQUIRED

if conftest.POSTGRES:
    pytest.skip("the first run walks on both databases", allow_module_level=True)

needs_postgres = pytest.mark.skipif(
    not REQUIRED and not asyncio.run(postgres.answers(conftest.POSTGRES_URL)), reason="needs PostgreSQL"
)


@pytest.fixture
def postgres_schema() -> Iterator[str]:
    """The URL of an empty schema, gone afterwards."""
    schema = f"hocba_killed_{os.getpid()}"
    asyncio.run(conftest.execute(f"CREATE SCHEMA {schema}"))
    try:
        yield f"{conftest.POSTGRES_URL}?schema={schema}"
    finally:
        asyncio.run(conftest.execute(f"DROP SCHEMA {schema} CASCADE"))


@needs_postgres
async def test_on_postgresql_a_killed_server_goes_on_and_all_is_there_once(
    postgres_schema: str, tmp_path: Path
) -> None:
    async with at_work(await campuses.found(tmp_path / "school", postgres_schema)) as campus:
        await killed_while_teachers_sign(campus)
        await killed_while_the_school_issues(campus)
