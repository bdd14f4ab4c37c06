"""What a channel lacks, imitated in text: buttons, choices, long messages and files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.channels import FileLink, LinkTo
from bot.conversation.messages import Message, ShownButton, ShownChoice

TOO_LONG = {"zh": "…（太长了，后面的放不下）", "en": "… (too long, the rest doesn't fit)"}
REPLY_WITH = {"zh": "回复：", "en": "Reply: "}
DOWNLOAD = {"zh": "下载", "en": "Download"}
SEE_PICTURE = {"zh": "看图片", "en": "See the picture"}
STILL_AT_IT = {
    "zh": "⏳ 有点慢，还在办，过一会儿再来看看。",
    "en": "⏳ This takes a while, come back in a moment.",
}

LABEL_BYTES = 120
LINKED_LINE_BYTES = 600
SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")

_BOUNDARIES = (
    re.compile(r"[。！？；…!?;][”’」』）)]*|\.(?=\s)"),
    re.compile(r"[，、：,:]|\s"),
)
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TAG_OPENS = re.compile(r"<(?=[A-Za-z/!])")
_PRESS_LINK = re.compile(
    r'<a href="weixin://bizmsgmenu\?msgmenucontent=(?P<said>[^"&]*)&msgmenuid=(?P<id>[^"&]*)">'
    r"(?P<label>[^<]*)</a>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a channel has: ``limit`` bytes in a message, and ``taps`` if links in it can press.

    ``more`` is offered under a message that had to be shortened.
    """

    limit: int
    link_to: LinkTo
    file_link: FileLink
    taps: bool
    more: ShownButton | None = None


# Messages


def in_parts(message: Message, means: Means) -> list[str]:
    """The whole message, in as many texts as it takes."""
    body, below = _laid_out(message, means, taps=means.taps)
    texts = (part.strip("\n") for part in split(_joined(body, below), means.limit))
    return [text for text in texts if text.strip()]


