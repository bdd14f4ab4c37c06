"""Settings: what may be written, and what is said when something wrong is."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from bot.station.sections import NAMED, Section
from bot.station.settings import RENAMED, Settings, read
from bot.station.variables import Misconfigured
from models.rules.languages import Translated

EXAMPLE = Path(__file__).parents[2] / "config.example.toml"
TOKEN = "123456:a-secret-of-the-bot"
Write = Callable[[str], Path]


@pytest.fixture(autouse=True)
def _no_settings_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in os.environ:
        if name.startswith("YIZHAN_"):
            monkeypatch.delenv(name)


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, "utf-8")
        return path

    return write


def sections() -> dict[str, type[Section]]:
    found = dict(NAMED)
    for name, field in Settings.model_fields.items():
        if name not in NAMED:
            assert isinstance(field.annotation, type)
            assert issubclass(field.annotation, Section)
            found[name] = field.annotation
    return found


def example() -> dict[str, Any]:
    """The example file with its accounts, whose lines begin with # and no blank."""
    return tomllib.loads(re.sub(r"(?m)^#(?=\S)", "", EXAMPLE.read_text("utf-8")))


def plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


# The example file


def test_the_example_file_names_every_setting_and_no_other() -> None:
    written = {name: table.get("NAME", table) for name, table in example().items()}
    # Names in further languages are read together.
    written["station"]["names"] = {"en": written["station"].pop("name_en")}
    assert {name: list(table) for name, table in written.items()} == {
        name: list(kind.model_fields) for name, kind in sections().items()
    }


def test_the_example_file_shows_the_defaults() -> None:
    shown = example()
    for section, kind in sections().items():
        table: dict[str, Any] = shown[section].get("NAME", shown[section])
        for name, field in kind.model_fields.items():
            if not field.is_required() and name != "names":
                assert table[name] == plain(field.default), f"[{section}] {name}"


def test_the_example_file_explains_every_setting_in_a_sentence() -> None:
    unexplained = re.findall(r"(?m)^(?!# ).*\n#?(\w+) = ", EXAMPLE.read_text("utf-8"))
    assert unexplained == []


def test_the_example_file_can_be_copied_whole() -> None:
    copied = read(EXAMPLE)
    assert copied.model_dump(exclude={"station"}) == read(None).model_dump(exclude={"station"})
    assert copied.station.called == read(None).station.called


def test_nothing_written_means_the_defaults() -> None:
    settings = read(None)
    assert settings.store.url == "sqlite:///data/yizhan.db"
    assert settings.server.port == 8080
    assert settings.station.timezone == "Asia/Shanghai"
    assert settings.telegram == {}


# What is written


