"""What is printed on the transcripts of a year, and how those of primary classes are written."""

from typing import Any

from hocba.domain.values import Profile
from hocba.store.models import EventRow, PrintConfigurationRow, SchoolRow
from hocba.store.records import load_records
from tests import build
from tests.actions.world import World
from tests.api import Api

NOW = "{ printConfiguration { place writtenOn primaryProfile } }"
SET = "outcome refusal { code path message } printConfiguration { primaryProfile }"
PRINTED = {"place": "Hà Nội", "writtenOn": "2026-05-29"}


async def put(asks: Api, here: World, **given: Any) -> tuple[str, str | None]:
    """The outcome, and the profile that is said afterwards."""
    said = await asks.do("setPrintConfiguration", SET, here.school.admin, **(PRINTED | given))
    assert said["refusal"] is None
    return said["outcome"], said["printConfiguration"]["primaryProfile"]


async def test_a_school_year_chooses_the_profile_of_primary_transcripts(asks: Api, here: World) -> None:
    await SchoolRow.all().update(levels="th,thcs")

    said = [
        await put(asks, here, **given)
        for given in (
            {},
            {"primaryProfile": "MOET_TH"},
            {"primaryProfile": "HOCBA"},
            {"place": "Huế"},
            {"place": "Huế", "primaryProfile": None},
            {"place": "Huế", "primaryProfile": "HOCBA"},
        )
    ]

    assert said == [
        ("UNCHANGED", "MOET_TH"),
        ("UNCHANGED", "MOET_TH"),
        ("DONE", "HOCBA"),
        ("DONE", "HOCBA"),
        ("UNCHANGED", "HOCBA"),
        ("UNCHANGED", "HOCBA"),
    ]
    now = (await asks.ask(NOW, here.school.admin))["printConfiguration"]
    assert now == {"place": "Huế", "writtenOn": "2026-05-29", "primaryProfile": "HOCBA"}
    happened = await EventRow.filter(aggregate="print_configuration").order_by("version")
    assert [event.data["primary_profile"] for event in happened] == ["hocba-2.0", "hocba-2.0"]


async def test_what_the_api_chose_is_what_a_primary_class_gets(asks: Api, here: World) -> None:
    student = here.school.students[0]
    await SchoolRow.all().update(levels="th")
    await build.ClassRow.all().update(grade=4)

    for chosen in (Profile.HOCBA, Profile.MOET_TH):
        await put(asks, here, primaryProfile=chosen.name)

        assert (await load_records([student], build.YEAR))[student].profile is chosen
    assert (await PrintConfigurationRow.get()).primary_profile == ""


async def test_another_year_begins_with_the_usual_profile(asks: Api, here: World) -> None:
    await SchoolRow.all().update(levels="th")
    await put(asks, here, primaryProfile="HOCBA")

    assert await put(asks, here, schoolYear="2026-2027") == ("DONE", "MOET_TH")


async def test_a_school_without_primary_classes_has_none_to_choose(asks: Api, here: World) -> None:
    for chosen in Profile:
        said = await asks.do(
            "setPrintConfiguration",
            SET,
            here.school.admin,
            place="Huế",
            writtenOn="2026-05-29",
            primaryProfile=chosen.name,
        )
        assert (said["refusal"]["code"], said["refusal"]["path"]) == ("INVALID_VALUE", ["primaryProfile"])
        assert "Mẫu học bạ tiểu học" in said["refusal"]["message"]
    assert (await PrintConfigurationRow.get()).place == "Hà Nội"

    assert await put(asks, here) == ("UNCHANGED", None)
