"""An operator's own texts: they go before ours, and what is wrong with them is said by line."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.conversation.language import Phrasebook, to_text
from bot.conversation.messages import Sayable, say, say_n
from bot.conversation.overlays import Unusable, read

SEAT = "{when} (in {n} day)", "{when} (in {n} days)"
WELCOME = "This is {station}: find a team, sign up for events, get reminded."


def written(folder: Path, **catalogues: str) -> Path:
    for name, text in catalogues.items():
        (folder / f"{name}.po").write_text(text, "utf-8")
    return folder


def message(original: str, words: str) -> str:
    return f'msgid "{original}"\nmsgstr "{words}"\n\n'


def test_own_texts_go_before_the_stations_and_all_others_stay(tmp_path: Path) -> None:
    plural = f'msgid "{SEAT[0]}"\nmsgid_plural "{SEAT[1]}"\n'
    overlay = read(
        written(
            tmp_path,
            zh_CN=message("Events", "找乐子")
            + message(WELCOME, "{station}在这里。")
            + plural
            + 'msgstr[0] "{when}，还有 {n} 天"\n',
            en=message("Events", "What is on") + message("Teams", ""),
        )
    )
    assert (overlay.texts, overlay.unsaid) == (4, ())
    book = Phrasebook(over=overlay.translations)

    def told(what: Sayable, language: str) -> str:
        now = datetime(2026, 12, 1, tzinfo=UTC)
        return to_text(what, book.reader(language, ZoneInfo("UTC"), now))

    assert told(say("Events"), "zh") == "找乐子"
    assert told(say(WELCOME, station="驿站"), "zh") == "驿站在这里。"
    assert told(say_n(*SEAT, 3, when="周六"), "zh") == "周六，还有 3 天"
    assert told(say("Teams"), "zh") == Phrasebook().into("zh")(say("Teams"))
    assert told(say("Events"), "en") == "What is on"
    # What is empty is not said.
    assert told(say("Teams"), "en") == "Teams"
    assert told(say_n(*SEAT, 3, when="Sat"), "en") == "Sat (in 3 days)"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (message("Events", "{title}"), ":1: {title} is nothing that this text can fill in; "),
        (message(WELCOME, "Hello"), ":1: {station} of the original is missing"),
        (message(WELCOME, "{station.__class__}"), ":1: {station.__class__} is nothing that"),
        (message(WELCOME, "{station!r}"), ":1: {station!r} is nothing that this text can fill in;"),
        ("\n\n" + message(WELCOME, "{station"), ":3: “{station” has a brace too many or too few"),
        ('msgid "Events"\nmsgstr "找\n', ":2: is not as msgid "),
        ("Events = 找乐子\n", ":1: is not as msgid "),
        ('msgid "Events"\nmsgstr "找"\n"乐"\n"子"x\n', ":4: is not as msgid "),
        ('msgid "Events"\nmsgid "Events"\nmsgstr "找"\n', ":1: is no catalogue"),
    ],
)
def test_what_is_wrong_is_told_by_file_and_line(tmp_path: Path, text: str, said: str) -> None:
    folder = written(tmp_path, zh_CN=text)
    with pytest.raises(Unusable) as caught:
        read(folder)
    assert str(caught.value).startswith(f"{folder}/zh_CN.po{said}"), caught.value


def test_a_folder_holds_catalogues_of_languages_that_are_spoken(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match="there is no such folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(Unusable, match=r"fr\.po: a catalogue is called zh_CN\.po or en\.po"):
        read(written(tmp_path, fr=message("Events", "Sorties")))
    (tmp_path / "fr.po").unlink()
    (tmp_path / "en.po").write_bytes('msgid "Events"\nmsgstr "活动"'.encode("gbk"))
    with pytest.raises(Unusable, match=r"en\.po: cannot be read"):
        read(tmp_path)


def test_what_an_upgrade_no_longer_says_is_listed_and_does_no_harm(tmp_path: Path) -> None:
    old = message("A text of an old version", "旧话")
    overlay = read(written(tmp_path, zh_CN=message("Events", "找乐子") + old))
    assert overlay.unsaid == (f"{tmp_path}/zh_CN.po:4",)