def test_the_environment_goes_before_the_file(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write('[telegram.nanhai]\ntoken = "1:file"\nmessages_per_second = 5')
    monkeypatch.setenv("YIZHAN_TELEGRAM__NANHAI__TOKEN", TOKEN)
    bot = read(path).telegram["nanhai"]
    assert bot.token.get_secret_value() == TOKEN
    assert bot.messages_per_second == 5


def test_a_bot_may_be_named_in_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIZHAN_TELEGRAM__NANHAI__TOKEN", TOKEN)
    assert read(None).telegram["nanhai"].token.get_secret_value() == TOKEN


def test_a_slash_at_the_end_of_an_address_does_not_matter(write: Write) -> None:
    path = write('[server]\npublic_url = "https://station.example.org/"')
    assert read(path).server.public_url == "https://station.example.org"


def test_a_secret_is_never_shown(write: Write) -> None:
    settings = read(write(f'[telegram.nanhai]\ntoken = "{TOKEN}"'))
    assert "a-secret" not in repr(settings)
    assert "a-secret" not in str(settings.telegram)
    assert "a-secret" not in settings.model_dump_json()


def test_a_station_has_a_name_in_each_language(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert read(None).station.called == Translated("创思驿站", {"en": "Yizhan"})
    path = write("[station]\nname = '南海驿站'\nname_en = 'Nanhai station'")
    assert read(path).station.called == Translated("南海驿站", {"en": "Nanhai station"})
    monkeypatch.setenv("YIZHAN_STATION__NAME_EN", "The Nanhai station")
    assert read(path).station.called.to("en") == "The Nanhai station"


# Where secrets stand


def test_a_secret_may_stand_in_a_file_of_its_own(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "token"
    secret.write_text(f"{TOKEN}\n", "utf-8")
    path = write(f"[telegram.nanhai]\ntoken_file = '{secret}'")
    assert read(path).telegram["nanhai"].token.get_secret_value() == TOKEN
    monkeypatch.setenv("YIZHAN_TELEGRAM__NANHAI__TOKEN", "1:variable")
    assert read(path).telegram["nanhai"].token.get_secret_value() == "1:variable"
    monkeypatch.setenv("YIZHAN_TELEGRAM__NANHAI__TOKEN_FILE", str(secret))
    with pytest.raises(Misconfigured, match="YIZHAN_TELEGRAM__NANHAI__TOKEN is given twice"):
        read(path)
    monkeypatch.delenv("YIZHAN_TELEGRAM__NANHAI__TOKEN")
    assert read(None).telegram["nanhai"].token.get_secret_value() == TOKEN
    secret.write_text("\n", "utf-8")
    with pytest.raises(Misconfigured, match="token is empty"):
        read(None)


def test_a_file_of_variables_stands_beside_the_settings(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    variables = tmp_path / ".env"
    variables.write_text(
        "# What compose reads as well\nDATABASE_PASSWORD=x\n"
        "YIZHAN_SERVER__PORT=8083\nYIZHAN_READER__API_KEY='a${HOME}b'\n",
        "utf-8",
    )
    path = write("[server]\nport = 8081")
    assert read(path).server.port == 8083
    assert read(path).reader.api_key.get_secret_value() == "a${HOME}b"
    assert read(None, folder=tmp_path).server.port == 8083
    monkeypatch.setenv("YIZHAN_SERVER__PORT", "8084")
    assert read(path).server.port == 8084
    variables.write_text("YIZHAN_STATION__TIMEZONE=Nanhai\n", "utf-8")
    with pytest.raises(Misconfigured) as caught:
        read(path)
    assert str(caught.value).startswith(
        f"{variables}: YIZHAN_STATION__TIMEZONE: [station] timezone"
    )


def test_credentials_of_a_service_are_variables_that_yield(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "YIZHAN_TELEGRAM__NANHAI__TOKEN").write_text(f"{TOKEN}\n", "utf-8")
    (tmp_path / "of-another-program").write_bytes(b"\xff")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert read(None).telegram["nanhai"].token.get_secret_value() == TOKEN
    monkeypatch.setenv("YIZHAN_TELEGRAM__NANHAI__TOKEN", "1:variable")
    assert read(None).telegram["nanhai"].token.get_secret_value() == "1:variable"


def test_a_missing_secret_is_told_where_it_may_stand(write: Write) -> None:
    with pytest.raises(Misconfigured) as caught:
        read(write("[telegram.nanhai]\nmode = 'polling'"))
    assert "YIZHAN_TELEGRAM__NANHAI__TOKEN and YIZHAN_TELEGRAM__NANHAI__TOKEN_FILE" in str(
        caught.value
    )


def test_what_only_looks_at_the_store_needs_no_account(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("[telegram.nanhai]\n[wecom.a]\n[reader]\nmodel = 'x'\n[server]\nport = 8081")
    monkeypatch.setenv("YIZHAN_WECHAT__NANHAI__SECRET", "alone")
    settings = read(path, only_store=True)
    assert (settings.server.port, settings.telegram, settings.wecom) == (8081, {}, {})
    assert settings.reader.models == ""


# What is wrong


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[store", "is not TOML"),
        ("[weibo.nanhai]\nid = 'x'", "[weibo] is not a setting; known here: store, server"),
        ("[store]\nurll = 'x'", "[store] urll is not a setting; known here: url"),
        (
            "[station]\nbroadcasts_per_day = 3",
            "[station] broadcasts_per_day is now called announcements_per_day.",
        ),
        ("[store]\nurl = 'mysql://x'", "[store] url must begin with sqlite:/// or postgresql://"),
        ("[store]\nurl = 'postgresql://a:b@c:port/d'", "[store] url must be postgresql://USER"),
        ("[server]\nport = 'many'", "[server] port should be a valid integer"),
        ("[server]\nhost = '999.1.1.1'", "[server] host must be an address of this machine"),
        (
            f"[telegram.a]\ntoken = '{TOKEN}'\n[telegram.b]\ntoken = '{TOKEN}'",
            "[telegram.b] token is also that of [telegram.a].",
        ),
        (
            (
                "[server]\npublic_url = 'http://station'\n"
                f"[telegram.a]\ntoken = '{TOKEN}'\nmode = 'webhook'"
            ),
            '[telegram.a] mode "webhook" needs [server] public_url with https.',
        ),
        (
            f"[telegram.a]\ntoken = '{TOKEN}'\ntoken_file = 'token'",
            "[telegram.a] token stands beside token_file.",
        ),
        ("[telegram.a]\ntoken_file = 'nowhere'", "[telegram.a] token_file: nowhere cannot be read"),
        ("[telegram.a]\ntokn_file = 'x'\ntoken='1:x'", "[telegram.a] tokn_file is not a setting"),
        ("[server]\nport = 70000", "[server] port should be less than or equal to 65535"),
        ("[server]\npublic_url = 'station'", "[server] public_url must be an address such as"),
        ("[station]\nname = ''", "[station] name should have 1 characters at least"),
        ("[telegram.a]\ntoken = 5", "[telegram.a] token should be a valid string"),
        (
            "[wechat.a]\napp_id = 'x'\ntoken = 'x'",
            "[wechat.a] token should have 3 characters at least",
        ),
        (
            "[wechat.a]\napp_id = 'x'\ntoken = 'abc'\ntemplates = []",
            "[wechat.a] templates must be a section: [wechat.a.templates]",
        ),
        (
            "[station]\nname_fr = 'Relais'",
            "[station] name_fr is in no known language; known are zh, en.",
        ),
        ("[station]\ncolour = 'red'", "[station] colour is not a setting; known here: name, "),
        ("[station]\ntimezone = 'Nanhai'", "[station] timezone must be a time zone such as"),
        ("[station]\ntimezone = '../x'", "[station] timezone must be a time zone such as"),
        ("[station]\nlanguage = 'fr'", "[station] language must be one of zh, en"),
        ("[station]\nquiet_hours = '10pm'", "[station] quiet_hours must be hours such as"),
        (
            "[station]\nquiet_hours = '22:00-08:00,08:00-22:00'",
            "[station] quiet_hours must end when they do not begin, and leave some time",
        ),
        (
            "[station]\nnight_shift_quiet_hours = '08:00-22:00'",
            "[station] night_shift_quiet_hours must leave, beside quiet_hours, some time",
        ),
        (
            "[station]\nquiet_hours = '15:00-08:00'",
            "[station] night_shift_quiet_hours must leave, beside quiet_hours, some time",
        ),
        (
            "[station]\nannouncements_per_day = -1",
            "[station] announcements_per_day should be greater than or equal to 0",
        ),
        ("[telegram.nanhai]", "[telegram.nanhai] token is missing"),
        ("[telegram]\ntoken = '1:x'", "[telegram] token must be a section: [telegram.NAME]"),
        ("[telegram.Nan-Hai]\ntoken = '1:x'", "[telegram] Nan-Hai must be named with small"),
        ("[telegram.a]\ntoken = 'x'", "[telegram.a] token must be what BotFather gave"),
        ("[telegram.a]\ntokn = '1:x'\ntoken='1:x'", "[telegram.a] tokn is not a setting"),
        (
            "[telegram.a]\ntoken = '1:x'\nmode = 'webhook'",
            '[telegram.a] mode "webhook" needs [server] public_url',
        ),
        (
            "[wechat.a]\napp_id = 'w'\ntoken = 'abc'\nverified = true",
            "[wechat.a] secret is missing",
        ),
        ("[wechat.a]\ntoken = 'abc'", "[wechat.a] app_id is missing"),
        (
            "[wechat.a]\napp_id = 'w'\ntoken = 'abc'\nencoding_aes_key = 'short'",
            "[wechat.a] encoding_aes_key must be the 43 letters and digits",
        ),
        (
            "[wechat.a]\napp_id = 'w'\ntoken = 'abc'\n[wechat.a.templates.news]\nid = 'T'",
            "[wechat.a.templates] news should be 'reminder', 'offer' or 'change'",
        ),
        (
            "[wechat.a]\napp_id = 'w'\ntoken = 'abc'\n[wechat.a.templates.offer]\nid = 'T'",
            "[wechat.a.templates.offer] fields is missing",
        ),
        (
            (
                "[wechat.a]\napp_id = 'w'\ntoken = 'abc'\n"
                "[wechat.a.subscriptions.offer]\nid = 'T'\nurl = ''\nfields = {thing1 = 'title'}"
            ),
            "[wechat.a.subscriptions.offer] url is not a setting; known here: id, fields",
        ),
        (
            (
                "[wechat.a]\napp_id = 'w'\ntoken = 'abc'\n"
                "[wechat.a.templates.offer]\nid = 'T'\nfields = {first = 'title'}"
            ),
            "[wechat.a.templates.offer] fields knows thing1, name1, phrase1, time1, date1",
        ),
        (
            (
                "[wechat.a]\napp_id = 'w'\ntoken = 'abc'\n"
                "[wechat.a.templates.offer]\nid = 'T'\nfields = {time1 = 'title'}"
            ),
            '[wechat.a.templates.offer] fields has "time" for time1, nothing else',
        ),
        (
            f"[telegram.a]\ntoken = '{TOKEN}'\nproxy = 'socks5://host:1080'",
            "[telegram.a] proxy must be an HTTP proxy; SOCKS proxies are not supported",
        ),
        (
            f"[telegram.a]\ntoken = '{TOKEN}'\nproxy = 'host:3128'",
            '[telegram.a] proxy must be an address such as "http://USER:PASSWORD@HOST:PORT"',
        ),
        (
            "[wechat.a]\napp_id = 'w'\ntoken = 'abc'\nproxy = 'http://user:p@ss@host:3128'",
            '[wechat.a] proxy must be an address such as "http://USER:PASSWORD@HOST:PORT"',
        ),
        (
            f"[telegram.a]\ntoken = '{TOKEN}'\nproxy = 'http://user:%E5%AF%86@host:3128'",
            "[telegram.a] proxy must have an ASCII user name without a colon",
        ),
        ("[wecom.a]\ncorp_id = 'ww'", "[wecom.a] agent_id is missing"),
        (
            "[wecom.a]\ncorp_id = 'ww'\nagent_id = 1\nsecret = 's'\ntoken = 'abc'",
            "[wecom.a] encoding_aes_key is missing",
        ),
        (
            "[wecom.a]\ncorp_id='w'\nagent_id=1\nsecret='s'\ntoken='abc'\nencoding_aes_key=''",
            "[wecom.a] encoding_aes_key must be the 43 letters and digits",
        ),
        (
            "[wecom.a]\ncorp_id = 'ww'\nagent_id = 'app'",
            "[wecom.a] agent_id should be a valid integer",
        ),
    ],
)
def test_a_wrong_file_gets_one_sentence_that_names_it(write: Write, text: str, said: str) -> None:
    path = write(text)
    with pytest.raises(Misconfigured) as caught:
        read(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}: ")
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_renamed_setting_is_called_by_a_name_that_exists() -> None:
    for (section, old), new in RENAMED.items():
        names = sections()[section].model_fields
        assert new in names
        assert old not in names


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="there is no such file"):
        read(tmp_path / "config.toml")


def test_a_file_in_another_encoding_is_said_to_be_so(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes('[station]\nname = "驿站"'.encode("gbk"))
    with pytest.raises(Misconfigured, match="is not UTF-8 text"):
        read(path)


def test_a_folder_is_not_a_file_of_settings(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("YIZHAN_SERVER__PORT", "many", "YIZHAN_SERVER__PORT: [server] port should be"),
        ("YIZHAN_STORE__URLL", "x", "YIZHAN_STORE__URLL: [store] urll is not a setting"),
        ("YIZHAN_STATION__BROADCASTS_PER_DAY", "3", "is now called announcements_per_day"),
        ("YIZHAN_TELEGRM__A__TOKEN", TOKEN, "known sections are store, server"),
        ("YIZHAN_SERVER__TRUSTED_PROXIES", "not json", "a list is written as JSON"),
        ("YIZHAN_PORT", "8080", "YIZHAN_PORT: is not YIZHAN_SECTION__NAME;"),
        ("YIZHAN_STORE__URL_FILE", "nowhere", "URL_FILE: nowhere cannot be read: No such file"),
    ],
)
def test_a_wrong_variable_gets_one_sentence_that_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured) as caught:
        read(None)
    assert said in str(caught.value)


def test_a_wrong_secret_is_not_repeated_in_the_sentence(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "this-was-meant-to-be-secret"
    for text in (
        f"[telegram.a]\ntoken = '{secret}'",
        f"[wechat.a]\napp_id = 'w'\ntoken = 'abc'\nencoding_aes_key = '{secret}'",
        f"[wechat.a]\napp_id = 'w'\ntoken = '{secret * 2}'",
        f"[telegram.a]\nproxy = 'http://user:{secret}@'",
        f"[telegram.a]\nproxy = 'socks5://user:{secret}@host:1080'",
        f"[store]\nurl = 'mysql://user:{secret}@host/db'",
    ):
        with pytest.raises(Misconfigured) as caught:
            read(write(text))
        assert secret not in str(caught.value)
    monkeypatch.setenv("YIZHAN_TELEGRAM__A__TOKEN", secret)
    with pytest.raises(Misconfigured) as caught:
        read(None)
    assert secret not in str(caught.value)


@pytest.mark.parametrize(
    "proxy",
    [
        "http://127.0.0.1:3128",
        "https://proxy.example.org",
        "http://user:p%40ss%3A@proxy:8080/",
        "http://user@[::1]:8080",
    ],
)
def test_a_proxy_is_kept_as_a_secret(
    write: Write, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("YIZHAN_TELEGRAM__A__PROXY", proxy)
    settings = read(write(f"[telegram.a]\ntoken = '{TOKEN}'"))
    assert settings.telegram["a"].proxy.get_secret_value() == proxy
    assert proxy not in repr(settings)
    assert "telegram.a: on, by polling, through a proxy" in settings.accounts_in_words()


def test_a_reader_is_named_whole_and_its_key_is_a_secret(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIZHAN_READER__API_KEY", "sk-secret")
    base = "[reader]\nbase_url = 'http://127.0.0.1:11434/v1/'\n"
    settings = read(write(f"{base}model = 'qwen'"))
    assert settings.reader.api_key.get_secret_value() == "sk-secret"
    assert settings.reader.base_url == "http://127.0.0.1:11434/v1"
    assert "sk-secret" not in f"{settings!r} {settings.accounts_in_words()}"
    assert settings.accounts_in_words()[-1] == "reader: on, qwen at 127.0.0.1:11434"
    for text in (base, "[reader]\nmodel = 'qwen'", "[reader]\nbase_url = 'http://u:p@host'"):
        with pytest.raises(Misconfigured) as caught:
            read(write(text))
        assert "[reader]" in str(caught.value)
        assert "u:p" not in str(caught.value)


def test_settings_cannot_be_changed_after_reading() -> None:
    settings = read(None)
    assert all(kind.model_config.get("frozen") for kind in sections().values())
    assert isinstance(settings, BaseModel)
    with pytest.raises(ValueError, match="frozen"):
        settings.server.port = 1
