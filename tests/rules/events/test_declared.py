"""Groups that quotas have by profile: read as they are written, in both languages."""

import pytest

from bot.conversation.language import phrasebook
from bot.conversation.messages import say
from handlers.words import INTERESTS, SHIFTS
from models.rules.events import declared
from models.rules.languages import LANGUAGES
from models.rules.members.interests import Interest
from models.rules.members.shifts import Shift


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_group_is_read_as_it_is_told(language: str) -> None:
    in_words = phrasebook().into(language)
    for interest, label in INTERESTS.items():
        told = in_words(say("who likes {interest}", interest=label))
        assert declared.column_of(told) == f"/i:{interest}/", told
    for shift, label in SHIFTS.items():
        assert declared.column_of(in_words(label)) == f"/h:{shift}/", shift
    assert declared.column_of(in_words(say("first-timers"))) == declared.FIRST_TIME


def test_what_names_no_group_is_none() -> None:
    for words in ("月球", "the moon", "昭信集团", "男", ""):
        assert declared.column_of(words) == "", words
    assert declared.column_of("没来过的") == declared.column_of("newcomers") == declared.FIRST_TIME


def test_a_person_belongs_to_what_they_said() -> None:
    parts = declared.parts_of(Shift.NIGHT, [Interest.FOOD], is_new=False)
    assert parts == {"h:night", "i:food"}
    assert "n:first" in declared.parts_of(None, [], is_new=True)
    assert declared.group_of("/h:night/") is Shift.NIGHT
    assert declared.group_of(declared.FIRST_TIME) is None
    assert declared.is_declared("/i:food/")
    assert not declared.is_declared("/s12/")
