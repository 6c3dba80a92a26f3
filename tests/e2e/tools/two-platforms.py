#!/usr/bin/env python3
"""two-platforms.py LAYOUT: makes the one image of an OCI layout an index of two, the second for arm64."""
import hashlib
import json
import os
import sys

layout = sys.argv[1]


def path(digest):
    return os.path.join(layout, "blobs", *digest.split(":"))


def put(doc):
    data = json.dumps(doc).encode()
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    with open(path(digest), "wb") as f:
        f.write(data)
    return digest, len(data)


index_file = os.path.join(layout, "index.json")
index = json.load(open(index_file))
first = index["manifests"][0]
manifest = json.load(open(path(first["digest"])))
config = json.load(open(path(manifest["config"]["digest"])))
config["architecture"] = "arm64"
config["variant"] = "v8"
manifest["config"]["digest"], manifest["config"]["size"] = put(config)
digest, size = put(manifest)
kind = "application/vnd.oci.image.manifest.v1+json"
both = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [
    {"mediaType": kind, "digest": first["digest"], "size": first["size"],
     "platform": {"os": "linux", "architecture": "amd64"}},
    {"mediaType": kind, "digest": digest, "size": size,
     "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}}]}
digest, size = put(both)
index["manifests"] = [{"mediaType": both["mediaType"], "digest": digest, "size": size,
                       "annotations": {"org.opencontainers.image.ref.name": "both"}}]
json.dump(index, open(index_file, "w"))
