#!/usr/bin/env python3
"""Our reading of Kubernetes' YAML against PyYAML's. Arguments: yaml-dump, the folder of the sources.
Beside own texts the manifests of $GABION_SHARED/data (default: ../shared) are compared, where they are.

PyYAML reads YAML 1.1 as the type repository has it, the API server's reader (sigs.k8s.io/yaml over
go-yaml 2) nearly so. Where the two differ PyYAML is told to do as the API server:
- 1:30 is text, not 90 (go-yaml 2 has no numbers to the base 60);
- 2024-01-01 is text: JSON has no dates, the string comes back as it was written;
- 1e3 and 1E+3 are numbers (PyYAML wants a point and a sign);
- 0o17 is octal as in YAML 1.2, beside 017;
- y and n are booleans, as in the type repository and in go-yaml 2;
- keys become strings as JSON wants them: on: is "true", 8080: is "8080"; a key that is null is refused.
"""
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

try:
    import yaml
except ImportError:
    print("skipped: python3 has no yaml")
    sys.exit(77)


class Reader(yaml.SafeLoader):
    pass


INT, FLOAT, TIME, VALUE = ("tag:yaml.org,2002:" + t for t in ("int", "float", "timestamp", "value"))
Reader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in rows if tag not in (INT, FLOAT, TIME, VALUE)]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Reader.add_implicit_resolver(
    INT, re.compile(r"^[-+]?(0b[01_]+|0o?[0-7_]+|0x[0-9a-fA-F_]+|0|[1-9][0-9_]*)$"), list("-+0123456789"))
Reader.add_implicit_resolver(
    FLOAT, re.compile(r"^([-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$"),
    list("-+0123456789."))


def construct_int(loader, node):
    text = node.value.replace("_", "")
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.lstrip("+"))
    for prefix, base in (("0b", 2), ("0x", 16), ("0o", 8), ("0", 8)):
        if digits.startswith(prefix) and len(digits) > len(prefix):
            return sign * int(digits[len(prefix):], base)
    return sign * int(digits)


def construct_float(loader, node):
    text = node.value.replace("_", "").lower()
    # JSON has neither
    return None if "inf" in text or "nan" in text else float(text)


BOOL = "tag:yaml.org,2002:bool"
Reader.add_implicit_resolver(BOOL, re.compile(r"^[yYnN]$"), list("yYnN"))
Reader.bool_values = dict(yaml.SafeLoader.bool_values, y=True, n=False)
Reader.add_constructor(INT, construct_int)
Reader.add_constructor(FLOAT, construct_float)


def as_json(value):
    if isinstance(value, dict):
        return {key_text(k): as_json(v) for k, v in value.items()}
    if isinstance(value, list):
        return [as_json(v) for v in value]
    return value


def key_text(key):
    if key is None:
        raise ValueError("a key that is null")
    if isinstance(key, bool):
        return json.dumps(key)
    return str(key)


def scalars(value):
    if isinstance(value, dict):
        return sum(map(scalars, value.values()))
    if isinstance(value, list):
        return sum(map(scalars, value))
    return 1


def same(a, b):
    """Where two trees differ, or None."""
    if isinstance(a, dict) and isinstance(b, dict):
        if list(a) != list(b) and sorted(a) != sorted(b):
            return f"keys {sorted(set(a) ^ set(b))}"
        for key in a:
            at = same(a[key], b[key])
            if at is not None:
                return f"/{key}{at}"
        return None
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return f" has {len(a)} and {len(b)} elements"
        for i, (x, y) in enumerate(zip(a, b)):
            at = same(x, y)
            if at is not None:
                return f"/{i}{at}"
        return None
    equal = a == b and isinstance(a, bool) == isinstance(b, bool) and isinstance(a, str) == isinstance(b, str)
    return None if equal else f": {a!r} here, {b!r} there"


