#!/usr/bin/env python3
"""The API of a Docker engine on a unix socket, kept alive: fake-docker.py SOCKET HOW [CONTAINERS].

HOW: whole (all is well), or what is wrong with the answers about containers, or with HOW:list that
of the list, with HOW:info that of /info:
  truncated (fewer bytes than announced), short (JSON that breaks off), huge (more than any limit),
  types (numbers where texts are), array, null, text (no JSON), nothttp, header (it never ends),
  slow (a byte now and then), vanish (404), error (500 with words), extra (a second answer nobody
  asked for), close (no answer).
"""
import json
import os
import sys
import time

import unix_peer

path, how = sys.argv[1:3]
count = int(sys.argv[3]) if len(sys.argv) > 3 else 3
how, _, where = how.partition(":")
where = where or "inspect"
IMAGE = "sha256:" + "ab" * 32

INFO = {"ID": "x", "Containers": count, "ServerVersion": "27.5.1", "OSType": "linux", "Architecture": "x86_64",
        "CgroupVersion": "2", "CgroupDriver": "systemd", "Driver": "overlay2", "LiveRestoreEnabled": True,
        "SecurityOptions": ["name=apparmor", "name=seccomp,profile=builtin", "name=cgroupns"],
        "DefaultRuntime": "runc", "Runtimes": {"runc": {"path": "runc"}}, "LoggingDriver": "json-file",
        "DockerRootDir": "/var/lib/docker", "Name": "fake"}
VERSION = {"Version": "27.5.1", "ApiVersion": "1.47", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64",
           "Components": [{"Name": "Engine", "Version": "27.5.1", "Details": {}}]}
if 'FAKE_RUNC' in os.environ:
    VERSION["Components"].append({"Name": "runc", "Version": os.environ['FAKE_RUNC'], "Details": {}})
IMAGES = {"Id": IMAGE, "RepoTags": ["base:1"], "Os": "linux", "Architecture": "amd64", "RootFS": {"Layers": []},
          "Config": {"User": "1000", "Env": ["PATH=/bin"], "Cmd": ["sh"], "Healthcheck": {"Test": ["CMD", "true"]}}}


def ident(n):
    return "%064x" % (n + 1)


def inspect(n):
    host = {"Binds": None, "Privileged": n == 0, "NetworkMode": "none", "PidMode": "", "IpcMode": "private",
            "UsernsMode": "", "UTSMode": "", "CgroupnsMode": "private", "CapAdd": None, "CapDrop": ["ALL"],
            "SecurityOpt": ["no-new-privileges"], "ReadonlyRootfs": True, "Memory": 67108864, "NanoCpus": 1000000000,
            "PidsLimit": 50, "RestartPolicy": {"Name": "no"}, "LogConfig": {"Type": "json-file", "Config": {}},
            "MaskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                            "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"],
            "ReadonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
            "Runtime": "runc", "Devices": [], "Ulimits": []}
    return {"Id": ident(n), "Created": "2026-01-01T00:00:00Z", "Path": "sh", "Args": [], "Name": "/c%d" % n,
            "State": {"Status": "created", "Running": False, "Pid": 0}, "Image": IMAGE, "Driver": "overlay2",
            "Platform": "linux", "MountLabel": "", "ProcessLabel": "", "AppArmorProfile": "docker-default",
            "HostConfig": host, "Mounts": [], "NetworkSettings": {"Networks": {"none": {}}},
            "Config": {"Image": "base:1", "User": "1000", "Env": ["PATH=/bin"], "Cmd": ["sh"], "Labels": {},
                       "Healthcheck": {"Test": ["CMD", "true"]}}}


def listed(n):
    return {"Id": ident(n), "Names": ["/c%d" % n], "Image": "base:1", "ImageID": IMAGE, "State": "created"}


def reply(body, status="200 OK", claim=None):
    head = "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
    return (head % (status, len(body) if claim is None else claim)).encode() + body


def broken(peer, body):
    """Answers as HOW says; False when the connection is of no more use."""
    if how == "truncated":
        peer.sendall(reply(body[:-5], claim=len(body)))
        return False
    if how == "huge":
        peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        piece = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        while True:
            peer.sendall(piece)
    if how == "header":
        peer.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            peer.sendall(b"X: " + b"y" * 4096 + b"\r\n")
    if how == "slow":
        for i in range(len(body)):
            peer.sendall(reply(body)[i:i + 1])
            time.sleep(0.3)
    answers = {
        "short": reply(body[:len(body) // 2]),
        "types": reply(json.dumps({"Id": 7, "Name": [], "State": 1, "HostConfig": "x", "Config": 3, "Mounts": {},
                                   "Image": {}}).encode()),
        "array": reply(b"[[[[]]]]"),
        "null": reply(b"null"),
        "text": reply(b"<html>"),
        "nothttp": b"SSH-2.0-OpenSSH_9.2p1\r\n",
        "vanish": reply(b'{"message":"No such container"}', "404 Not Found"),
        "error": reply(b'{"message":"the engine \x1b[31mfell\\u001b[0m over"}', "500 Internal Server Error"),
        "extra": reply(body) + reply(json.dumps(inspect(0)).encode()),
        "close": b"",
    }
    peer.sendall(answers[how])
    return how not in ("nothttp", "close")


def answer(peer, target):
    parts = target.split("?")[0].strip("/").split("/")
    kind = parts[0]
    if target.startswith("/containers/json"):
        kind, body = "list", [listed(n) for n in range(count)]
    elif kind == "containers":
        kind, body = "inspect", inspect(int(parts[1], 16) - 1)
    else:
        body = {"info": INFO, "version": VERSION, "images": IMAGES}.get(kind)
    if body is None:
        peer.sendall(reply(b'{"message":"page not found"}', "404 Not Found"))
        return True
    raw = json.dumps(body).encode()
    bad = how != "whole" and kind == where and not (kind == "inspect" and int(parts[1], 16) == count)
    if bad:
        return broken(peer, raw)
    peer.sendall(reply(raw))
    return True


unix_peer.run(path, answer)
