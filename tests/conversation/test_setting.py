"""Values in Chinese sentences: apart where they are Latin letters or digits, else not."""

from datetime import date

import pytest

from bot.conversation.language import phrasebook, to_text
from bot.conversation.messages import Days, Sayable, listing_or, say
from tests.miniature.rows import ZONE, local

DAY = Days(date(2026, 12, 5))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            say("✅ You get on at {stop}: {title}.", stop="8:20 桂城站", title="走进灯具厂"),
            "✅ 你在 8:20 桂城站上车：走进灯具厂。",
        ),
        (
            say("✅ You get on at {stop}: {title}.", stop="桂城站", title="走进灯具厂"),
            "✅ 你在桂城站上车：走进灯具厂。",
        ),
        (say("until {day}", day=DAY), "到 12月5日 周六为止"),
        (say("Holds until {day}", day=DAY), "用到 12月5日 周六"),
        (say("so far, to {month} {day}", month="12月", day=5), "到 12月5日为止"),
        (say("✅ {name} is here.", name="Ana"), "✅ Ana 签到了。"),
        (say("✅ {name} is here.", name="陈静"), "✅ 陈静签到了。"),
        (say("✅ {name} is here.", name="工友 2 号"), "✅ 工友 2 号签到了。"),
        (listing_or("微信", "Telegram", "企业微信"), "微信或 Telegram 或企业微信"),
        # What stands in a value stays as it was written, and so does a date.
        (say("✅ {name} is here.", name="3人队A组"), "✅ 3人队A组签到了。"),
        (say("{day}, {time}", day=DAY, time="9:00"), "12月5日 周六 9:00"),
    ],
)
def test_letters_and_digits_of_a_value_stand_apart_from_chinese(text: Sayable, said: str) -> None:
    assert to_text(text, phrasebook().reader("zh", ZONE, local(1, 10))) == said


def test_a_value_in_an_english_sentence_stands_as_it_is_written() -> None:
    reader = phrasebook().reader("en", ZONE, local(1, 10))
    assert to_text(say("✅ {name} is here.", name="陈静"), reader) == "✅ 陈静 is here."
