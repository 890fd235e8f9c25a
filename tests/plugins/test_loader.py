"""Plugins of every kind, installed for a test by an entry point that is not on the disk."""

import logging
import sys
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from hocba.domain.errors import Code, Refusal
from hocba.outbound import Outbound
from hocba.plugin_api import Capabilities, Kind, Login, Outcome, hookimpl
from hocba.plugins import GROUP, Plugins, PluginState, Redacting
from hocba.settings import Settings

SETTINGS = Settings(plugins={"acme": {"endpoint": "https://acme.example", "client_secret": "canary-551"}})


class Acme:
    """A signer that works as far as anybody can see from outside."""

    title = "Acme CA"
    kinds = frozenset({Kind.PERSON})
    capabilities = Capabilities()

    def __init__(self, key="acme", context=None):
        self.key = key
        self.context = context

    async def sign_in(self, secrets):
        return Login()

    async def certificates(self, login):
        return []

    async def start(self, order, login):
        return Outcome()

    async def poll(self, resume):
        return Outcome()

    async def cancel(self, resume):
        return None

    async def callback(self, headers, body):
        return {}


class Post:
    """A portal."""

    title = "Post"

    def __init__(self, key="post"):
        self.key = key

    def packets(self, documents):
        return []

    async def submit(self, packet, signature, message):
        return None

    async def decisions(self, message):
        return []


@pytest.fixture
def install(monkeypatch):
    """Make a module with ``contents``, and an entry point for it."""

    def made(name="acme", **contents):
        module = ModuleType(f"installed_{name.replace('-', '_')}")
        vars(module).update({"HOCBA_API": 1} | contents)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return EntryPoint(name, module.__name__, GROUP)

    return made


def load(*found):
    return Plugins.load(SETTINGS, Outbound(SETTINGS), lambda: datetime.now(UTC), found=found)


def registering(*signers):
    @hookimpl
    def hocba_register_signers(context):
        return [each(context) if callable(each) and not isinstance(each, type) else each for each in signers]

    return hocba_register_signers


def problem(plugins, key="acme"):
    [state] = [each for each in plugins.states if each.key == key]
    assert state.state == "set_aside"
    return state.problem


def test_a_plugin_that_works_brings_its_signers(install):
    plugins = load(install(hocba_register_signers=registering(lambda context: Acme(context=context))))
    assert plugins.states == (PluginState("acme", "", "ready"),)
    assert list(plugins.signers) == ["acme"]
    context = plugins.signer("acme").context
    assert context.settings == SETTINGS.plugin("acme")
    assert context.clock().tzinfo is UTC


def test_a_plugin_may_bring_portals(install):
    @hookimpl
    def hocba_register_portals(context):
        return [Post()]

    plugins = load(install(hocba_register_portals=hocba_register_portals))
    assert (list(plugins.portals), plugins.states[0].state) == (["post"], "ready")


def test_a_signer_that_nobody_brings_is_refused():
    with pytest.raises(Refusal) as refused:
        load().signer("acme")
    assert (refused.value.code, refused.value.facts) == (Code.SIGNER_UNKNOWN, {"signer": "acme"})


def raising(error):
    @hookimpl
    def hocba_register_signers(context):
        raise error

    return hocba_register_signers


@hookimpl
def hocba_register_singers(context):
    return []


@hookimpl(specname="hocba_register_singers")
def misnamed(context):
    return []


def unmarked(context):
    return []


@hookimpl
def no_list(context):
    return 7


@hookimpl
def wrong_arguments(context, more):
    return []


class Blocking(Acme):
    """Its ``start`` would stop everybody."""

    def start(self, order, login):
        return Outcome()


