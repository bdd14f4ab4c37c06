"""The sections of the settings, each with what its values must be."""

import base64
import re
from datetime import date
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationInfo,
    model_validator,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.station.addresses import a_proxy, a_service, an_origin
from models.network.sealing import KEY_BYTES, Sealing
from models.network.stations import Announcing
from models.rules.announcements.trial import TrialSize
from models.rules.desk.help_lines import HelpLines
from models.rules.languages import ABROAD, DEFAULT, LANGUAGES, Translated
from models.rules.network.permissions import SoloLimits
from models.rules.sending import quiet_hours

_FIELD = re.compile(r"(thing|name|phrase|time|date)\d+")


def _a_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise ValueError('must be a time zone such as "Asia/Shanghai"') from problem
    return name


def _a_language(code: str) -> str:
    if code not in LANGUAGES:
        raise ValueError(f"must be one of {', '.join(LANGUAGES)}")
    return code


def _a_store(url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql://")):
        raise ValueError("must begin with sqlite:/// or postgresql://")
    try:
        make_url(url)
    except (ArgumentError, ValueError) as problem:
        raise ValueError("must be postgresql://USER:PASSWORD@HOST:PORT/DATABASE") from problem
    return url


def _hours(spans: str) -> str:
    span = r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d"
    if spans and not re.fullmatch(rf"{span}(,{span})*", spans):
        raise ValueError('must be hours such as "22:00-08:00", or empty for none')
    try:
        quiet_hours.parse(spans)
    except ValueError as problem:
        raise ValueError("must end when they do not begin, and leave some time") from problem
    return spans


def _beside_the_stations(hours: str, info: ValidationInfo) -> str:
    """Some time must be left to write to those who work at night."""
    try:
        quiet_hours.parse(quiet_hours.of("", info.data.get("quiet_hours", ""), hours))
    except ValueError as problem:
        raise ValueError("must leave, beside quiet_hours, some time of the day") from problem
    return hours


def _a_host(host: str) -> str:
    is_a_name = re.fullmatch(r"(?=.*[A-Za-z])[A-Za-z0-9.-]+", host)
    try:
        if not is_a_name:
            ip_address(host)
    except ValueError as problem:
        raise ValueError('must be an address of this machine such as "127.0.0.1"') from problem
    return host


def _addresses(proxies: list[str]) -> list[str]:
    for each in proxies:
        try:
            ip_network(each, strict=False)
        except ValueError as problem:
            raise ValueError(f"holds IP addresses or networks, not {each!r}") from problem
    return proxies


def _an_aes_key(key: SecretStr) -> SecretStr:
    value = key.get_secret_value()
    if value and not re.fullmatch(r"[A-Za-z0-9]{43}", value):
        raise ValueError("must be the 43 letters and digits that the platform shows")
    return key


def _a_needed_aes_key(key: SecretStr) -> SecretStr:
    if not key.get_secret_value():
        raise ValueError("must be the 43 letters and digits that the platform shows")
    return _an_aes_key(key)


def _an_answers_key(key: SecretStr) -> SecretStr:
    value = key.get_secret_value()
    try:
        is_right = not value or len(base64.b64decode(value, validate=True)) == KEY_BYTES
    except ValueError:
        is_right = False
    if not is_right:
        raise ValueError("must be 32 bytes in Base64, as `openssl rand -base64 32` makes them")
    return key


def _a_telegram_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"\d+:[A-Za-z0-9_-]+", token.get_secret_value()):
        raise ValueError('must be what BotFather gave, of the shape "123456:letters"')
    return token


def _a_webhook_secret(secret: SecretStr) -> SecretStr:
    # The Bot API's setWebhook allows these characters and this length, no others.
    if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", secret.get_secret_value()):
        raise ValueError("must be at most 256 of the characters A-Z, a-z, 0-9, _ and -")
    return secret


