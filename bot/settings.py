"""The settings, from the environment, a file or the defaults: checked, each with its source known."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, SecretStr, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot import addresses

PREFIX = "LINLI_"
ENV_FILE = Path(".env")
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")  # the shape that @BotFather hands out


class WrongSettings(Exception):
    """Settings that cannot be: one sentence for each, which says what would be right."""

    def __init__(self, sentences: tuple[str, ...]) -> None:
        super().__init__(sentences)
        self.sentences = sentences

    def __str__(self) -> str:
        return "\n".join(self.sentences)


def _token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if not _TOKEN.fullmatch(token):
        raise addresses.wrong("copy the whole token from @BotFather; it looks like 123456:ABC-DEF1234")
    return SecretStr(token)


def _webhook_secret(value: SecretStr) -> SecretStr:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise addresses.wrong("write 1 to 256 of A-Z, a-z, 0-9, _ and -")
    return value


ListenAddress = Annotated[
    addresses.Address, NoDecode, BeforeValidator(addresses.address), PlainSerializer(str)
]


class Settings(BaseSettings):
    """What a process is told; outside, a setting is called `LINLI_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        arbitrary_types_allowed=True,
        hide_input_in_errors=True,
    )

    bot_token: Annotated[SecretStr, AfterValidator(_token)] | None = None
    bot_token_file: Path | None = None
    bot_api_url: Annotated[str, AfterValidator(addresses.root)] = addresses.TELEGRAM
    proxy_url: Annotated[str, AfterValidator(addresses.proxy)] | None = None
    database_url: Annotated[str, AfterValidator(addresses.database)] = "sqlite:///linli.db"
    community: Path = Path("community.toml")
    webhook_url: Annotated[str, AfterValidator(addresses.webhook)] | None = None
    webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    listen: ListenAddress = addresses.Address("127.0.0.1", 8080)
    metrics_listen: ListenAddress | None = None
    heartbeat_url: Annotated[str, AfterValidator(addresses.heartbeat)] | None = None
    backup_folder: Path | None = None
    messages_per_second: Annotated[int, Field(ge=1, le=10_000)] = 30
    chat_per_second: Annotated[float, Field(gt=0, le=10_000)] = 1.0
    chat_burst: Annotated[int, Field(ge=1, le=1000)] = 3
    group_per_minute: Annotated[int, Field(ge=1, le=10_000)] = 20
    log: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(str.lower)] = "info"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Hold what was read by `read_settings`, or given by a test or the demo, and look nowhere else."""
        return (init_settings,)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Everything that must never be read in a log or an error."""
        kept = [secret.get_secret_value() for secret in (self.bot_token, self.webhook_secret) if secret]
        kept += [addresses.password(url) for url in (self.database_url, self.proxy_url) if url]
        kept += [self.heartbeat_url] if self.heartbeat_url else []
        return tuple(secret for secret in kept if secret)


_RANGES = {
    "messages_per_second": "write a whole number from 1 to 10000",
    "chat_per_second": "write a number above 0, such as 1 or 0.5",
    "chat_burst": "write a whole number from 1 to 1000",
    "group_per_minute": "write a whole number from 1 to 10000",
}


@dataclass(frozen=True)
class Setting:
    """One setting as `linli doctor` shows it: a secret is never spelt out."""

    name: str
    shown: str
    source: str


@dataclass(frozen=True)
class Configuration:
    """The settings, where each came from, and names that look like settings but are none."""

    settings: Settings
    sources: Mapping[str, str]
    unknown: tuple[str, ...]

    def listed(self) -> tuple[Setting, ...]:
        """Give every setting in the order of the documentation."""
        fields = Settings.model_fields
        return tuple(
            Setting(outside(field), _shown(getattr(self.settings, field)), self.sources[field])
            for field in fields
        )


def read_settings(env_file: Path | None = None) -> Configuration:
    """Read the settings: the environment goes before the file (`.env` here, unless another is given).

    Raises:
        WrongSettings: a file that cannot be read, or values that cannot be; all of them at once.
    """
    file = env_file or (ENV_FILE if ENV_FILE.is_file() else None)
    found = {f"file {file}": _from_file(file)} if file else {}
    found["environment"] = EnvSettingsSource(Settings)()
    values = {field: value for source in found.values() for field, value in source.items()}
    sources = {field: name for name, source in found.items() for field in source}
    settings = _with_token_of_file(_checked(values))
    if settings.bot_token and "bot_token" not in sources:
        sources["bot_token"] = f"file {settings.bot_token_file}"
    everything = {field: sources.get(field, "default") for field in Settings.model_fields}
    return Configuration(settings, everything, _unknown(file))


def outside(field: str) -> str:
    """Give the name that people write."""
    return f"{PREFIX}{field.upper()}"


def _checked(values: Mapping[str, Any]) -> Settings:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise WrongSettings(tuple(_sentence(details, values) for details in error.errors())) from None


def _sentence(details: ErrorDetails, values: Mapping[str, Any]) -> str:
    field = str(details["loc"][0])
    advice = details["msg"] if details["type"] == "advice" else _advice(details)
    hidden = field in {"bot_token", "webhook_secret"}
    given = (
        "is not what it should be"
        if hidden
        else f'cannot be "{addresses.without_password(str(values[field]))}"'
    )
    return f"{outside(field)} {given}: {advice}."


def _advice(details: ErrorDetails) -> str:
    if details["type"] == "literal_error":
        return f"write {details['ctx']['expected']}".replace("'", "")
    return _RANGES.get(str(details["loc"][0]), details["msg"])


def _from_file(file: Path) -> dict[str, Any]:
    try:
        file.read_text("utf-8")
    except FileNotFoundError:
        raise WrongSettings((f"There is no settings file {file}.",)) from None
    except UnicodeDecodeError:
        raise WrongSettings((f"The settings file {file} is not UTF-8 text; save it as UTF-8.",)) from None
    except OSError as error:
        raise WrongSettings((f"The settings file {file} cannot be read: {error.strerror}.",)) from None
    source = DotEnvSettingsSource(Settings, env_file=file)
    return {field: value for field, value in source().items() if field in Settings.model_fields}


def _with_token_of_file(settings: Settings) -> Settings:
    file = settings.bot_token_file
    if settings.bot_token or file is None:
        return settings
    name = outside("bot_token_file")
    try:
        token = _token(SecretStr(file.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise WrongSettings((f"{name} names {file}, which cannot be read: {reason}.",)) from None
    except PydanticCustomError as error:
        raise WrongSettings((f"{name} names {file}, which holds no token: {error.message()}.",)) from None
    return settings.model_copy(update={"bot_token": token})


def _unknown(file: Path | None) -> tuple[str, ...]:
    """Give names that begin like a setting and are none, with what was probably meant."""
    names = {name for name in os.environ if name.startswith(PREFIX)}
    if file:
        names |= set(
            re.findall(rf"^\s*(?:export\s+)?({PREFIX}\w+)\s*=", file.read_text("utf-8"), re.MULTILINE)
        )
    known = [outside(field) for field in Settings.model_fields]
    return tuple(_guess(name, known) for name in sorted(names - set(known)))


def _guess(name: str, known: list[str]) -> str:
    close = get_close_matches(name, known, n=1)
    return f"{name} is no setting; did you mean {close[0]}?" if close else f"{name} is no setting."


def _shown(value: object) -> str:
    if value is None:
        return "not set"
    if isinstance(value, SecretStr):
        return "set, not shown"
    return addresses.without_password(str(value))