def in_one(message: Message, means: Means) -> str:
    """The message as one text, shortened where it must be.

    First the choices lose their links, for a typed number does as well; then the text its end.
    What can be done next is given up last.
    """
    for taps in (means.taps, False):
        body, below = _laid_out(message, means, taps=taps)
        whole = _joined(body, below).strip("\n")
        if size(whole) <= means.limit:
            return whole
    body = clean(message.text)
    tail = [TOO_LONG[_language(message)]]
    if means.more is not None:
        tail += _buttons((means.more,), message, means)
    tail += _buttons(message.buttons, message, means)
    tail += _picture(message, means) + _file(message, means)
    tail += [_numbered(choice) for choice in message.choices if not choice.in_text]
    tail = _fitting(tail, means.limit * 2 // 3)
    room = means.limit - size("\n".join(tail))
    return "".join((_beginning(body, room), "\n".join(tail))).strip("\n")


def _laid_out(message: Message, means: Means, *, taps: bool) -> tuple[str, list[str]]:
    body = clean(message.text)
    below: list[str] = []
    for choice in message.choices:
        linked = _with_linked_line(body, choice) if taps and choice.in_text else None
        if linked is not None:
            body = linked
        elif taps:
            label = f"{choice.number} {choice.label}"
            below.append(press_link(label, choice.data))
        elif not choice.in_text:
            below.append(_numbered(choice))
    below += _buttons(message.buttons, message, means)
    below += _picture(message, means) + _file(message, means)
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
    # The lines of the choices stand last; a numbered line before them is somebody's own words.
    found = lines[-1]
    link = _press_link(f"{choice.number} {choice.label}", choice.data, found.group())
    if size(link) > LINKED_LINE_BYTES:
        return None
    return body[: found.start()] + link + body[found.end() :]


def _buttons(buttons: tuple[ShownButton, ...], message: Message, means: Means) -> list[str]:
    lines: list[str] = []
    typed: list[str] = []
    for button in buttons:
        if button.data and means.taps:
            lines.append(press_link(button.label, button.data))
        elif button.data:
            typed.append(_one_line(button.label))
        else:
            lines += _web_link(button.label, button.url, means)
    if typed:
        lines.append(REPLY_WITH[_language(message)] + " / ".join(typed))
    return lines


def _picture(message: Message, means: Means) -> list[str]:
    if not message.picture:
        return []
    return _web_link(SEE_PICTURE[_language(message)], f"/pictures/{message.picture}", means)


def _file(message: Message, means: Means) -> list[str]:
    if message.file is None:
        return []
    label = f"{DOWNLOAD[_language(message)]} {message.file.name}"
    return _web_link(label, means.file_link(message.file), means)


def _language(message: Message) -> str:
    return message.language if message.language in TOO_LONG else "zh"


# Links


def press_link(label: str, data: str) -> str:
    """A link that says ``label`` in the person's name and carries ``data``.

    This link is not documented by WeChat, and whether the client undoes percent signs is not
    known: what is put into it is the same decoded or not.
    """
    shown = _clipped(_one_line(label))
    return _press_link(shown, data, shown)


def _press_link(said: str, data: str, shown: str) -> str:
    said = _clipped(_one_line(said)).translate(_WIDE)
    return (
        f'<a href="weixin://bizmsgmenu?msgmenucontent={said}'
        f'&msgmenuid={press_to_id(data)}">{shown}</a>'
    )


# A blank in an address may end it, so a blank that does not break stands for it.
_WIDE = str.maketrans({each: chr(ord(each) + 0xFEE0) for each in "\"'<>&%+#?="} | {" ": "\xa0"})


def press_to_id(data: str) -> str:
    """A button's data in letters that survive any encoding of a link: the others become ``~XX``."""
    return "".join(chr(byte) if byte in SAFE else f"~{byte:02X}" for byte in data.encode())


def id_to_press(id: str) -> str:
    """The data that ``press_to_id`` packed; an id of somebody else's making comes back as it is."""
    packed = re.sub(r"~([0-9A-F]{2})", lambda each: f"%{each[1]}", id.replace("%", "%25"))
    raw = re.sub(rb"%([0-9A-F]{2})", lambda each: bytes.fromhex(each[1].decode()), packed.encode())
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return id


def presses_in(text: str) -> list[tuple[str, str]]:
    """The label and the data of every pressing link in a text."""
    return [(each["label"], id_to_press(each["id"])) for each in _PRESS_LINK.finditer(text)]


def _web_link(label: str, url: str, means: Means) -> list[str]:
    """The line that opens an address; none for a path of a station without a public address."""
    address = absolute(url, means)
    if not address:
        return []
    link = f'<a href="{address}">{_clipped(_one_line(label))}</a>'
    return [link] if size(link) <= means.limit // 2 else []


def absolute(url: str, means: Means) -> str:
    """An address to open, with nothing in it that ends it; empty when nobody could open it."""
    address = means.link_to(url) if url.startswith("/") else url
    return re.sub(r'[\s"<>]', lambda each: f"%{ord(each[0]):02X}", address)


# Texts


def printable(text: str) -> str:
    """The text without the characters that XML and a database cannot hold."""
    return _UNPRINTABLE.sub("", text)


def clean(text: str) -> str:
    """The printable text, in which nothing passes for a link that is not ours."""
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
    """The longest beginning within ``limit`` bytes, ended well if it can be, and the rest."""
    head = text.encode()[:limit].decode(errors="ignore")
    for boundary in _BOUNDARIES:
        ends = [each.end() for each in boundary.finditer(head)]
        # A cut in the first half would waste more than a rough end costs.
        if ends and ends[-1] * 2 >= len(head):
            return text[: ends[-1]], text[ends[-1] :]
    return head, text[len(head) :]


def _beginning(text: str, room: int) -> str:
    """The whole lines that fit, and the sentences of the next one that still do."""
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
