"""Where what a cortex perceives goes, by the looks of an address."""

from __future__ import annotations

import pytest

from cortex import Place, place_of


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("http://localhost:11434/v1", "machine"),
        ("http://127.0.0.1:8501", "machine"),
        ("https://[::1]:8501/v1", "machine"),
        ("http://cortex.localhost", "machine"),
        ("http://192.168.1.20:8000", "network"),
        ("http://10.0.0.3", "network"),
        ("http://[fd00::1]:80", "network"),
        ("http://nas:11434", "network"),
        ("http://nas.local:11434", "network"),
        ("http://models.home.arpa", "network"),
        ("https://api.openai.com/v1", "internet"),
        ("https://8.8.8.8/v1", "internet"),
        ("https://localhost.evil.example", "internet"),
        ("https://192.168.1.20.evil.example", "internet"),
        ("nas.local:11434", "network"),
        ("http://0.0.0.0:11434", "machine"),
        ("http://[::ffff:127.0.0.1]:80", "machine"),
        ("http://[::ffff:8.8.8.8]:80", "internet"),
        ("http://169.254.1.1", "network"),
        ("http://134744072/v1", "internet"),
        ("http://0x8.8.8.8", "internet"),
        ("http://127.1", "internet"),
        ("eu-vision.googleapis.com:443", "internet"),
    ],
)
def test_an_address_is_this_machine_a_network_of_ones_own_or_the_internet(address, where):
    assert place_of(address).where == where


def test_a_place_is_called_by_its_host_without_what_is_secret():
    assert place_of("https://me:secret@api.example:8443/v1?key=1", "words").name == "api.example:8443"


def test_a_place_says_what_goes_there_and_may_have_a_name():
    place = place_of("https://rekognition.eu-west-1.amazonaws.com", "pictures", name="AWS eu-west-1")
    assert place == Place(where="internet", name="AWS eu-west-1", gets=("pictures",))


def test_who_says_nothing_keeps_it_on_this_machine():
    assert Place() == Place(where="machine", name="", gets=())
