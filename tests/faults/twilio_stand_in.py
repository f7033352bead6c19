"""A stand-in for Twilio's WhatsApp API as a process of its own, which calls us signed, doubled, out of order.

People are played through `POST /stand-in/say`; everything that happened is read from `GET /stand-in/feed`.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.faults.chance import Chance
from tests.faults.http_server import Answer, Ask, StandInServer
from tests.faults.stand_in_clock import StandInClock
from tests.faults.twilio_api import Options, TwilioApi, message_now, refused
from tests.faults.twilio_delivery import Postman
from tests.faults.twilio_record import Message, Record
from tests.faults.twilio_rules import Bubble, Refusal

CALLBACKS = (("queued", 0.0), ("sent", 0.02), ("delivered", 0.05), ("read", 0.2))
"""What follows a message that WhatsApp takes, and how many seconds after the call."""


class TwilioStandIn:
    """Twilio's resources, Twilio's calls to us, and what the tests ask."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.record = Record(StandInClock(options.clock), journal=options.journal, pace=options.pace)
        self.chance = Chance(options.seed)
        self.postman = Postman(options.token, doors=options.doors)
        self.api = TwilioApi(options, self.record, self.chance, self._call_back)
        self.copies = 2

    def respond(self, ask: Ask) -> Answer:
        try:
            return self._control(ask) if ask.path.startswith("/stand-in/") else self.api.respond(ask)
        except Refusal as refusal:
            self.record.note("refused", code=refusal.code, text=refusal.text, path=ask.path, to=_to_of(ask))
            return refused(refusal)

    def _call_back(self, message: Message) -> None:
        if not message.callback or not self.options.callbacks:
            return
        steps = list(CALLBACKS)
        if message.error_code is not None:
            steps = [("queued", 0.0), ("failed", 0.05)]
        elif self.chance.strikes("callbacks_out_of_order"):
            steps = [(status, 0.2 - after) for status, after in steps]
        for status, after in steps:
            self.postman.later(after, _call(self._call_back_once, message, status))

    def _call_back_once(self, message: Message, status: str) -> None:
        self.record.set_status(message.sid, status)
        params = {
            "AccountSid": self.options.account,
            "ApiVersion": "2010-04-01",
            "ChannelInstallSid": "XE00000000000000000000000000000000",
            "ChannelPrefix": "whatsapp",
            "ChannelToAddress": message.to.removeprefix("whatsapp:")[:7] + "XXXX",
            "From": message.sender,
            "MessageSid": message.sid,
            "MessageStatus": status,
            "SmsSid": message.sid,
            "SmsStatus": status,
            "StructuredMessage": "false",
            "To": message.to,
        }
        if status == "read":
            params["EventType"] = "READ"
        if status == "failed":
            params |= {"ErrorCode": str(message.error_code), "ChannelStatusMessage": message.error_text}
        answer = self.postman.post(message.callback, params)
        self.record.note("callback", sid=message.sid, status=status, answer=answer)

    def say(self, data: dict[str, Any]) -> str:
        """A person writes or taps: kept, listed, and delivered to our webhook as often as `copies` says."""
        bubble = Bubble(body=data.get("body") or "")
        message = message_now(self.record, "inbound", data["from"], self.options.number, bubble, status="received")
        self.record.add(message)
        params = self._webhook_params(message, data)
        self.record.note("said", sid=message.sid, **{"from": data["from"], "body": bubble.body})
        copies = int(data.get("copies", self.copies))
        together = copies > 1 and self.chance.strikes("webhooks_together")
        barrier = threading.Barrier(copies) if together else None
        for copy in range(copies):
            pause = 0.0 if together or copy == 0 else self.chance.between("copy", 0.02, 0.4)
            self.postman.later(pause, _call(self._deliver, message.sid, params, copy, barrier))
        return message.sid

    def _webhook_params(self, message: Message, data: dict[str, Any]) -> dict[str, str]:
        phone = message.sender.removeprefix("whatsapp:")
        params = {
            "SmsMessageSid": message.sid,
            "NumMedia": "0",
            "ProfileName": data.get("profile_name") or "Someone",
            "MessageType": "text",
            "SmsSid": message.sid,
            "WaId": phone.removeprefix("+"),
            "SmsStatus": "received",
            "Body": message.bubble.body,
            "To": message.to,
            "NumSegments": "1",
            "ReferralNumMedia": "0",
            "MessageSid": message.sid,
            "AccountSid": self.options.account,
            "From": message.sender,
            "ApiVersion": "2010-04-01",
            **data.get("params", {}),
        }
        if data.get("button_payload"):
            params |= {
                "MessageType": "button",
                "ButtonPayload": data["button_payload"],
                "ButtonText": message.bubble.body,
            }
        if data.get("list_id"):
            params |= {
                "MessageType": "interactive",
                "ListId": data["list_id"],
                "ListTitle": message.bubble.body,
            }
        if data.get("quoted_sid"):
            params["OriginalRepliedMessageSid"] = data["quoted_sid"]
            params["OriginalRepliedMessageSender"] = self.options.number
        return params

    def _deliver(self, sid: str, params: dict[str, str], copy: int, barrier: threading.Barrier | None) -> None:
        if barrier is not None:
            with suppress(threading.BrokenBarrierError):
                barrier.wait(timeout=1)
        started = time.monotonic()
        token = f"{sid}-{'together' if barrier else 'again'}"
        answer = self.postman.post(self.options.webhook, params, {"I-Twilio-Idempotency-Token": token})
        self.record.note("webhook", sid=sid, answer=answer, copy=copy, started=started, **{"from": params["From"]})

    # --- what the tests ask

    def _control(self, ask: Ask) -> Answer:
        if ask.path == "/stand-in/say":
            return Answer(data={"sid": self.say(ask.json)})
        if ask.path == "/stand-in/feed":
            kinds = [kind for kind in ask.query.get("kinds", "").split(",") if kind]
            after, wait = int(ask.query.get("after", 0)), float(ask.query.get("wait", 0))
            events, following = self.record.events(after, wait, kinds)
            return Answer(data={"events": events, "next": following})
        if ask.path == "/stand-in/faults":
            return self._set_faults(ask.json)
        if ask.path == "/stand-in/counts":
            counts = {**self.record.counts(), **{f"fault {k}": v for k, v in self.chance.happened.items()}}
            return Answer(data=counts)
        raise Refusal(20404, "no such control", status=404)

    def _set_faults(self, data: dict[str, Any]) -> Answer:
        self.api.slow_seconds = float(data.pop("slow_seconds", self.api.slow_seconds))
        self.api.retry_after = int(data.pop("retry_after", self.api.retry_after))
        self.copies = int(data.pop("copies", self.copies))
        if "webhook" in data:
            self.options = replace(self.options, webhook=data.pop("webhook"))
        self.chance.set({fault: float(odds) for fault, odds in data.items()})
        return Answer(data={"ok": True})


def _to_of(ask: Ask) -> str:
    try:
        return ask.form.get("To", "")
    except UnicodeDecodeError:
        return ""


def _call(function: Callable[..., None], *arguments: Any) -> Callable[[], None]:
    return lambda: function(*arguments)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--options", required=True, help="JSON of Options")
    arguments = parser.parse_args()
    data = json.loads(arguments.options)
    paths = {name: Path(data[name]) if data.get(name) else None for name in ("clock", "journal")}
    stand_in = TwilioStandIn(Options(**{**data, **paths}))
    server = StandInServer(arguments.port, stand_in.respond, host=arguments.host)
    print(server.url, flush=True)
    server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
