#!/usr/bin/env python3
"""hostile-registry.py LAYOUT PORT-FILE: a registry that serves the first image of an OCI layout and does, by
the name of the repository, what no registry should. A second port plays another host: what it is asked for
is written to LAYOUT.log with the Authorization header, so that a test sees where credentials went."""
import gzip
import hashlib
import http.server
import json
import os
import sys
import threading
import time

layout, port_file = sys.argv[1:3]


def blob(digest):
    with open(os.path.join(layout, "blobs", *digest.split(":")), "rb") as f:
        return f.read()


TOP = json.load(open(os.path.join(layout, "index.json")))["manifests"][0]["digest"]
MANIFEST = blob(TOP)
DOC = json.loads(MANIFEST)
LAYER = DOC["layers"][0]["digest"]
CONFIG = DOC["config"]["digest"]

# The same image with a second, empty layer.
EMPTY = gzip.compress(bytes(1024), mtime=0)
TWO = dict(DOC, layers=DOC["layers"] + [dict(DOC["layers"][0], digest="sha256:" + hashlib.sha256(EMPTY).hexdigest(),
                                             size=len(EMPTY))])
TWO_CONFIG = json.loads(blob(CONFIG))
TWO_CONFIG["rootfs"]["diff_ids"].append("sha256:" + hashlib.sha256(bytes(1024)).hexdigest())
TWO_CONFIG.pop("history", None)
TWO_CONFIG = json.dumps(TWO_CONFIG).encode()
TWO["config"] = dict(DOC["config"], digest="sha256:" + hashlib.sha256(TWO_CONFIG).hexdigest(), size=len(TWO_CONFIG))
together = threading.Barrier(2, timeout=15)
TYPE = DOC.get("mediaType", "application/vnd.oci.image.manifest.v1+json")
seen = {}
lock = threading.Lock()


