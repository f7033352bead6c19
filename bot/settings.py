"""Every setting, read from the environment, and the rules that keep a careless start from doing harm."""

import os
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.alarm_ways import MailWay
from bot.channels.email import ImapBox
from orders.credit import USUAL_OVERDUE_DAYS

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "demo" / "plant"
FILES = "files:"
ERPS = {
    "sap-s4": "SAP S/4HANA",
    "sap-b1": "SAP Business One",
    "oracle-fusion": "Oracle Fusion",
    "netsuite": "NetSuite",
    "d365-fo": "Dynamics 365 Finance & Operations",
    "d365-bc": "Dynamics 365 Business Central",
    "tally": "Tally",
    "erpnext": "ERPNext",
    "odoo": "Odoo",
    "tryton": "Tryton",
}
SHORTEST_KEY = 32
OFF, DEFAULT_BACKUP = "off", "02:00"
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class ChannelName(StrEnum):
    """The ways in and out that `WHATSAPP_CHANNEL` can name."""

    CONSOLE = "console"
    TWILIO = "twilio"
    CLOUD = "cloud"


class SettingsError(Exception):
    """The settings are wrong; every problem with what to do about it."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("The settings are not right:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


def _duration(value: object) -> object:
    """`20 minutes`, `4 hours`, `90 seconds`, `1 day`, or short `20m`, `4h`, `90s`, `1d`."""
    match = re.fullmatch(r"(\d+) ?(s|m|h|d|(?:second|minute|hour|day)s?)", str(value).strip())
    if isinstance(value, timedelta):
        return value
    if not match:
        raise ValueError("not a duration; write it like `20 minutes`, `4 hours` or `1 day`")
    return timedelta(seconds=int(match[1]) * UNITS[match[2][0]])


def _days_or_off(value: object) -> object:
    if value in (None, OFF):
        return None
    if not re.fullmatch(r"\d{1,4}", str(value)):
        raise ValueError("not a number of days; write it like `15`, or `off`")
    return int(str(value))


def _price_hold(value: object) -> object:
    return None if value in (None, "end of day") else _duration(value)


def _zone(value: object) -> object:
    try:
        ZoneInfo(str(value))
    except (ValueError, OSError, KeyError) as error:
        raise ValueError("no such time zone; write it like `Asia/Kolkata`") from error
    return value


def _time_of_day(value: object) -> object:
    text = str(value)
    if text not in ("", OFF) and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError("not a time of day; write it like `02:00`, or `off`")
    return text


def _url(value: object) -> object:
    text = str(value).rstrip("/")
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("not a web address; write it like `https://orders.example.com`")
    return text


def _database_url(value: object) -> object:
    if str(value).partition("://")[0].partition("+")[0] not in ("", "postgresql", "postgres"):
        raise ValueError("not PostgreSQL's address; write it like `postgresql://user:password@host/name`")
    return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", str(value))


Duration = Annotated[timedelta, BeforeValidator(_duration)]
WebAddress = Annotated[str, BeforeValidator(_url)]
NOTHING = SecretStr("")


class _Environment(PydanticBaseSettingsSource):
    """The names in capitals; `X_FILE` names a file that holds X; an empty value is an unset one."""

    def __init__(self, settings_cls: type[BaseSettings], given: Mapping[str, str]) -> None:
        super().__init__(settings_cls)
        self._given = given

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        return self._given.get(field_name.upper(), ""), field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value.strip() for name, value in found.items() if value.strip()}


class Settings(BaseSettings):
    """All settings by their names in lower case. Made by `read`, which lists every problem at once."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    workers: int = Field(default=2, ge=1, le=32)
    """Worker processes that `python wsgi.py` starts."""
    database_url: Annotated[str, BeforeValidator(_database_url)] = ""
    munshi_var: Path = ROOT / "var"
    munshi_clock: Path | None = None
    public_url: WebAddress = ""
    firm_name: str = ""
    """As people know the firm that Munshi writes for."""
    timezone: Annotated[str, BeforeValidator(_zone)] = "Asia/Kolkata"
    secret_key: SecretStr = NOTHING
    trusted_proxies: int = Field(default=0, ge=0, le=9)
    metrics_token: SecretStr = NOTHING
    log_format: Literal["console", "json"] = "console"

    whatsapp_channel: ChannelName = ChannelName.CONSOLE
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = NOTHING
    twilio_whatsapp_from: str = ""
    twilio_api_url: WebAddress = ""
    cloud_phone_number_id: str = ""
    cloud_access_token: SecretStr = NOTHING
    cloud_app_secret: SecretStr = NOTHING
    cloud_verify_token: SecretStr = NOTHING
    cloud_business_account_id: str = ""
    """Empty: the only one the token may manage."""
    cloud_api_url: WebAddress = ""

    erp_url: str = f"{FILES}{DEMO}"
    erp_urls: str = ""
    erp_user: str = ""
    erp_password: SecretStr = NOTHING
    erp_tenant: str = ""
    erp_client_id: str = ""
    erp_client_secret: SecretStr = NOTHING
    erp_company: str = ""
    files_answer: Literal["", "self", "results"] = ""
    result_max_age: Duration = timedelta(minutes=30)
    read_back_wait: Duration = timedelta(0)
    """So long the sender of a booked order may hear nothing, where only the ERP's list shows what it booked."""

    draft_reminder: Duration = timedelta(minutes=20)
    credit_max_age: Duration = timedelta(hours=4)
    credit_overdue_days: Annotated[int | None, BeforeValidator(_days_or_off)] = USUAL_OVERDUE_DAYS
    """By so many days the oldest bill may be overdue; None: by any."""
    price_hold: Annotated[timedelta | None, BeforeValidator(_price_hold)] = None
    """None: the end of the day."""
    tap_only_amount: Decimal = Field(default=Decimal(100_000), ge=0)
    """Rupees; what is worth more is decided by a tap alone, never by a typed answer."""
    message_price: Decimal | None = Field(default=None, ge=0)
    """Rupees that one outgoing message costs; None: measures count messages alone."""
    show_stock: Literal["words", "exact"] = "words"
    reader_url: WebAddress = ""
    reader_model: str = ""
    reader_key: SecretStr = NOTHING
    imap_url: SecretStr = NOTHING
    ocr: Literal["auto", "off"] = "auto"
    """auto: photos and scans are read where Tesseract is installed."""
    transcriber_url: WebAddress = ""
    transcriber_model: str = "whisper-1"
    transcriber_key: SecretStr = NOTHING
    alert_url: SecretStr = NOTHING
    smtp_url: SecretStr = NOTHING
    backup_at: Annotated[str, BeforeValidator(_time_of_day)] = ""
    """`02:00`, or `off`; empty: at DEFAULT_BACKUP with the embedded database, else off."""
    digest_at: Annotated[str, BeforeValidator(_time_of_day)] = "16:30"
    """When planning and dispatch of a plant are told its orders, by its own clock; or `off`."""
    leakage_day: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "off"] = "monday"
    """From which day on a plant's head of sales is told what leaked in the week before; or `off`."""
    backup_dir: Path | None = None
    keep_messages: int = Field(default=24, ge=0, le=240)
    """Months; 0: for ever."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only the environment handed in: nothing is read behind a test's back."""
        given = getattr(init_settings, "init_kwargs", {}).get("environment", {})
        return (_Environment(settings_cls, given),)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the business."""
        return ZoneInfo(self.timezone)

    @property
    def files_erp(self) -> bool:
        """Whether the ERP is a folder of plain files."""
        return self.erp_url.startswith(FILES)

    @property
    def demo_erp(self) -> bool:
        """Whether the ERP is the demo plant."""
        return self.files_erp and Path(self.erp_url.removeprefix(FILES)).resolve() == DEMO

    @property
    def backups(self) -> Path:
        """Where the nightly backups are kept."""
        return self.backup_dir or self.munshi_var / "backups"

    @property
    def console_open(self) -> bool:
        """Whether the console needs no sign-in. Else its messages are stamped simulated."""
        return self.files_erp and is_loopback(self.host) and not self.public_url

    @property
    def harmless_channel(self) -> bool:
        """Whether nothing that is sent can leave this machine."""
        if self.whatsapp_channel is ChannelName.CONSOLE:
            return self.console_open
        api = {ChannelName.TWILIO: self.twilio_api_url, ChannelName.CLOUD: self.cloud_api_url}
        return is_loopback(urlsplit(api[self.whatsapp_channel]).hostname or "")

    def signing_key(self) -> str:
        """The secret that signs sessions and links; unset, it is made once and kept under MUNSHI_VAR."""
        return self.secret_key.get_secret_value() or _kept_key(self.munshi_var / "secret_key")

    def without_effect(self) -> list[str]:
        """Names that are set although this release does nothing with them yet."""
        later = ("price_hold",)
        return [name.upper() for name in later if name in self.model_fields_set]


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment, by default the process's. `SettingsError` holds every problem."""
    given, problems = _with_files(os.environ if environment is None else environment)
    try:
        settings = _settings(given)
    except ValidationError as error:
        wrong = {str(e["loc"][0]).upper(): e for e in error.errors()}
        problems += [f"{_shown(name, given[name])}: {_said(e['msg'])}" for name, e in wrong.items()]
        # The rules are judged on what can be read, so that all problems are told at once.
        settings = _settings({name: value for name, value in given.items() if name not in wrong})
    problems += _rules(settings, given)
    if problems:
        raise SettingsError(problems)
    return settings


