"""Every setting of the station, read once from a TOML file and the environment, then passed on."""

import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import SecretStr, ValidationError, create_model
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
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
    KeepSettings,
    LogSettings,
    Name,
    ReaderSettings,
    SentrySettings,
    ServerSettings,
    StationSettings,
    StoreSettings,
    TelegramSettings,
    TraceSettings,
    WebSettings,
    WeChatSettings,
    WeComSettings,
)
from bot.station.variables import (
    BETWEEN,
    IN_A_FILE,
    PREFIX,
    Misconfigured,
    Variable,
    gathered,
    secret,
)
from models.network.stations import Care
from models.rules.dates.workdays import Workdays
from models.rules.languages import LANGUAGES

RENAMED = {("station", "broadcasts_per_day"): "announcements_per_day"}
"""By section and old name, the new name of a setting in the same section."""


TELEGRAM = TelegramSettings.model_fields["api_base"].default


class Settings(BaseSettings):
    """Every setting, by section; ``read`` makes it."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter=BETWEEN,
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
    keep: KeepSettings = KeepSettings()
    log: LogSettings = LogSettings()
    traces: TraceSettings = TraceSettings()
    sentry: SentrySettings = SentrySettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # ``read`` puts the file and the variables together.
        return (init_settings,)

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
        for kind in (name for name in NAMED if name not in Settings.model_fields):
            accounts = getattr(self, kind, {})
            said += [f"{kind}.{name}: on" for name in accounts]
            if not accounts:
                said.append(f"{kind} is off: a section [{kind}.NAME] turns it on.")
        if models := self.reader.models:
            said.append(f"reader: on, {models} at {self.reader.host}")
        return said


def _way(account: TelegramSettings | WeChatSettings | WeComSettings) -> str:
    return ", through a proxy" if account.proxy.get_secret_value() else ""


def read(path: Path | None, *, folder: Path = Path(), only_store: bool = False) -> Settings:
    """The settings of this file, if any, and of the variables; raises Misconfigured.

    ``folder`` is that of ``.env`` where there is no file. With ``only_store`` the accounts are
    left out, with whatever is wrong or missing in their sections.
    """
    kind = _with_added_sections()
    written = _written(path)
    variables = gathered(path.parent if path else folder)
    if only_store:
        written = {name: section for name, section in written.items() if not _is_about_others(name)}
        variables = {
            name: variable
            for name, variable in variables.items()
            if not _is_about_others(_section_of(name))
        }
    for name, variable in variables.items():
        if BETWEEN not in name or _section_of(name) not in kind.model_fields:
            sections = ", ".join(kind.model_fields)
            raise Misconfigured(
                f"{variable.place}: is not {PREFIX}SECTION{BETWEEN}NAME; "
                f"known sections are {sections}."
            )
    source = EnvSettingsSource(kind)
    source.env_vars = {name.lower(): variable.value for name, variable in variables.items()}
    try:
        settings = kind(**_laid_over(_with_files(written, path), dict(source())))
    except ValidationError as problem:
        raise Misconfigured(_sentence(problem, path, variables)) from None
    except SettingsError as problem:
        raise Misconfigured(f"environment: {problem}; a list is written as JSON.") from None
    for keys, sentence in _what_does_not_go_together(settings):
        raise Misconfigured(f"{_place(path, keys, variables)}: {_setting(keys)} {sentence}.")
    return settings


def _with_added_sections() -> type[Settings]:
    """The settings, with the sections of channels that extensions bring."""
    added: dict[str, Any] = {
        name: (dict[Name, section], {})  # type: ignore[valid-type]
        for name, section in NAMED.items()
        if name not in Settings.model_fields
    }
    return create_model("Settings", __base__=Settings, **added) if added else Settings


def _is_about_others(section: str) -> bool:
    """Whether it is about services of others: commands that need only the store do without."""
    return section in NAMED or section in ("reader", "traces", "sentry")


def _section_of(variable: str) -> str:
    return variable.removeprefix(PREFIX).partition(BETWEEN)[0].lower()


def _what_does_not_go_together(settings: Settings) -> Iterator[tuple[list[str], str]]:
    """Settings that are right one by one: the keys of one, and what is wrong with it."""
    for name, account in settings.wechat.items():
        if account.verified and not account.secret.get_secret_value():
            yield (
                ["wechat", name, "secret"],
                "is missing; a verified account needs it to write",
            )
    owners: dict[str, str] = {}
    for name, bot in settings.telegram.items():
        first = owners.setdefault(bot.token.get_secret_value(), name)
        if first != name:
            yield ["telegram", name, "token"], f"is also that of [telegram.{first}]"
        url = settings.server.public_url
        if bot.mode == "webhook" and not url:
            yield ["telegram", name, "mode"], '"webhook" needs [server] public_url'
        elif bot.mode == "webhook" and bot.api_base == TELEGRAM and not url.startswith("https:"):
            yield ["telegram", name, "mode"], '"webhook" needs [server] public_url with https'


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both tables as one; where they differ, ``above`` holds."""
    laid = dict(below)
    for key, value in above.items():
        under = laid.get(key)
        if isinstance(value, dict) and isinstance(under, dict):
            laid[key] = _laid_over(under, value)
        else:
            laid[key] = value
    return laid


def _with_files(
    written: dict[str, Any], path: Path | None, keys: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The same, where ``token_file`` and its kin are replaced by what stands in these files."""
    replaced: dict[str, Any] = {}
    for key, value in written.items():
        name = key.removesuffix(IN_A_FILE.lower())
        if isinstance(value, dict):
            replaced[key] = _with_files(value, path, (*keys, key))
        elif name != key and isinstance(value, str) and name in _fields([*keys]):
            if name in written:
                raise Misconfigured(f"{path}: {_setting([*keys, name])} stands beside {key}.")
            replaced[name] = secret(value, f"{path}: {_setting([*keys, key])}")
        else:
            replaced[key] = value
    return replaced


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


def _sentence(
    problem: ValidationError, path: Path | None, variables: Mapping[str, Variable]
) -> str:
    """The first mistake: where it stands, which setting, what is expected; never its value."""
    mistake = problem.errors(include_input=False, include_url=False)[0]
    # Pydantic marks a bad NAME by a part of its own at the end.
    keys = [str(key) for key in mistake["loc"] if key != "[key]"]
    return f"{_place(path, keys, variables)}: {_setting(keys)} {_expected(mistake, keys)}."


def _variable(keys: list[str]) -> str:
    return PREFIX + BETWEEN.join(keys).upper()


def _place(path: Path | None, keys: list[str], variables: Mapping[str, Variable]) -> str:
    given = variables.get(_variable(keys))
    if given:
        return given.place
    return f"environment variable {_variable(keys)}" if path is None else str(path)


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
    if mistake["type"] == "missing" and _is_secret(keys):
        return f"is missing; {_variable(keys)} and {_variable(keys)}{IN_A_FILE} may give it as well"
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


def _is_secret(keys: list[str]) -> bool:
    field = NAMED[keys[0]].model_fields.get(keys[-1]) if keys[0] in NAMED else None
    return field is not None and field.annotation is SecretStr


def _fields(section: list[str]) -> list[str]:
    """The names that may stand in this section."""
    if not section:
        return list(_with_added_sections().model_fields)
    kind = NAMED.get(section[0]) or _kind_of(section[0])
    if kind is WeChatSettings and len(section) > 2:
        kind = FormSettings
    return list(getattr(kind, "model_fields", ()))


def _kind_of(section: str) -> Any:
    field = Settings.model_fields.get(section)
    return field.annotation if field else None