def count(key):
    with lock:
        seen[key] = seen.get(key, 0) + 1
        return seen[key]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        with lock, open(layout + ".log", "a") as f:
            f.write("%d %s %s %s\n" % (self.server.server_port, self.path, self.headers.get("Authorization", "-"),
                                       self.headers.get("Range", "-")))

    def send(self, status, body=b"", headers=(), length=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for k, v in headers:
            self.send_header(k, v)
        self.end_headers()
        self.wfile.write(body)

    def cut(self):
        self.wfile.flush()
        self.close_connection = True
        self.connection.close()

    def manifest(self, repo, headers=()):
        self.send(200, MANIFEST, [("Content-Type", TYPE), *headers])

    def layer(self, repo, body):
        """The layer, Range respected unless the name says otherwise."""
        start = self.headers.get("Range")
        if start and "no-range" not in repo:
            at = int(start[6:].rstrip("-"))
            said = at + (1 if "wrong-range" in repo else 0)
            self.send(206, body[at:], [("Content-Range", "bytes %d-%d/%d" % (said, len(body) - 1, len(body)))])
        else:
            self.send(200, body)

    def half(self, body):
        self.send(200, body[:len(body) // 2], length=len(body))
        self.cut()

    def do_POST(self):
        self.do_GET()

    def do_GET(self):
        try:
            self.answer()
        except (BrokenPipeError, ConnectionResetError, ValueError, threading.BrokenBarrierError):
            pass

    def answer(self):
        path = self.path.split("?")[0]
        if path == "/v2/":
            return self.send(200, b"{}")
        if path.startswith("/token/"):
            return self.token(path[7:])
        parts = path.split("/")
        if len(parts) != 5:
            return self.send(404)
        repo, what, ident = parts[2:]
        with_token = self.headers.get("Authorization") == "Bearer good"
        if repo.startswith("auth-") and not with_token and self.server is first:
            return self.challenge(repo)
        if repo == "two-layers":
            return self.two_layers(what, ident)
        if what == "manifests":
            return self.manifests(repo)
        if ident == CONFIG:
            body = blob(CONFIG)
            return self.send(200, body.replace(b"linux", b"Linux") if repo == "wrong-config" else body)
        return self.layers(repo, blob(ident))

    def two_layers(self, what, ident):
        """Neither layer comes before both are asked for."""
        if what == "manifests":
            return self.send(200, json.dumps(TWO).encode(), [("Content-Type", TYPE)])
        if ident == TWO["config"]["digest"]:
            return self.send(200, TWO_CONFIG)
        together.wait()
        return self.send(200, EMPTY if ident == TWO["layers"][1]["digest"] else blob(ident))

    def challenge(self, repo):
        realm = {"auth-realm": "http://token.example.org/"}.get(repo, "http://127.0.0.1:%d/token/%s" % (
            self.server.server_port, repo))
        value = 'Bearer realm="%s",service="x",scope="repository:%s:pull"' % (realm, repo)
        if repo == "auth-garbage":
            value = 'Bearer realm="'
        self.send(401, b"{}", [("WWW-Authenticate", value)])

    def token(self, repo):
        if repo == "auth-endless":
            self.endless(b"x" * 4096)
        token = {"auth-crlf": "good\r\nX: y", "auth-none": None, "auth-never": "bad"}.get(repo, "good")
        self.send(200, json.dumps({"token": token}).encode())

    def endless(self, piece):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while True:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))

    def manifests(self, repo):
        n = count(repo + "/manifests")
        if repo == "huge-header":
            return self.manifest(repo, [("X", "x" * 90000)])
        if repo == "many-headers":
            return self.manifest(repo, [("X-%d" % i, "y" * 100) for i in range(20000)])
        if repo == "endless-headers":
            self.send_response(200)
            self.flush_headers()
            while True:
                self.wfile.write(b"X: " + b"y" * 1000 + b"\r\n")
        if repo == "endless-manifest":
            self.endless(b" " * 65536)
        if repo == "long-manifest":
            return self.send(200, b" ", length=1 << 40)
        if repo == "wrong-digest":
            return self.manifest(repo, [("Docker-Content-Digest", "sha256:" + "0" * 64)])
        if repo == "wrong-type":
            return self.send(200, MANIFEST, [("Content-Type", "application/vnd.oci.image.index.v1+json")])
        if repo == "redirect-loop":
            return self.send(302, b"", [("Location", self.path)])
        if repo == "redirect-clear":
            return self.send(302, b"", [("Location", "http://example.org/" )])
        if repo == "redirect-userinfo":
            return self.send(302, b"", [("Location", "http://u:p@127.0.0.1:%d/" % second.server_port)])
        if repo == "redirect-file":
            return self.send(302, b"", [("Location", "file:///etc/passwd")])
        if repo == "slow-manifest":
            self.send_response(200)
            self.send_header("Content-Length", str(len(MANIFEST)))
            self.end_headers()
            for byte in MANIFEST:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.5)
            return None
        if repo == "garbage-chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"zz\r\nnot a chunk\r\n")
            return self.cut()
        if repo == "no-http":
            self.wfile.write(b"\x00\x01\x02 hello\r\n\r\n")
            return self.cut()
        if repo == "busy-once" and n == 1:
            return self.send(429, b"", [("Retry-After", "1")])
        if repo == "busy-long":
            return self.send(429, b"", [("Retry-After", "7200")])
        if repo == "down-twice" and n <= 2:
            return self.send(503)
        if repo == "down":
            return self.send(500, b"x" * 1000000)
        if repo == "lost-once" and n == 1:
            return self.cut()
        return self.manifest(repo)

    def layers(self, repo, body):
        n = count(repo + "/layer")
        if self.server is first and repo.startswith("auth-redirect"):
            where = "http://127.0.0.1:%d%s?signature=very-secret" % (second.server_port, self.path)
            return self.send(307, b"", [("Location", where)])
        if repo.startswith("cut-once") and n == 1:
            return self.half(body)
        if repo == "cut-always":
            return self.half(body)
        if repo == "cut-drip":  # a little more each time, then the whole
            at = int(self.headers.get("Range", "bytes=0-")[6:].rstrip("-"))
            piece = body[at:at + 300000]
            self.send(206 if at else 200, piece, [("Content-Range", "bytes %d-%d/%d" % (at, len(body) - 1, len(body)))]
                      if at else [], length=len(body) - at)
            return self.cut()
        if repo == "long-layer":
            return self.send(200, body + b"more")
        if repo == "short-layer":
            return self.send(200, body[:-100])
        if repo == "endless-layer":
            self.endless(b"\0" * 65536)
        if repo == "swapped-layer":
            return self.send(200, body[:-50] + b"x" * 50)
        if repo == "no-layer":
            return self.send(404)
        if repo == "denied-layer":
            return self.send(403)
        if repo == "layer-down-twice" and n <= 2:
            return self.send(502)
        if repo == "slow-layer":
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            while True:
                self.wfile.write(b"x")
                self.wfile.flush()
                time.sleep(0.05)
        return self.layer(repo, body)


first = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
second = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=second.serve_forever, daemon=True).start()
with open(port_file + ".new", "w") as out:
    out.write("%d %d\n" % (first.server_port, second.server_port))
os.rename(port_file + ".new", port_file)
first.serve_forever()
