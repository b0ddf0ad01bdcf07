"""`trialwright serve`: what it refuses, and how it starts and stops."""

import os
import signal
from urllib.request import urlopen

import pytest
from tests.browser.serving import serving, trial_folder

from trialwright.app import open_app
from trialwright.core.errors import InputError
from trialwright.interfaces.cli.serve import check_trials, fill_if_empty, listening, serve


def test_a_taken_port_is_refused_in_one_line():
    with listening(0) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            InputError, match=f"--port: {port} cannot be used .*a port that is free"
        ):
            listening(port)


def test_a_folder_without_a_trial_is_refused_and_nothing_is_made(tmp_path):
    with pytest.raises(InputError, match="no trial here"):
        serve(tmp_path, home=tmp_path / "home")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_is_a_number_of_sixteen_bits(port):
    with pytest.raises(InputError, match="0 to 65535"):
        listening(port)


def test_the_door_opens_on_this_machine_only():
    with listening(0) as door:
        assert door.getsockname()[0] == "127.0.0.1"


def test_one_trial_twice_is_refused(tmp_path):
    folders = (trial_folder(tmp_path / "a"), trial_folder(tmp_path / "b"))
    with pytest.raises(InputError, match="NCT99999991 once more"):
        check_trials(open_app(tmp_path / "home", folders))


def test_an_empty_catalogue_is_filled_once_and_a_filled_one_is_left_alone(tmp_path):
    desk = open_app(tmp_path)
    fill_if_empty(desk)
    first = desk.catalogue.info()
    assert first.studies >= 20
    assert "NCT05774509" in desk.catalogue.ids()
    fill_if_empty(desk)
    assert desk.catalogue.info() == first


@pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")
def test_it_serves_until_it_is_interrupted(tmp_path):
    with serving(tmp_path / "home", trial_folder(tmp_path / "trial")) as (server, address):
        with urlopen(f"{address}/healthz") as answer:
            assert answer.status == 200
        with urlopen(f"{address}/trial/NCT99999991") as answer:
            assert b"Chain verified" in answer.read()
        server.send_signal(signal.SIGINT)
        said, _ = server.communicate(timeout=20)
    assert server.returncode == 0
    assert said.decode().splitlines()[-1] == "stopped"
