#!/usr/bin/env python3
"""two-layers.py ARCHIVE OUT: the image of a docker-archive with two layers more, as docker save writes it.

The second layer makes the folder of apk's database opaque and puts a shorter database there; the third
removes a file, and adds one. Prints the packages that are left.
"""
import gzip
import hashlib
import io
import json
import sys
import tarfile


def layer(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as t:
        for name, data in files:
            e = tarfile.TarInfo(name)
            if data is None:
                e.type, e.mode, data = tarfile.DIRTYPE, 0o755, b""
            e.size = len(data)
            t.addfile(e, io.BytesIO(data))
    return out.getvalue()


def database(tar):
    with tarfile.open(fileobj=io.BytesIO(tar)) as t:
        return t.extractfile("lib/apk/db/installed").read().decode()


raw = open(sys.argv[1], "rb").read()
if raw[:2] == b"\x1f\x8b":
    raw = gzip.decompress(raw)
files = {}
with tarfile.open(fileobj=io.BytesIO(raw)) as t:
    for member in t.getmembers():
        if member.isfile():
            files[member.name] = t.extractfile(member).read()
entry = json.loads(files["manifest.json"])[0]
config = json.loads(files[entry["Config"]])
base = files[entry["Layers"][0]]
if base[:2] == b"\x1f\x8b":
    base = gzip.decompress(base)
records = [r for r in database(base).split("\n\n") if r.strip()]
kept = [r for r in records if not r.startswith(("C:Q1musl", "P:musl\n")) and "\nP:musl\n" not in "\n" + r + "\n"]
kept = kept[:len(kept) - 2] + ["P:new-one\nV:1.2.3-r0\nA:x86_64"]
layers = [base,
          layer([("lib/apk/db", None), ("lib/apk/db/.wh..wh..opq", b""),
                 ("lib/apk/db/installed", ("\n\n".join(kept) + "\n\n").encode())]),
          layer([("etc/.wh.motd", b""), ("etc/added", b"x\n")])]
config["rootfs"]["diff_ids"] = ["sha256:" + hashlib.sha256(x).hexdigest() for x in layers]
config["history"] += [{"created_by": "/bin/sh -c apk del musl"}, {"created_by": "/bin/sh -c rm /etc/motd"}]
text = json.dumps(config).encode()
name = hashlib.sha256(text).hexdigest() + ".json"
paths = ["l%d/layer.tar" % i for i in range(len(layers))]
manifest = json.dumps([{"Config": name, "RepoTags": ["changed:1"], "Layers": paths}]).encode()
with open(sys.argv[2], "wb") as out:
    out.write(layer(list(zip(paths, layers)) + [(name, text), ("manifest.json", manifest)]))
for record in kept:
    fields = dict(line.split(":", 1) for line in record.split("\n") if line[1:2] == ":")
    print(fields["P"] + "\t" + fields["V"])
