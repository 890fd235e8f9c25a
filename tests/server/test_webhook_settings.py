"""Endpoints for messages: only the operator's settings name them, and what he gets wrong is named."""

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from hocba.domain.messages import MessageKind
from hocba.settings import Settings, SettingsError

KEY = bytes(range(32))
SECRET = "whsec_" + b64encode(KEY).decode()
FILE = f"""
outbound_hosts = ["mail.example.vn", "sms.example.vn:8443"]

[webhooks.mail]
url = "https://mail.example.vn/hocba?key=canary"
secret = "{SECRET}"
kinds = ["signing.reminder"]

[webhooks.sms-gateway]
url = "https://sms.example.vn:8443/"
secret = "{SECRET} {SECRET}"
"""


def loaded(tmp_path: Path, text: str, **env: str) -> Settings:
    file = tmp_path / "settings.toml"
    file.write_text(text)
    return Settings.load(env, file)


def test_an_endpoint_takes_what_it_asks_for_and_everything_when_it_does_not_say(tmp_path: Path) -> None:
    found = loaded(tmp_path, FILE).webhooks
    assert list(found) == ["mail", "sms-gateway"]
    assert found["mail"].kinds == {MessageKind.REMINDER}
    assert found["mail"].secrets == (KEY,)
    assert found["sms-gateway"].kinds == set(MessageKind)
    assert found["sms-gateway"].secrets == (KEY, KEY), "an old one beside the new one, while they change"


def test_the_environment_wins(tmp_path: Path) -> None:
    env = {"HOCBA_WEBHOOK_SMS_GATEWAY__URL": "https://mail.example.vn/sms", "HOCBA_WEBHOOK_MAIL__KINDS": ""}
    found = loaded(tmp_path, FILE, **env).webhooks
    assert found["sms-gateway"].url == "https://mail.example.vn/sms"
    assert found["mail"].kinds == set(MessageKind)


def test_neither_secret_nor_address_shows(tmp_path: Path) -> None:
    settings = loaded(tmp_path, FILE)
    for shown in (repr(settings), repr(settings.webhooks), str(settings.webhooks["mail"])):
        assert "canary" not in shown
        assert SECRET[6:] not in shown
        assert repr(KEY) not in shown


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"url": "http://mail.example.vn/canary"}, "webhooks.mail: url: must be https"),
        ({"url": "https://user:canary@mail.example.vn/"}, "webhooks.mail: url: must be https"),
        ({"url": "https://mail.example.vn:canary/"}, "webhooks.mail: url: must be https"),
        ({"url": "https://[canary/"}, "webhooks.mail: url: must be https"),
        ({"url": "https://canary.vn/"}, "webhooks.mail: url: its host is none of outbound_hosts"),
        ({"url": "https://mail.example.vn:444/"}, "webhooks.mail: url: its host is none of outbound_hosts"),
        ({"secret": "canary"}, "webhooks.mail: secret: whsec_ and"),
        ({"secret": ""}, "webhooks.mail: secret: whsec_ and"),
        ({"secret": "whsec_Y2FuYXJ5"}, "webhooks.mail: secret: whsec_ and"),
        ({"kinds": "signing.reminder,canary"}, "webhooks.mail: kinds: out of signing.reminder, "),
        ({"tries": "canary"}, "webhooks.mail: tries: there is no such setting"),
    ],
)
def test_what_makes_no_sense_is_refused_without_its_value(
    tmp_path: Path, changed: dict[str, Any], says: str
) -> None:
    env = {f"HOCBA_WEBHOOK_MAIL__{name.upper()}": value for name, value in changed.items()}
    with pytest.raises(SettingsError, match=says) as refused:
        loaded(tmp_path, FILE, **env)
    assert "canary" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["webhooks = 'canary'", "[webhooks]\nmail = 'canary'", "[webhooks.Mail_1]\nurl = ''"]
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"^webhooks") as refused:
        loaded(tmp_path, text)
    assert "canary" not in str(refused.value)


def test_http_will_do_on_loopback_in_development() -> None:
    env = {"HOCBA_OUTBOUND_HOSTS": "127.0.0.1:9", "HOCBA_WEBHOOK_MINE__URL": "http://127.0.0.1:9/"}
    env |= {"HOCBA_WEBHOOK_MINE__SECRET": SECRET}
    assert Settings.load(env).webhooks["mine"].host == "127.0.0.1:9"
    with pytest.raises(SettingsError, match=r"webhooks.mine: url: must be https"):
        Settings.load(env | {"HOCBA_PUBLIC_URL": "https://school.vn"})
