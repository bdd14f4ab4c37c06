"""Seal what must not be readable in the store alone: by keys that stand outside of it.

cryptography takes seven megabytes, so it is imported when something is sealed or opened.
"""

import base64
import hashlib
import os
from dataclasses import dataclass, field

KEY_BYTES, NONCE_BYTES = 32, 12


@dataclass(frozen=True, slots=True)
class Sealing:
    """Keys of 32 bytes: the first one seals, all of them open. Without one nothing is sealed."""

    keys: tuple[bytes, ...] = field(default=(), repr=False)

    def __bool__(self) -> bool:
        return bool(self.keys)

    def seal(self, text: str, about: str) -> str:
        """Return ``KEY:TEXT``, by AES-256-GCM: the key's name, and nonce and ciphertext.

        ``about`` is told at opening again: what belongs elsewhere does not open there.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key, nonce = self.keys[0], os.urandom(NONCE_BYTES)
        sealed = AESGCM(key).encrypt(nonce, text.encode(), about.encode())
        return f"{name_of(key)}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, sealed: str, about: str) -> str | None:
        """Return what was sealed; None without its key, or if it was changed."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        name, _, content = sealed.partition(":")
        key = next((each for each in self.keys if name_of(each) == name), None)
        if key is None:
            return None
        try:
            whole = base64.urlsafe_b64decode(content)
            opened = AESGCM(key).decrypt(whole[:NONCE_BYTES], whole[NONCE_BYTES:], about.encode())
        except (ValueError, InvalidTag):
            return None
        return opened.decode()


def name_of(key: bytes) -> str:
    """Return the name by which what a key has sealed is told from what others have."""
    return hashlib.sha256(b"answers:" + key).hexdigest()[:8]
