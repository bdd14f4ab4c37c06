"""Which addresses a hook may have."""

from urllib.parse import urlsplit

from models.rules.sending import hook_kinds

LONGEST_URL = 300


def host_of(url: str) -> str:
    """The name of the machine that is told: an address may hold what others shall not read."""
    return urlsplit(url).hostname or url


def is_address(url: str, *, private: bool) -> bool:
    """Whether a hook may have this address; ``private`` lets it be in the house, and plain HTTP.

    What a name stands for is looked at again when it is called.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    is_plain = url.isascii() and url.isprintable() and " " not in url
    if len(url) > LONGEST_URL or not host or not is_plain or "@" in parts.netloc or parts.fragment:
        return False
    if private:
        return parts.scheme in ("https", "http")
    is_number = host.replace(".", "").isdecimal() or ":" in host
    is_there = hook_kinds.is_public(host) if is_number else "." in host
    return parts.scheme == "https" and is_there
