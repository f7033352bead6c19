"""WhatsApp through Meta's Cloud API: what is sent, fetched and approved there. It keeps no list of messages."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.channels.attachments import LARGEST, Attachments, Hosts
from bot.channels.cloud_api import Bearer, CloudApi
from bot.channels.cloud_messages import components, new_template, session_message, template_language, template_message
from bot.channels.openings import openings
from bot.channels.port import (
    ChannelError,
    Fetched,
    ListedMessage,
    Media,
    MediaRefused,
    OutcomeUnknown,
    OutgoingMessage,
    Refused,
    SlowDown,
    WindowClosed,
)
from bot.channels.registry import Registry
from bot.channels.shapes import form_key
from bot.model import OutboundState
from store.database import Database

NAME = "cloud"
TIMEOUT = 10.0
HOSTS = Hosts(first="lookaside.fbsbx.com", domains=("fbsbx.com", "facebook.com", "whatsapp.net"))
MEDIA = "media:"
"""Before the id of an attachment, which is all that a webhook names for good."""
# The template is gone, paused or disabled: Meta's word is asked for again, and another form is tried.
NO_SUCH_TEMPLATE = {"132001": "missing", "132015": "paused", "132016": "disabled"}
REJECTED = "REJECTED"
MANAGEMENT = "whatsapp_business_management"


class CloudChannel:
    """One WhatsApp number of one business account at Meta. `api_url` serves all of Meta's hosts when given."""

    name = NAME
    pace = timedelta(seconds=6)
    window: timedelta | None = timedelta(hours=24)
    on_acceptance = OutboundState.SENT
    keeps_list = False

    def __init__(
        self,
        *,
        phone_number_id: str,
        access_token: str,
        database: Database,
        business_account_id: str = "",
        api_url: str = "",
        timeout: float = TIMEOUT,
    ) -> None:
        self._number = phone_number_id
        self._token = access_token
        self._business_account = business_account_id
        self._api = CloudApi(token=access_token, api_url=api_url, timeout=timeout)
        self._registry = Registry(database)
        self._attachments = Attachments(
            hosts=HOSTS,
            credentials=Bearer(access_token),
            api_url=self._api.root if api_url else "",
            timeout=timeout,
        )

    def send(self, message: OutgoingMessage) -> str:
        """Hand a message over; Meta's id of it. What becomes of it is called back with our own id."""
        if message.opens_window:
            return self._open_window(message)
        return self._post(session_message(message))

    def _post(self, body: Mapping[str, object]) -> str:
        answer = self._api.send(f"{self._number}/messages", body)
        try:
            return str(answer["messages"][0]["id"])
        except (KeyError, IndexError, TypeError) as error:
            raise OutcomeUnknown("the answer carries no id", code="no_answer") from error

    def _open_window(self, message: OutgoingMessage) -> str:
        for opening in openings(message):
            key = form_key(self.name, opening.name)
            if not self._registry.approved(key):
                continue
            try:
                return self._post(template_message(message, name=opening.name, values=opening.values))
            except ChannelError as error:
                if error.code not in NO_SUCH_TEMPLATE:
                    raise
                self._registry.judge(key, NO_SUCH_TEMPLATE[error.code])
        raise WindowClosed("outside the 24-hour window without an approved template", code="131047")

    def listed(self, since: datetime, *, to: str = "") -> Iterator[ListedMessage]:
        """Meta keeps no list: what a webhook did not bring, Meta brings again for days."""
        del since, to
        return iter(())

    def media(self, sid: str) -> Sequence[Media]:
        """Without a list nothing is found in it."""
        del sid
        return ()

    def fetch(self, url: str) -> Fetched:
        """An attachment's content: its address is asked for by its id, and is good for five minutes."""
        media_id = url.removeprefix(MEDIA)
        if media_id == url or not media_id.isalnum() or not media_id.isascii():
            raise MediaRefused("foreign_host")
        try:
            found = self._api.read(media_id, phone_number_id=self._number)
        except SlowDown:
            raise
        except ChannelError as error:
            raise MediaRefused("gone") from error
        size = str(found.get("file_size", ""))
        if size.isdecimal() and int(size) > LARGEST:
            raise MediaRefused("too_large")
        return self._attachments.fetch(str(found.get("url", "")))

    def submit_template(self, *, name: str, language: str, body: str, samples: Sequence[str]) -> str:
        """Hand a text to WhatsApp for approval, with a sample of each variable; its id. Raises ChannelError."""
        account = self._account()
        wanted = new_template(name=name, language=language, body=body, samples=samples)
        try:
            return str(self._api.put(f"{account}/message_templates", wanted)["id"])
        except KeyError as error:
            raise SlowDown("the answer carries no id", code="no_answer") from error
        except Refused:
            # Perhaps it is there already: rejected before, or its making was not remembered.
            there, status = self._template(account, name=name, language=language)
            if not there:
                raise
            if status == REJECTED:
                self._api.put(there, {"components": components(body=body, samples=samples)})
            return there

    def _template(self, account: str, *, name: str, language: str) -> tuple[str, str]:
        """The id and status of the template of this very name and language, if there is one."""
        found = self._api.read(f"{account}/message_templates", name=name, fields="id,name,language,status")
        for one in found.get("data", ()):
            if (one.get("name"), one.get("language")) == (name, template_language(language)):
                return str(one["id"]), str(one.get("status", ""))
        return "", ""

    def template_approval(self, sid: str) -> tuple[str, str]:
        """WhatsApp's word (`pending`, `approved`, `rejected`, `paused` …) and why. Raises ChannelError."""
        found = self._api.read(sid, fields="status,rejected_reason")
        reason = str(found.get("rejected_reason") or "")
        return str(found.get("status") or "unknown").lower(), "" if reason == "NONE" else reason

    def _account(self) -> str:
        """The business account templates belong to: as set, else the only one the token may manage."""
        if not self._business_account:
            ids = _managed(self._about_token())
            if len(ids) != 1:
                text = f"the token may manage {len(ids)} business accounts; name one in CLOUD_BUSINESS_ACCOUNT_ID"
                raise Refused(text, code="no_account")
            self._business_account = ids[0]
        return self._business_account

    def _about_token(self) -> Mapping[str, Any]:
        found = self._api.read("debug_token", input_token=self._token).get("data")
        return found if isinstance(found, dict) else {}

    def check(self) -> Sequence[str]:
        """Whether Meta lets us in, and whether it would call us."""
        try:
            self._api.read(self._number, fields="display_phone_number,quality_rating")
        except ChannelError as error:
            return [
                f"Meta does not let us in ({error}): check CLOUD_PHONE_NUMBER_ID, CLOUD_ACCESS_TOKEN and the network."
            ]
        return list(self._problems_of_webhook())

    def access_ends_at(self) -> datetime | None:
        """When the token ends: a system user's need not, those of Meta's test page last a day."""
        try:
            ends = self._about_token().get("expires_at")
        except ChannelError:
            return None  # some are not allowed to look at themselves
        return datetime.fromtimestamp(ends, UTC) if isinstance(ends, int) and ends > 0 else None

    def _problems_of_webhook(self) -> Iterator[str]:
        try:
            subscribed = self._api.read(f"{self._account()}/subscribed_apps").get("data")
        except ChannelError:
            return  # without the right to manage the account that cannot be seen
        if subscribed == []:
            yield (
                "No app is subscribed to the WhatsApp Business account, so Meta calls no webhook: subscribe yours"
                " (App dashboard, WhatsApp, Configuration) to the field `messages`."
            )


def _managed(token: Mapping[str, Any]) -> list[str]:
    """The business accounts a token may manage, as Meta describes it."""
    scopes = token.get("granular_scopes") or ()
    return [str(one) for scope in scopes if scope.get("scope") == MANAGEMENT for one in scope.get("target_ids") or ()]
