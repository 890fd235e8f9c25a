"""Remote signing: keys that a certification authority keeps, by the CSC API (v1, v2) or the 769 profile.

One signer for each service that is configured::

    [plugins.remote-signing]                 # one service: the signer ``csc-v1``
    base_url = "https://remote.example.vn"
    title = "Example CA"

    [plugins.remote-signing]                 # several: ``csc-acme`` and ``csc-other-ca``
    services = "acme, other-ca"
    acme_base_url = "https://sign.acme.example"
    other_ca_base_url = "https://rs.other.example/adss/service/ras"

    [plugins.remote-signing]                 # the telephone confirms: ``sp769-smartca``
    services = "smartca"
    smartca_protocol = "sp769"
    smartca_base_url = "https://gateway.smartca.example/sca/sp769"
    smartca_sp_id = "…"                      # and HOCBA_PLUGIN_REMOTE_SIGNING__SMARTCA_SP_PASSWORD

Without a ``base_url`` and without ``services`` there is no signer.
"""

from collections.abc import Sequence

from hocba.plugin_api import PluginContext, Signer, hookimpl
from hocba_remote_signing.service import Service, services
from hocba_remote_signing.signer import CscSigner
from hocba_remote_signing.sp769_signer import Sp769Signer

HOCBA_API = 1


@hookimpl
def hocba_register_signers(context: PluginContext) -> Sequence[Signer]:
    """Bring one signer for each configured service.

    :raises ValueError: when a setting is missing or makes no sense; names the setting.
    """
    return tuple(
        CscSigner(context, service) if isinstance(service, Service) else Sp769Signer(context, service)
        for service in services(context.settings)
    )
