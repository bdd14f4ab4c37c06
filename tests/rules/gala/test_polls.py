"""Polls as they are written, and what answers of a quiz are worth."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.rules.gala import polls, quizzes
from models.rules.gala.polls import Drafted, Question, Unclear
from models.rules.gala.quizzes import Answered, Place

SECOND = timedelta(seconds=1)


def test_a_poll_is_written_as_one_would_write_it_down() -> None:
    read = polls.read(" 最佳节目 ", "哪个最好？\n- 开场舞\n－ 合唱\n\n还来吗？\n- 来\n- 不来")
    assert read == Drafted(
        "最佳节目",
        (Question("哪个最好？", ("开场舞", "合唱")), Question("还来吗？", ("来", "不来"))),
    )
    assert isinstance(read, Drafted)
    assert not read.is_quiz


def test_a_quiz_names_the_right_answer_of_each_question() -> None:
    quiz = polls.read("知识抢答", "南海在哪个市？\n- 广州\n= 佛山")
    assert isinstance(quiz, Drafted)
    assert quiz.is_quiz
    assert quiz.questions[0].right == {2}


@pytest.mark.parametrize(
    ("title", "text", "why"),
    [
        ("", "哪个？\n- 一\n- 二", Unclear.NO_TITLE),
        ("题", "", Unclear.NO_QUESTION),
        ("题", "- 一\n- 二", Unclear.NO_QUESTION),
        ("题", "哪个？\n- 一", Unclear.FEW_CHOICES),
        ("题", "哪个？\n" + "- 一\n" * 9, Unclear.TOO_MANY_CHOICES),
        ("题", "哪个？\n- 一\n- 二\n" * 11, Unclear.TOO_MANY_QUESTIONS),
        ("题", f"哪个？\n- {'长' * 41}\n- 二", Unclear.TOO_LONG),
        ("题", "哪个？\n- 一\n= 二\n还有？\n- 一\n- 二", Unclear.SOME_RIGHT),
    ],
)
def test_what_is_no_poll_says_why(title: str, text: str, why: Unclear) -> None:
    assert polls.read(title, text) is why


WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=20)
QUESTIONS = st.builds(
    Question,
    WORDS,
    st.lists(WORDS, min_size=2, max_size=8).map(tuple),
    st.just(frozenset[int]()),
)


@given(st.lists(QUESTIONS, min_size=1, max_size=10).map(tuple))
def test_what_was_written_is_read_back(questions: tuple[Question, ...]) -> None:
    drafted = Drafted("题", questions)
    assert polls.read("题", polls.written(drafted)) == drafted


def test_who_reads_an_older_copy_loses_nothing_by_it() -> None:
    assert quizzes.thought(SECOND) == quizzes.thought(4 * SECOND) == 0 * SECOND
    assert quizzes.thought(9 * SECOND) == 5 * SECOND


def test_points_come_first_and_then_whole_seconds() -> None:
    found = quizzes.places(
        [
            Answered(1, 2, 9 * SECOND),
            Answered(2, 3, 20 * SECOND),
            Answered(3, 2, 9.4 * SECOND),
            Answered(4, 0, 0 * SECOND),
            Answered(5, 2, 10 * SECOND),
        ]
    )
    assert list(found) == [
        Place(1, 2, 30, 20),
        Place(2, 1, 20, 9),
        Place(2, 3, 20, 9),
        Place(4, 5, 20, 10),
    ]


@given(
    st.lists(
        st.builds(
            Answered,
            st.integers(1, 500),
            st.integers(0, 3),
            st.integers(0, 4).map(lambda n: n * SECOND),
        ),
        unique_by=lambda each: each.member_id,
    )
)
def test_nobody_stands_behind_somebody_worse(answers: list[Answered]) -> None:
    found = quizzes.places(answers)
    keys = [(-each.points, each.seconds) for each in found]
    assert keys == sorted(keys)
    assert len(found) <= 2 * quizzes.MOST_PLACES
    best = max((each.right for each in answers), default=0)
    assert not best or found[0].points == best * quizzes.POINTS
