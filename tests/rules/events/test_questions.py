"""What is a right answer at sign-up, and which questions are asked."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.events import questions as rules
from models.rules.events.questions import Asked, Condition, QuestionKind, Written, WrongAnswer

ID = "11010519491231002X"
"""The example of GB 11643-1999."""


@pytest.mark.parametrize(
    ("kind", "words", "kept"),
    [
        (QuestionKind.TEXT, "  不吃\u200b辣  ", "不吃辣"),
        (QuestionKind.TEXT, " ", WrongAnswer.EMPTY),
        (QuestionKind.TEXT, "字" * 201, WrongAnswer.TOO_LONG),
        (QuestionKind.TEXT, f"我的号{ID}，谢谢", WrongAnswer.HOLDS_ID_NUMBER),
        (QuestionKind.TEXT, "110105 19491231 002x", WrongAnswer.HOLDS_ID_NUMBER),
        (QuestionKind.TEXT, "110105194912310021", "110105194912310021"),
        (QuestionKind.CHOICE, "不要", "不要"),
        (QuestionKind.CHOICE, "随便", WrongAnswer.NO_CHOICE),
        (QuestionKind.CHOICES, "不要\n要", "要\n不要"),
        (QuestionKind.CHOICES, "", WrongAnswer.EMPTY),
        (QuestionKind.CHOICES, "要\n随便", WrongAnswer.NO_CHOICE),
        (QuestionKind.NUMBER, "３", "3"),
        (QuestionKind.NUMBER, "2人", "2"),
        (QuestionKind.NUMBER, "很多", WrongAnswer.NO_NUMBER),
        (QuestionKind.DATE, "1990年5月1日", "1990-05-01"),
        (QuestionKind.DATE, "1990.5.1", "1990-05-01"),
        (QuestionKind.DATE, "19900501", "1990-05-01"),
        (QuestionKind.DATE, "1990-2-30", WrongAnswer.NO_DATE),
        (QuestionKind.DATE, "5月1日", WrongAnswer.NO_DATE),
        (QuestionKind.PHONE, "+86 138-0013-8000", "13800138000"),
        (QuestionKind.PHONE, "0757 8123 4567", "0757-81234567"),
        (QuestionKind.PHONE, "+852 9123 4567", "+85291234567"),
        (QuestionKind.PHONE, "1380013800", WrongAnswer.NO_PHONE),
        (QuestionKind.SIZE, "xxl", "2XL"),
        (QuestionKind.SIZE, "Ｍ码", "M"),
        (QuestionKind.SIZE, "42", WrongAnswer.NO_SIZE),
        (QuestionKind.ID_NUMBER, "110105 19491231 002x", ID),
        (QuestionKind.ID_NUMBER, "110105194912310021", WrongAnswer.NO_ID_NUMBER),
        (QuestionKind.ID_NUMBER, "11010519491331002X", WrongAnswer.NO_ID_NUMBER),
        (QuestionKind.CONSENT, "yes", "yes"),
        (QuestionKind.CONSENT, "maybe", WrongAnswer.NO_CONSENT),
    ],
)
def test_an_answer_is_kept_or_refused(
    kind: QuestionKind, words: str, kept: str | WrongAnswer
) -> None:
    assert rules.check(kind, words, ("要", "不要")) == kept


@given(st.sampled_from(QuestionKind), st.text(max_size=40))
def test_what_is_kept_is_kept_again_as_it_is(kind: QuestionKind, words: str) -> None:
    kept = rules.check(kind, words, ("要", "不要"))
    if not isinstance(kept, WrongAnswer):
        assert rules.check(kind, kept, ("要", "不要")) == kept


BIRTHS = st.dates(date(1900, 1, 1), date(2026, 11, 29))
NUMBERS = st.builds(
    lambda place, born, order: f"{place}{born:%Y%m%d}{order:03}",
    st.integers(110000, 659999),
    BIRTHS,
    st.integers(0, 999),
).map(lambda digits: digits + rules.check_character(digits))


@given(NUMBERS, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_of_an_id_number_is_found(number: str, place: int, off: int) -> None:
    assert rules.read_id_number(number) == number
    digits = "0123456789X" if place == 17 else "0123456789"
    was = digits.index(number[place])
    wrong = number[:place] + digits[(was + off) % len(digits)] + number[place + 1 :]
    assert rules.read_id_number(wrong) is None


@given(NUMBERS, st.integers(0, 16))
def test_two_neighbours_of_an_id_number_in_the_wrong_order_are_found(
    number: str, place: int
) -> None:
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert swapped == number or rules.read_id_number(swapped) is None


QUESTIONS = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from(["a", "b"]), st.booleans()), max_size=8
).map(
    lambda rows: [
        Asked(number, Condition(other % number, choice) if number and depends else None)
        for number, (other, choice, depends) in enumerate(rows)
    ]
)
ANSWERS = st.dictionaries(st.integers(0, 9), st.sampled_from(["", "a", "b", "a\nb"]))


@given(QUESTIONS, ANSWERS)
def test_a_question_is_asked_only_below_one_that_is_asked(
    questions: list[Asked], answers: dict[int, str]
) -> None:
    shown = rules.shown(questions, answers)
    for each in questions:
        condition = each.condition
        fits = condition is None or (
            condition.question in shown
            and condition.choice in answers.get(condition.question, "").split("\n")
        )
        assert (each.number in shown) == fits


@given(QUESTIONS, ANSWERS)
def test_answers_to_what_is_not_asked_change_nothing(
    questions: list[Asked], answers: dict[int, str]
) -> None:
    shown = rules.shown(questions, answers)
    of_shown = {number: value for number, value in answers.items() if number in shown}
    assert rules.shown(questions, of_shown) == shown


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("要不要订餐？要/不要", Written("要不要订餐？", ("要", "不要"))),
        ("Eat with us? yes / no", Written("Eat with us?", ("yes", "no"))),
        ("上车点：桂城、狮山、大沥", Written("上车点", ("桂城", "狮山", "大沥"))),
        ("你会什么？说来听听", Written("你会什么？说来听听")),
        ("带几个孩子来？", Written("带几个孩子来？")),
        ("去吗？去/去", Written("去吗？去/去")),
        (" ", WrongAnswer.EMPTY),
        ("选：" + "/".join(map(str, range(13))), WrongAnswer.TOO_LONG),
        ("选：" + "长" * 21 + "/短", WrongAnswer.TOO_LONG),
    ],
)
def test_a_question_is_read_with_its_choices(words: str, written: Written | WrongAnswer) -> None:
    assert rules.read_question(words) == written
