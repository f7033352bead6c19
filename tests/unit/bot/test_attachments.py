from base64 import b64encode
from collections.abc import Iterator
from itertools import pairwise

import pytest
import requests
import responses

from bot.channels import attachments
from bot.channels.attachments import Attachments
from bot.channels.port import MediaRefused, SlowDown
from bot.channels.twilio import HOSTS

FIRST = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
CDN = "https://mms.twiliocdn.com/AC1/photo"
STORAGE = "https://s3-external-1.amazonaws.com/media.twiliocdn.com/AC1/photo?Signature=x"
CREDENTIALS = "Basic " + b64encode(b"AC1:secret").decode()


@pytest.fixture
def web() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def fetch(url: str = FIRST, *, api_url: str = "") -> attachments.Fetched:
    return Attachments(hosts=HOSTS, credentials=("AC1", "secret"), api_url=api_url, timeout=1).fetch(url)


def redirect(web: responses.RequestsMock, *hops: str) -> None:
    for here, there in pairwise(hops):
        web.get(here, status=307, headers={"Location": there})


@pytest.mark.parametrize("last", [CDN, STORAGE])
def test_an_attachment_is_fetched_over_the_providers_hosts_with_credentials_for_the_first_alone(
    web: responses.RequestsMock, last: str
) -> None:
    redirect(web, FIRST, last)
    web.get(last, body=b"\xff\xd8photo", content_type="image/jpeg; charset=binary")
    found = fetch()
    assert (found.content, found.content_type) == (b"\xff\xd8photo", "image/jpeg")
    assert [call.request.headers.get("Authorization") for call in web.calls] == [CREDENTIALS, None]


def test_credentials_do_not_come_back_with_a_redirect_to_the_first_host(web: responses.RequestsMock) -> None:
    redirect(web, FIRST, CDN, FIRST + "/again")
    web.get(FIRST + "/again", body=b"x")
    fetch()
    assert [call.request.headers.get("Authorization") for call in web.calls] == [CREDENTIALS, None, None]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/photo",
        "https://twilio.com.evil.example/photo",
        "https://eviltwilio.com/photo",
        "http://mms.twiliocdn.com/photo",
        "https://mms.twiliocdn.com:8443/photo",
        "https://twilio.com@evil.example/photo",
        "https://user:password@mms.twiliocdn.com/photo",
        "https://s3-external-1.amazonaws.com/evil/photo",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/../evil/photo",
        "https://s3-external-1.amazonaws.com/media.twiliocdn.com/%2e%2e/evil/photo",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_to_any_other_host_is_not_followed(web: responses.RequestsMock, elsewhere: str) -> None:
    redirect(web, FIRST, CDN, elsewhere)
    with pytest.raises(MediaRefused, match="foreign_host"):
        fetch()


@pytest.mark.parametrize("url", ["https://evil.example/photo", CDN, "http://api.twilio.com/x", "nonsense"])
def test_credentials_are_given_to_no_host_but_the_api(url: str) -> None:
    with pytest.raises(MediaRefused, match="foreign_host"):
        fetch(url)


def test_redirects_in_a_circle_end(web: responses.RequestsMock) -> None:
    redirect(web, FIRST, CDN, CDN)
    with pytest.raises(MediaRefused, match="too_many_redirects"):
        fetch()


def test_what_is_announced_as_too_large_is_not_read(web: responses.RequestsMock) -> None:
    web.get(FIRST, body=b"x", headers={"Content-Length": str(attachments.LARGEST + 1)})
    with pytest.raises(MediaRefused, match="too_large"):
        fetch()


def test_what_is_too_large_without_saying_so_is_not_read_to_its_end(
    web: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "LARGEST", 100_000)
    web.get(FIRST, body=b"x" * 100_001)
    with pytest.raises(MediaRefused, match="too_large"):
        fetch()
    web.replace(responses.GET, FIRST, body=b"x" * 100_000)
    assert len(fetch().content) == 100_000


@pytest.mark.parametrize("status", [404, 410, 403])
def test_what_is_gone_is_gone(web: responses.RequestsMock, status: int) -> None:
    web.get(FIRST, status=status)
    with pytest.raises(MediaRefused, match="gone"):
        fetch()


@pytest.mark.parametrize("answer", [{"status": 500}, {"status": 429}, {"body": requests.ReadTimeout()}])
def test_what_does_not_answer_is_asked_again(web: responses.RequestsMock, answer: dict[str, object]) -> None:
    web.get(FIRST, **answer)  # type: ignore[arg-type]
    with pytest.raises(SlowDown):
        fetch()


def test_a_stand_in_serves_all_of_twilios_hosts_and_no_other(web: responses.RequestsMock) -> None:
    base = "http://127.0.0.1:9001"
    path = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
    web.get(base + path, status=307, headers={"Location": CDN})
    web.get(f"{base}/AC1/photo", body=b"x")
    assert fetch(api_url=base).content == b"x"
    assert fetch(base + path, api_url=base).content == b"x"
    with pytest.raises(MediaRefused, match="foreign_host"):
        fetch("http://127.0.0.1:9002/photo", api_url=base)
