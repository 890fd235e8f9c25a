import json
import os
import stat
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from hocba_usb_token.agent import state as states
from hocba_usb_token.agent.errors import AgentError, Problem, TriesLeft
from hocba_usb_token.agent.words import SENTENCES, TRIES, sentence
from plugins.usb_token.tests import making
from plugins.usb_token.tests.conftest import PIN
from plugins.usb_token.tests.simulator import TOKEN

AGENT = str(Path(sys.executable).with_name("hocba-agent"))


def agent(*arguments, pin=None, **options):
    environment = os.environ | ({"HOCBA_AGENT_PIN": pin} if pin else {})
    return subprocess.run(
        [AGENT, *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def paired(folder, simulator, url, **kept):
    path = folder / "agent.json"
    states.save(path, states.State(server=url, name="PC-01", token=TOKEN, job_key=simulator.job_key, **kept))
    return path


def test_pairing_keeps_token_and_key_for_the_owner_only(simulator, url, p12, tmp_path, signer):
    state = tmp_path / "settings" / "agent.json"
    threading.Timer(1, setattr, (simulator, "confirmed", True)).start()

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TZ", "Asia/Ho_Chi_Minh")
        done = agent("pair", "--server", url, "--name", "PC-01", "--p12", p12, "--state", state, pin=PIN)

    assert done.returncode == 0, done.stderr
    assert "Mã ghép nối: ABCD2345\n" in done.stdout
    assert "nhập mã này trước 08:10." in done.stdout
    assert "Tên máy sẽ hiện ở đó: PC-01" in done.stdout
    assert simulator.paired == {"name": "PC-01", "certificates": [making.b64(signer)]}
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert states.load(state).token == TOKEN
    assert TOKEN not in done.stdout + done.stderr
    assert PIN not in state.read_text()


def test_run_once_signs_what_waits_and_ends(simulator, url, p12, tmp_path, server_key, signer):
    state = paired(tmp_path, simulator, url, p12=str(p12))
    simulator.jobs.append(making.job(server_key, signer, [making.xades("Lê Thị Ánh")]))
    simulator.jobs.append(making.job(server_key, signer, [making.pades(signer)]))

    done = agent("run", "--once", "--yes", "--state", state, pin=PIN)

    assert done.returncode == 0, done.stderr
    assert "Lê Thị Ánh · lớp 9A1 · năm học 2025-2026 · THCS Thử Nghiệm" in done.stdout
    assert "Đóng dấu 1 bản PDF của học bạ vừa ký" in done.stdout
    assert len(simulator.signed) == 2
    assert len(states.load(state).used) == 2
    assert PIN not in done.stdout + done.stderr + state.read_text()


def test_a_pin_comes_from_a_file_or_a_descriptor(simulator, url, p12, tmp_path, server_key, signer):
    state = paired(tmp_path, simulator, url, p12=str(p12))
    (tmp_path / "pin").write_text(PIN + "\n")
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    by_file = agent("run", "--once", "--yes", "--state", state, "--pin-file", tmp_path / "pin")
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))
    reading, writing = os.pipe()
    os.write(writing, PIN.encode())
    os.close(writing)
    by_descriptor = agent("run", "--once", "--yes", "--state", state, "--pin-fd", reading, pass_fds=[reading])
    os.close(reading)

    assert (by_file.returncode, by_descriptor.returncode) == (0, 0)
    assert len(simulator.signed) == 2


def test_a_wrong_pin_given_beforehand_ends_the_program_with_a_sentence(
    simulator, url, p12, tmp_path, server_key, signer
):
    state = paired(tmp_path, simulator, url, p12=str(p12))
    simulator.jobs.append(making.job(server_key, signer, [making.xades()]))

    done = agent("run", "--yes", "--state", state, pin="135791")

    assert done.returncode == 1
    assert "Mã PIN không đúng." in done.stderr
    assert "135791" not in done.stdout + done.stderr
    assert simulator.declined == [("request-1", "PIN_INCORRECT")]


def test_a_token_works_through_the_program(simulator, url, token, tmp_path, server_key):
    state = paired(tmp_path, simulator, url, module=str(token.module))
    simulator.jobs.append(making.job(server_key, token.certificates["ec"], [making.xades()]))

    done = agent("run", "--once", "--yes", "--state", state, pin=PIN)
    listed = agent("certificates", "--module", token.module)

    assert done.returncode == 0, done.stderr
    assert len(simulator.signed) == 1
    assert listed.stdout.count("SHA-256:") == 3