def _a_form(fields: dict[str, str]) -> dict[str, str]:
    if not fields:
        raise ValueError('must say what stands where, such as {thing1 = "title", time2 = "time"}')
    for name, part in fields.items():
        if not _FIELD.fullmatch(name):
            raise ValueError(f"knows thing1, name1, phrase1, time1, date1 and so on, not {name}")
        if name.startswith(("time", "date")) and part != "time":
            raise ValueError(f'has "time" for {name}, nothing else')
    return fields


Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+$")]
Url = Annotated[str, AfterValidator(an_origin)]
AesKey = Annotated[SecretStr, AfterValidator(_an_aes_key)]
AnswersKey = Annotated[SecretStr, AfterValidator(_an_answers_key)]
Proxy = Annotated[SecretStr, AfterValidator(a_proxy)]
NOTHING = SecretStr("")


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class StoreSettings(Section):
    url: Annotated[str, AfterValidator(_a_store)] = "sqlite:///data/yizhan.db"
    erased: str = ""
    pictures: str = ""

    @property
    def folder(self) -> Path | None:
        """Where pictures and sounds are kept; None for the store itself."""
        return Path(self.pictures) if self.pictures else None


class ServerSettings(Section):
    host: Annotated[str, AfterValidator(_a_host)] = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: Url = ""
    trusted_proxies: Annotated[list[str], AfterValidator(_addresses)] = []
    metrics_token: SecretStr = NOTHING
    answers_key: AnswersKey = NOTHING
    previous_answers_keys: list[AnswersKey] = []
    private_hooks: bool = False

    def sealing(self) -> Sealing:
        """The keys for ID numbers: the first one seals, all of them open."""
        given = (self.answers_key, *self.previous_answers_keys)
        written = [each.get_secret_value() for each in given]
        if not written[0]:
            return Sealing()
        return Sealing(tuple(base64.b64decode(each) for each in written if each))


class TelegramSettings(Section):
    token: Annotated[SecretStr, AfterValidator(_a_telegram_token)]
    api_base: Url = "https://api.telegram.org"
    proxy: Proxy = NOTHING
    mode: Literal["polling", "webhook"] = "polling"
    webhook_secret: Annotated[SecretStr, AfterValidator(_a_webhook_secret)] = NOTHING
    messages_per_second: float = Field(default=30.0, gt=0, le=1000)
    shards: int = Field(default=1, ge=1, le=16)


class FormSettings(Section):
    """A template of WeChat's: its id there, and what of a notice stands in which of its fields."""

    id: str = Field(min_length=1)
    fields: Annotated[dict[str, Literal["title", "time", "place", "text"]], AfterValidator(_a_form)]


Forms = dict[Literal["reminder", "offer", "change"], FormSettings]
"""By kind of notice. Announcements have none: WeChat takes templates away for advertising."""


class WeChatSettings(Section):
    app_id: str = Field(min_length=1)
    secret: SecretStr = NOTHING
    token: SecretStr = Field(min_length=3, max_length=32)
    encoding_aes_key: AesKey = NOTHING
    previous_aes_key: AesKey = NOTHING
    verified: bool = False
    templates: Forms = {}
    subscriptions: Forms = {}
    api_base: Url = "https://api.weixin.qq.com"
    proxy: Proxy = NOTHING
    messages_per_second: float = Field(default=10.0, gt=0, le=1000)


class WeComSettings(Section):
    corp_id: str = Field(min_length=1)
    agent_id: int = Field(gt=0)
    secret: SecretStr = Field(min_length=1)
    token: SecretStr = Field(min_length=3, max_length=32)
    encoding_aes_key: Annotated[SecretStr, AfterValidator(_a_needed_aes_key)]
    previous_aes_key: AesKey = NOTHING
    api_base: Url = "https://qyapi.weixin.qq.com"
    proxy: Proxy = NOTHING
    messages_per_second: float = Field(default=10.0, gt=0, le=1000)


class WebSettings(Section):
    enabled: bool = True


Number = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{1,18}$")]


class HelpLineSettings(Section):
    """The numbers that people in need are told; the defaults are those of mainland China."""

    police: Number = HelpLines.police
    ambulance: Number = HelpLines.ambulance
    fire: Number = HelpLines.fire
    labour: Number = HelpLines.labour
    union: Number = HelpLines.union
    government: Number = HelpLines.government
    mind: Number = HelpLines.mind

    def numbers(self) -> HelpLines:
        return HelpLines(**self.model_dump())


