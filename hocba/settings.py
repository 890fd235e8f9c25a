"""Settings: what differs between a laptop and a province, read once at start.

They come from a TOML file (named by ``HOCBA_SETTINGS_FILE``), and from the environment, which
wins: ``HOCBA_DATABASE_URL`` is ``database_url``.  Lists are comma-separated in the environment.
What a plugin wants stands in ``[plugins.<key>]`` or in ``HOCBA_PLUGIN_<KEY>__<NAME>``::

    database_url = "postgres://hocba@127.0.0.1/hocba"
    outbound_hosts = ["remote.example.vn"]

    [oidc]
    issuer = "https://sso.example.vn"
    client_id = "hocba"

    [plugins.remote-signing]
    endpoint = "https://remote.example.vn/csc/v1"

    [webhooks.mail]
    url = "https://mail.example.vn/hocba"
    secret = "whsec_…"
    kinds = ["signing.reminder"]

An endpoint's settings also stand in ``HOCBA_WEBHOOK_<NAME>__<SETTING>``.

Keys that the server makes for itself are not settings: see ``hocba.secrets``.
"""

import os
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from hocba.domain.messages import Endpoint, endpoint
from hocba.domain.trust import Policy, RevocationMode

PREFIX = "HOCBA_"
PLUGIN_PREFIX = "HOCBA_PLUGIN_"
WEBHOOK_PREFIX = "HOCBA_WEBHOOK_"
TABLES = ("plugins", "webhooks")
"""The settings that are tables of tables."""

BROKERS = ("redis://", "rediss://", "amqp://", "amqps://")
"""How a broker's address begins: Redis or RabbitMQ, plain or with TLS.  No other broker is spoken to."""


Network = IPv4Network | IPv6Network