def _settings(given: Mapping[str, str]) -> Settings:
    return Settings(**{"environment": given})  # type: ignore[arg-type]  # noqa: PIE804


def _shown(name: str, value: str) -> str:
    """The setting with its value, unless that may hold a secret."""
    secret = Settings.model_fields[name.lower()].annotation is SecretStr or name == "DATABASE_URL"
    return name if secret else f"{name}={value}"


def _with_files(environment: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    given, problems = dict(environment), []
    for field in Settings.model_fields:
        name, file = field.upper(), environment.get(f"{field.upper()}_FILE", "")
        if not file:
            continue
        if environment.get(name):
            problems.append(f"{name} and {name}_FILE are both set; keep one of them")
            continue
        try:
            given[name] = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{name}_FILE={file} cannot be read ({error}); name a readable text file")
    return given, problems


def _said(message: str) -> str:
    return message.removeprefix("Value error, ").removeprefix("Input should be ")


def _rules(settings: Settings, given: Mapping[str, str]) -> Iterator[str]:
    yield from _channel_problems(settings)
    yield from _erp_problems(settings, given)
    yield from _reader_problems(settings)
    yield from _alarm_problems(settings)
    yield from _mailbox_problems(settings)
    if settings.munshi_clock and not settings.harmless_channel:
        yield (
            "MUNSHI_CLOCK moves the present and is for trials alone; unset it, or point the channel's API "
            "(TWILIO_API_URL, CLOUD_API_URL) at a stand-in on 127.0.0.1"
        )
    key = settings.secret_key.get_secret_value()
    if not key and not settings.files_erp:
        yield (
            "SECRET_KEY is missing; with a real ERP it must be set: "
            'python -c "import secrets; print(secrets.token_hex(32))"'
        )
    if key and len(key) < SHORTEST_KEY:
        yield f"SECRET_KEY is shorter than {SHORTEST_KEY} characters; make a longer one"


def _channel_problems(settings: Settings) -> Iterator[str]:
    channel = settings.whatsapp_channel
    if channel is ChannelName.CONSOLE:
        return
    for name in NEEDED[channel]:
        value = getattr(settings, name.lower())
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            yield f"{name} is missing; WHATSAPP_CHANNEL={channel} needs it ({REMEDIES[name]})"
    if settings.public_url.startswith("http://") and not settings.harmless_channel:
        yield f"PUBLIC_URL must begin with https://, as {PROVIDERS[channel]} calls it over the internet"
    if settings.demo_erp:
        yield (
            "ERP_URL is unset or the demo plant's; with a real channel it must name your ERP "
            "(`files:DIR`, your own folder of plain files)"
        )


PROVIDERS = {ChannelName.TWILIO: "Twilio", ChannelName.CLOUD: "Meta"}
NEEDED = {
    ChannelName.TWILIO: ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM", "PUBLIC_URL"),
    ChannelName.CLOUD: (
        "CLOUD_PHONE_NUMBER_ID",
        "CLOUD_ACCESS_TOKEN",
        "CLOUD_APP_SECRET",
        "CLOUD_VERIFY_TOKEN",
        "PUBLIC_URL",
    ),
}
REMEDIES = {
    "TWILIO_ACCOUNT_SID": "it begins with AC, on the first page of Twilio's console",
    "TWILIO_AUTH_TOKEN": "beside the account's SID; best as TWILIO_AUTH_TOKEN_FILE",
    "TWILIO_WHATSAPP_FROM": "your WhatsApp sender, like `whatsapp:+912240001234`",
    "CLOUD_PHONE_NUMBER_ID": "the number's id at Meta, on your app's page API Setup; not the phone number",
    "CLOUD_ACCESS_TOKEN": "a system user's, without an end; best as CLOUD_ACCESS_TOKEN_FILE",
    "CLOUD_APP_SECRET": "on the page App settings, Basic; best as CLOUD_APP_SECRET_FILE",
    "CLOUD_VERIFY_TOKEN": "any word of yours, the same as you give Meta with the webhook's address",
    "PUBLIC_URL": "the address at which WhatsApp's provider reaches us",
}


def _erp_problems(settings: Settings, given: Mapping[str, str]) -> Iterator[str]:
    if settings.erp_urls:
        yield "ERP_URLS: several ERPs at once are not built yet; name one in ERP_URL"
    if settings.files_erp:
        folder = Path(settings.erp_url.removeprefix(FILES))
        if not folder.is_dir():
            yield f"{given.get('ERP_URL', settings.erp_url)}: there is no such folder ({folder.resolve()})"
        return
    kind = settings.erp_url.partition(":")[0].partition("+")[0]
    if kind in ERPS:
        yield f"ERP_URL={kind}+…: {ERPS[kind]} is not built yet; exchange plain files (`files:DIR`)"
    else:
        yield f"ERP_URL={settings.erp_url}: no such ERP; write `files:DIR`"


def _reader_problems(settings: Settings) -> Iterator[str]:
    """What customers write or say leaves the house here: only to where it was meant to go, and not in the open."""
    if settings.reader_url and not settings.reader_model:
        yield "READER_MODEL is missing; READER_URL needs it: the name of a model that endpoint offers"
    for name, url in (("READER", settings.reader_url), ("TRANSCRIBER", settings.transcriber_url)):
        parts = urlsplit(url)
        if "@" in parts.netloc:
            yield f"{name}_URL holds a password; put it into {name}_KEY (best as {name}_KEY_FILE)"
        if parts.scheme == "http" and not _is_near(parts.hostname or ""):
            yield f"{name}_URL must begin with https://, as messages go there; http:// only within your own network"


def _alarm_problems(settings: Settings) -> Iterator[str]:
    """Both addresses may hold secrets: neither is repeated."""
    alert = urlsplit(settings.alert_url.get_secret_value())
    if alert.geturl() and (alert.scheme not in ("http", "https") or not alert.hostname):
        yield "ALERT_URL: not a web address; write it like `https://hooks.example.com/…`"
    elif alert.scheme == "http" and not _is_near(alert.hostname or ""):
        yield "ALERT_URL must begin with https://; http:// only within your own network"
    if mail := settings.smtp_url.get_secret_value():
        try:
            MailWay.from_url(mail)
        except ValueError as error:
            yield f"SMTP_URL: {error}"


def _mailbox_problems(settings: Settings) -> Iterator[str]:
    """The address holds a password: it is not repeated, and does not travel in the open."""
    if not (url := settings.imap_url.get_secret_value()):
        return
    try:
        box = ImapBox.from_url(url)
    except ValueError as error:
        yield f"IMAP_URL: {error}"
        return
    if not box.encrypted and not _is_near(box.host):
        yield "IMAP_URL must begin with imaps://; imap:// only within your own network"


def _is_near(host: str) -> bool:
    """Whether it is this machine or one of the own network: a private address, or a name without a dot."""
    try:
        return ip_address(host.strip("[]")).is_private
    except ValueError:
        return "." not in host


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def _kept_key(path: Path) -> str:
    """The key in the file, made when there is none; two processes that start at once agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(draft, path)  # fails when another was first, and is never seen half written
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text(encoding="ascii")
