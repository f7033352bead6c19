"""The settings: what is read, what is refused and with which remedy, and what a careless start may not do."""

from datetime import time, timedelta
from pathlib import Path

import pytest

from bot.app import build_nights
from bot.settings import DEMO, SettingsError, is_loopback, read
from store.server import Server

KEY = "k" * 32


@pytest.fixture
def plant(tmp_path: Path) -> str:
    """A folder of plain files that is not the demo's."""
    (tmp_path / "plant").mkdir()
    return f"files:{tmp_path / 'plant'}"


@pytest.fixture
def twilio(plant: str) -> dict[str, str]:
    """Everything a real channel needs."""
    return {
        "WHATSAPP_CHANNEL": "twilio",
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "token",
        "TWILIO_WHATSAPP_FROM": "whatsapp:+912240001234",
        "PUBLIC_URL": "https://orders.example.com",
        "ERP_URL": plant,
    }


@pytest.fixture
def cloud(plant: str) -> dict[str, str]:
    """Everything Meta's own API needs."""
    return {
        "WHATSAPP_CHANNEL": "cloud",
        "CLOUD_PHONE_NUMBER_ID": "106540352242922",
        "CLOUD_ACCESS_TOKEN": "token",
        "CLOUD_APP_SECRET": "secret",
        "CLOUD_VERIFY_TOKEN": "word",
        "PUBLIC_URL": "https://orders.example.com",
        "ERP_URL": plant,
    }


