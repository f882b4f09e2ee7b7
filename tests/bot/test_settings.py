"""Settings: where each comes from, which source goes before which, and what is said about wrong ones."""

import os
from pathlib import Path

import pytest

from bot.addresses import Address
from bot.settings import Settings, WrongSettings, outside, read_settings

TOKEN = "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("LINLI_"):
            monkeypatch.delenv(name)


def _refused(monkeypatch: pytest.MonkeyPatch, **values: str) -> str:
    for field, value in values.items():
        monkeypatch.setenv(outside(field), value)
    with pytest.raises(WrongSettings) as caught:
        read_settings()
    return str(caught.value)


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = read_settings().settings
    assert settings.bot_token is None
    assert settings.bot_api_url == "https://api.telegram.org"
    assert settings.database_url == "sqlite:///linli.db"
    assert settings.community == Path("community.toml")
    assert settings.listen == Address("127.0.0.1", 8080)
    assert settings.metrics_listen is None
    assert settings.messages_per_second == 30
    assert settings.log == "info"


def test_the_environment_goes_before_the_file_and_the_file_before_the_defaults(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path(".env").write_text("LINLI_LOG=debug\nLINLI_LISTEN=192.0.2.1:9000\n", "utf-8")
    monkeypatch.setenv("LINLI_LOG", "ERROR")
    configuration = read_settings()
    assert configuration.settings.log == "error"
    assert configuration.settings.listen == Address("192.0.2.1", 9000)
    assert configuration.sources["log"] == "environment"
    assert configuration.sources["listen"] == "file .env"
    assert configuration.sources["community"] == "default"


def test_another_file_stands_in_for_dot_env() -> None:
    Path(".env").write_text("LINLI_LOG=debug\n", "utf-8")
    Path("east.env").write_text("LINLI_COMMUNITY=east.toml\n", "utf-8")
    configuration = read_settings(Path("east.env"))
    assert configuration.settings.log == "info"
    assert configuration.settings.community == Path("east.toml")
    assert configuration.sources["community"] == "file east.env"


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_PROXY_URL", "")
    assert read_settings().settings.proxy_url is None


def test_given_settings_look_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_LOG", "debug")
    assert Settings(messages_per_second=5).log == "info"


def test_the_token_is_read_from_its_file() -> None:
    Path("token").write_text(f"{TOKEN}\n", "utf-8")
    Path(".env").write_text("LINLI_BOT_TOKEN_FILE=token\n", "utf-8")
    configuration = read_settings()
    assert configuration.settings.bot_token
    assert configuration.settings.bot_token.get_secret_value() == TOKEN
    assert configuration.sources["bot_token"] == "file token"


def test_the_token_itself_goes_before_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("LINLI_BOT_TOKEN_FILE", "nowhere")
    assert read_settings().sources["bot_token"] == "environment"


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("LINLI_WEBHOOK_SECRET", "hush-hush")
    monkeypatch.setenv("LINLI_DATABASE_URL", "postgresql://linli:pa55word@db/linli")
    configuration = read_settings()
    shown = "\n".join(setting.shown for setting in configuration.listed()) + repr(
        configuration.settings.bot_token
    )
    for secret in (TOKEN, "hush-hush", "pa55word"):
        assert secret not in shown
        assert secret in configuration.settings.secrets
    assert "postgresql://linli:•••@db/linli" in shown


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("listen", "8080", "such as 127.0.0.1:8080"),
        ("listen", "127.0.0.1:0", "from 1 to 65535"),
        ("listen", "127.0.0.1:99999", "from 1 to 65535"),
        ("listen", "http://127.0.0.1:80", "write a host and a port"),
        ("metrics_listen", "host:", "write a host and a port"),
        ("bot_api_url", "api.telegram.org", "such as https://api.telegram.org"),
        ("bot_api_url", "http://127.0.0.1:99999", "such as https://api.telegram.org"),
        ("bot_api_url", "http://127.0.0.1/?x=1", "root of the server alone"),
        ("proxy_url", "ftp://proxy", "socks5://127.0.0.1:1080"),
        ("database_url", "mysql://host/name", "sqlite:///linli.db or postgresql://"),
        ("database_url", "sqlite://", "sqlite:///linli.db or postgresql://"),
        ("database_url", "linli.db", "sqlite:///linli.db or postgresql://"),
        ("webhook_url", "bot.example.org", "such as https://"),
        ("heartbeat_url", "ping", "such as https://"),
        ("messages_per_second", "fast", "a whole number from 1 to 10000"),
        ("messages_per_second", "0", "a whole number from 1 to 10000"),
        ("chat_per_second", "0", "a number above 0"),
        ("chat_burst", "0", "a whole number from 1 to 1000"),
        ("group_per_minute", "none", "a whole number from 1 to 10000"),
        ("log", "loud", "write debug, info, warning or error"),
        ("bot_token", "secret-thing", "copy the whole token from @BotFather"),
        ("webhook_secret", "a b", "write 1 to 256 of"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_says_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, field: str, value: str, told: str
) -> None:
    sentence = _refused(monkeypatch, **{field: value})
    assert sentence.startswith(outside(field))
    assert told in sentence
    assert "\n" not in sentence
    assert "secret-thing" not in sentence


def test_all_wrong_values_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = _refused(monkeypatch, listen="x", log="y", database_url="z://u:pa55@h/d")
    assert [line.split()[0] for line in told.splitlines()] == [
        "LINLI_DATABASE_URL",
        "LINLI_LISTEN",
        "LINLI_LOG",
    ]
    assert "pa55" not in told


@pytest.mark.parametrize("content", [None, b"not a token", b"\xff\xfe"])
def test_a_token_file_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, content: bytes | None) -> None:
    if content is not None:
        Path("token").write_bytes(content)
    told = _refused(monkeypatch, bot_token_file="token")
    assert told.startswith("LINLI_BOT_TOKEN_FILE names token, which")


@pytest.mark.parametrize(
    ("content", "told"), [(None, "There is no settings file"), (b"\xff", "is not UTF-8")]
)
def test_a_settings_file_that_cannot_be_read_is_told(content: bytes | None, told: str) -> None:
    if content is not None:
        Path("east.env").write_bytes(content)
    with pytest.raises(WrongSettings, match=told):
        read_settings(Path("east.env"))


def test_a_misspelt_name_is_pointed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_PROXI_URL", "x")
    Path(".env").write_text("LINLI_DATABASE=x\n", "utf-8")
    assert read_settings().unknown == (
        "LINLI_DATABASE is no setting; did you mean LINLI_DATABASE_URL?",
        "LINLI_PROXI_URL is no setting; did you mean LINLI_PROXY_URL?",
    )


def test_ipv6_addresses_are_written_with_brackets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_LISTEN", "[::1]:8080")
    assert str(read_settings().settings.listen) == "[::1]:8080"
