"""What schemathesis must know beside the portal's description: how a webhook is signed, and that the signature alone decides whether it is taken.

Nothing is signed, unless SIGNED names what that takes, as scan.py makes it up: then every body is, whatever is in it, so that it comes as far as those who read it.
"""

import base64
import hashlib
import hmac
import json
import os
import re
import time

import requests
import schemathesis

KNOWN = json.loads(os.environ.get("SIGNED", "null"))
WEBHOOKS = "/webhooks/"
# As the description has them.
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
ID = re.compile(r"[!-~]{1,200}")
TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def hash_of(key, *parts):
    return base64.b64encode(hmac.new(key, b"".join(parts), hashlib.sha256).digest()).decode()


def encoded(text):
    return text if isinstance(text, bytes) else (text or "").encode()


class Signer(requests.auth.AuthBase):
    """Signs what is sent, byte for byte. What lacks something that is signed, or has something else in its place, is sent as it is, and must be refused."""

    def __call__(self, request):
        vendor = request.path_url.partition("?")[0].removeprefix(WEBHOOKS)
        sign = getattr(self, f"sign_{vendor}", None)
        if sign and request.method == "POST":
            request.is_signed = sign(request.headers, encoded(request.body), request.path_url)
        return request

    def sign_hubspot(self, headers, body, path):
        now = self.set_time(headers, "X-HubSpot-Request-Timestamp", 1000)
        url = f"{KNOWN['portal_url']}{path}"
        headers["X-HubSpot-Signature-v3"] = hash_of(KNOWN["hubspot"].encode(), b"POST", url.encode(), body, now or b"")
        return now is not None

    def sign_xero(self, headers, body, _):
        headers["x-xero-signature"] = hash_of(KNOWN["xero"].encode(), body)
        return True

    def sign_relay(self, headers, body, _):
        now = self.set_time(headers, "webhook-timestamp", 1)
        name = encoded(headers.get("webhook-id"))
        key = base64.b64decode(KNOWN["relay"].removeprefix("whsec_"))
        headers["webhook-signature"] = f"v1,{hash_of(key, name, b'.', now or b'', b'.', body)}"
        return now is not None and ID.fullmatch(name.decode("latin-1")) is not None

    def set_time(self, headers, name, parts):
        """Puts the portal's own time where a time stands."""
        if not WHOLE_NUMBER.fullmatch(encoded(headers.get(name)).decode("latin-1")):
            return None
        headers[name] = str(int((time.time() + KNOWN["seconds_ahead"]) * parts))
        return headers[name].encode()


if KNOWN:
    schemathesis.auth.set_from_requests(Signer()).apply_to(path_regex=f"^{WEBHOOKS}")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Shows redirects as they are; and puts the secret of a mail that was sent where one could be that, since nobody guesses one."""
    kwargs["allow_redirects"] = False
    token = (case.path_parameters or {}).get("token")
    if KNOWN and isinstance(token, str) and TOKEN.fullmatch(token):
        case.path_parameters["token"] = KNOWN["tokens"][ord(token[0]) % len(KNOWN["tokens"])]


@schemathesis.check
def the_signature_decides(ctx, response, case):
    request = response.request
    if not case.path.startswith(WEBHOOKS) or request.method != "POST":
        return
    is_signed = getattr(request, "is_signed", False)
    assert not is_signed or response.status_code == 200, "what is rightly signed was not taken"
    assert is_signed or response.status_code != 200 or KNOWN, "what nobody signed was taken"
