from pathlib import Path

from tests.docs.permissions_page import table

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"


def test_the_page_shows_the_table_of_the_rules() -> None:
    shown = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    assert shown == table()
    assert len(shown) > 30
