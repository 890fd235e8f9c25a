"""The trial of minutes, for seconds: that it still goes, on SQLite and without an eye on every cell."""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from tests import conftest
from tests.faults import moves, soak

if conftest.POSTGRES:
    pytest.skip("the trial chooses its database itself", allow_module_level=True)


def test_some_seconds_of_everything_at_once_lose_nothing(tmp_path: Path) -> None:
    said, empty = asyncio.run(soak.run(3, 0.1, tmp_path, on_postgres=False))

    assert "links checked" in said
    assert empty > 0


def test_a_cell_that_nobody_visited_comes_before_those_that_were() -> None:
    there = {("signed", "complete"): [], ("signed", "approve"): [], ("waiting", "cancel"): []}
    visited = Counter({("signed", "complete"): 5, ("waiting", "cancel"): 5})
    chance = Random(1)

    chosen = Counter(moves.next_cell(visited, there, chance) for _ in range(200))

    assert chosen["signed", "approve"] > 100
    assert chosen["waiting", "cancel"] > 0
