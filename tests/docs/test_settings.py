"""docs/operations.md lists every setting, with the default that it has."""

import re
from dataclasses import MISSING, fields

import pytest

from hocba.settings import TABLES, Settings
from tests.docs.pages import PAGES, quoted, rows

TABLE = rows("docs/operations.md", "setting")
DEFAULTS = {name: default for names, default, _ in TABLE for name in quoted(names)}
PLUGIN = "HOCBA_PLUGIN_<KEY>__<NAME>"
WEBHOOK = "HOCBA_WEBHOOK_<NAME>__<SETTING>"
SETTINGS = {f"HOCBA_{each.name.upper()}": each for each in fields(Settings) if each.name not in TABLES}
ELSEWHERE = {
    "HOCBA_SETTINGS_FILE",  # where the settings are
    "HOCBA_PASSWORD",  # of `hocba user add`
    "HOCBA_API",  # a constant of a plugin's module
    "HOCBA_AGENT_PATIENCE",
    "HOCBA_AGENT_PIN",
    "HOCBA_AGENT_STATE",
    "HOCBA_TEST_SERVICES",
}


def test_every_setting_has_its_row_and_every_row_its_setting() -> None:
    assert "HOCBA_LEASE_SECONDS" in SETTINGS
    assert set(DEFAULTS) == {*SETTINGS, PLUGIN, WEBHOOK}


@pytest.mark.parametrize("name", SETTINGS)
def test_the_default_is_the_one_that_the_page_says(name: str) -> None:
    made, said = SETTINGS[name].default_factory, DEFAULTS[name]
    default = SETTINGS[name].default if made is MISSING else made()
    if isinstance(default, bool):
        assert said == ("on" if default else "off")
    elif not default:
        assert said.startswith("none")
    elif name in ("HOCBA_DATABASE_URL", "HOCBA_SECRETS_FILE"):
        (file,) = quoted(said)
        assert str(default).endswith(f"{Settings().data_dir}/{file}")
        assert said == f"`{file}` in the data folder"
    else:
        assert said.strip("`") == str(default)


def test_no_page_speaks_of_a_variable_that_there_is_not() -> None:
    named = {name for text in PAGES.values() for name in re.findall(r"HOCBA_[A-Z_]*[A-Z]", text)}
    tables = ("HOCBA_PLUGIN", "HOCBA_WEBHOOK")
    assert {name for name in named if not name.startswith(tables)} <= {*SETTINGS, *ELSEWHERE}
