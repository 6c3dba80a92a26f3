"""Compose files as they stand and as docker-compose prints them with all put together: the same workloads.

Arguments: the program compose-show. Skipped without docker-compose."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

FILES = [
    ("services", """
services:
  web:
    image: registry.example.org/web:${TAG:-1.2}
    command: serve 'a b' --flag
    entrypoint: [/web, -v]
    user: "1000:1000"
    read_only: true
    privileged: ${PRIVILEGED}
    cap_add: [SYS_ADMIN]
    cap_drop: [ALL]
    security_opt: ['no-new-privileges:true', 'seccomp:unconfined']
    tmpfs: /run
    volumes:
      - ./data:/data:ro
      - logs:/logs
      - /var/run/docker.sock:/s
      - {type: bind, source: /srv, target: /h, read_only: true, bind: {propagation: rshared}}
    devices: ['/dev/kvm:/dev/kvm:r']
    pid: host
    ipc: host
    userns_mode: host
    sysctls: {net.core.somaxconn: 5}
    ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}
    ports: ['127.0.0.1:80:8080/udp', '90:91']
    environment: {A: 1, B: "${N:-none}", C: 'x$$y'}
    labels: {a: b}
    mem_limit: 512m
    cpus: 0.5
    pids_limit: 10
    oom_score_adj: -5
    restart: always
    logging: {driver: json-file, options: {max-size: 1m}}
    extra_hosts: ['h:1.2.3.4']
    healthcheck: {disable: true}
volumes: {logs: {}}
"""),
    ("extends", """
services:
  base: {image: 'a:1', cap_add: [NET_ADMIN], environment: [A=1, B=2], network_mode: host}
  web: {extends: {service: base}, cap_add: [SYS_PTRACE], environment: {B: 3}, command: x}
"""),
    ("anchors", """
x-hard: &hard {cap_drop: [ALL], read_only: true, user: '5'}
services:
  a: {<<: *hard, image: 'a:1'}
  b: {<<: *hard, image: 'b:1', read_only: false, deploy: {resources: {limits: {memory: 1g}}}}
"""),
]
# what is copied as it was written, and what docker-compose 1.29 adds or takes away
DROPPED = {"object", "source", "said", "healthcheck", "api_version", "options"}
SORTED = {"env": "name", "mounts": "target", "volumes": "name", "sysctls": "name", "ulimits": "name"}


def plain(value):
    if isinstance(value, list):
        return [plain(v) for v in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for key, v in value.items():
        if key in DROPPED or (key == "source" and not isinstance(v, str)):
            continue
        v = plain(v)
        if key in SORTED and isinstance(v, list):
            v = sorted(v, key=lambda e: str(e[SORTED[key]]))
        out[key] = v
    return out


def show(program, folder, name):
    out = subprocess.run([program, "compose", os.path.join(folder, name), "env", os.path.join(folder, ".env")],
                         check=True, stdout=subprocess.PIPE).stdout
    found = json.loads(out)
    for w in found:
        for c in w["containers"]:
            c["mount_sources"] = sorted(str(m["source"]) for m in c["mounts"])
    return {w["name"]: plain(w) for w in found}


def differences(a, b, path=""):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(a.keys() | b.keys()):
            yield from differences(a.get(key), b.get(key), f"{path}/{key}")
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{path}/{i}")
    elif a != b:
        yield f"{path}: {a!r} but {b!r} of docker-compose"


def main():
    if not shutil.which("docker-compose"):
        print("skipped: no docker-compose")
        return 77
    bad = services = 0
    for name, text in FILES:
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "compose.yaml"), "w", encoding="utf-8") as f:
                f.write(text)
            with open(os.path.join(folder, ".env"), "w", encoding="utf-8") as f:
                f.write("PRIVILEGED=true\n")
            run = subprocess.run(["docker-compose", "-f", "compose.yaml", "config"], cwd=folder,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
            if run.returncode:
                print(f"{name}: docker-compose refuses it: {run.stderr.decode()}")
                bad += 1
                continue
            # its dollars are doubled again; what it prints needs no variables
            with open(os.path.join(folder, "whole.yaml"), "wb") as f:
                f.write(run.stdout)
            ours, theirs = show(sys.argv[1], folder, "compose.yaml"), show(sys.argv[1], folder, "whole.yaml")
            services += len(ours)
            for d in differences(ours, theirs):
                print(f"{name}{d}")
                bad += 1
    print(f"{services} services compared")
    return bad > 0 or services == 0


sys.exit(main())
