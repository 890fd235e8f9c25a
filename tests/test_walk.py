"""One walk through everything, over HTTP, with the real application and its jobs."""

from hocba.demo.school import make_school
from hocba.settings import Settings
from tests.walking import play, walking


async def test_a_year_from_the_workbook_to_the_verified_export(settings: Settings) -> None:
    async with walking(settings, make_school(seed=11, classes=1, students=3)) as walk:
        archive = await play(walk)

    assert sum(name.endswith(".pdf") for name in archive.namelist()) == 3
