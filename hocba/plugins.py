"""Find the installed plugins, check them, and hand out what they brought, by key.

A plugin is an entry point in group ``hocba``.  One that is broken in any way is set aside: it
brings nothing, it is shown with its problem, and nobody else notices.  Broken is what

* cannot be imported, or leaves the process while it is;
* is made for another version of the plugin API (``HOCBA_API``);
* has a hook that we do not know, or one without its marker: somebody misspelt it;
* raises when it is asked to register, or brings something that is no ``Signer`` or ``Portal``;
* brings a key that another plugin already has: whoever comes first by name keeps it.
"""

import logging
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from inspect import iscoroutinefunction
from types import ModuleType
from typing import Any, Self

import pluggy

from hocba import plugin_api
from hocba.domain.errors import Code, Refusal
from hocba.plugin_api import API_VERSION, Http, PluginContext, Portal, Signer
from hocba.settings import Settings

GROUP = "hocba"
HOOK = "hocba_"
"""How the names of hooks begin, and of nothing else in a plugin's module."""

KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
SECRET_NAME = re.compile(r"secret|password|token|pin|key|credential", re.IGNORECASE)


class BrokenPluginError(Exception):
    """What is wrong with a plugin, in words that its operator may read."""


@dataclass(frozen=True, slots=True)
class PluginState:
    """How one installed plugin is doing.

    :ivar key: the name of its entry point.
    :ivar state: ``ready`` or ``set_aside``.
    :ivar problem: why it was set aside; empty when it was not.
    """

    key: str
    version: str
    state: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Brought:
    """What one plugin registered."""

    signers: Mapping[str, Signer] = field(default_factory=dict)
    portals: Mapping[str, Portal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plugins:
    """Everything that the installed plugins brought."""

    signers: Mapping[str, Signer]
    portals: Mapping[str, Portal]
    states: tuple[PluginState, ...]

    @classmethod
    def load(
        cls,
        settings: Settings,
        http: Http,
        clock: Callable[[], datetime],
        *,
        found: Iterable[EntryPoint] | None = None,
    ) -> Self:
        """Load every plugin, or set it aside.  Never raises because of a plugin.

        :param found: entry points to load instead of the installed ones.
        """
        signers: dict[str, Signer] = {}
        portals: dict[str, Portal] = {}
        states = []
        for entry in sorted(
            entry_points(group=GROUP) if found is None else found, key=lambda each: each.name
        ):
            own = settings.plugin(entry.name)
            context = PluginContext(http, own, clock, _log(entry.name, own))
            problem = ""
            try:
                _take(_load(entry, context), signers, portals)
            except BrokenPluginError as broken:
                problem = str(broken)
                context.log.warning("set aside: %s", problem, exc_info=broken.__cause__)
            version = entry.dist.version if entry.dist else ""
            states.append(PluginState(entry.name, version, "set_aside" if problem else "ready", problem))
        return cls(signers, portals, tuple(states))

    def signer(self, key: str) -> Signer:
        """The signer registered as ``key``.

        :raises Refusal: SIGNER_UNKNOWN when no plugin that works brings it.
        """
        try:
            return self.signers[key]
        except KeyError:
            raise Refusal(Code.SIGNER_UNKNOWN, signer=key) from None


class Redacting(logging.Filter):
    """Takes a plugin's secret settings out of what it logs."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        """Know the secrets among ``settings`` by their names."""
        super().__init__()
        self._secrets = [value for name, value in settings.items() if value and SECRET_NAME.search(name)]

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite ``record``; it is always logged."""
        record.msg, record.args = self._redacted(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = self._redacted(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None
        return True

    def _redacted(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text


def _log(key: str, settings: Mapping[str, str]) -> logging.Logger:
    """The plugin's own log; loading it again does not filter twice."""
    logger = logging.getLogger(f"hocba.plugin.{key}")
    for old in [each for each in logger.filters if isinstance(each, Redacting)]:
        logger.removeFilter(old)
    logger.addFilter(Redacting(settings))
    return logger


def _take(brought: Brought, signers: dict[str, Signer], portals: dict[str, Portal]) -> None:
    """Add all that a plugin brought, or nothing.  :raises BrokenPluginError: when a key is taken."""
    taken = (brought.signers.keys() & signers.keys()) | (brought.portals.keys() & portals.keys())
    if taken:
        raise BrokenPluginError(f"brings {min(taken)}, which another plugin has")
    signers.update(brought.signers)
    portals.update(brought.portals)


def _load(entry: EntryPoint, context: PluginContext) -> Brought:
    """What one plugin brings.  :raises BrokenPluginError: when it is broken."""
    module = _guarded("import", entry.load)
    _check_module(module)
    manager = pluggy.PluginManager("hocba")
    manager.add_hookspecs(plugin_api)
    _guarded("check", lambda: manager.register(module))
    _guarded("check", manager.check_pending)
    hooks = manager.hook
    signers = _guarded("register", lambda: _flat(hooks.hocba_register_signers(context=context)))
    portals = _guarded("register", lambda: _flat(hooks.hocba_register_portals(context=context)))
    return Brought(signers=_keyed(signers, Signer), portals=_keyed(portals, Portal))


def _guarded(doing: str, call: Callable[[], Any]) -> Any:
    """Call into a plugin.  What it raises is told by its type: its words may hold a secret."""
    try:
        return call()
    except BrokenPluginError:
        raise
    except (Exception, SystemExit) as error:
        raise BrokenPluginError(f"{doing}: {type(error).__name__}") from error


def _check_module(module: Any) -> None:
    if not isinstance(module, ModuleType):
        raise BrokenPluginError("the entry point must name a module")
    made_for = getattr(module, "HOCBA_API", None)
    if made_for != API_VERSION:
        raise BrokenPluginError(f"made for HOCBA_API {made_for!r}, this is {API_VERSION}")
    known = {name for name in vars(plugin_api) if name.startswith(HOOK)}
    for name, value in vars(module).items():
        if name.startswith(HOOK) and callable(value):
            if name not in known:
                raise BrokenPluginError(f"there is no hook {name}")
            if not hasattr(value, "hocba_impl"):
                raise BrokenPluginError(f"{name} lacks @hookimpl")


def _flat(answers: Iterable[Iterable[Any]]) -> list[Any]:
    return [each for answer in answers for each in answer]


def _keyed(brought: Iterable[Any], protocol: type[Any]) -> dict[str, Any]:
    """What a plugin brought, by key, each checked to be what it should be."""
    keyed: dict[str, Any] = {}
    for each in brought:
        key = _guarded("register", partial(_checked_key, each, protocol))
        if key in keyed:
            raise BrokenPluginError(f"brings {key} twice")
        keyed[key] = each
    return keyed


def _checked_key(brought: Any, protocol: type[Any]) -> str:
    """The key of what was brought.  :raises BrokenPluginError: when it is not a ``protocol``."""
    if isinstance(brought, type) or not isinstance(brought, protocol):
        raise BrokenPluginError(f"brings a {type(brought).__name__}, which is no {protocol.__name__}")
    for name in [name for name, wanted in vars(protocol).items() if iscoroutinefunction(wanted)]:
        if not iscoroutinefunction(getattr(brought, name)):
            raise BrokenPluginError(f"brings a {type(brought).__name__}, whose {name} is not asynchronous")
    if not isinstance(brought.key, str) or not KEBAB.fullmatch(brought.key):
        raise BrokenPluginError("brings a key that is not in kebab-case")
    return brought.key
