from hocba.plugin_api import Secret, SecretName
from hocba.testing import SignerConformance


class TestUsbToken(SignerConformance):
    module = "hocba_usb_token.server"

    def secrets(self):
        return {SecretName.PIN: Secret("the agent asks for it")}
