"""Every setting of the station, read once from a TOML file and the environment, then passed on."""

import os
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from bot.station.sections import (
    NAMED,
    AnnouncementSettings,
    DeskSettings,
    FormSettings,
    HelpLineSettings,
    LogSettings,
    Name,
    ReaderSettings,
    ServerSettings,
    StationSettings,
    StoreSettings,
    TelegramSettings,
    WebSettings,
    WeChatSettings,
    WeComSettings,
)
from models.network.stations import Care
from models.rules.dates.workdays import Workdays
from models.rules.languages import LANGUAGES

ENVIRONMENT = "YIZHAN_"

RENAMED = {("station", "broadcasts_per_day"): "announcements_per_day"}
"""By section and old name, the new name of a setting in the same section."""


class Misconfigured(Exception):
    """A setting is wrong; the message is one sentence for the operator and holds no value."""


class Settings(BaseSettings):
    """``YIZHAN_TELEGRAM__NANHAI__TOKEN`` in the environment is ``[telegram.nanhai] token``."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT,
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    store: StoreSettings = StoreSettings()
    server: ServerSettings = ServerSettings()
    telegram: dict[Name, TelegramSettings] = {}
    wechat: dict[Name, WeChatSettings] = {}
    wecom: dict[Name, WeComSettings] = {}
    web: WebSettings = WebSettings()
    station: StationSettings = StationSettings()
    announcements: AnnouncementSettings = AnnouncementSettings()
    help_lines: HelpLineSettings = HelpLineSettings()
    reader: ReaderSettings = ReaderSettings()
    desk: DeskSettings = DeskSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The file comes in as arguments; the environment goes before it.
        return env_settings, init_settings

    def care(self) -> Care:
        return Care(
            ZoneInfo(self.station.timezone),
            self.station.quiet_hours,
            self.station.night_shift_quiet_hours,
            self.station.announcements_per_day,
            announcing=self.announcements.announcing(),
            help_lines=self.help_lines.numbers(),
            reader=self.reader.model,
            hearer=self.reader.transcription_model,
            answer_within=timedelta(hours=self.desk.hours_to_answer),
            sealing=self.server.sealing(),
            workdays=Workdays(frozenset(self.station.holidays), frozenset(self.station.workdays)),
            no_shows_bar=self.station.no_shows_bar,
            private_hooks=self.server.private_hooks,
        )

    def accounts_in_words(self) -> list[str]:
        """Which accounts are on, and how to turn on what is off; the reader if there is one."""
        said = [
            f"telegram.{name}: on, by {bot.mode}{_way(bot)}" for name, bot in self.telegram.items()
        ]
        if not self.telegram:
            said.append("Telegram is off: [telegram.NAME] token turns it on.")
        for name, account in self.wechat.items():
            how = "answers and writes" if account.verified else "only answers: it is not verified"
            key = account.encoding_aes_key.get_secret_value()
            mode = "安全模式 or 兼容模式" if key else "明文模式 or 兼容模式"
            said.append(f"wechat.{name}: on, {how}; expects {mode}{_way(account)}")
        if not self.wechat:
            said.append("WeChat is off: [wechat.NAME] app_id and token turn it on.")
        said += [f"wecom.{name}: on{_way(app)}" for name, app in self.wecom.items()]
        if not self.wecom:
            said.append("WeCom is off: [wecom.NAME] corp_id and agent_id turn it on.")
        if models := self.reader.models:
            said.append(f"reader: on, {models} at {self.reader.host}")
        return said


def _way(account: TelegramSettings | WeChatSettings | WeComSettings) -> str:
    return ", through a proxy" if account.proxy.get_secret_value() else ""


def read(path: Path | None) -> Settings:
    """The settings from this file, if any, and the environment; raises Misconfigured."""
    written = _written(path)
    for variable in sorted(os.environ):
        section, marked, _key = variable.upper().removeprefix(ENVIRONMENT).partition("__")
        known = section.lower() in Settings.model_fields
        if variable.upper().startswith(ENVIRONMENT) and marked and not known:
            sections = ", ".join(Settings.model_fields)
            raise Misconfigured(f"environment variable {variable}: known sections are {sections}.")
    try:
        settings = Settings(**written)
    except ValidationError as problem:
        raise Misconfigured(_sentence(problem, path)) from None
    except SettingsError as problem:
        raise Misconfigured(f"environment: {problem}; a list is written as JSON.") from None
    for name, account in settings.wechat.items():
        if account.verified and not account.secret.get_secret_value():
            raise Misconfigured(
                f"{_place(path, ['wechat', name, 'secret'])}: "
                f"[wechat.{name}] secret is missing; a verified account needs it to write."
            )
    for name, bot in settings.telegram.items():
        if bot.mode == "webhook" and not settings.server.public_url:
            raise Misconfigured(
                f"{_place(path, ['telegram', name, 'mode'])}: "
                f'[telegram.{name}] mode "webhook" needs [server] public_url.'
            )
    return settings


def _written(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as problem:
        raise Misconfigured(f"{path}: there is no such file.") from problem
    except OSError as problem:
        raise Misconfigured(f"{path}: cannot be read: {problem.strerror}.") from problem
    except UnicodeDecodeError as problem:
        raise Misconfigured(f"{path}: is not UTF-8 text.") from problem
    except tomllib.TOMLDecodeError as problem:
        raise Misconfigured(f"{path}: is not TOML: {problem}.") from problem


# A mistake in one sentence


def _sentence(problem: ValidationError, path: Path | None) -> str:
    """The first mistake: where it stands, which setting, what is expected; never its value."""
    mistake = problem.errors(include_input=False, include_url=False)[0]
    # Pydantic marks a bad NAME by a part of its own at the end.
    keys = [str(key) for key in mistake["loc"] if key != "[key]"]
    return f"{_place(path, keys)}: {_setting(keys)} {_expected(mistake, keys)}."


def _place(path: Path | None, keys: list[str]) -> str:
    variable = ENVIRONMENT + "__".join(keys).upper()
    in_environment = any(each.upper() == variable for each in os.environ)
    return f"environment variable {variable}" if in_environment or path is None else str(path)


def _setting(keys: list[str]) -> str:
    *section, key = keys
    return f"[{'.'.join(section)}] {key}" if section else f"[{key}]"


def _expected(mistake: ErrorDetails, keys: list[str]) -> str:
    if mistake["type"] == "extra_forbidden" and (new := RENAMED.get((keys[0], keys[-1]))):
        return f"is now called {new}"
    if mistake["type"] == "extra_forbidden" and keys[0] == "station" and keys[-1][:5] == "name_":
        return f"is in no known language; known are {', '.join(LANGUAGES)}"
    if mistake["type"] == "extra_forbidden":
        return f"is not a setting; known here: {', '.join(_fields(keys[:-1]))}"
    if mistake["type"] == "missing":
        return "is missing"
    if mistake["type"] == "value_error":
        return str(mistake["ctx"]["error"])
    if mistake["type"] == "string_pattern_mismatch":
        return "must be named with small letters, digits, - and _ only"
    if mistake["type"] in ("model_type", "dict_type"):
        named = keys[:2] if len(keys) > 2 else [keys[0], *(["NAME"] if keys[0] in NAMED else [])]
        return f"must be a section: [{'.'.join([*named, *keys[2:]])}]"
    if mistake["type"] in ("string_too_short", "too_short"):
        return f"should have {mistake['ctx']['min_length']} characters at least"
    if mistake["type"] in ("string_too_long", "too_long"):
        return f"should have {mistake['ctx']['max_length']} characters at most"
    return mistake["msg"].replace("Input should", "should").replace("Value should", "should")


def _fields(section: list[str]) -> list[str]:
    """The names that may stand in this section."""
    if not section:
        return list(Settings.model_fields)
    kind = NAMED.get(section[0]) or Settings.model_fields[section[0]].annotation
    if kind is WeChatSettings and len(section) > 2:
        kind = FormSettings
    return list(getattr(kind, "model_fields", ()))
