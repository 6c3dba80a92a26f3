#!/usr/bin/env python3
"""A container engine on a unix socket that breaks off: fake-engine.py SOCKET HOW ARCHIVE.

HOW: length (fewer bytes than announced), chunk (no last chunk), whole (all is well).
"""
import json
import os
import socket
import sys

path, how, archive = sys.argv[1:]
data = open(archive, "rb").read()
ident = "sha256:" + "ab" * 32
image = json.dumps({"Id": ident, "RepoTags": ["gone:1"], "Os": "linux", "Architecture": "amd64",
                    "GraphDriver": {"Name": "vfs", "Data": None}}).encode()


def answer(status, body, claim=None):
    head = "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return (head % (status, len(body) if claim is None else claim)).encode() + body


def chunked(body, end):
    out = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for i in range(0, len(body), 65536):
        piece = body[i:i + 65536]
        out += b"%x\r\n%s\r\n" % (len(piece), piece)
    return out + (b"0\r\n\r\n" if end else b"")


listener = socket.socket(socket.AF_UNIX)
listener.bind(path + ".new")
listener.listen(8)
os.rename(path + ".new", path)
while True:
    peer, _ = listener.accept()
    request = b""
    while b"\r\n\r\n" not in request:
        request += peer.recv(4096) or b"\r\n\r\n"
    target = request.split(b" ")[1]
    if target.endswith(b"/get"):
        if how == "length":
            reply = answer("200 OK", data[:len(data) // 2], len(data))
        else:
            reply = chunked(data if how == "whole" else data[:len(data) // 2], how == "whole")
    elif target == b"/images/gone/json":
        reply = answer("200 OK", image)
    else:
        reply = answer("404 Not Found", b'{"message":"no such thing"}')
    try:
        peer.sendall(reply)
    except OSError:
        pass
    peer.close()
