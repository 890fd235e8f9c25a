from pathlib import Path

import pytest

from hocba.domain.trust import Policy, RevocationMode
from hocba.settings import Settings, SettingsError


@pytest.fixture
def file(tmp_path):
    return tmp_path / "hocba.toml"


def test_without_any_setting_there_is_a_server_for_one_computer():
    settings = Settings.load({})
    assert settings == Settings()
    assert (settings.database_url, settings.secrets_file) == (
        "sqlite://var/hocba.sqlite3",
        Path("var/secrets.json"),
    )
    assert settings.development
    assert (settings.graphiql, settings.introspection, settings.outbound_hosts) == (False, False, ())


def test_the_file_is_read(file):
    file.write_text(
        'database_url = "postgres://a@b/c"\ncrl_files = ["a.crl", "b.crl"]\ngraphiql = true\n'
        'outbound_hosts = ["Remote.example.vn"]\n[plugins.remote-signing]\nendpoint = "https://x"\n'
        "limit = 5\n"
    )
    settings = Settings.load({"HOCBA_SETTINGS_FILE": str(file)})
    assert settings.database_url == "postgres://a@b/c"
    assert settings.crl_files == (Path("a.crl"), Path("b.crl"))
    assert settings.graphiql
    assert settings.outbound_hosts == ("remote.example.vn",)
    assert settings.plugin("remote-signing") == {"endpoint": "https://x", "limit": "5"}
    assert settings.plugin("other") == {}


def test_the_environment_wins_over_the_file(file):
    file.write_text('lease_seconds = 9\npublic_url = "https://a.vn"\n[plugins.acme]\nurl = "a"\nuser = "u"\n')
    env = {
        "HOCBA_PUBLIC_URL": "https://b.vn",
        "HOCBA_INTROSPECTION": "1",
        "HOCBA_CRL_FILES": "a.crl, b.crl,",
        "HOCBA_DATABASE_POOL": "3",
        "HOCBA_PLUGIN_ACME__URL": "b",
        "HOCBA_PLUGIN_REMOTE_SIGNING__CLIENT_ID": "c",
        "PATH": "/bin",
    }
    settings = Settings.load(env, file)
    assert (settings.lease_seconds, settings.public_url, settings.introspection) == (9, "https://b.vn", True)
    assert (settings.crl_files, settings.database_pool) == ((Path("a.crl"), Path("b.crl")), 3)
    assert settings.plugins == {"acme": {"url": "b", "user": "u"}, "remote-signing": {"client_id": "c"}}


def test_roots_by_use_and_where_issuers_are_asked_come_from_tables(tmp_path):
    file = tmp_path / "hocba.toml"
    file.write_text(
        'trust_file = "all.pem"\nrevocation = "known"\n[trust.person]\nroots = ["a.pem", "b.pem"]\n'
        '[revocation_sources."CN=A,C=VN"]\ncrl = "http://a.vn/a.crl"\nocsp = "http://a.vn:8080"\n'
    )
    settings = Settings.load({}, file)
    assert settings.trust == {Policy.PERSON: (Path("a.pem"), Path("b.pem"))}
    assert settings.revocation is RevocationMode.KNOWN
    assert settings.revocation_sources == {
        "CN=A,C=VN": {"crl": "http://a.vn/a.crl", "ocsp": "http://a.vn:8080"}
    }
    assert Settings().revocation is RevocationMode.REQUIRE


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[trust.person]\nroots = ['a.pem']\n", "^trust: give roots for every use, or a trust_file"),
        ("[trust.anybody]\nroots = ['a.pem']\n", "^trust: not a value"),
        ("[trust.person]\nroots = []\n", "^trust: not a value"),
        ("[trust.person]\nroots = ['a.pem']\nfiles = []\n", "^trust: not a value"),
        ("[trust]\nperson = 'a.pem'\n", "^trust: not a value"),
        ("revocation = 'sometimes'\n", "^revocation: not a value"),
        ("[revocation_sources.'CN=A']\n", "^revocation_sources: not a value"),
        ("[revocation_sources.'CN=A']\ntsa = 'http://a.vn'\n", "^revocation_sources: not a value"),
        ("[revocation_sources.'CN=A']\ncrl = 'ldap://a.vn'\n", "^revocation_sources: not a value"),
    ],
)
def test_tables_of_trust_that_make_no_sense_are_refused(tmp_path, text, says):
    file = tmp_path / "hocba.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=says):
        Settings.load({}, file)


def test_files_lie_in_the_data_folder_unless_said_otherwise():
    settings = Settings.load({"HOCBA_DATA_DIR": "/srv/hocba"})
    assert settings.database_url == "sqlite:///srv/hocba/hocba.sqlite3"
    assert settings.secrets_file == Path("/srv/hocba/secrets.json")
    moved = Settings.load({"HOCBA_DATA_DIR": "/srv/hocba", "HOCBA_SECRETS_FILE": "/etc/hocba.json"})
    assert moved.secrets_file == Path("/etc/hocba.json")


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"HOCBA_PUBLIC_URL": "http://school.vn"}, "public_url: must be https"),
        ({"HOCBA_PUBLIC_URL": "ftp://127.0.0.1"}, "public_url: must be https"),
        ({"HOCBA_GRAPHIQL": "perhaps"}, "^graphiql: not a value"),
        ({"HOCBA_DATABASE_POOL": "0"}, "^database_pool: not a value"),
        ({"HOCBA_LEASE_SECONDS": "0"}, "^lease_seconds: not a value"),
        (
            {"HOCBA_BROKER_URL": "kafka://guest:geheim@127.0.0.1"},
            "^broker_url: only redis://, rediss://, amqp://, amqps:// are supported$",
        ),
        ({"HOCBA_DATABASE_URL": ""}, "^database_url: not a value"),
        ({"HOCBA_SETTINGS_FILE": "/nowhere.toml"}, "cannot be read"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name(env, says):
    with pytest.raises(SettingsError, match=says):
        Settings.load(env)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("databse_url = 'canary'", "^databse_url: there is no such setting$"),
        ("database_url = canary", "not TOML"),
        ("plugins = 'canary'", "^plugins: must"),
        ("[plugins]\nacme = 'canary'", "^plugins: must"),
        ("graphiql = ['canary']", "^graphiql: not a value"),
        ("public_url = 7", "^public_url: not a value"),
        ("outbound_hosts = 7", "^outbound_hosts: not a value"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_without_its_values(file, content, says):
    file.write_text(content)
    with pytest.raises(SettingsError, match=says) as refused:
        Settings.load({}, file)
    assert "canary" not in str(refused.value)


def test_passwords_in_settings_do_not_show():
    env = {
        "HOCBA_DATABASE_URL": "postgres://a:canary@b/c",
        "HOCBA_BROKER_URL": "redis://:canary@b",
        "HOCBA_PLUGIN_ACME__KEY": "canary",
    }
    assert "canary" not in repr(Settings.load(env))


@pytest.mark.parametrize(
    ("url", "development"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("https://a.vn", False),
    ],
)
def test_http_means_development(url, development):
    assert Settings(public_url=url).development is development
