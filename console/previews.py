"""What people see on each platform: a reply as the channels lay it out, without sending it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import unescape

from bot.conversation.language import Reader, render, to_text
from bot.conversation.messages import Message, Reply, Sayable, Text
from console.desk import Desk

TELEGRAM, WECHAT, WECOM, WEB = "Telegram", "WeChat", "WeCom", "web page"
"""The platforms by the names that accounts give themselves."""

TAGS = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Shown:
    """What people get on a platform in a language: one text or several, and what can be pressed."""

    platform: Sayable
    language: str
    texts: Sequence[str]
    buttons: Sequence[str] = ()
    has_picture: bool = False


def shown(
    desk: Desk, reply: Reply, platforms: Iterable[str], languages: Iterable[str]
) -> list[Shown]:
    """A reply as each of these platforms shows it, in each of these languages."""
    messages = [render(reply, _reader(desk, each)) for each in languages]
    return [_shown(desk, platform, each) for platform in platforms for each in messages]


def _reader(desk: Desk, language: str) -> Reader:
    return desk.house.phrasebook.reader(language, desk.care.zone, desk.now)


def _shown(desk: Desk, platform: str, message: Message) -> Shown:
    name, language = Text(platform), message.language
    choices = [each.label for each in message.choices]
    labels = [*choices, *(each.label for each in message.buttons)]
    if platform not in (WECHAT, WECOM):
        return Shown(name, language, [message.text], labels, bool(message.picture))
    # Looked at rarely: a station that never does stays small.
    from bot.channels.tencent.in_text import TextLimits, in_parts
    from bot.channels.tencent.push_channel import MAX_TEXT

    limits = TextLimits(
        max_bytes=MAX_TEXT,
        has_press_links=platform == WECHAT,
        link_to=desk.house.link_to,
        # What is shown here has no file.
        file_link=lambda file: file.name,
        render=lambda said, language: to_text(said, _reader(desk, language)),
    )
    if platform == WECOM:
        from bot.channels.wecom import cards

        if (card := cards.draw(message, "", limits)) is not None:
            texts = [card["main_title"]["title"], card.get("sub_title_text", "")]
            return Shown(name, language, ["\n".join(filter(None, texts))], labels)
    texts = [unescape(TAGS.sub("", each)) for each in in_parts(message, limits)]
    return Shown(name, language, texts)