class SettingsError(Exception):
    """A setting is unknown or makes no sense.  Names the setting, never its value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oidc:
    """An identity provider, as the operator describes it.

    :ivar claim: what of the token names the user at his first sign-in.
    :ivar by_personal_id: whether that is his personal id, and not his user name.
    :ivar landing: where the browser goes when he is in.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    claim: str
    by_personal_id: bool
    scopes: tuple[str, ...]
    landing: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that an operator may set.

    :ivar database_url: ``sqlite://<path>`` or ``postgres://user:password@host/database``.
    :ivar database_pool: most connections of one process, on PostgreSQL.
    :ivar broker_url: ``redis://…`` or ``amqp://…``, also with TLS; without one, jobs run in the web server.
    :ivar lease_seconds: how long a process that died is waited for before another goes on with its signing.
    :ivar data_dir: where the server keeps its files.
    :ivar secrets_file: the server's own keys, mode 0600.
    :ivar trust_file: the certification authorities that are believed, PEM.
    :ivar trust: use -> who is believed for it, instead of everybody in ``trust_file``.
    :ivar crl_files: certificate revocation lists, DER or PEM.
    :ivar revocation: how strictly revocation is asked for.
    :ivar revocation_sources: an issuer -> where it is asked, instead of what its certificates say.
    :ivar public_url: how browsers reach this server; https, or http on loopback.
    :ivar graphiql: whether ``/graphql`` shows GraphiQL to a browser.
    :ivar introspection: whether strangers may ask for the schema.
    :ivar require_second_factor: whether ADMIN, ISSUER and AUTHORITY must have a second factor.
    :ivar trusted_proxies: addresses or networks of reverse proxies whose ``X-Forwarded-For`` is believed.
    :ivar oidc_issuer: the identity provider that people may sign in at too; needs ``hocba[oidc]``.
    :ivar oidc_client_id: what this server is called there.
    :ivar oidc_client_secret: how it proves that; none for a public client.
    :ivar oidc_claim: what of the token names the user when he signs in there for the first time.
    :ivar oidc_claim_is: what that names: ``username`` or ``personal_id``.
    :ivar oidc_scopes: what is asked for; ``openid`` and ``profile`` when it is left out.
    :ivar oidc_landing: the path where the browser goes when somebody is in.
    :ivar rate_strangers: requests a minute from one address by whoever is not signed in, agents among them.
    :ivar rate_signed_in: requests a minute of one person.
    :ivar rate_costly: passwords, files to verify or import and the like, a minute of one person or address.
    :ivar outbound_hosts: the only hosts that the server calls, ``host`` or ``host:port``.
    :ivar regulations_dir: TOML files that are laid on top of the packaged regulations.
    :ivar plugins: plugin key -> what is set for it.
    :ivar webhooks: name -> an endpoint that messages are sent to; its host is one of ``outbound_hosts``.
    """

    database_url: str = field(default="sqlite://var/hocba.sqlite3", repr=False)
    database_pool: int = 10
    broker_url: str | None = field(default=None, repr=False)
    lease_seconds: int = 30
    data_dir: Path = Path("var")
    secrets_file: Path = Path("var/secrets.json")
    trust_file: Path | None = None
    trust: Mapping[Policy, tuple[Path, ...]] = field(default_factory=dict)
    crl_files: tuple[Path, ...] = ()
    revocation: RevocationMode = RevocationMode.REQUIRE
    revocation_sources: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    public_url: str = "http://127.0.0.1:8000"
    graphiql: bool = False
    introspection: bool = False
    require_second_factor: bool = False
    trusted_proxies: tuple[Network, ...] = ()
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_client_secret: str | None = field(default=None, repr=False)
    oidc_claim: str = "preferred_username"
    oidc_claim_is: str = "username"
    oidc_scopes: tuple[str, ...] = ()
    oidc_landing: str = "/"
    rate_strangers: int = 3_000
    rate_signed_in: int = 3_000
    rate_costly: int = 300
    outbound_hosts: tuple[str, ...] = ()
    regulations_dir: Path | None = None
    plugins: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    webhooks: Mapping[str, Endpoint] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._oidc_must_fit()
        url = urlsplit(self.public_url)
        if url.scheme != "https" and not (url.scheme == "http" and is_loopback(url.hostname or "")):
            raise SettingsError("public_url: must be https, or http on loopback")
        if self.broker_url is not None:
            must_be_spoken(self.broker_url)
        for each in self.webhooks.values():
            must_be_reached(each, self.outbound_hosts, development=self.development)
        if self.trust and not self.trust_file and set(self.trust) != set(Policy):
            raise SettingsError("trust: give roots for every use, or a trust_file for the others")

    def _oidc_must_fit(self) -> None:
        if bool(self.oidc_issuer) is not bool(self.oidc_client_id):
            raise SettingsError("oidc: needs an issuer and a client_id, both of them")
        if self.oidc_scopes and "openid" not in self.oidc_scopes:
            raise SettingsError("oidc_scopes: openid must be among them")
        if not self.oidc_landing.startswith("/") or self.oidc_landing.startswith(("//", "/\\")):
            raise SettingsError("oidc_landing: must be a path on this server")

    @property
    def oidc(self) -> Oidc | None:
        """The identity provider, where there is one."""
        if not self.oidc_issuer or not self.oidc_client_id:
            return None
        return Oidc(
            issuer=self.oidc_issuer,
            client_id=self.oidc_client_id,
            client_secret=self.oidc_client_secret or "",
            claim=self.oidc_claim,
            by_personal_id=self.oidc_claim_is == "personal_id",
            scopes=self.oidc_scopes or ("openid", "profile"),
            landing=self.oidc_landing,
        )

    @property
    def development(self) -> bool:
        """Whether this server talks http on loopback, where nobody else can listen."""
        return self.public_url.startswith("http://")

    def plugin(self, key: str) -> Mapping[str, str]:
        """What is set for the plugin ``key``; empty when nothing is."""
        return self.plugins.get(key, {})

    @classmethod
    def load(cls, env: Mapping[str, str] = os.environ, file: Path | None = None) -> "Settings":
        """Read the file, then the environment over it.

        :param file: instead of the one that ``HOCBA_SETTINGS_FILE`` names.
        :raises SettingsError: when a setting is unknown or makes no sense.
        """
        path = file or (Path(env["HOCBA_SETTINGS_FILE"]) if env.get("HOCBA_SETTINGS_FILE") else None)
        given = _from_file(path) if path else {}
        given |= _from_environment(env)
        given["plugins"] = _tables("plugins", given.get("plugins", {}), PLUGIN_PREFIX, env)
        given["webhooks"] = _tables("webhooks", given.get("webhooks", {}), WEBHOOK_PREFIX, env)
        if "data_dir" in given:
            given = _beside(Path(given["data_dir"])) | given
        return replace(cls(), **{name: _typed(name, value) for name, value in given.items()})


def must_be_spoken(broker_url: str) -> None:
    """:raises SettingsError: unless the broker is one that we can talk to."""
    if not broker_url.startswith(BROKERS):
        raise SettingsError(f"broker_url: only {', '.join(BROKERS)} are supported")


def must_be_reached(endpoint: Endpoint, allowed: Collection[str], *, development: bool) -> None:
    """:raises SettingsError: unless messages may go to that endpoint at all."""
    url = urlsplit(endpoint.url)
    if url.scheme != "https" and not (development and is_loopback(url.hostname or "")):
        raise SettingsError(f"webhooks.{endpoint.name}: url: must be https, or http on loopback")
    usual = {"https": 443, "http": 80}[url.scheme]
    if {endpoint.host, *([] if url.port else [f"{endpoint.host}:{usual}"])}.isdisjoint(allowed):
        raise SettingsError(f"webhooks.{endpoint.name}: url: its host is none of outbound_hosts")


def is_loopback(host: str) -> bool:
    """Whether ``host`` is this computer, by its name or address alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _beside(data_dir: Path) -> dict[str, Any]:
    return {
        "database_url": f"sqlite://{data_dir / 'hocba.sqlite3'}",
        "secrets_file": data_dir / "secrets.json",
    }


