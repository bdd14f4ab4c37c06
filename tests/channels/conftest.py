"""A certificate for servers on loopback."""

import ssl
from pathlib import Path

import pytest

from tests.platforms import certificates


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificates.self_signed(tmp_path_factory.mktemp("tls") / "tls.pem", "localhost")


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    """What a server with the certificate speaks TLS by."""
    return certificates.serves(certificate)


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have clients trust the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