def problems(environment: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        read(environment)
    return caught.value.problems


def test_without_any_setting_the_demo_plant_and_the_console_start() -> None:
    settings = read({})
    assert (settings.whatsapp_channel, settings.demo_erp, settings.console_open) == ("console", True, True)
    assert (settings.host, settings.port, settings.timezone) == ("127.0.0.1", 8000, "Asia/Kolkata")
    assert (settings.draft_reminder, settings.credit_max_age) == (timedelta(minutes=20), timedelta(hours=4))
    assert settings.price_hold is None


def test_an_empty_value_is_an_unset_one() -> None:
    assert read({"PORT": "", "ERP_URL": " "}) == read({})


def test_a_secret_is_read_from_the_file_that_x_file_names(twilio: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from the file\n")
    del twilio["TWILIO_AUTH_TOKEN"]
    settings = read(twilio | {"TWILIO_AUTH_TOKEN_FILE": str(tmp_path / "token")})
    assert settings.twilio_auth_token.get_secret_value() == "from the file"


def test_a_secret_given_twice_or_in_a_file_that_is_not_there_is_refused(twilio: dict[str, str]) -> None:
    (both,) = problems(twilio | {"TWILIO_AUTH_TOKEN_FILE": "/nowhere"})
    assert both == "TWILIO_AUTH_TOKEN and TWILIO_AUTH_TOKEN_FILE are both set; keep one of them"
    del twilio["TWILIO_AUTH_TOKEN"]
    unreadable, missing = problems(twilio | {"TWILIO_AUTH_TOKEN_FILE": "/nowhere"})
    assert "TWILIO_AUTH_TOKEN_FILE=/nowhere cannot be read" in unreadable
    assert "name a readable text file" in unreadable
    assert missing.startswith("TWILIO_AUTH_TOKEN is missing")


def test_every_problem_is_told_at_once_with_what_to_do() -> None:
    found = problems(
        {
            "PORT": "many",
            "TIMEZONE": "Mars",
            "DRAFT_REMINDER": "soon",
            "WHATSAPP_CHANNEL": "twilio",
            "SECRET_KEY": "x",
        }
    )
    told = "\n".join(found)
    for name in (
        "PORT",
        "TIMEZONE",
        "DRAFT_REMINDER",
        "TWILIO_ACCOUNT_SID",
        "TWILIO_AUTH_TOKEN",
        "PUBLIC_URL",
    ):
        assert name in told
    assert "no such time zone; write it like `Asia/Kolkata`" in told
    assert "write it like `20 minutes`" in told
    assert "SECRET_KEY is shorter than 32 characters" in told
    assert len(found) == 9


def test_a_wrong_value_that_may_hold_a_secret_is_not_repeated() -> None:
    assert "hunter2" not in "".join(problems({"DATABASE_URL": "mysql://u:hunter2@host/db"}))
    assert "hunter2" not in repr(read({"SECRET_KEY": "hunter2" * 8}))


@pytest.mark.parametrize(
    ("environment", "is_open"),
    [
        ({}, True),
        ({"HOST": "localhost"}, True),
        ({"HOST": "::1"}, True),
        ({"HOST": "0.0.0.0"}, False),
        ({"HOST": "192.168.1.10"}, False),
        ({"PUBLIC_URL": "https://orders.example.com"}, False),
        ({"HOST": "0.0.0.0", "PUBLIC_URL": "https://orders.example.com"}, False),
    ],
    ids=str,
)
def test_the_console_needs_no_sign_in_only_with_plain_files_on_loopback_and_no_public_address(
    environment: dict[str, str], is_open: bool
) -> None:
    assert read(environment).console_open is is_open


def test_the_console_beside_a_real_channel_needs_a_sign_in(twilio: dict[str, str]) -> None:
    assert read(twilio).console_open is False


@pytest.mark.parametrize("missing", ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_WHATSAPP_FROM", "PUBLIC_URL"])
def test_a_real_channel_without_one_of_its_settings_does_not_start(twilio: dict[str, str], missing: str) -> None:
    del twilio[missing]
    (problem,) = problems(twilio)
    assert problem.startswith(f"{missing} is missing; WHATSAPP_CHANNEL=twilio needs it")


@pytest.mark.parametrize("erp", ["", f"files:{DEMO}", f"files:{DEMO}/../plant"], ids=["unset", "demo", "disguised"])
def test_a_real_channel_with_an_unset_or_demo_erp_does_not_start(twilio: dict[str, str], erp: str) -> None:
    (problem,) = problems(twilio | {"ERP_URL": erp})
    assert "ERP_URL is unset or the demo plant's" in problem


def test_a_real_channel_with_its_own_plain_files_starts(twilio: dict[str, str]) -> None:
    assert read(twilio).whatsapp_channel == "twilio"


def test_a_public_address_without_tls_is_for_stand_ins_alone(twilio: dict[str, str]) -> None:
    plain = twilio | {"PUBLIC_URL": "http://127.0.0.1:8000"}
    assert "PUBLIC_URL must begin with https://" in problems(plain)[0]
    assert read(plain | {"TWILIO_API_URL": "http://127.0.0.1:9000"}).harmless_channel


@pytest.mark.parametrize(
    "missing",
    ["CLOUD_PHONE_NUMBER_ID", "CLOUD_ACCESS_TOKEN", "CLOUD_APP_SECRET", "CLOUD_VERIFY_TOKEN", "PUBLIC_URL"],
)
def test_the_cloud_api_without_one_of_its_settings_does_not_start(cloud: dict[str, str], missing: str) -> None:
    del cloud[missing]
    (problem,) = problems(cloud)
    assert problem.startswith(f"{missing} is missing; WHATSAPP_CHANNEL=cloud needs it (")


def test_the_cloud_api_starts_with_its_settings_and_never_with_the_demo(cloud: dict[str, str]) -> None:
    settings = read(cloud)
    assert (settings.whatsapp_channel, settings.console_open, settings.harmless_channel) == ("cloud", False, False)
    assert read(cloud | {"CLOUD_API_URL": "http://127.0.0.1:9000/"}).harmless_channel
    (demo,) = problems(cloud | {"ERP_URL": ""})
    assert "ERP_URL is unset or the demo plant's" in demo
    (plain,) = problems(cloud | {"PUBLIC_URL": "http://orders.example.com"})
    assert plain == "PUBLIC_URL must begin with https://, as Meta calls it over the internet"


def test_the_secrets_of_the_cloud_api_are_not_shown(cloud: dict[str, str]) -> None:
    shown = repr(read(cloud))
    assert "'token'" not in shown
    assert "'secret'" not in shown
    assert "'word'" not in shown


def test_a_channel_no_one_knows_is_refused_with_the_known_ones() -> None:
    (problem,) = problems({"WHATSAPP_CHANNEL": "pigeon"})
    assert problem == "WHATSAPP_CHANNEL=pigeon: 'console', 'twilio' or 'cloud'"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sap-s4+https://x", "SAP S/4HANA"),
        ("tally+http://127.0.0.1:9000", "Tally"),
        ("odoo+https://x", "Odoo"),
    ],
)
def test_an_erp_that_is_not_built_is_refused_by_name(url: str, name: str) -> None:
    (problem,) = problems({"ERP_URL": url, "SECRET_KEY": KEY})
    assert f"{name} is not built yet" in problem


def test_an_erp_no_one_knows_and_a_folder_that_is_not_there_are_refused() -> None:
    (unknown,) = problems({"ERP_URL": "abacus://x", "SECRET_KEY": KEY})
    assert unknown == "ERP_URL=abacus://x: no such ERP; write `files:DIR`"
    (absent,) = problems({"ERP_URL": "files:/nowhere"})
    assert "there is no such folder (/nowhere)" in absent


def test_several_erps_are_refused_by_name() -> None:
    (problem,) = problems({"ERP_URLS": "plants=sap-b1+https://x;depots=tally+http://y"})
    assert "ERP_URLS: several ERPs at once are not built yet" in problem


def test_the_present_can_be_moved_with_the_console_on_loopback(tmp_path: Path) -> None:
    assert read({"MUNSHI_CLOCK": str(tmp_path / "clock")}).munshi_clock == tmp_path / "clock"


def test_the_present_can_be_moved_when_the_channels_api_is_on_loopback(twilio: dict[str, str]) -> None:
    stood_in = twilio | {"MUNSHI_CLOCK": "/tmp/clock", "TWILIO_API_URL": "http://127.0.0.1:9000"}
    assert read(stood_in).munshi_clock == Path("/tmp/clock")


@pytest.mark.parametrize("api", ["", "https://api.example.com", "http://10.0.0.5:9000"])
def test_the_present_cannot_be_moved_when_real_people_would_be_written_to(twilio: dict[str, str], api: str) -> None:
    (problem,) = problems(twilio | {"MUNSHI_CLOCK": "/tmp/clock", "TWILIO_API_URL": api})
    assert problem.startswith("MUNSHI_CLOCK moves the present")


def test_the_present_cannot_be_moved_for_a_console_others_can_reach() -> None:
    (problem,) = problems({"MUNSHI_CLOCK": "/tmp/clock", "HOST": "0.0.0.0"})
    assert problem.startswith("MUNSHI_CLOCK moves the present")


def test_a_real_erp_needs_a_secret_key() -> None:
    assert any(p.startswith("SECRET_KEY is missing; with a real ERP") for p in problems({"ERP_URL": "odoo+https://x"}))


def test_with_plain_files_the_signing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = read({"MUNSHI_VAR": str(tmp_path / "var")})
    key = settings.signing_key()
    assert len(key) >= 32
    assert read({"MUNSHI_VAR": str(tmp_path / "var")}).signing_key() == key
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret_key"]


def test_a_set_secret_key_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    settings = read({"SECRET_KEY": KEY, "MUNSHI_VAR": str(tmp_path / "var")})
    assert settings.signing_key() == KEY
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("text", "meant"),
    [("90 seconds", 90), ("20 minutes", 1200), ("1 hour", 3600), ("2 days", 172800), ("30m", 1800), ("4h", 14400)],
)
def test_durations_are_read_in_words(text: str, meant: int) -> None:
    assert read({"DRAFT_REMINDER": text}).draft_reminder == timedelta(seconds=meant)


