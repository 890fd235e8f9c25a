"""Programs and services that some tests want beside Python.

On a machine without them those tests are left out, and pytest's summary says so.  With
``HOCBA_TEST_SERVICES=required`` nothing is left out: what is missing fails.
"""

import os
import shutil

import pytest

REQUIRED = os.environ.get("HOCBA_TEST_SERVICES") == "required"


def needs(*programs: str) -> pytest.MarkDecorator:
    """Leave the test out where one of ``programs`` is not installed, unless they are required."""
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(
        bool(missing) and not REQUIRED, reason=f"left out: {', '.join(missing)} not installed"
    )
