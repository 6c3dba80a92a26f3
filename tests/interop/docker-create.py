"""Create bodies against a real dockerd; see docker-create-dockerd.sh.
Usage: docker-create.py DOCKER-DUMP SOCKET FOLDER"""
import http.client, io, json, random, re, socket, subprocess, sys, tarfile

dump, path, folder = sys.argv[1:4]
IMAGE = "gabion/tiny:1"

# What the two readings may differ in: a field (a dot for each level, no list numbers) and why.
ACCEPTED = {
    "name": "the name is no part of the body",
    "state": "a body has none",
    "merges": "dockerd writes each key once",
    "containers.name": "the name is no part of the body",
    "containers.security_options": "dockerd adds label=disable to privileged containers and those in the host's pid or ipc namespace",
    "containers.mounts.said": "as written",
    "volumes.source": "as written",
    "containers.mounts.options": "volumes without options have z",
    "volumes.driver": "dockerd writes the driver of every volume",
}


class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path)


def call(method, url, body=None, kind="application/json"):
    c = Unix("docker", timeout=60)
    c.request(method, url, body, {"Content-Type": kind} if body is not None else {})
    try:
        r = c.getresponse()
        return r.status, r.read()
    except http.client.HTTPException:  # a handler that panics
        return 599, b'{"message": "no answer"}'