def test_settings_this_release_does_nothing_with_are_named() -> None:
    assert read({}).without_effect() == []
    assert read({"PRICE_HOLD": "4 hours"}).without_effect() == ["PRICE_HOLD"]


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("ALERT_URL", "https://hooks.example.com/hush", ""),
        ("ALERT_URL", "http://chat/hush", ""),
        ("ALERT_URL", "http://hooks.example.com/hush", "must begin with https://"),
        ("ALERT_URL", "hooks/hush", "not a web address"),
        ("SMTP_URL", "smtp://me:hush@mail.example.com?to=it@example.com", ""),
        ("SMTP_URL", "smtp://me:hush@mail.example.com", "say whom to write to"),
        ("SMTP_URL", "mail.example.com/hush", "write it like `smtp://"),
        ("BACKUP_AT", "02:30", ""),
        ("BACKUP_AT", "off", ""),
        ("BACKUP_AT", "25:00", "not a time of day"),
        ("BACKUP_AT", "at night", "not a time of day"),
    ],
)
def test_where_alarms_go_and_when_backups_are_made_is_checked_at_the_start(setting: str, value: str, said: str) -> None:
    if not said:
        assert "hush" not in repr(read({setting: value}))
        return
    (problem,) = problems({setting: value})
    assert problem.startswith(setting)
    assert said in problem
    assert "hush" not in problem


