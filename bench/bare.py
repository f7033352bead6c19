"""The webhook's measure: a bare view that does one signature check and one committed insert."""

import os

from flask import Flask, abort, request
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from store.database import Database

app, engine = Flask(__name__), Database(url=os.environ["DATABASE_URL"]).engine
signature, url = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"]), os.environ["PUBLIC_URL"]


@app.post("/webhooks/twilio")
def message() -> str:
    if not signature.validate(url + request.path, request.form, request.headers["X-Twilio-Signature"]):
        abort(403)
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO bare VALUES (%s, %s)", (request.form["MessageSid"], str(request.form)))
    return ""
