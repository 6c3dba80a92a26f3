#!/bin/sh
# The golden outputs against the schemas and validators of others. Arguments: none.
# python3 is needed (else skipped); pyspdxtools, and the JSON Schemas of CycloneDX and SARIF in the folder
# $GABION_SCHEMAS (bom-1.6.schema.json, sarif-2.1.0.json, with python's jsonschema), are used where they are.
cd "$(dirname "$0")/../.." || exit 2
golden=tests/golden/report
command -v python3 >/dev/null || {
	echo "skipped: no python3"
	exit 77
}
bad=0
python3 tests/interop/validate_schema.py --closed docs/report.schema.json $golden/sample.json $golden/sbom.json || bad=1
# the validator itself must see a fault
python3 - $golden/sample.json <<'P' | python3 tests/interop/validate_schema.py docs/report.schema.json - >/dev/null && bad=1
import json, sys
report = json.load(open(sys.argv[1]))
del report["findings"][0]["cvss"]
json.dump(report, sys.stdout)
P
sed '0,/"message"/s//"masssage": 1, &/' $golden/sample.json |
	python3 tests/interop/validate_schema.py --closed docs/report.schema.json - >/dev/null && bad=1
python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' $golden/sample.xml || bad=1
if command -v pyspdxtools >/dev/null; then
	pyspdxtools -i $golden/sample.spdx.json && pyspdxtools -i $golden/sbom.spdx.json || bad=1
else
	echo "not checked: SPDX (no pyspdxtools)"
fi
if [ -n "${GABION_SCHEMAS:-}" ]; then
	python3 - "$GABION_SCHEMAS" $golden <<'P' || bad=1
import glob, json, os, sys
import jsonschema
folder, golden = sys.argv[1:]
store = {}
for name in glob.glob(os.path.join(folder, "*.json")):
    schema = json.load(open(name))
    store[schema.get("$id", name)] = store["http://cyclonedx.org/schema/" + os.path.basename(name)] = schema
bad = 0
for schema, documents in (("bom-1.6.schema.json", ("sample.cdx.json", "sbom.cdx.json")),
                          ("sarif-2.1.0.json", ("sample.sarif",))):
    schema = json.load(open(os.path.join(folder, schema)))
    resolver = jsonschema.RefResolver(schema.get("$id", ""), schema, store=store)
    for name in documents:
        validator = jsonschema.Draft7Validator(schema, resolver=resolver, format_checker=jsonschema.FormatChecker())
        faults = list(validator.iter_errors(json.load(open(os.path.join(golden, name)))))
        print(name, "holds" if not faults else faults[0].message)
        bad |= bool(faults)
sys.exit(bad)
P
else
	echo "not checked: CycloneDX and SARIF schemas (GABION_SCHEMAS is not set)"
fi
exit $bad
