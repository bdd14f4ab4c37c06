"""Lay messages out as plain text, for platforms without buttons, long messages or files."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.channels import LinkTo, Render
from bot.conversation.messages import Attachment, Message, ShownButton, ShownChoice, say

TOO_LONG = say("… (too long, the rest doesn't fit)")
SEE_PICTURE = say("See the picture")

LABEL_BYTES = 120
LINKED_LINE_BYTES = 600
SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")

_BOUNDARIES = (
    re.compile(r"[。！？；…!?;][”’」』）)]*|\.(?=\s)"),
    re.compile(r"[，、：,:]|\s"),
)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG_OPENS = re.compile(r"<(?=[A-Za-z/!])")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimits:
    """The limits of a platform's texts: ``max_bytes`` of UTF-8, and whether links can press.

    ``render`` puts the words into a language that stand for what a text cannot hold.
    """

    max_bytes: int
    has_press_links: bool
    link_to: LinkTo
    file_link: Callable[[Attachment], str]
    render: Render


# Messages


def in_parts(message: Message, limits: TextLimits) -> list[str]:
    """Return the whole message in as many texts as it takes."""
    whole = _whole(message, limits, with_press_links=limits.has_press_links)
    texts = (part.strip("\n") for part in split(whole, limits.max_bytes))
    return [text for text in texts if text.strip()]


def in_one(message: Message, limits: TextLimits) -> str:
    """Return the message as one text, shortened if it must be.

    First the choices lose their links, since a typed number does as well; then the text loses its
    end. What can be done next is dropped last.
    """
    for with_press_links in (limits.has_press_links, False):
        whole = _whole(message, limits, with_press_links=with_press_links).strip("\n")
        if size(whole) <= limits.max_bytes:
            return whole
    message = message.joined()
    body = clean(message.text)
    tail = [limits.render(TOO_LONG, message.language)]
    tail += _buttons(message.buttons, message, limits)
    tail += _picture(message, limits) + _file(message, limits)
    tail += [_numbered(choice) for choice in message.choices if not choice.in_text]
    tail = _fitting(tail, limits.max_bytes * 2 // 3)
    room = limits.max_bytes - size("\n".join(tail))
    return "".join((_beginning(body, room), "\n".join(tail))).strip("\n")


def _whole(message: Message, limits: TextLimits, *, with_press_links: bool) -> str:
    """Return the message and below it its notices, each with its own buttons."""
    return "\n\n".join(
        _joined(*_laid_out(each, limits, with_press_links=with_press_links))
        for each in (message, *message.notices)
    )


def _laid_out(
    message: Message, limits: TextLimits, *, with_press_links: bool
) -> tuple[str, list[str]]:
    body = clean(message.text)
    below: list[str] = []
    for choice in message.choices:
        linked = _with_linked_line(body, choice) if with_press_links and choice.in_text else None
        if linked is not None:
            body = linked
        elif with_press_links:
            label = f"{choice.number} {choice.label}"
            below.append(press_link(label, choice.data))
        elif not choice.in_text:
            below.append(_numbered(choice))
    below += _buttons(message.buttons, message, limits)
    below += _picture(message, limits) + _file(message, limits)
    return body, below


def _joined(body: str, below: list[str]) -> str:
    if not below:
        return body
    return "\n".join((body, "", *below)) if body else "\n".join(below)


def _numbered(choice: ShownChoice) -> str:
    return f"{choice.number} {_one_line(choice.label)}"


def _with_linked_line(body: str, choice: ShownChoice) -> str | None:
    """Make the choice's own line in the text tappable; None when that line is not to be found."""
    lines = list(re.finditer(rf"^{choice.number}\. [^\n<]+$", body, re.MULTILINE))
    if not lines:
        return None
    # The lines of the choices stand last; a numbered line before them belongs to the text.
    found = lines[-1]
    link = _press_link(f"{choice.number} {choice.label}", choice.data, found.group())
    if size(link) > LINKED_LINE_BYTES:
        return None
    return body[: found.start()] + link + body[found.end() :]


def _buttons(buttons: tuple[ShownButton, ...], message: Message, limits: TextLimits) -> list[str]:
    lines: list[str] = []
    typed: list[str] = []
    for button in buttons:
        if button.data and limits.has_press_links:
            lines.append(press_link(button.label, button.data))
        elif button.data:
            typed.append(_one_line(button.label))
        else:
            lines += _web_link(button.label, button.url, limits)
    if typed:
        reply_with = say("Reply: {words}", words=" / ".join(typed))
        lines.append(limits.render(reply_with, message.language))
    return lines


def _picture(message: Message, limits: TextLimits) -> list[str]:
    if not message.picture:
        return []
    label = limits.render(SEE_PICTURE, message.language)
    return _web_link(label, f"/pictures/{message.picture}", limits)