def read_other(name):
    """Documents that are not empty, or None where PyYAML refuses the file."""
    try:
        with open(name, "rb") as f:
            return [as_json(d) for d in yaml.load_all(f, Reader) if d is not None]
    except (yaml.YAMLError, UnicodeDecodeError, ValueError):
        return None


# Written for this test: each line is a document.
OWN = """yes
No
on
OFF
y
n
~
null
Null
0777
0o17
0x1F
0b101
1_000
+12
-0
1.5
1e3
-1.5E+3
.5
1:30
2024-01-01
2024-01-01T00:00:00Z
"yes"
'0777'
{on: 1, 8080: x, off: z, 1.5: f, y: b}
{~: y}
{a: &x {b: 1}, c: *x}
{base: &b {a: 1, b: 2}, d: {<<: *b, b: 3}}
[a, b: c, {d: e}]
1.2.3
08
1e
_1
0x
""".splitlines()
BLOCKS = ["a: |\n  x\n  y\n\nb: >-\n  one\n  two\n\n  three\nc: |+\n  z\n\n", "a: 'it''s'\nb: \"\\u00e9\\n\\x41\"\nc: plain with  blanks\n",
          "? a\n: 1\n? b\n: - 2\n  -\n  - ~\n", "- - 1\n  - 2\n-\n  - 3\n", "a:\n- b\n- c:\n  - d\n", "# only\n---\na: 1 # c\n...\n---\n\n--- b\n"]


def collect(folder, shared):
    names = []
    for i, text in enumerate(OWN + BLOCKS):
        names.append(os.path.join(folder, f"own{i:02}.yaml"))
        with open(names[-1], "w") as f:
            f.write("v: " + text + "\n" if text in OWN else text)
    for archive in ("kube/polaris", "kube/kube-linter", "kube/trivy-checks", "kube/istio-validation", "psa/pods"):
        path = os.path.join(shared, archive + ".tar.gz")
        if not os.path.exists(path):
            print(f"not compared: {archive}: it is not there")
            continue
        with tarfile.open(path) as tar:
            for member in tar.getmembers():
                if member.isfile() and member.name.endswith((".yaml", ".yml")):
                    names.append(os.path.join(folder, f"{len(names):05}.yaml"))
                    with open(names[-1], "wb") as f:
                        f.write(tar.extractfile(member).read())
                    TITLES[names[-1]] = archive + ": " + member.name
    return names


TITLES = {}

# Files that differ, each with its reason.
ACCEPTED = {
    "kube/istio-validation: crds/serviceentry-valid.yaml":
        "libyaml refuses a plain scalar in a flow list that ends with a colon: [2001:db8::]",
}


def main(dump, shared):
    bad = documents = leaves = 0
    with tempfile.TemporaryDirectory() as folder:
        names = collect(folder, shared)
        ours = subprocess.run([dump], input="\n".join(names) + "\n", capture_output=True, text=True, check=True)
        lines = ours.stdout.splitlines()
        assert len(lines) == len(names), ours.stderr
        for name, line in zip(names, lines):
            mine, other = json.loads(line), read_other(name)
            mine = mine if mine is None else [d for d in mine if d is not None]
            at = "" if (mine is None) == (other is None) else ": one of the two refuses it"
            if not at and mine is not None:
                at = same(mine, other) or ""
                documents += len(mine)
                leaves += scalars(mine)
            if at and TITLES.get(name) in ACCEPTED:
                print(f"accepted: {TITLES[name]}: {ACCEPTED[TITLES[name]]}")
            elif at:
                bad += 1
                with open(name, errors="replace") as f:
                    print(f"differs: {TITLES.get(name, repr(f.read()))}{at}")
    print(f"{len(names)} files, {documents} documents, {leaves} scalars, {bad} files differ")
    return bad > 0


sys.exit(main(sys.argv[1], os.path.join(os.environ.get("GABION_SHARED", os.path.join(sys.argv[2], "../shared")), "data")))