def test_a_library_that_hangs_is_ended_after_the_patience_that_was_asked_for(token, tmp_path):
    os.mkfifo(tmp_path / "softhsm2.conf")  # nobody ever writes what the library wants to read
    environment = os.environ | {"SOFTHSM2_CONF": str(tmp_path / "softhsm2.conf")}
    begun = time.monotonic()
    line = [AGENT, "certificates", "--module", str(token.module), "--patience", "1.5"]

    done = subprocess.run(line, env=environment, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert done.stderr == (
        "Thư viện của thiết bị không trả lời nên đã bị dừng. Hãy rút thiết bị, cắm lại rồi ký lại.\n"
    )
    assert 1.5 < time.monotonic() - begun < 20


def test_a_program_that_waits_ends_on_ctrl_c_with_its_module(simulator, url, token, tmp_path, server_key):
    state = paired(tmp_path, simulator, url, module=str(token.module))
    simulator.jobs.append(making.job(server_key, token.certificates["ec"], [making.xades()]))
    environment = os.environ | {"HOCBA_AGENT_PIN": PIN}
    running = subprocess.Popen(
        [AGENT, "run", "--yes", "--state", str(state)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while not simulator.signed:
        time.sleep(0.05)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()

    os.killpg(running.pid, 2)
    _, errors = running.communicate(timeout=30)

    assert running.returncode == 130
    assert "Traceback" not in errors
    assert children
    deadline = time.monotonic() + 10
    while any(map(alive, children)):
        assert time.monotonic() < deadline


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split(")")[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--state", "missing.json"], "chưa ghép nối"),
        (["run", "--state", "broken.json"], "Không đọc được tệp trạng thái"),
        (["pair", "--server", "http://example.vn", "--p12", "missing.p12"], "Không đọc được tệp chứng thư"),
        (["certificates", "--module", "missing.so"], "Không nạp được thư viện"),
        (["certificates", "--p12", "a.p12", "--module", "b.so"], "--p12 hoặc --module"),
    ],
)
def test_an_error_is_a_sentence_and_no_stack(tmp_path, arguments, said):
    (tmp_path / "broken.json").write_text(json.dumps({"server": 1}))

    done = agent(*arguments, pin=PIN, cwd=tmp_path)

    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_the_agent_runs_where_hocba_is_not(tmp_path):
    """As from its wheel alone: whatever it imports of ``hocba`` fails."""
    (tmp_path / "alone.py").write_text(
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'hocba', 'pluggy', 'hocba_remote_signing'}:\n"
        "            raise ImportError(name + ' is not on this computer')\n"
        "sys.meta_path.insert(0, Refuse())\n"
        "sys.argv = ['hocba-agent', *sys.argv[1:]]\n"
        "from hocba_usb_token.agent import cli\n"
        "cli.main()\n"
    )
    program = [sys.executable, str(tmp_path / "alone.py")]

    version = subprocess.run([*program, "--version"], capture_output=True, text=True, check=True)
    refused = subprocess.run(
        [sys.executable, "-c", "import sys; sys.modules['hocba'] = None; import hocba_usb_token.server"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert version.stdout.startswith("hocba-agent, version ")
    assert "ModuleNotFoundError" in refused.stderr


def test_every_problem_has_a_sentence():
    assert SENTENCES.keys() == set(Problem)
    assert TRIES.keys() == set(TriesLeft)
    final = AgentError(Problem.PIN_INCORRECT, tries=TriesLeft.FINAL)
    assert sentence(final) == "Mã PIN không đúng. CHỈ CÒN MỘT LẦN: nhập sai nữa thiết bị sẽ bị khóa."


def test_what_expired_by_itself_is_forgotten():
    state = states.State(server="", name="", token="", job_key="", used={"old": 10.0, "new": 30.0})

    assert state.with_used("now", 40.0, now=20.0).used == {"new": 30.0, "now": 40.0}


@pytest.mark.parametrize(
    ("refusal", "said"),
    [("TOO_MANY_AGENTS", "Máy chủ từ chối yêu cầu. (TOO_MANY_AGENTS)"), ("PAIRING_EXPIRED", "đã hết hạn")],
)
def test_a_refused_pairing_is_said_and_nothing_is_kept(simulator, url, p12, tmp_path, refusal, said):
    simulator.no_pairing = refusal

    done = agent("pair", "--server", url, "--p12", p12, "--state", tmp_path / "agent.json", pin=PIN)

    assert done.returncode == 1
    assert said in done.stderr
    assert not (tmp_path / "agent.json").exists()


def test_a_code_that_nobody_confirms_in_time_pairs_nothing(simulator, url, p12, tmp_path):
    simulator.expired = True

    done = agent("pair", "--server", url, "--p12", p12, "--state", tmp_path / "agent.json", pin=PIN)

    assert "Mã ghép nối đã hết hạn" in done.stderr
    assert not (tmp_path / "agent.json").exists()


def test_state_is_written_in_one_piece(tmp_path):
    state = states.State(server="s", name="n", token="t", job_key="k")
    path = tmp_path / "agent.json"
    states.save(path, state)
    states.save(path, state.with_used("job", 10.0, now=0.0))

    assert states.load(path).used == {"job": 10.0}
    assert [each.name for each in tmp_path.iterdir()] == ["agent.json"]
    with pytest.raises(AgentError) as refused:
        states.save(path / "below-a-file", state)
    assert refused.value.problem is Problem.STATE_NOT_READABLE


def test_a_key_that_is_none_is_not_pinned():
    for text in ("", "AAAA", "not base64"):
        with pytest.raises(AgentError) as refused:
            states.pinned_key(text)
        assert refused.value.problem is Problem.STATE_NOT_READABLE
