#!/usr/bin/env python3
"""token-server.py KEY CERT PORT-FILE LOG: issues the JWTs that docker-registry's token authentication wants.
alice:s3cret gets what she asks for, nobody else anything; refresh token "identity" (OAuth 2) as well."""
import base64
import http.server
import json
import os
import subprocess
import sys
import time
import urllib.parse

key, cert, port_file, log = sys.argv[1:5]


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


der = subprocess.run(["openssl", "x509", "-in", cert, "-outform", "DER"], capture_output=True, check=True).stdout


def token(service, scope):
    kind, name, actions = (scope + "::").split(":")[:3]
    now = int(time.time())
    head = {"typ": "JWT", "alg": "RS256", "x5c": [base64.b64encode(der).decode()]}
    body = {"iss": "issuer", "sub": "alice", "aud": service, "exp": now + 60, "nbf": now - 5, "iat": now, "jti": "1",
            "access": [{"type": kind, "name": name, "actions": actions.split(",")}]}
    text = b64(json.dumps(head).encode()) + b"." + b64(json.dumps(body).encode())
    sign = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=text, capture_output=True, check=True)
    return (text + b"." + b64(sign.stdout)).decode()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def reply(self, status, body):
        with open(log, "a") as f:
            f.write("%s %d\n" % (self.command, status))
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        q = dict(urllib.parse.parse_qsl(urllib.parse.urlparse(self.path).query))
        good = "Basic " + base64.b64encode(b"alice:s3cret").decode()
        if self.headers.get("Authorization") != good:
            return self.reply(401, {})
        return self.reply(200, {"token": token(q["service"], q["scope"])})

    def do_POST(self):
        q = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
        if q.get("grant_type") != "refresh_token" or q.get("refresh_token") != "identity+/=":
            return self.reply(401, {})
        return self.reply(200, {"access_token": token(q["service"], q["scope"])})


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
with open(port_file + ".new", "w") as out:
    out.write("%d\n" % server.server_port)
os.rename(port_file + ".new", port_file)
server.serve_forever()
