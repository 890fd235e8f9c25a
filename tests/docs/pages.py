"""The pages of this repository, as text."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted(
        [
            ROOT / "README.md",
            ROOT / "CHANGELOG.md",
            *(ROOT / "docs").rglob("*.md"),
            *(ROOT / "plugins").glob("*/README.md"),
        ]
    )
}


def rows(page: str, heading: str) -> list[list[str]]:
    """The cells of the table whose first cell is ``heading``, its head left out."""
    _, _, rest = PAGES[page].partition(f"| {heading} |")
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def quoted(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`\n]+)`", text)
