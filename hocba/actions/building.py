"""Put a house together from settings: for the web server, for workers, for the command line."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import UUID

from cryptography import x509

from hocba.actions.authorities import Authorities
from hocba.actions.house import House, Limits, utc_now
from hocba.domain import regulations
from hocba.domain.trust import Policy
from hocba.outbound import Outbound
from hocba.plugin_api import Http
from hocba.plugins import Plugins
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.trust import Trust, load_crls, load_pem

if TYPE_CHECKING:
    from hocba.actions.identity_provider import Provider

log = logging.getLogger(__name__)


def build(settings: Settings, *, ring: Callable[[str, UUID], None]) -> House:
    """The house of this process.

    :raises SecretsError: when the secrets file cannot be used.
    :raises ValueError: when the roots or the revocation lists cannot be read.
    """
    trust = TrustFiles(settings)
    trust()
    outbound = Outbound(settings)
    authorities = Authorities.of(settings)
    return House(
        settings=settings,
        secrets=Secrets.load(settings.secrets_file),
        plugins=Plugins.load(settings, cast("Http", outbound), utc_now),
        trust=trust,
        authorities=authorities,
        ring=ring,
        identity_provider=_identity_provider(settings, cast("Http", outbound)),
        limits=Limits(lease=timedelta(seconds=settings.lease_seconds)),
        at_close=(authorities.close, outbound.aclose),
    )


def _identity_provider(settings: Settings, http: Http) -> "Provider | None":
    """Where people may sign in too; nowhere without the setting, or without ``hocba[oidc]``."""
    if settings.oidc is None:
        return None
    if find_spec("authlib") is None:
        log.warning("oidc_issuer is set, but hocba[oidc] is not installed: nobody can sign in there")
        return None
    from hocba.actions.identity_provider import Provider  # noqa: PLC0415 -- an extra

    return Provider(
        settings.oidc, http, public_url=settings.public_url, development=settings.development, clock=utc_now
    )


def install_regulations(settings: Settings) -> None:
    """Put the operator's regulations into force in this process, once, before anything asks for them.

    :raises RegulationError: when a file does not fit, or cannot be read.
    """
    if settings.regulations_dir is None:
        return
    try:
        files = {path.name: path.read_text(encoding="utf-8") for path in _toml(settings.regulations_dir)}
    except (OSError, UnicodeDecodeError) as error:
        raise regulations.RegulationError(f"regulations_dir: cannot be read: {error}") from None
    regulations.install(files)


def _toml(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix == ".toml"]


class TrustFiles:
    """The roots and revocation lists that the operator gave, read again when a file has changed.

    A self-signed certificate in a file is a root; the others help to build paths.
    """

    def __init__(self, settings: Settings) -> None:
        self._everybody = (settings.trust_file,) if settings.trust_file else ()
        self._policies = settings.trust
        self._lists = settings.crl_files
        self._seen: tuple[int, ...] | None = None
        self._trust = Trust(roots=())

    def __call__(self) -> Trust:
        """What is believed now."""
        seen = tuple(path.stat().st_mtime_ns for path in self._files())
        if seen != self._seen:
            self._trust = self._read()
            self._seen = seen
        return self._trust

    def _files(self) -> tuple[Path, ...]:
        return (*self._everybody, *chain.from_iterable(self._policies.values()), *self._lists)

    def _read(self) -> Trust:
        """Whoever is believed for anything, and for each use, where there is a difference, who for that."""
        lists = tuple(each for path in self._lists for each in load_crls(path.read_bytes()))
        if not self._policies:
            return _believed(self._everybody, lists)
        files = {policy: self._policies.get(policy, self._everybody) for policy in Policy}
        return replace(
            _believed(dict.fromkeys(chain(self._everybody, *files.values())), lists),
            policies={policy: _believed(paths, lists) for policy, paths in files.items()},
        )


def _believed(files: Iterable[Path], lists: tuple[x509.CertificateRevocationList, ...]) -> Trust:
    given = [each for path in files for each in load_pem(path.read_bytes())]
    return Trust(
        roots=tuple(each for each in given if each.subject == each.issuer),
        intermediates=tuple(each for each in given if each.subject != each.issuer),
        crls=lists,
    )
