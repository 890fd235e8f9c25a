import statistics
from pathlib import Path

import pytest

from tests.architecture import rules

ROOT = Path(__file__).parents[2]
PACKAGES = ("hocba", "plugins/usb_token", "plugins/remote_signing", "plugins/portal_mock")
MADE = ROOT / "hocba" / "store" / "migrations"
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "tests" not in path.relative_to(ROOT).parts and not path.is_relative_to(MADE)
)
TEXTS = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in SOURCES}


def test_there_is_something_to_look_at():
    assert len(TEXTS) > 40
    assert "hocba/schema/people.py" in TEXTS


def test_no_module_and_no_function_is_too_long():
    assert {name: found for name, text in TEXTS.items() if (found := list(rules.too_long(text)))} == {}


def test_most_functions_are_short():
    lengths = [length for text in TEXTS.values() for length in rules.lengths(text)]
    assert statistics.median(lengths) <= 10
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


def test_no_module_has_a_name_that_says_nothing():
    assert [
        str(path) for path in SOURCES if path.stem in rules.NAMES or path.parent.name in rules.NAMES
    ] == []


def test_resolvers_read_and_never_write():
    schema = {name: text for name, text in TEXTS.items() if name.startswith("hocba/schema/")}
    assert {name: found for name, text in schema.items() if (found := list(rules.writes(text)))} == {}


def test_source_is_in_composed_unicode():
    assert [name for name, text in TEXTS.items() if not rules.is_nfc(text)] == []


@pytest.mark.parametrize(
    ("lines", "found"), [(50, []), (51, ["long"])], ids=["as long as it may be", "a line longer"]
)
def test_the_rule_of_length_sees_a_function_that_is_too_long(lines, found):
    described = "def long():\n    '''Said in\n    two lines.'''\n" + "    x = 1\n" * (lines - 1)
    assert list(rules.too_long(described)) == found


def test_the_rule_of_length_sees_a_module_that_is_too_long():
    assert list(rules.too_long("x = 1\n" * 400)) == []
    assert list(rules.too_long("x = 1\n" * 401)) == ["module"]


def test_the_rule_of_writing_sees_a_write():
    assert list(rules.writes("await Row.filter(id=1).update(x=1)\nawait rows.get(id=1)")) == ["update"]


def test_the_rule_of_writing_lets_an_action_be_called():
    call = "from hocba.actions import creation\nawait creation.create(1)\n"
    assert list(rules.writes(call)) == []
    assert list(rules.writes(call + "await row.creation.create(1)")) == ["create"]


def test_the_rule_of_unicode_sees_a_mark_on_its_own():
    assert rules.is_nfc("h\u1ecdc")
    assert not rules.is_nfc("ho\u0323c")
