"""Addresses in the settings, checked when they are read."""

import re
from urllib.parse import unquote

from pydantic import SecretStr

_PROXY = re.compile(
    r"https?://((?P<user>[^\s/?#@:]+)(:(?P<password>[^\s/?#@:]*))?@)?"
    r"([^\s/?#@:\[\]]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>\d{1,5}))?/?"
)


def an_origin(url: str) -> str:
    if url and not re.fullmatch(r"https?://[^/\s]+(/[^\s?#]*)?", url):
        raise ValueError('must be an address such as "https://station.example.org"')
    return url.rstrip("/")


def a_service(url: str) -> str:
    """The address below which a service of somebody else's answers."""
    if url and not re.fullmatch(r"https?://[^/\s@?#]+(/[^\s?#]*)?", url):
        raise ValueError('must be an address such as "http://127.0.0.1:11434/v1"')
    return url.rstrip("/")


def a_proxy(proxy: SecretStr) -> SecretStr:
    """An HTTP proxy; what aiohttp would refuse later, or read as another address, is refused."""
    value = proxy.get_secret_value()
    if not value:
        return proxy
    if value.startswith("socks"):
        raise ValueError("must be an HTTP proxy; SOCKS proxies are not supported")
    found = _PROXY.fullmatch(value)
    if found is None or not 0 < int(found["port"] or 80) < 65536:
        raise ValueError('must be an address such as "http://USER:PASSWORD@HOST:PORT"')
    user, password = unquote(found["user"] or ""), unquote(found["password"] or "")
    if ":" in user or not (user + password).isascii():
        raise ValueError("must have an ASCII user name without a colon, and an ASCII password")
    return proxy


def shown(host: str) -> str:
    """A host as a browser takes it: any address is shown as loopback, IPv6 in brackets."""
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
