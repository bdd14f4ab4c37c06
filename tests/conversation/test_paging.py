"""Long replies are shown page by page, and no word of them is lost."""

from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.messages import Message, ShownButton, ShownChoice
from bot.conversation.paging import LINK, ReadOn, first_page, rest_of, with_notice

MOST = 90
BUTTONS = tuple(ShownButton(each, f"act.{each}") for each in ("回答", "转给", "已解决"))
TEXTS = st.text("字词句，。\n ab", max_size=400).map(str.strip)


def pages_of(message: Message) -> list[Message]:
    shown = [first_page(message, MOST, "更多")]
    while (rest := shown[-1].rest) is not None:
        assert shown[-1].buttons[0].label == "更多"
        shown.append(first_page(rest, MOST, "更多"))
    return shown


def _solid(text: str) -> str:
    return text.replace("\n", "")


@given(TEXTS)
def test_the_pages_are_the_text_and_each_fits(text: str) -> None:
    pages = pages_of(Message(text, buttons=BUTTONS))
    assert _solid("".join(each.text for each in pages)) == _solid(text)
    assert all(len(each.text.encode()) <= MOST for each in pages)
    assert pages[-1].buttons == BUTTONS


@given(TEXTS.map(lambda text: f"{'很长的信，' * 7}{text}完"))
def test_a_page_that_was_kept_leads_to_its_own_rest_alone(text: str) -> None:
    first = first_page(Message(text, buttons=BUTTONS), MOST, "更多")
    assert first.rest is not None
    again = Message.from_json(first.to_json())
    assert again.rest == first.rest
    mark = int(again.buttons[0].data.partition(".")[2])
    assert ReadOn(mark).pack() == again.buttons[0].data
    assert rest_of(iter([{"text": "other"}, first.to_json()]), mark) == first.rest
    assert rest_of(iter([first.to_json()]), mark ^ 1) is None


def test_the_lines_of_choices_stand_together_on_the_last_page() -> None:
    lines = "\n".join(f"{number}. 羽毛球" for number in (1, 2, 3))
    choices = tuple(ShownChoice(number, "羽毛球", "event.1", True) for number in (1, 2, 3))
    first, *others = pages_of(Message("先说一句话。" * 9 + "\n" + lines, choices))
    assert first.choices == ()
    assert others[-1].choices == choices
    assert others[-1].text.endswith(lines)
    # A list that is longer than a page is the channel's to lay out.
    whole = Message(lines, choices)
    assert first_page(whole, 20, "更多") == whole


@given(TEXTS, st.lists(TEXTS, min_size=1, max_size=3))
def test_notices_that_take_more_than_a_page_are_read_on_with_the_text(
    text: str, notices: list[str]
) -> None:
    told = tuple(Message(each, buttons=BUTTONS[:1]) for each in notices)
    pages = pages_of(Message(text, buttons=BUTTONS[1:], notices=told))
    said = [each.joined() for each in pages]
    assert _solid("".join(each.text for each in said)) == _solid("".join((text, *notices)))
    assert set(said[-1].buttons) == set(BUTTONS)
    assert all(len(each.text.encode()) <= MOST for each in said)


def test_a_notice_waits_for_the_next_reply_where_others_fill_the_page() -> None:
    notice = Message("空出一个位子", buttons=BUTTONS[:1])
    most = 3 * len(notice.text.encode()) + 2 * LINK
    first = with_notice(notice, notice, 1)
    assert first is not None
    assert with_notice(first, notice, most - 1) is None
    second = with_notice(first, notice, most)
    assert second is not None
    assert second.notices == (notice, notice)
    assert with_notice(second, notice, 0) is not None
    assert Message.from_json(second.to_json()) == second
