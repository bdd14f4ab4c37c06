"""What is sealed opens with its key alone, where it belongs, unchanged; keys can be rotated."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from models.network.sealing import Sealing

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.text(max_size=40), st.text(max_size=10))
def test_what_is_sealed_opens_again(text: str, about: str) -> None:
    sealing = Sealing((OLD,))
    sealed = sealing.seal(text, about)
    assert sealing.open(sealed, about) == text
    assert sealing.open(sealed, f"{about}.") is None
    assert sealing.seal(text, about) != sealed


def test_a_new_key_opens_what_the_old_one_sealed_only_beside_it() -> None:
    sealed = Sealing((OLD,)).seal("11010519491231002X", "question:1")
    assert Sealing((NEW, OLD)).open(sealed, "question:1") == "11010519491231002X"
    assert Sealing((NEW,)).open(sealed, "question:1") is None
    assert Sealing().open(sealed, "question:1") is None
    name, _, content = sealed.partition(":")
    raw = bytearray(base64.urlsafe_b64decode(content))
    raw[-1] ^= 1
    changed = f"{name}:{base64.urlsafe_b64encode(raw).decode()}"
    assert Sealing((OLD,)).open(changed, "question:1") is None
    assert Sealing((OLD,)).open(f"{name}:x", "question:1") is None
    assert "ooo" not in repr(Sealing((OLD,)))
