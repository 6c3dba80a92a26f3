#!/usr/bin/env python3
"""An engine that is up to no good: hostile-docker.py SOCKET HOW [ARGUMENT].

The engine's own answers are fake-docker.py's; HOW is what is done to them:
  names (containers, images with names of bytes that hurt), ids (ids that are paths, options, texts),
  many N (N containers in the list), twice (one id twice), other (an answer about another
  container), pid N (State.Pid), mounts N, chunk (sizes of chunks beyond all), bignum (numbers that
  are no integers), redirect, gzip, http2, length (10 GB announced), reset (the connection ends
  after each answer, in the middle of the next), trickle (a byte a second), heads (a body without end
  in the head of the answer), deep (nested lists).
"""
import json
import os
import sys
import time

import unix_peer

path, HOW = sys.argv[1:3]
argument = sys.argv[3] if len(sys.argv) > 3 else ""
here = os.path.dirname(os.path.abspath(__file__))
source = open(os.path.join(here, "fake-docker.py")).read().split("unix_peer.run(")[0]
sys.argv[1:] = [path, "whole", "2"]
exec(compile(source, "fake-docker.py", "exec"))
BAD = ["\x1b[31mred", "a\nb::error::x", "nul\0behind", "\u202egnp.exe", "../../../etc/passwd", "a b", "-v", "%s%n", "\x9bC1",
       "\u2028line", "x" * 70000, "\ud800", "<script>", "$(id)", "host", "c0"]


def listing():
    if HOW == "many":
        return [listed(n) for n in range(int(argument))]
    if HOW == "twice":
        return [listed(0), listed(0), listed(1)]
    if HOW == "ids":
        ids = ["../../../version", "x", "", "A" * 64, "-" * 64, "0" * 63, "0" * 65, "0" * 63 + "\n", ident(0) + "/json?x", None, 7,
               [], {}]
        return [dict(listed(0), Id=i) for i in ids] + ["text", 1, None, [listed(0)]]
    if HOW == "names":
        return [dict(listed(n), Names=["/" + b], Image=b) for n, b in enumerate(BAD)]
    return [listed(0), listed(1)]


def about(n):
    c = inspect(n)
    if HOW == "names":
        b = BAD[n]
        c["Name"] = "/" + b
        c["Config"].update(Image=b, Env=["A=" + b, b], Cmd=[b], Labels={b: b}, User=b, Hostname=b)
        c["HostConfig"].update(Privileged=True, Binds=["/%s:/%s" % (b, b)], NetworkMode=b, Runtime=b, SecurityOpt=[b, "apparmor=" + b])
        c["Mounts"] = [{"Type": "bind", "Source": "/" + b, "Destination": "/" + b, "Mode": b, "RW": True}]
    if HOW == "other":
        c["Id"] = ident(1 - n)
    if HOW == "pid":
        c["State"] = {"Status": "running", "Running": True, "Pid": int(argument)}
    if HOW == "mounts":
        c["Mounts"] = [{"Type": "bind", "Source": "/nowhere/%d" % i, "Destination": "/m%d" % i, "Mode": "", "RW": True}
                       for i in range(int(argument))]
        c["HostConfig"]["Binds"] = ["/nowhere/%d:/m%d" % (i, i) for i in range(int(argument))]
    return c


def body_of(target):
    parts = target.split("?")[0].strip("/").split("/")
    if target.startswith("/containers/json"):
        return listing()
    if parts[0] == "containers":
        return about(int(parts[1], 16) - 1)
    return {"info": INFO, "version": VERSION, "images": IMAGES}.get(parts[0])


def head(text, body=b""):
    return b"HTTP/1.1 " + text.encode() + b"\r\n\r\n" + body


def send(peer, target):
    """False: the connection is over."""
    body = body_of(target)
    if body is None:
        peer.sendall(reply(b'{"message":"page not found"}', "404 Not Found"))
        return True
    raw = json.dumps(body).encode()
    is_it = target.startswith("/containers/" + ident(0))
    if HOW == "bignum" and is_it:
        raw = raw.replace(b'"Memory": 67108864', b'"Memory": 1e999').replace(b'"PidsLimit": 50', b'"PidsLimit": 99999999999999999999999')
    if HOW == "deep" and is_it:
        raw = raw.replace(b'"Mounts": []', b'"Mounts": ' + b"[" * 100000 + b"]" * 100000)
    if HOW == "reset":
        peer.sendall(reply(raw) + b"HTTP/1.1 2")
        return False
    if not is_it:
        peer.sendall(reply(raw))
        return True
    answers = {
        "chunk": head("200 OK\r\nTransfer-Encoding: chunked", b"ffffffffffffffff\r\n" + raw + b"\r\n0\r\n\r\n"),
        "redirect": head("301 Moved\r\nLocation: file:///etc/passwd\r\nContent-Length: 0"),
        "gzip": head("200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 20", b"\x1f\x8b\x08" + b"\0" * 17),
        "http2": b"\0\0\x12\4\0\0\0\0\0\0\3\0\0\0\x64\0\4\0\xa0\0\0\0\2\0\0\0\0",
    }
    if HOW in answers:
        peer.sendall(answers[HOW])
        return HOW == "redirect"
    if HOW == "length":
        peer.sendall(head("200 OK\r\nContent-Length: 10737418240"))
        while True:
            peer.sendall(b" " * 0x100000)
    if HOW == "heads":
        peer.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            peer.sendall(b"y" * 0x10000)
    if HOW == "trickle":
        for b in reply(raw):
            peer.sendall(bytes([b]))
            time.sleep(1)
    peer.sendall(reply(raw))
    return True


unix_peer.run(path, send, path + ".asked")
