"""How organizers write who gets how many seats."""

import pytest

from models.rules.events.shares import Said, read

TABLE: list[tuple[str, list[Said] | str]] = [
    ("昭信集团 10", [Said("昭信集团", 10, 10)]),
    ("昭信集团：10席", [Said("昭信集团", 10, 10)]),
    (
        "昭信集团 至少10人；狮山 最多 20\n大沥5-10席",
        [Said("昭信集团", 10, None), Said("狮山", 0, 20), Said("大沥", 5, 10)],
    ),
    (
        "Zhaoxin Group at least 10, Shishan up to 5 seats",
        [
            Said("Zhaoxin Group", 10, None),
            Said("Shishan", 0, 5),
        ],
    ),
    ("预留狮山5席", [Said("狮山", 5, None)]),
    ("男女各20；桂城站 至少5", [Said("男", 20, 20), Said("女", 20, 20), Said("桂城站", 5, None)]),
    ("男20席/女 最多 20", [Said("男", 20, 20), Said("女", 0, 20)]),
    ("男、女 至少各 9", [Said("男", 9, None), Said("女", 9, None)]),
    ("Men and women 20 each", [Said("Men", 20, 20), Said("women", 20, 20)]),
    ("狮山、大沥 5", "狮山"),
    ("昭信集团", "昭信集团"),
    ("10席", "10席"),
    ("大沥 10-5", "大沥 10-5"),
    ("", []),
]


@pytest.mark.parametrize(("words", "said"), TABLE)
def test_what_a_text_of_shares_says(words: str, said: list[Said] | str) -> None:
    assert read(words) == said
