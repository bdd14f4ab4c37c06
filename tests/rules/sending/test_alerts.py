"""Which addresses may be a push service's, and what fits on a locked screen."""

import pytest

from models.rules.sending.alerts import are_keys, first_lines, is_endpoint, is_public

POINT = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
SECRET = "tBHItJI5svbpez7KI4CCXg"


@pytest.mark.parametrize(
    "url",
    [
        "https://fcm.googleapis.com/fcm/send/c-9_1:APA91bE",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAAAB",
        "https://web.push.apple.com/QGuQyavXutnMH",
        "https://wns2-sg2p.notify.windows.com/w/?token=BQYAAAD%2b%3d",
        "https://push.example.org:443/a",
    ],
)
def test_push_services_are_written_to(url: str) -> None:
    assert is_endpoint(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://push.example.org/a",
        "https://push.example.org",
        "https://push.example.org:8443/a",
        "https://user@push.example.org/a",
        "https://user:word@push.example.org/a",
        "https://localhost/a",
        "https://station.local/a",
        "https://db.internal/a",
        "https://a.localhost/a",
        "https://1.0.0.127.in-addr.arpa/a",
        "https://127.0.0.1/a",
        "https://127.1/a",
        "https://0x7f000001/a",
        "https://2130706433/a",
        "https://[::1]/a",
        "https://169.254.169.254/latest/meta-data",
        "https://push.example.org\\@10.0.0.1/a",
        "https://push.example.org/a#b",
        "https://push.example.org/a b",
        "https://push.example.org/\r\nHost: x",
        "https://push.example.org/é",
        "https://push.example.org/" + "a" * 1000,
        "file:///etc/passwd",
    ],
)
def test_nothing_else_is(url: str) -> None:
    assert not is_endpoint(url)


@pytest.mark.parametrize("address", ["142.250.72.10", "2a00:1450:4001::200a", "::ffff:8.8.8.8"])
def test_addresses_of_the_open_internet(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::",
        "ff02::1",
        "not an address",
    ],
)
def test_addresses_of_ones_own_network(address: str) -> None:
    assert not is_public(address)


def test_keys_are_known_by_their_form() -> None:
    assert are_keys(POINT, SECRET)
    assert not are_keys(POINT, SECRET[:-2])
    assert not are_keys(POINT[:-2], SECRET)
    assert not are_keys("A" + POINT[1:], SECRET)
    assert not are_keys("é", "")
    assert not are_keys("", "")


def test_a_locked_screen_shows_the_first_lines() -> None:
    assert first_lines("一\n\n 二\n三\n四") == "一\n二\n三"
    assert first_lines("好" * 300) == "好" * 199 + "…"
    assert first_lines("") == ""