def _file(message: Message, limits: TextLimits) -> list[str]:
    if message.file is None:
        return []
    label = say("Download {file}", file=message.file.name)
    link = limits.file_link(message.file)
    return _web_link(limits.render(label, message.language), link, limits)


# Links


def press_link(label: str, data: str) -> str:
    """Return a link that sends ``label`` in the person's name and carries ``data``.

    WeChat does not document this link, nor whether the client decodes percent signs: what it
    carries is the same decoded or not.
    """
    shown = _clipped(_one_line(label))
    return _press_link(shown, data, shown)


def _press_link(said: str, data: str, shown: str) -> str:
    said = _clipped(_one_line(said)).translate(_WIDE)
    return (
        f'<a href="weixin://bizmsgmenu?msgmenucontent={said}'
        f'&msgmenuid={press_to_id(data)}">{shown}</a>'
    )


# A space may end an address, so a no-break space replaces it.
_WIDE = str.maketrans({each: chr(ord(each) + 0xFEE0) for each in "\"'<>&%+#?="} | {" ": "\xa0"})


def press_to_id(data: str) -> str:
    """Return a button's data in letters that survive URL encoding; others become ``~XX``."""
    return "".join(chr(byte) if byte in SAFE else f"~{byte:02X}" for byte in data.encode())


def id_to_press(id: str) -> str:
    """The data that ``press_to_id`` packed; an id of another origin is returned as it is."""
    packed = re.sub(r"~([0-9A-F]{2})", lambda each: f"%{each[1]}", id.replace("%", "%25"))
    raw = re.sub(rb"%([0-9A-F]{2})", lambda each: bytes.fromhex(each[1].decode()), packed.encode())
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return id


def _web_link(label: str, url: str, limits: TextLimits) -> list[str]:
    """Return the line that opens an address; none for a path if the station has no public one."""
    address = absolute(url, limits)
    if not address:
        return []
    link = f'<a href="{address}">{_clipped(_one_line(label))}</a>'
    return [link] if size(link) <= limits.max_bytes // 2 else []


def absolute(url: str, limits: TextLimits) -> str:
    """Return an address to open, escaped; empty for a path if the station has no public one."""
    address = limits.link_to(url) if url.startswith("/") else url
    return re.sub(r'[\s"<>]', lambda each: f"%{ord(each[0]):02X}", address)


# Texts


def printable(text: str) -> str:
    """Return the text without the characters that XML and a database cannot hold."""
    return _UNPRINTABLE.sub("", text)


def clean(text: str) -> str:
    """Return the printable text, with nothing in it that could pass for a link of ours."""
    return _TAG_OPENS.sub("＜", printable(text))


def _one_line(label: str) -> str:
    return " ".join(clean(label).replace("<", "＜").split())


def _clipped(label: str) -> str:
    if size(label) <= LABEL_BYTES:
        return label
    return _cut(label, LABEL_BYTES - size("…"))[0] + "…"


def size(text: str) -> int:
    return len(text.encode())


def split(text: str, limit: int) -> list[str]:
    """Cut a text into parts of at most ``limit`` bytes that, put together, are the text again.

    A line stays whole unless it is longer than a part; then it is cut after a sentence.
    """
    if limit < 4:
        raise ValueError("a part must have room for any character")
    parts: list[str] = []
    room = 0
    for piece in _pieces(text, limit):
        if size(piece) <= room:
            parts[-1] += piece
            room -= size(piece)
        else:
            parts.append(piece)
            room = limit - size(piece)
    return parts


def _pieces(text: str, limit: int) -> Iterator[str]:
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        rest = line
        while size(rest) > limit:
            piece, rest = _cut(rest, limit)
            yield piece
        yield rest


def _cut(text: str, limit: int) -> tuple[str, str]:
    """Return the longest head within ``limit`` bytes, at a good boundary if any, and the rest."""
    head = text.encode()[:limit].decode(errors="ignore")
    for boundary in _BOUNDARIES:
        ends = [each.end() for each in boundary.finditer(head)]
        # A cut in the first half would waste more than a rough end costs.
        if ends and ends[-1] * 2 >= len(head):
            return text[: ends[-1]], text[ends[-1] :]
    return head, text[len(head) :]


def _beginning(text: str, room: int) -> str:
    """Return the whole lines that fit, and the sentences of the next one that still do."""
    kept = ""
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        left = room - size(kept)
        if size(line) > left:
            return kept + (_cut(line, left)[0] if left > room // 2 else "")
        kept += line
    return kept


def _fitting(lines: list[str], limit: int) -> list[str]:
    kept: list[str] = []
    for line in lines:
        if size("\n".join((*kept, line))) > limit:
            break
        kept.append(line)
    return kept