class ReaderSettings(Section):
    """A server of language models; nothing is asked there before one is named."""

    base_url: Annotated[str, AfterValidator(a_service)] = ""
    model: str = ""
    transcription_model: str = ""
    api_key: SecretStr = NOTHING

    @model_validator(mode="after")
    def _is_whole(self) -> "ReaderSettings":
        if bool(self.base_url) != bool(self.models):
            raise ValueError("needs base_url and a model, or neither")
        if not self.api_key.get_secret_value().isascii():
            raise ValueError("needs an api_key of ASCII characters")
        return self

    @property
    def models(self) -> str:
        """The models by their names; empty where none is set."""
        return " and ".join(filter(None, (self.model, self.transcription_model)))

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc


class StationSettings(Section):
    """``name_en`` and so on, the name in further languages, are read into ``names`` by code."""

    name: str = Field(default="创思驿站", min_length=1)
    timezone: Annotated[str, AfterValidator(_a_zone)] = "Asia/Shanghai"
    language: Annotated[str, AfterValidator(_a_language)] = DEFAULT
    texts: str = ""
    quiet_hours: Annotated[str, AfterValidator(_hours)] = "22:00-08:00"
    night_shift_quiet_hours: Annotated[
        str, AfterValidator(_hours), AfterValidator(_beside_the_stations)
    ] = Field(default="08:00-15:00", validate_default=True)
    announcements_per_day: int = Field(default=3, ge=0)
    holidays: list[date] = []
    workdays: list[date] = []
    photo_days: int = Field(default=90, ge=1, le=3650)
    no_shows_bar: bool = False

    names: dict[str, str] = {}

    @model_validator(mode="before")
    @classmethod
    def _read_names(cls, written: Any) -> Any:
        if not isinstance(written, dict):
            return written
        codes = {f"name_{code}": code for code in LANGUAGES}
        names = {codes[key]: value for key, value in written.items() if key in codes}
        others = {key: value for key, value in written.items() if key not in codes}
        return others | {"names": names} if names else others

    @property
    def called(self) -> Translated:
        """What the station calls itself."""
        translations = {ABROAD: "Yizhan"} if "name" not in self.model_fields_set else {}
        return Translated(self.name, translations | self.names)


class DeskSettings(Section):
    hours_to_answer: int = Field(default=24, ge=1, le=24 * 30)


class KeepSettings(Section):
    letters_days: int = Field(default=730, ge=0)
    sign_ups_days: int = Field(default=1825, ge=0)
    announcements_days: int = Field(default=1825, ge=0)


class AnnouncementSettings(Section):
    alone_district: int = Field(default=SoloLimits().district, ge=0)
    alone_town: int = Field(default=SoloLimits().town, ge=0)
    alone_contact_point: int = Field(default=SoloLimits().contact_point, ge=0)
    alone_captain: int = Field(default=SoloLimits().captain, ge=0)
    trial_over: int = Field(default=TrialSize().over, ge=0)
    trial_wave: int = Field(default=TrialSize().wave, ge=0, le=50)

    def announcing(self) -> Announcing:
        alone = SoloLimits(
            district=self.alone_district,
            town=self.alone_town,
            contact_point=self.alone_contact_point,
            captain=self.alone_captain,
        )
        return Announcing(alone, TrialSize(self.trial_over, self.trial_wave))


class TraceSettings(Section):
    endpoint: Annotated[str, AfterValidator(a_service)] = ""
    share: float = Field(default=1.0, ge=0, le=1)


class SentrySettings(Section):
    dsn: SecretStr = NOTHING


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["console", "json"] = "console"


NAMED: dict[str, type[Section]] = {
    "telegram": TelegramSettings,
    "wechat": WeChatSettings,
    "wecom": WeComSettings,
}
"""Sections that occur once per account, as ``[telegram.NAME]``; extensions add theirs."""