def text(value):
    """JSON with pairs: a list of (key, value) is an object, so that keys can stand twice."""
    if isinstance(value, list) and value and all(isinstance(x, tuple) for x in value):
        return "{" + ",".join(json.dumps(k) + ":" + text(v) for k, v in value) + "}"
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k) + ":" + text(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(text(x) for x in value) + "]"
    return json.dumps(value)


CAPS = ["SYS_ADMIN", "cap_net_admin", "CAP_NET_RAW", "ALL", "all", "\u017fys_ptrace", "CHOWN", "net_b\u0131nd_service", "CAP_MKNOD"]
HOST = {
    "Privileged": [True, False, None],
    "Binds": [["/:/h"], ["/tmp/../:/h:ro"], ["/proc/self/root:/h:rw,rshared"], ["vol:/data:nocopy"], ["/anon"], [None], [],
              ["/etc:/e:ro,z", "//var//run:/r:Z,slave"], None],
    "Mounts": [[{"Type": "bind", "Source": "/etc", "Target": "/m", "ReadOnly": True}], [{"Target": "/m"}],
               [{"Type": "bind", "Source": "/usr/.", "Target": "/m/../n", "BindOptions": {"Propagation": "rshared"}}],
               [{"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 1048576}}],
               [{"Type": "volume", "Source": "v2", "Target": "/v", "VolumeOptions": {"DriverConfig": {"Name": "local",
                 "Options": {"type": "tmpfs", "device": "tmpfs", "o": "size=1m"}}}}], None, []],
    "Tmpfs": [{"/run": "rw,noexec"}, {"/run": ""}, {"/x": "dev,suid,exec", "/y": "ro"}, None],
    "Devices": [[{"PathOnHost": "/dev/null", "PathInContainer": "/dev/n", "CgroupPermissions": "rwm"}], [{}], [None],
                [{"PathOnHost": "/dev/zero"}], None, []],
    "DeviceCgroupRules": [["a *:* rwm"], ["c 10:237 rwm"], None, ["bad"]],
    "CapAdd": [CAPS[:1], CAPS[1:2], CAPS[3:4], CAPS[5:6], [CAPS[0], CAPS[4]], "ALL", None, ["NOPE"], CAPS[7:8]],
    "CapDrop": [["ALL"], CAPS[2:3], ["chown", "CAP_CHOWN"], "all", None],
    "SecurityOpt": [["seccomp=unconfined"], ["seccomp:unconfined"], ["no-new-privileges"], ["no-new-privileges=true"],
                    ["no-new-privileges:false"], ["label=disable"], ["label:type:spc_t"], ["apparmor=unconfined"],
                    ["seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\"}"], ["systempaths=unconfined"], None, ["disable"], ["bogus"],
                    ["no-new-privileges=true", "no-new-privileges=0"]],
    "PidMode": ["host", "", None, "container:none"],
    "IpcMode": ["host", "private", "shareable", "none", "", None, "bad"],
    "UTSMode": ["host", "", None],
    "UsernsMode": ["host", "", None],
    "CgroupnsMode": ["host", "private", "", None],
    "NetworkMode": ["host", "none", "default", "", None, "bridge"],
    "CgroupParent": ["/x", "", None],
    "Sysctls": [{"net.ipv4.ip_forward": "1"}, {"kernel.msgmax": "5\n6"}, None],
    "Runtime": ["runc", "", None, "nope"],
    "ReadonlyRootfs": [True, False, None],
    "RestartPolicy": [{"Name": "always"}, {"Name": "on-failure", "MaximumRetryCount": 5}, {"Name": ""}, {}, None,
                      {"Name": "unless-stopped"}, {"MaximumRetryCount": 3}],
    "Memory": [67108864, 0, None, 1],
    "MemorySwap": [134217728, -1, 0, None],
    "MemoryReservation": [33554432, 0, None],
    "NanoCpus": [500000000, 0, None],
    "CpuQuota": [50000, 0],
    "CpuPeriod": [100000, 0],
    "CpuShares": [512, 0, None],
    "CpusetCpus": ["0", "", None],
    "PidsLimit": [100, 0, -1, None],
    "OomKillDisable": [True, False, None],
    "OomScoreAdj": [-500, 0, None, 1000],
    "Ulimits": [[{"Name": "nofile", "Soft": 10, "Hard": 20}], [{"Soft": 5}], [None], None, []],
    "MaskedPaths": [[], ["/proc/x"], None, [""]],
    "ReadonlyPaths": [[], ["/proc/bus"], None, ["/x"]],
    "PortBindings": [{"80/tcp": [{"HostPort": "8080"}]}, {"53/udp": [{"HostIp": "127.0.0.1", "HostPort": "53"}, {"HostPort": "54"}]}, None],
    "LogConfig": [{"Type": "json-file", "Config": {"max-size": "1m"}}, {"Type": "none"}, {}, None],
    "ExtraHosts": [["a:1.2.3.4"], None],
    "GroupAdd": [["audio", "5"], None],
}
CONFIG = {
    "User": ["root", "1000", "1000:100", "+0", "app:app", "", None],
    "Cmd": ["sh", ["sh", "-c", "x"], None, ["a", None]],
    "Entrypoint": ["e", ["e", "f"], None, []],
    "Env": [["A=1", "B=2=3"], ["A"], ["A=1", "A=2"], None, [None]],
    "Labels": [{"a": "b"}, {"a": None}, None],
    "ExposedPorts": [{"80/tcp": {}}, {"90": {}}, None],
    "Volumes": [{"/v1": {}}, None, {"/data": {}}],
    "WorkingDir": ["/w", "", None, "/w/../x"],
    "Healthcheck": [{"Test": ["CMD", "true"]}, {"Test": ["NONE"]}, {"Interval": 1000000000}, None, {}],
}
# Before version 23 these are taken from outside of HostConfig even where there is one: more limits, never less.
OUTSIDE = {"Memory", "MemorySwap", "CpuShares", "CpusetCpus", "VolumeDriver"}
FOLDED = {"s": "\u017f", "k": "\u212a", "S": "\u017f", "K": "\u212a"}


def odd(rng, key):
    """The key in another spelling that Go takes."""
    how = rng.randrange(4)
    if how == 0:
        return key.lower()
    if how == 1:
        return key.upper()
    if how == 2:
        return "".join(FOLDED.get(c, c) for c in key)
    return "".join(c.upper() if rng.random() < .5 else c.lower() for c in key)


def pairs(rng, table, most):
    out = []
    for _ in range(rng.randrange(1, most)):
        key = rng.choice(sorted(table))
        out.append((key if rng.random() < .8 else odd(rng, key), rng.choice(table[key])))
        if rng.random() < .25:
            out.append((key if rng.random() < .6 else odd(rng, key), rng.choice(table[key])))
    return out


def body(i):
    rng = random.Random(i)
    out = [("Image", IMAGE), ("Cmd", ["x"])] + pairs(rng, CONFIG, 4)
    for _ in range(1 if rng.random() < .75 else 2):
        out.append(("HostConfig" if rng.random() < .8 else odd(rng, "HostConfig"), pairs(rng, HOST, 6)))
    if rng.random() < .05:
        out.append(("HostConfig", None))
    if rng.random() < .1:
        out += pairs(rng, {k: v for k, v in HOST.items() if k not in OUTSIDE}, 3)
    return text(out)


def singles():
    """Each value of each field alone."""
    for key in HOST:
        for value in HOST[key]:
            yield text([("Image", IMAGE), ("Cmd", ["x"]), ("HostConfig", [(key, value)])])
    for key in CONFIG:
        for value in CONFIG[key]:
            yield text([("Image", IMAGE)] + ([] if key == "Cmd" and value else [("Cmd", ["x"])]) + [(key, value)])


def accepted(at, mine, theirs):
    if at == "containers.mounts.options":  # volumes without options
        return "containers.mounts.options" if (mine, theirs) == ([], ["z"]) else None
    return next((x for x in ACCEPTED if at == x or at.startswith(x + ".")), None)


def by(key):
    return lambda x: json.dumps(x.get(key) if isinstance(x, dict) else x)


def tidy(w):
    """Lists without an order of their own in one order."""
    c = w["containers"][0]
    c["mounts"].sort(key=by("target"))
    c["ports"].sort(key=by("port"))
    w["volumes"].sort(key=by("name"))
    w["sysctls"].sort(key=by("name"))
    for name in "capabilities", "masked_paths", "readonly_paths":
        c[name].sort()
    for m in c["mounts"]:  # a volume without a name is given one
        if re.fullmatch("[0-9a-f]{64}", m["volume"] or ""):
            m["volume"] = None
    w["volumes"] = [v for v in w["volumes"] if v["name"] and not re.fullmatch("[0-9a-f]{64}", v["name"])]
    return w


def differences(a, b, at=""):
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            yield from differences(a.get(key), b.get(key), at + "." + key if at else key)
    elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        for x, y in zip(a, b):
            yield from differences(x, y, at)
    elif a != b:
        yield at, a, b


def read(source, lines):
    more = [dump, source, f"info={folder}/info", f"image={folder}/image"]
    out = subprocess.run(more, input="".join(x + "\n" for x in lines).encode(), stdout=subprocess.PIPE, check=True, timeout=120)
    return [json.loads(x) for x in out.stdout.splitlines()]


def main():
    tar = io.BytesIO()
    tarfile.open(fileobj=tar, mode="w").close()
    call("POST", "/images/create?fromSrc=-&repo=gabion/tiny&tag=1", tar.getvalue(), "application/x-tar")
    for name, url in ("info", "/info"), ("image", f"/images/{IMAGE}/json"):
        with open(f"{folder}/{name}", "wb") as f:
            f.write(call("GET", url)[1])
    bodies = list(singles()) + [body(i) for i in range(300)]
    asked, answers, refused = [], [], []
    for b in bodies:
        status, reply = call("POST", "/containers/create", b.encode())
        if status != 201:
            refused.append((b, status, json.loads(reply).get("message")))
            continue
        id = json.loads(reply)["Id"]
        status, reply = call("GET", f"/containers/{id}/json")
        if status != 200:
            refused.append((b, status, "cannot be inspected"))
            continue
        asked.append(b)
        answers.append(json.dumps(json.loads(reply)))
        call("DELETE", f"/containers/{id}?force=1&v=1")
    bad, used = 0, {}
    for b, mine, theirs in zip(asked, read("docker-create", asked), read("docker-inspect", answers)):
        wrong = [f for f in mine["faults"] if "note: " not in f]
        if wrong or theirs["faults"]:
            print("FAULT of a body that dockerd takes:", b, wrong, theirs["faults"])
            bad += 1
        for at, x, y in differences(tidy(mine["objects"][0]), tidy(theirs["objects"][0])):
            known = accepted(at, x, y)
            if known:
                used[known] = used.get(known, 0) + 1
                continue
            print("DIFFERS", at, json.dumps(x), json.dumps(y), b)
            bad += 1
    silent = 0
    for (b, status, why), mine in zip(refused, read("docker-create", [r[0] for r in refused])):
        if not mine["faults"]:
            silent += 1
            if len(sys.argv) > 4:
                print("refused by dockerd, not by us:", why, b)
    print(f"{len(asked)} bodies taken by dockerd, {bad} differences; {len(refused)} refused, of {silent} we say nothing")
    for at in sorted(ACCEPTED):
        print(f"  accepted: {at} ({used.get(at, 0)}): {ACCEPTED[at]}")
    return 1 if bad or len(asked) < 200 else 0


sys.exit(main())
