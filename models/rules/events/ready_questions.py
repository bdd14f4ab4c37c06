"""The ready-made questions that an organizer adds in two taps, or by a word in a sheet."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.rules.events.questions import QuestionKind
from models.rules.languages import Translated


@dataclass(frozen=True, slots=True)
class Ready:
    """A ready-made question. Its words become a row of the event, in every language.

    ``names`` are the words for it in a sheet. One of a choice without ``choices`` takes them from
    the organizer.
    """

    names: tuple[str, ...]
    text: Translated
    kind: QuestionKind
    choices: tuple[Translated, ...] = ()
    required: bool = True
    per_person: bool = True
    at_check_in: bool = False


def _in_both(zh: str, en: str) -> Translated:
    return Translated(zh, {"en": en})


READY: Mapping[str, Ready] = {
    "meal": Ready(
        ("订餐", "用餐", "meal"),
        _in_both("要不要订餐？", "Would you like a meal?"),
        QuestionKind.CHOICE,
        (_in_both("要", "A meal"), _in_both("不要", "No meal")),
    ),
    "size": Ready(
        ("衣服尺码", "尺码", "size"),
        _in_both("衣服穿几码？", "What size do you wear?"),
        QuestionKind.SIZE,
    ),
    "stop": Ready(
        ("上车点", "stop"),
        _in_both("在哪上车？", "Where do you get on?"),
        QuestionKind.CHOICE,
        per_person=False,
        at_check_in=True,
    ),
    "phone": Ready(
        ("电话", "手机号", "phone"),
        _in_both("打哪个电话能找到你？", "On which phone number can you be reached?"),
        QuestionKind.PHONE,
        per_person=False,
    ),
    "id-name": Ready(
        ("证件姓名", "身份证姓名", "name on the id"),
        _in_both("身份证上的姓名是？", "What's the name on your ID card?"),
        QuestionKind.TEXT,
    ),
    "id-number": Ready(
        ("身份证号", "身份证号码", "id number"),
        _in_both("你的身份证号是多少？", "What's your ID card number?"),
        QuestionKind.ID_NUMBER,
    ),
    "certificate-photo": Ready(
        ("证书照片", "photo of a certificate"),
        _in_both("请把证书或操作证拍照发来。", "Send a photo of your certificate or licence."),
        QuestionKind.PHOTO,
    ),
    "allergies": Ready(
        ("忌口过敏", "忌口", "过敏", "allergies"),
        _in_both("有什么忌口或过敏吗？", "Is there anything you must not eat, or are allergic to?"),
        QuestionKind.TEXT,
        required=False,
    ),
    "gender": Ready(
        ("男 / 女", "男/女", "性别", "man or woman"),
        _in_both("男还是女？", "Are you a man or a woman?"),
        QuestionKind.CHOICE,
        (_in_both("男", "Man"), _in_both("女", "Woman")),
    ),
}

_BY_NAME = {name.casefold(): key for key, each in READY.items() for name in each.names}


def named(words: str) -> str:
    """Return the key of the ready-made question of this name; empty where there is none."""
    return _BY_NAME.get(" ".join(words.split()).casefold(), "")


def of_answer(choice: str) -> str | None:
    """Return the ready-made question that can be answered so: 男; None where there is none."""
    wanted = choice.casefold()
    for key, each in READY.items():
        said = (version.casefold() for one in each.choices for version in one.versions())
        if wanted in said:
            return key
    return None