class Unreadable(Acme):
    """Raises when it is looked at."""

    @property
    def title(self):
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("contents", "says"),
    [
        ({"HOCBA_API": 2}, "made for HOCBA_API 2, this is 1"),
        ({"HOCBA_API": None}, "made for HOCBA_API None, this is 1"),
        ({"hocba_register_singers": hocba_register_singers}, "there is no hook hocba_register_singers"),
        ({"anything": misnamed}, "check: PluginValidationError"),
        ({"hocba_register_signers": unmarked}, "hocba_register_signers lacks @hookimpl"),
        ({"hocba_register_signers": wrong_arguments}, "check: PluginValidationError"),
        ({"hocba_register_signers": raising(ValueError("canary-551"))}, "register: ValueError"),
        ({"hocba_register_signers": raising(SystemExit(1))}, "register: SystemExit"),
        ({"hocba_register_signers": no_list}, "register: TypeError"),
        ({"hocba_register_signers": registering(object())}, "brings a object, which is no Signer"),
        ({"hocba_register_signers": registering(Acme)}, "brings a type, which is no Signer"),
        ({"hocba_register_signers": registering(Post())}, "brings a Post, which is no Signer"),
        (
            {"hocba_register_signers": registering(Blocking())},
            "brings a Blocking, whose start is not asynchronous",
        ),
        ({"hocba_register_signers": registering(Acme("Acme CA"))}, "brings a key that is not in kebab-case"),
        ({"hocba_register_signers": registering(Acme(None))}, "brings a key that is not in kebab-case"),
        ({"hocba_register_signers": registering(Acme(), Acme())}, "brings acme twice"),
        ({"hocba_register_signers": registering(Unreadable())}, "register: ZeroDivisionError"),
    ],
)
def test_a_broken_plugin_is_set_aside_and_the_others_work(install, contents, says):
    other = install("other", hocba_register_signers=registering(Acme("other")))
    plugins = load(install(**contents), other)
    assert problem(plugins) == says
    assert list(plugins.signers) == ["other"]
    assert plugins.states[1] == PluginState("other", "", "ready")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("raise RuntimeError('canary-551')", "import: RuntimeError"),
        ("import nothing_of_this_name", "import: ModuleNotFoundError"),
        ("def (", "import: SyntaxError"),
        ("raise SystemExit(1)", "import: SystemExit"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_set_aside(install, tmp_path, monkeypatch, source, says):
    (tmp_path / "installed_broken.py").write_text(source)
    monkeypatch.syspath_prepend(tmp_path)
    plugins = load(EntryPoint("acme", "installed_broken", GROUP))
    assert (problem(plugins), plugins.signers) == (says, {})


def test_an_entry_point_must_name_a_module(install):
    entry = install(thing=Acme())
    plugins = load(EntryPoint("acme", f"{entry.value}:thing", GROUP))
    assert problem(plugins) == "the entry point must name a module"


def test_a_key_that_another_plugin_has_is_not_taken_over(install):
    first = install("a-first", hocba_register_signers=registering(Acme("acme")))
    second = install("b-second", hocba_register_signers=registering(Acme("more"), Acme("acme")))
    plugins = load(second, first)
    assert problem(plugins, "b-second") == "brings acme, which another plugin has"
    assert list(plugins.signers) == ["acme"]
    assert [each.key for each in plugins.states if each.state == "ready"] == ["a-first"]


def test_what_a_plugin_logs_has_its_secrets_taken_out(install, caplog):
    entry = install(hocba_register_signers=registering(lambda context: Acme(context=context)))
    load(entry)
    log = load(entry).signer("acme").context.log
    try:
        int("canary-551")
    except ValueError:
        log.exception("with %s to %s", "canary-551", "https://acme.example")
    assert "with *** to https://acme.example" in caplog.text
    assert "ValueError: invalid literal for int() with base 10: '***'" in caplog.text
    assert "canary" not in caplog.text
    assert sum(isinstance(each, Redacting) for each in log.filters) == 1


def test_why_a_plugin_was_set_aside_is_logged_without_its_secrets(install, caplog):
    caplog.set_level(logging.WARNING)
    load(install(hocba_register_signers=raising(ValueError("canary-551"))))
    assert "set aside: register: ValueError" in caplog.text
    assert "canary" not in caplog.text


def test_the_plugins_that_are_installed_are_found():
    plugins = Plugins.load(SETTINGS, Outbound(SETTINGS), lambda: datetime.now(UTC))
    assert {"usb-token", "remote-signing", "portal-mock"} <= {each.key for each in plugins.states}
    assert all(each.version for each in plugins.states)
