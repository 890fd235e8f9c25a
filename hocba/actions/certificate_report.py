"""What the server would make of a certificate: for the operator's eyes, without a database.

Nothing is kept.  Who asks the authorities sees what they answer now.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from hocba.actions.authorities import Authorities
from hocba.actions.building import TrustFiles
from hocba.documents.certificates import Certificate, UnreadableCertificateError
from hocba.domain.trust import Policy
from hocba.plugin_api import SignerError
from hocba.settings import Settings
from hocba.trust import Problem, Revocation, Trust, TrustedPath, load_pem, path_of
from hocba.trust.evidence import Kind, Link, NotEvidenceError, links
from hocba.trust.revocation import Step

KINDS: tuple[Kind, ...] = ("ocsp", "crl")


@dataclass(frozen=True, slots=True)
class Report:
    """What is printed, and whether the certificate may be used for anything."""

    lines: tuple[str, ...]
    passed: bool


async def report(settings: Settings, data: bytes, *, ask: bool, now: datetime) -> Report:
    """What is to be said of the first certificate in ``data``; the others came along with it.

    :param ask: whether authorities are asked now.
    :raises ValueError: when there is no certificate in it, or a file of the settings cannot be read.
    """
    leaf, *given = [each.public_bytes(Encoding.DER) for each in load_pem(data)]
    try:
        certificate = Certificate.load(leaf)
    except UnreadableCertificateError as error:
        raise ValueError(str(error)) from None
    trust = TrustFiles(settings)()
    found = {policy: path_of(certificate, trust.under(policy), given) for policy in Policy}
    paths = {path.subjects: path for path in found.values() if isinstance(path, TrustedPath)}
    authorities = Authorities.of(settings)
    try:
        revoked = {path: await _revocation(authorities, path, ask=ask, now=now) for path in paths.values()}
    finally:
        await authorities.close()
    usable = [path for path, (_, is_revoked) in revoked.items() if path.valid_at(now) and not is_revoked]
    lines = [*_own(certificate, now), *_policies(found, trust, now)]
    lines += [line for said, _ in revoked.values() for line in said]
    return Report(tuple(lines), bool(usable))


def _own(certificate: Certificate, now: datetime) -> Iterator[str]:
    yield f"subject      {certificate.subject}"
    yield f"issuer       {certificate.issuer}"
    yield f"identity     {certificate.identity or 'none that is understood'}"
    yield f"serial       {certificate.serial:x}"
    yield f"SHA-256      {certificate.fingerprint}"
    yield f"key          {certificate.key.upper()} {certificate.public_key.key_size}"
    valid = "" if certificate.valid_at(now) else "   not now"
    yield f"valid        {certificate.not_before.isoformat()} to {certificate.not_after.isoformat()}{valid}"


def _policies(found: dict[Policy, TrustedPath | Problem], trust: Trust, now: datetime) -> Iterator[str]:
    """For each use, the path or why there is none."""
    for policy, path in found.items():
        roots = len(trust.under(policy).roots)
        if isinstance(path, Problem):
            yield f"{policy.value:<12} {path.value} ({roots} roots)"
            continue
        valid = "" if path.valid_at(now) else "   not valid now"
        yield f"{policy.value:<12} believed ({roots} roots){valid}"
        yield from (f"             {'  ' * depth}{subject}" for depth, subject in enumerate(path.subjects))


async def _revocation(
    authorities: Authorities, path: TrustedPath, *, ask: bool, now: datetime
) -> tuple[list[str], bool]:
    """What is known of each certificate of the path, and whether one of them is revoked."""
    lines, revoked = [], False
    for link, step in zip(links(path.certificates), path.steps, strict=True):
        lines.append(f"revocation   {link.certificate.subject.rfc4514_string()}")
        lines.append(f"             asked of {link.issuer.subject.rfc4514_string()}")
        lines.append(f"             whose SHA-256 is {link.issuer_fingerprint}")
        lines.append(f"             crl_files: {_given(step, now)}")
        revoked |= step.at(now) is Revocation.REVOKED
        for kind, url in _ways(authorities, link):
            said = await _asked(authorities, link, kind, url, now) if ask else "not asked"
            lines.append(f"             {kind} {url}: {said}")
            revoked |= said.startswith(Revocation.REVOKED)
    return lines, revoked


def _ways(authorities: Authorities, link: Link) -> Iterator[tuple[Kind, str]]:
    for kind in KINDS:
        yield from ((kind, url) for url in authorities.addresses(link, kind))


def _given(step: Step, now: datetime) -> str:
    until = f" until {step.silent_until.isoformat()}" if step.silent_until else ""
    since = f" since {step.revoked.isoformat()}" if step.revoked else ""
    return f"{step.at(now).value}{since or until}"


async def _asked(authorities: Authorities, link: Link, kind: Kind, url: str, now: datetime) -> str:
    """What is answered now, beginning with ``good``, ``revoked`` or ``nothing``."""
    try:
        answer = await authorities.ask(link, kind, url, now)
    except (SignerError, NotEvidenceError) as error:
        return f"nothing: {error}"
    said = answer.says(link.certificate)
    since = f" since {said.since.isoformat()}" if said.since else ""
    made, until = answer.this_update.isoformat(), answer.until.isoformat()
    return f"{said.revocation.value}{since}, of {made} until {until}"
