from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hocba_usb_token.agent import cli
from hocba_usb_token.agent.errors import AgentError, Problem
from hocba_usb_token.agent.known_modules import KnownModule, installed


def lay(root, *places):
    for place in places:
        path = root / place.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a library")
    return root


def test_what_lies_in_a_known_place_is_found_with_its_vendor(tmp_path):
    root = lay(tmp_path, "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/opensc-pkcs11.so", "/usr/lib/libc.so")
    assert installed("linux", root=root) == [
        KnownModule("OpenSC", root / "usr/lib64/opensc-pkcs11.so"),
        KnownModule("SoftHSM2", root / "usr/lib/softhsm/libsofthsm2.so"),
    ]


def test_a_library_with_two_names_is_one(tmp_path):
    root = lay(tmp_path, "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so")
    (root / "usr/lib/opensc-pkcs11.so").symlink_to(root / "usr/lib/x86_64-linux-gnu/opensc-pkcs11.so")
    assert [each.title for each in installed("linux", root=root)] == ["OpenSC"]


def test_windows_names_its_folders_by_variables(tmp_path):
    root = lay(tmp_path, "/windows/System32/viettel-ca_v6.dll")

    def expand(text):
        return (
            text.replace("%SystemRoot%", "/windows").replace("%ProgramFiles%", "/programs").replace("\\", "/")
        )

    assert [each.title for each in installed("win32", expand=expand, root=root)] == ["Viettel-CA"]


def test_a_system_that_nobody_knows_has_none():
    assert installed("plan9") == []


def vendors(count):
    return [KnownModule(f"Vendor {number}", Path(f"/lib/{number}.so")) for number in range(count)]


def test_without_a_word_the_only_one_is_taken():
    assert cli._the_only(vendors(1)) == Path("/lib/0.so")


def test_without_any_it_says_so():
    with pytest.raises(AgentError) as failure:
        cli._the_only([])
    assert failure.value.problem is Problem.MODULE_NOT_LOADED


def test_of_several_one_must_be_chosen():
    with pytest.raises(click.UsageError, match=r"Vendor 1: /lib/1\.so"):
        cli._the_only(vendors(2))


def test_both_at_once_is_refused(tmp_path):
    with pytest.raises(click.UsageError, match="một trong hai"):
        cli._store(tmp_path / "a.p12", tmp_path / "b.so")


def test_they_are_listed():
    listed = [f"{each.title}: {each.path}" for each in installed()]
    assert CliRunner().invoke(cli.cli, ["modules"]).output.splitlines() == listed