def test_backups_are_made_by_default_with_the_embedded_database_alone(tmp_path: Path) -> None:
    embedded = Server(tmp_path).url
    other = "postgresql://m@db.example.com/munshi"
    given = {"MUNSHI_VAR": str(tmp_path)}
    by_default = build_nights(read(given), embedded)
    assert by_default is not None
    assert (by_default.at, by_default.folder, by_default.kept) == (time(2), tmp_path / "backups", 14)
    assert build_nights(read(given), other) is None
    assert build_nights(read(given | {"BACKUP_AT": "off"}), embedded) is None
    told = build_nights(read(given | {"BACKUP_AT": "03:15", "BACKUP_DIR": "/srv/copies"}), other)
    assert told is not None
    assert (told.at, told.folder) == (time(3, 15), Path("/srv/copies"))


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://api.example.com/v1", []),
        ("http://127.0.0.1:11434/v1", []),
        ("http://192.168.1.5:11434/v1", []),
        ("http://ollama:11434/v1", []),
        ("http://api.example.com/v1", ["READER_URL must begin with https://"]),
        ("http://8.8.8.8/v1", ["READER_URL must begin with https://"]),
        ("https://user:hunter2@api.example.com/v1", ["READER_URL holds a password"]),
        ("api.example.com", ["READER_URL=api.example.com: not a web address"]),
    ],
)
def test_the_second_reader_is_an_address_that_messages_may_go_to(url: str, said: list[str]) -> None:
    environment = {"READER_URL": url, "READER_MODEL": "any", "READER_KEY": "sk-hunter2"}
    found = problems(environment) if said else []
    assert "hunter2" not in "".join(found)
    assert len(found) == len(said)
    assert all(problem.startswith(one) for problem, one in zip(found, said, strict=True))
    if not said:
        settings = read(environment)
        assert (settings.reader_url, settings.without_effect()) == (url, [])
        assert "hunter2" not in repr(settings)


def test_a_second_reader_needs_the_name_of_a_model() -> None:
    (missing,) = problems({"READER_URL": "https://api.example.com/v1"})
    assert missing.startswith("READER_MODEL is missing; READER_URL needs it")


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_the_databases_address_is_understood_however_it_is_spelt(url: str) -> None:
    assert read({"DATABASE_URL": url}).database_url == "postgresql://u@h/d"


def test_only_this_machines_own_addresses_are_loopback() -> None:
    assert all(is_loopback(host) for host in ("127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"))
    assert not any(is_loopback(host) for host in ("0.0.0.0", "10.0.0.1", "example.com", "", "127.0.0.1.example.com"))
