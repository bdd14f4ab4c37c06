"""The custom menu of WeChat and WeCom: three columns of five rows that press or open something."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels import LinkTo
from bot.channels.tencent.api import ApiError, TokenApi
from bot.channels.tencent.in_text import size

COLUMNS, ROWS = 3, 5
NAME_BYTES, ROW_NAME_BYTES = 16, 40
KEY_BYTES = 128

MENU_GET, MENU_CREATE = "/cgi-bin/menu/get", "/cgi-bin/menu/create"
NO_MENU = 46003

Menu = Sequence[tuple[str, "str | Sequence[tuple[str, str]]"]]
"""Label and packed action, address or path; or label and the rows of a submenu."""

MenuButton = Mapping[str, Any]


def columns_of(menu: Menu, link_to: LinkTo) -> list[MenuButton]:
    """The menu as the API takes it; raises ValueError beyond the platforms' limits."""
    columns = [column for label, does in menu if (column := _column(label, does, link_to))]
    if len(columns) > COLUMNS:
        raise ValueError(f"a menu has at most {COLUMNS} columns")
    return columns


def _column(label: str, does: "str | Sequence[tuple[str, str]]", link_to: LinkTo) -> MenuButton:
    if size(label) > NAME_BYTES:
        raise ValueError(f"the menu's {label!r} is longer than {NAME_BYTES} bytes")
    if isinstance(does, str):
        return _row(label, does, link_to)
    if not 1 <= len(does) <= ROWS:
        raise ValueError(f"the submenu {label!r} does not have one to {ROWS} rows")
    rows = [row for name, act in does if (row := _row(name, act, link_to))]
    return {"name": label, "sub_button": rows} if rows else {}


def _row(label: str, does: str, link_to: LinkTo) -> MenuButton:
    if size(label) > ROW_NAME_BYTES:
        raise ValueError(f"the menu's {label!r} is longer than {ROW_NAME_BYTES} bytes")
    if does.startswith(("/", "http://", "https://")):
        url = link_to(does) if does.startswith("/") else does
        # Without a public address there is nothing to open, and so no button for it.
        return {"type": "view", "name": label, "url": url} if url else {}
    if not 1 <= size(does) <= KEY_BYTES:
        raise ValueError(f"what the menu's {label!r} does is not 1 to {KEY_BYTES} bytes")
    return {"type": "click", "name": label, "key": does}


async def create_unless_current(api: TokenApi, wanted: list[MenuButton], **query: str) -> None:
    """Create the custom menu unless it is there already; raises ApiError, NotSent or MaybeSent."""
    if await _current(api, query) != wanted:
        await api.call(MENU_CREATE, {"button": wanted}, **query)


async def _current(api: TokenApi, query: Mapping[str, str]) -> list[MenuButton]:
    try:
        answer = await api.call(MENU_GET, None, **query)
    except ApiError as error:
        if error.code == NO_MENU:
            return []
        raise
    # WeChat's answer holds the menu, WeCom's is it.
    return [_without_empty(each) for each in answer.get("menu", answer).get("button", [])]


def _without_empty(button: MenuButton) -> MenuButton:
    """A button as it was created: the platform returns it with an empty submenu added."""
    kept = {name: value for name, value in button.items() if name != "sub_button"}
    rows = button.get("sub_button")
    if isinstance(rows, dict):
        rows = rows.get("list")
    if rows:
        kept["sub_button"] = [_without_empty(each) for each in rows]
    return kept
