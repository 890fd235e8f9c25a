"""What the demo leaves behind: the unpacked exports, verified, and ``report.json``."""

import asyncio
import json
import platform
import zipfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from hocba.demo.processes import program
from hocba.demo.stages import Stages
from hocba.demo.world import World

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


def write_report(world: World, stages: Stages, *, signatures: int, failed: int) -> Path:
    """Write ``report.json``: what was made, how long each stage took, with which versions."""
    report: dict[str, Any] = {
        "school": world.school.school.name,
        "school_year": world.school.year,
        "classes": len(world.school.classes),
        "students": len(world.school.students),
        "signatures": signatures,
        "seals": len(world.school.students),
        "files_that_do_not_verify": failed,
        "seconds": {stage.name: round(stage.seconds, 2) for stage in stages.done},
        "versions": {"python": platform.python_version()} | {name: metadata.version(name) for name in _SHOWN},
    }
    path = world.folder / "report.json"
    path.write_text(json.dumps(report, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path