def _from_file(path: Path) -> dict[str, Any]:
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"the settings file cannot be read: {error.strerror}") from None
    except ValueError:
        # The parser's own words may quote the file, and the file may hold passwords.
        raise SettingsError("the settings file is not TOML") from None
    given |= _flat("oidc", given.pop("oidc", {}))
    unknown = given.keys() - {each.name for each in fields(Settings)}
    if unknown:
        raise SettingsError(f"{min(unknown)}: there is no such setting")
    return given


def _flat(name: str, table: Any) -> dict[str, Any]:
    """A table of the file as settings: ``issuer`` in ``[oidc]`` is ``oidc_issuer``."""
    if not isinstance(table, dict):
        raise SettingsError(f"{name}: must be a table")
    return {f"{name}_{key}": value for key, value in table.items()}


def _from_environment(env: Mapping[str, str]) -> dict[str, Any]:
    names = {PREFIX + each.name.upper(): each.name for each in fields(Settings) if each.name not in TABLES}
    return {names[name]: value for name, value in env.items() if name in names}


def _tables(of: str, given: Any, prefix: str, env: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The ``[<of>.<key>]`` tables, and over them ``<prefix><KEY>__<NAME>``."""
    if not isinstance(given, dict) or not all(isinstance(each, dict) for each in given.values()):
        raise SettingsError(f"{of}: must hold one table per key")
    found: dict[str, dict[str, Any]] = {key: dict(table) for key, table in given.items()}
    for variable, value in env.items():
        key, separator, name = variable.removeprefix(prefix).partition("__")
        if variable.startswith(prefix) and separator:
            found.setdefault(key.lower().replace("_", "-"), {})[name.lower()] = value
    return found


def _plugins(given: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    return {key: {name: str(value) for name, value in table.items()} for key, table in given.items()}


def _webhooks(given: Mapping[str, Any]) -> dict[str, Endpoint]:
    """:raises SettingsError: naming the endpoint and what is wrong with it."""
    found = {}
    for name, table in given.items():
        try:
            found[name] = endpoint(name, table)
        except ValueError as error:
            raise SettingsError(f"webhooks.{name}: {error}") from None
    return found


def _typed(name: str, value: Any) -> Any:
    """``value``, of the type that the setting ``name`` has."""
    try:
        return _READERS.get(name, _text)(value)
    except (TypeError, ValueError, LookupError, AttributeError):
        raise SettingsError(f"{name}: not a value that this setting can have") from None


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError
    return value


def _optional(value: Any) -> str | None:
    return _text(value) if value else None


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}[
        str(value).lower()
    ]


def _number(value: Any) -> int:
    number = int(value)
    if number < 1:
        raise ValueError
    return number


def _roots(value: Any) -> dict[Policy, tuple[Path, ...]]:
    """The ``[trust.<use>]`` tables."""
    found = {Policy(use): tuple(map(Path, _list(table["roots"]))) for use, table in value.items()}
    if not all(found.values()) or any(set(table) != {"roots"} for table in value.values()):
        raise ValueError
    return found


def _sources(value: Any) -> dict[str, dict[str, str]]:
    """The ``[revocation_sources."<issuer>"]`` tables."""
    for table in value.values():
        if not table or not set(table) <= {"crl", "ocsp"}:
            raise ValueError
        for url in map(urlsplit, map(_text, table.values())):
            if url.scheme not in {"http", "https"} or not url.hostname:
                raise ValueError
    return {issuer: dict(table) for issuer, table in value.items()}


def _list(value: Any) -> tuple[str, ...]:
    given = value.split(",") if isinstance(value, str) else value
    return tuple(each.strip() for each in given if each.strip())


def _words(value: Any) -> tuple[str, ...]:
    """A list, or a text with spaces or commas between."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else _list(value)


def _one_of(*known: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise ValueError
        return str(value)

    return read


_READERS: Mapping[str, Any] = {
    "database_pool": _number,
    "broker_url": _optional,
    "lease_seconds": _number,
    "data_dir": Path,
    "secrets_file": Path,
    "trust_file": lambda value: Path(value) if value else None,
    "trust": _roots,
    "revocation": lambda value: RevocationMode(str(value).lower()),
    "revocation_sources": _sources,
    "crl_files": lambda value: tuple(Path(each) for each in _list(value)),
    "regulations_dir": lambda value: Path(value) if value else None,
    "graphiql": _flag,
    "introspection": _flag,
    "require_second_factor": _flag,
    "trusted_proxies": lambda value: tuple(map(ip_network, _list(value))),
    "oidc_issuer": _optional,
    "oidc_client_id": _optional,
    "oidc_client_secret": _optional,
    "oidc_claim_is": _one_of("username", "personal_id"),
    "oidc_scopes": _words,
    "rate_strangers": _number,
    "rate_signed_in": _number,
    "rate_costly": _number,
    "outbound_hosts": lambda value: tuple(each.lower() for each in _list(value)),
    "plugins": _plugins,
    "webhooks": _webhooks,
}
