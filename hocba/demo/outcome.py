"""What the demo leaves behind: the unpacked exports, verified, and ``report.json``."""

import asyncio
import json
import platform
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from rich.table import Table

from hocba.demo.processes import program
from hocba.demo.school import DemoSchool
from hocba.demo.stages import Stages
from hocba.demo.world import World
from hocba.domain.curriculum import level_of

_SHOWN = (
    "hocba",
    "lxml",
    "cryptography",
    "pyhanko",
    "signxml",
    "typst",
    "strawberry-graphql",
    "tortoise-orm",
)
_BATCH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a run came to.

    :ivar failed: exported files that do not verify.
    :ivar forms: (class name, profile) -> transcripts.
    :ivar not_eligible: the pupils without personal id, as the API gives them.
    """

    signatures: int
    seals: int
    failed: int
    forms: Counter[tuple[str, str]]
    not_eligible: Sequence[Mapping[str, Any]]


def unpack(world: World, archives: Mapping[str, Path]) -> list[Path]:
    """Unpack each class into ``export/<class>/``, flat, as people look for files; the XML and PDF files."""
    found: list[Path] = []
    for class_name, archive in archives.items():
        folder = world.folder / "export" / class_name
        folder.mkdir()
        with zipfile.ZipFile(archive) as zipped:
            for entry in zipped.infolist():
                path = folder / Path(entry.filename).name
                path.write_bytes(zipped.read(entry))
                if path.suffix in {".xml", ".pdf"}:
                    found.append(path)
    return sorted(found)


async def verify(world: World, files: list[Path], stages: Stages) -> int:
    """Run ``hocba verify`` over everything that was exported; how many files do not pass."""
    failed = 0
    crls = [
        each for name in ("root.crl", "issuing.crl") for each in ("--crl", str(world.folder / "pki" / name))
    ]
    with stages.stage("Verify every exported file", len(files), "files") as bar:
        for start in range(0, len(files), _BATCH):
            some = [str(path) for path in files[start : start + _BATCH]]
            command = [
                program("hocba"),
                "verify",
                "--json",
                "--ca",
                str(world.folder / "ca.pem"),
                *crls,
                *some,
            ]
            process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
            said, _ = await process.communicate()
            verdicts = [json.loads(line)["verdict"] for line in said.splitlines()]
            failed += len(some) - verdicts.count("passed")
            bar.add(len(some))
    return failed


def write_report(world: World, stages: Stages, made: Made) -> Path:
    """Write ``report.json``: what was made, how long each stage took, with which versions."""
    school = world.school
    report: dict[str, Any] = {
        "school": school.school.name,
        "school_year": school.year,
        "classes": len(school.classes),
        "students": len(school.students),
        "transcripts": made.forms.total(),
        "signatures": made.signatures,
        "seals": made.seals,
        "files_that_do_not_verify": made.failed,
        "by_class": list(_by_class(school, made)),
        "not_yet_eligible": [
            {"code": each["code"], "name": each["fullName"], "class": each["className"]}
            for each in made.not_eligible
        ],
        "seconds": {stage.name: round(stage.seconds, 2) for stage in stages.done},
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in _SHOWN},
    }
    path = world.folder / "report.json"
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


def _by_class(school: DemoSchool, made: Made) -> Iterator[dict[str, Any]]:
    """Level, profile and transcripts of each class; a line for each profile, should it have several."""
    grades = {line.name: line.grade or 0 for line in school.classes}
    for name, grade in grades.items():
        for (class_name, profile), count in made.forms.items():
            if class_name == name:
                yield {"class": name, "level": level_of(grade), "profile": profile, "transcripts": count}


def table(school: DemoSchool, made: Made) -> Table:
    """What was made, level by level."""
    rows = list(_by_class(school, made))
    shown = Table(title="What was made")
    for heading in ("level", "profile", "classes", "transcripts"):
        shown.add_column(heading, justify="left" if heading in {"level", "profile"} else "right")
    for level, profile in dict.fromkeys((row["level"], row["profile"]) for row in rows):
        counts = [row["transcripts"] for row in rows if (row["level"], row["profile"]) == (level, profile)]
        shown.add_row(level, profile, f"{len(counts):,}", f"{sum(counts):,}")
    return shown
