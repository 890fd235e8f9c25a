import ast
import logging
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hocba.plugin_api import (
    API_VERSION,
    Item,
    ItemKind,
    Kind,
    Login,
    Order,
    PluginContext,
    RefusalCode,
    Signer,
    SignerError,
)
from hocba_usb_token import server
from hocba_usb_token.agent.jobs import ItemKind as AgentsKind
from hocba_usb_token.agent.run import DECLINED

PACKAGE = Path(server.__file__).parent


@pytest.fixture
def signer():
    context = PluginContext(
        http=None, settings={}, clock=lambda: datetime.now(UTC), log=logging.getLogger("test")
    )
    (signer,) = server.hocba_register_signers(context)
    return signer


def test_it_brings_one_signer_that_the_agent_answers_for(signer):
    assert isinstance(signer, Signer)
    assert (signer.key, signer.title) == ("usb-token", "USB Token")
    assert signer.kinds == {Kind.PERSON, Kind.ORGANISATION}
    assert signer.capabilities.pushed
    assert signer.capabilities.max_batch == 50
    assert signer.capabilities.secrets == ()
    assert server.HOCBA_API == API_VERSION


async def test_whoever_asks_it_instead_of_the_agent_is_told(signer):
    order = Order("t", "k", b"", "d", [Item("r", b"", b"", ItemKind.XADES, "t")])
    for asked in (
        signer.sign_in({}),
        signer.certificates(Login()),
        signer.start(order, Login()),
        signer.poll(b""),
        signer.cancel(b""),
        signer.callback({}, b""),
    ):
        with pytest.raises(SignerError, match="answered by its agent"):
            await asked


def test_both_halves_speak_of_the_same_kinds_and_codes():
    assert {each.name for each in ItemKind} == {each.value for each in AgentsKind}
    assert set(DECLINED.values()) <= {each.name for each in RefusalCode}


def test_the_agent_imports_only_what_its_package_depends_on():
    """The wheel alone, without ``[server]``, is enough for the agent."""
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())["project"]
    packages = {"python-pkcs11": "pkcs11"}
    allowed = {packages.get(each, each) for each in project["dependencies"]}
    imported = set()
    for path in (PACKAGE / "agent").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module)
    tops = {name.partition(".")[0] for name in imported} - sys.stdlib_module_names

    assert tops == allowed | {"hocba_usb_token"}
    assert {name for name in imported if name.startswith("hocba_usb_token")} == {
        name for name in imported if name.startswith("hocba_usb_token.agent")
    }
    assert project["optional-dependencies"]["server"] == ["hocba>=0.1,<1"]
