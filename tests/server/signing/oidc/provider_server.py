"""A small OpenID provider for tests: real HTTP, real signatures, and ways to misbehave."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "linewright", "client-secret"


class Provider:
    """Discovery, authorization, token and keys, as OpenID Connect Core says.

    `claims` are added to each ID token; `twists` change it or an answer for one test.
    """

    def __init__(self) -> None:
        self.keys = {"k1": rsa.generate_private_key(65537, 2048)}
        self.kid = "k1"
        self.claims: dict[str, Any] = {}
        self.twists: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}/realm"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def consent(self, url: str) -> dict[str, str]:
        """Do what a browser does at the provider: sign in, and come back with code and state."""
        asked = dict(parse_qsl(urlsplit(url).query))
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"state": asked["state"], "code": code}

    def discovered(self) -> dict[str, Any]:
        """Return what discovery tells."""
        ends = {
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
        }
        return {"issuer": self.issuer, **ends, **self.twists.get("discovery", {})}

    def listed(self) -> dict[str, Any]:
        """Return the public keys."""
        found = []
        for kid, key in self.keys.items():
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
            found.append({**public, "kid": kid, "use": "sig", "alg": "RS256"})
        return {"keys": found}

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return tokens for a code; None where it, the client or the verifier is not right."""
        asked = self.codes.pop(form.get("code", ""), None)
        wanted = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or authorization != f"Basic {wanted}":
            return None
        if asked["code_challenge"] != challenge or asked["redirect_uri"] != form["redirect_uri"]:
            return None
        now_s = int(time.time())
        payload = {
            "iss": self.issuer,
            "sub": "subject-17",
            "aud": CLIENT,
            "iat": now_s,
            "exp": now_s + 300,
            "nonce": asked["nonce"],
            **self.claims,
            **self.twists.get("payload", {}),
        }
        payload = {name: value for name, value in payload.items() if value is not None}
        key = self.twists.get("key", self.keys[self.kid])
        algorithm = self.twists.get("algorithm", "RS256")
        signed = jwt.encode(payload, key, algorithm, headers={"kid": self.kid})
        return {"access_token": "a", "token_type": "Bearer", "id_token": signed}


class _Saying(BaseHTTPRequestHandler):
    """Says JSON, and nothing on the terminal."""

    def _say(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value).encode())

    def _send(self, status: int, data: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _answering(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Answering(_Saying):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            if path in provider.twists.get("redirects", {}):
                self.send_response(302)
                self.send_header("location", provider.twists["redirects"][path])
                self.end_headers()
                return
            if path.endswith("/openid-configuration"):
                self._say(200, provider.discovered())
            elif path.endswith("/keys"):
                self._say(200, provider.listed())
            else:
                self._say(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            found = provider.token(form, self.headers.get("authorization", ""))
            if raw := provider.twists.get("raw"):
                self._send(200, raw)
            elif found is None:
                self._say(400, {"error": "invalid_grant"})
            else:
                self._say(200, found)

    return Answering
