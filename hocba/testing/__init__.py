"""What a vendor runs against his plugin, and what stands in for one.

``SignerConformance`` is subclassed in a vendor's own tests; ``FakeVendor`` is a signing service in memory
that misbehaves when it is told to; ``pki`` makes certificates.  Needs pytest.
"""

from hocba.testing.conformance import SignerConformance
from hocba.testing.vendor import FakeVendor, Fault

__all__ = ["FakeVendor", "Fault", "SignerConformance"]
