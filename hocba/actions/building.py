"""Put a house together from settings: for the web server, for workers, for the command line."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import cast
from uuid import UUID

from hocba.actions.house import House, Limits, utc_now
from hocba.domain import regulations
from hocba.outbound import Outbound
from hocba.plugin_api import Http
from hocba.plugins import Plugins
from hocba.secrets import Secrets
from hocba.settings import Settings
from hocba.trust import Trust, load_crls, load_pem


def build(settings: Settings, *, ring: Callable[[str, UUID], None]) -> House:
    """The house of this process.

    :raises SecretsError: when the secrets file cannot be used.
    :raises ValueError: when the roots or the revocation lists cannot be read.
    """
    trust = TrustFiles(settings)
    trust()
    outbound = Outbound(settings)
    return House(
        settings=settings,
        secrets=Secrets.load(settings.secrets_file),
        plugins=Plugins.load(settings, cast("Http", outbound), utc_now),
        trust=trust,
        ring=ring,
        limits=Limits(lease=timedelta(seconds=settings.lease_seconds)),
        at_close=(outbound.aclose,),
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

    A self-signed certificate in the file is a root; the others help to build paths.
    """

    def __init__(self, settings: Settings) -> None:
        self._roots = settings.trust_file
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
        return (*([self._roots] if self._roots else ()), *self._lists)

    def _read(self) -> Trust:
        given = load_pem(self._roots.read_bytes()) if self._roots else ()
        return Trust(
            roots=tuple(each for each in given if each.subject == each.issuer),
            intermediates=tuple(each for each in given if each.subject != each.issuer),
            crls=tuple(each for path in self._lists for each in load_crls(path.read_bytes())),
        )
