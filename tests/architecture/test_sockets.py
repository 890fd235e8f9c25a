import socket

import pytest
from pytest_socket import SocketConnectBlockedError


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_test_cannot_reach_anything_but_this_computer():
    with pytest.raises(SocketConnectBlockedError), socket.socket() as out:
        out.connect(("192.0.2.1", 443))
