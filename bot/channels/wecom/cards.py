"""Messages as WeCom's template cards, and as texts where a card cannot hold them whole."""

import hashlib
import unicodedata
from typing import Any

from bot.channels.tencent.in_text import SEE_PICTURE, TextLimits, absolute, in_parts, printable
from bot.conversation.messages import Message, say

# What WeCom advises for a template card (document/path/90236): beyond it a phone shows less.
TITLE, DETAIL, LABEL, LINK_LABEL = 36, 160, 10, 13
VOTE_DETAIL, OPTION_LABEL = 44, 11
BUTTONS, LINKS, OPTIONS = 6, 3, 20

CHOOSE = say("Choose")
DOWNLOAD = say("Download")
VOTE = "vote"
"""The key of a vote's button: what was pressed is the option."""

DUPLICATE_SECONDS = 4 * 3600
"""How long WeCom is asked to recognise a repeat: the longest it can."""

TemplateCard = dict[str, Any]
Payload = dict[str, Any]


def payloads(
    to: str, agent_id: int, message: Message, task_id: str, limits: TextLimits
) -> list[Payload]:
    """The sends that a message takes, the same bytes whenever it is the same message.

    A card is one send. What does not fit a card, or has no buttons, goes as text, the choices
    numbered and the buttons to be typed.
    """
    about = {
        "touser": to,
        "agentid": agent_id,
        "enable_duplicate_check": 1,
        "duplicate_check_interval": DUPLICATE_SECONDS,
    }
    card = draw(message, task_id, limits)
    if card is not None:
        return [{**about, "msgtype": "template_card", "template_card": card}]
    return [
        {**about, "msgtype": "text", "text": {"content": content}}
        for content in in_parts(message, limits)
    ]


def draw(message: Message, task_id: str, limits: TextLimits) -> TemplateCard | None:
    """The message as a card with all its words and buttons; None where they do not fit."""
    title, _, detail = printable(message.text).strip().partition("\n")
    detail = detail.strip("\n")
    if not title or width(title) > TITLE * 2 or width(detail) > DETAIL * 2:
        return None
    said = {"main_title": {"title": title}, **({"sub_title_text": detail} if detail else {})}
    presses, links = _presses(message), _links(message, limits)
    if presses is None or not (presses or links):
        return None
    if not presses:
        return _notice(said, links, task_id)
    if len(presses) > BUTTONS and not links and not any(each.in_text for each in message.choices):
        return _vote(title, detail, presses, task_id, limits.render(CHOOSE, message.language))
    buttons = presses + [{"type": 1, "text": label, "url": url} for label, url in links]
    if len(buttons) > BUTTONS or any(width(each["text"]) > LABEL * 2 for each in buttons):
        return None
    return {
        "card_type": "button_interaction",
        **said,
        "task_id": task_id,
        "button_list": buttons,
    }


def _notice(said: TemplateCard, links: list[tuple[str, str]], task_id: str) -> TemplateCard | None:
    if len(links) > LINKS or any(width(label) > LINK_LABEL * 2 for label, _ in links):
        return None
    return {
        "card_type": "text_notice",
        **said,
        "task_id": task_id,
        "jump_list": [{"type": 1, "title": label, "url": url} for label, url in links],
        "card_action": {"type": 1, "url": links[0][1]},
    }


def _vote(
    title: str, detail: str, options: list[TemplateCard], task_id: str, submit: str
) -> TemplateCard | None:
    """Many buttons as the options of a vote: picked, then sent. A list in the text needs none."""
    is_too_broad = any(width(each["text"]) > OPTION_LABEL * 2 for each in options)
    if len(options) > OPTIONS or width(detail) > VOTE_DETAIL * 2 or is_too_broad:
        return None
    return {
        "card_type": "vote_interaction",
        "main_title": {"title": title, **({"desc": detail} if detail else {})},
        "task_id": task_id,
        "checkbox": {
            "question_key": VOTE,
            "mode": 0,
            "option_list": [{"id": each["key"], "text": each["text"]} for each in options],
        },
        "submit_button": {"text": submit, "key": VOTE},
    }


def _presses(message: Message) -> list[TemplateCard] | None:
    """The buttons that press; None where two would be the same to WeCom."""
    pressed = [
        (_clipped(f"{each.number} {each.label}") if each.in_text else each.label, each.data)
        for each in message.choices
    ]
    pressed += [(button.label, button.data) for button in message.buttons if button.data]
    if len({data for _, data in pressed}) < len(pressed):
        return None
    return [{"type": 0, "text": printable(label), "key": data} for label, data in pressed]


def _links(message: Message, limits: TextLimits) -> list[tuple[str, str]]:
    """What opens an address; a path of a station without a public address opens nothing."""
    links = [(button.label, button.url) for button in message.buttons if not button.data]
    if message.picture:
        links.append((limits.render(SEE_PICTURE, message.language), f"/pictures/{message.picture}"))
    found = [(printable(label), absolute(url, limits)) for label, url in links]
    if message.file is not None:
        found.append((limits.render(DOWNLOAD, message.language), limits.file_link(message.file)))
    return [(label, url) for label, url in found if url]


def width(text: str) -> int:
    """How broad a text is in halves of a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(each) in "WFA" else 1 for each in text)


def _clipped(label: str) -> str:
    """A label whose whole line stands in the text, as much of it as a button shows."""
    if width(label) <= LABEL * 2:
        return label
    kept = ""
    for each in label:
        if width(kept + each) > LABEL * 2 - 2:
            break
        kept += each
    return kept.rstrip() + "…"


def task_id_of(*parts: str) -> str:
    """A name for a card in the letters that WeCom takes, the same for the same parts."""
    return hashlib.sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:40]
