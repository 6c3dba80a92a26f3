#!/usr/bin/env python3
"""Validates JSON documents against a JSON Schema: the small part of draft 2020-12 that docs/ uses.

usage: validate_schema.py [--closed] SCHEMA DOCUMENT...   ("-" is standard input); exit 1 when one does not hold
--closed: a field that the schema does not describe is a fault too
"""
import json
import re
import sys

TYPES = {
    "string": str, "object": dict, "array": list, "boolean": bool, "null": type(None),
}
KNOWN = {
    "$schema", "$id", "$defs", "$ref", "title", "description", "type", "enum", "const", "required", "properties",
    "additionalProperties", "items", "minimum", "maximum", "pattern", "anyOf", "allOf", "if", "then",
}
CLOSED = False


def has_type(value, name):
    if name in ("integer", "number"):
        kinds = int if name == "integer" else (int, float)
        return isinstance(value, kinds) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def check_scalar(schema, value, where):
    names = schema.get("type", [])
    names = [names] if isinstance(names, str) else names
    if names and not any(has_type(value, n) for n in names):
        yield f"{where}: {value!r} is not of type {' or '.join(names)}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{where}: {value!r} is none of {schema['enum']}"
    if "const" in schema and value != schema["const"]:
        yield f"{where}: {value!r} is not {schema['const']!r}"
    if "pattern" in schema and isinstance(value, str) and not re.search(schema["pattern"], value):
        yield f"{where}: {value!r} does not match {schema['pattern']}"
    if has_type(value, "number"):
        if value < schema.get("minimum", value) or value > schema.get("maximum", value):
            yield f"{where}: {value} is out of range"


def described(root, schema):
    """The fields that the schema and its parts name; None: any."""
    names = set(schema.get("properties", {}))
    parts = schema.get("allOf", []) + schema.get("anyOf", []) + [schema[k] for k in ("if", "then") if k in schema]
    if "$ref" in schema:
        parts = parts + [root["$defs"][schema["$ref"].rsplit("/", 1)[1]]]
    inner = [described(root, p) for p in parts]
    if "additionalProperties" in schema or None in inner:
        return None
    return names.union(*inner)


def undescribed(root, schema, value, where):
    names = described(root, schema)
    if isinstance(value, dict) and names:
        for key in sorted(set(value) - names):
            yield f"{where}: '{key}' is not in the schema"


def check_parts(root, schema, value, where):
    if isinstance(value, dict):
        for key in schema.get("required", []):
            if key not in value:
                yield f"{where}: '{key}' is missing"
        properties = schema.get("properties", {})
        for key, inner in value.items():
            part = properties.get(key, schema.get("additionalProperties"))
            if isinstance(part, dict):
                yield from check(root, part, inner, f"{where}/{key}")
    if isinstance(value, list) and "items" in schema:
        for i, inner in enumerate(value):
            yield from check(root, schema["items"], inner, f"{where}/{i}")


def check(root, schema, value, where, whole=True):
    unknown = set(schema) - KNOWN
    if unknown:
        raise SystemExit(f"the schema uses what this validator does not know: {sorted(unknown)}")
    if CLOSED and whole:
        yield from undescribed(root, schema, value, where)
    if "$ref" in schema:
        yield from check(root, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], value, where, False)
    yield from check_scalar(schema, value, where)
    yield from check_parts(root, schema, value, where)
    for part in schema.get("allOf", []):
        yield from check(root, part, value, where, False)
    options = schema.get("anyOf")
    if options:
        faults = [list(check(root, o, value, where, False)) for o in options]
        if all(faults):
            yield from min(faults, key=len)
    if "if" in schema and not list(check(root, schema["if"], value, where, False)):
        yield from check(root, schema["then"], value, where, False)


def main(argv):
    global CLOSED
    CLOSED = argv[1:2] == ["--closed"]
    argv = argv[CLOSED:]
    if len(argv) < 3:
        raise SystemExit(__doc__)
    with open(argv[1], encoding="utf-8") as f:
        root = json.load(f)
    bad = 0
    for name in argv[2:]:
        with (sys.stdin if name == "-" else open(name, encoding="utf-8")) as f:
            faults = list(check(root, root, json.load(f), ""))
        for fault in faults[:20]:
            print(f"{name}: {fault}")
        bad += bool(faults)
        print(f"{name}: {'does not hold' if faults else 'holds'}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
