#!/usr/bin/env bash
# Every output of a real report: it parses, it validates, it agrees with the JSON report, and the same input gives the
# same bytes. And the software bill of materials alone.
. "$(dirname "$0")/lib.sh"
need python3 jq
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1 SOURCE_DATE_EPOCH=1767225600
export GABION_DB=$work/db
make_db "$work/db" <<'END'
CVE-2024-0001 Debian:12 libone 0 2.0-1 cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
CVE-2024-0002 npm left 0 2.0.0 cvss=CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:N/I:L/A:N
GHSA-xxxx-yyyy-zzzz npm left 0 - aliases=CVE-2024-0003
MAL-2024-1 npm evil 0 -
END
cd "$work"
python3 - <<'END'
from images import *
base = [('etc/os-release', OS_RELEASE), ('var/lib/dpkg/status', dpkg(('libone', '1.0-1'), ('lib<&>"two', '1'), ('z', '1', 'zz (2)')))]
npm = [('app/node_modules/%s/package.json' % n, '{"name":"%s","version":"1.0.0","license":"MIT"}' % n)
       for n in ('left', 'evil', '@scope/ok')]
layout('image', Image([base, npm], instructions=['ADD rootfs', 'RUN npm <install> & "go"'], ref='demo'))
docker_archive('image.tar', Image([base, npm], ref='demo:1'))
END
formats="table json sarif cyclonedx spdx junit github"
outs=()
for f in $formats; do outs+=(-o "$f=one.$f"); done
exits 0 "all formats in one run" "$GABION" scan -q "${outs[@]}" oci:image
for f in $formats; do
	"$GABION" scan -q -o "$f" oci:image >"two.$f"
	same "$f: the same bytes on standard output, warm" "one.$f" "two.$f"
	"$GABION" scan -q -j 1 --cache none -o "$f" oci:image >"three.$f"
	same "$f: and without cache, with one worker" "one.$f" "three.$f"
done
for f in json sarif cyclonedx spdx; do check "$f is JSON" jq -e . "one.$f"; done
check "junit is XML" python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' one.junit
if python3 -c 'import jsonschema' 2>/dev/null; then
	check "json validates" python3 -c 'import json, jsonschema; jsonschema.validate(json.load(open("one.json")), json.load(open("'"$root"'/docs/report.schema.json")))'
else
	check "json validates" python3 "$root/tests/interop/validate_schema.py" "$root/docs/report.schema.json" one.json
fi
holds() { check "$1" jq -e "$3" "$2"; }
holds "json: findings" one.json '[.findings[].id] | sort == ["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003", "MAL-2024-1"]'
holds "json: time" one.json '.time == "2026-01-01T00:00:00Z"'
holds "json: ids of packages resolve" one.json '[.packages[].id] as $p | [.subjects[].id] as $s | all(.findings[]; (.package | IN($p[])) and (.subject | IN($s[])))'
holds "json: MAL- is critical" one.json '[.findings[] | select(.id == "MAL-2024-1") | .severity] == ["critical"]'
holds "json: severity from the vector" one.json '[.findings[] | select(.id == "CVE-2024-0001") | .severity, .cvss.score] == ["critical", 9.8]'
holds "json: summary adds up" one.json '.summary.findings == (.findings | length) and ([.summary.by_severity[]] | add) == (.findings | length) and .summary.packages == (.packages | length)'
holds "sarif: version" one.sarif '.version == "2.1.0" and (.runs | length) == 1'
holds "sarif: a result for each finding" one.sarif '[.runs[0].results[].ruleId] | sort == ["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003", "MAL-2024-1"]'
holds "sarif: rules of the results" one.sarif '[.runs[0].tool.driver.rules[].id] as $r | all(.runs[0].results[]; .ruleId | IN($r[]))'
holds "sarif: every result has a place and a fingerprint" one.sarif 'all(.runs[0].results[]; (.locations | length) > 0 and (.partialFingerprints | length) > 0)'
holds "cyclonedx: version" one.cyclonedx '.bomFormat == "CycloneDX" and (.specVersion | startswith("1."))'
purls() { jq -r '.packages[].purl' one.json | LC_ALL=C sort; }
same "cyclonedx: components" <(purls) <(jq -r '.components[] | select(.purl) | .purl' one.cyclonedx | LC_ALL=C sort)
holds "cyclonedx: vulnerabilities" one.cyclonedx '[.vulnerabilities[].id] | unique | length == 4'
holds "cyclonedx: refs resolve" one.cyclonedx '[.components[]."bom-ref"] as $c | all(.vulnerabilities[].affects[]; .ref | IN($c[]))'
holds "cyclonedx: refs are unique" one.cyclonedx '[.components[]."bom-ref"] | length == (unique | length)'
holds "spdx: version" one.spdx '.spdxVersion | startswith("SPDX-2.")'
same "spdx: packages" <(purls) <(jq -r '.packages[].externalRefs[]? | select(.referenceType == "purl") | .referenceLocator' one.spdx | grep -v '^pkg:oci/' | LC_ALL=C sort)
holds "spdx: ids are unique and well-formed" one.spdx '[.packages[].SPDXID] | (length == (unique | length)) and all(.[]; test("^SPDXRef-[A-Za-z0-9.-]+$"))'
holds "spdx: relationships resolve" one.spdx '([.packages[].SPDXID] + [.SPDXID]) as $p | all(.relationships[]; (.spdxElementId | IN($p[])) and (.relatedSpdxElement | IN($p[])))'
check "junit: failures" python3 -c 'import xml.etree.ElementTree as t; r = t.parse("one.junit").getroot(); assert len(r.findall(".//failure")) == 4, len(r.findall(".//failure"))'
check "github: a line for each finding" test "$(grep -c '^::[a-z]* file=' one.github)" = 4
check "github: and one for all" test "$(grep -c '^::notice title=gabion' one.github)" = 1
check "table: worst first" sh -c 'head -20 one.table | grep -n "critical" | head -1 | grep -q .'
check "table: fits 80 columns" sh -c '! COLUMNS=80 grep -qE "^.{81,}" one.table'
check "table ends with what to do next" grep -q "Next:" one.table

for f in json cyclonedx spdx; do
	exits 0 "sbom in $f" "$GABION" sbom -q -o $f=sbom.$f oci:image
done
holds "sbom: packages" sbom.json '(.packages | length) == 6 and (.findings | length) == 0'
holds "sbom: no vulnerabilities" sbom.cyclonedx '(.vulnerabilities // []) | length == 0'
same "sbom: the same components" <(purls) <(jq -r '.components[] | select(.purl) | .purl' sbom.cyclonedx | LC_ALL=C sort)
exits 0 "sbom needs no database" env GABION_DB="$work/none" "$GABION" sbom -q -o spdx oci:image
exits 0 "sbom of an archive" "$GABION" sbom -q -o cyclonedx image.tar
check "is JSON" jq -e .components "$work/out"

# Waivers and filters say what they took away.
printf 'waivers:\n- id: CVE-2024-0001\n  reason: not reachable\n  owner: me\n  expiry: 2099-01-01\n' >w.yaml
exits 0 "a waiver" "$GABION" scan -q --waivers w.yaml --only CVE-2024-0001 --fail-on high -o json=w.json oci:image
holds "is counted" w.json '.summary.waived == 1 and (.waived | length) == 1 and .waived[0].id == "CVE-2024-0001"'
echo "CVE-2024-0001" >.trivyignore
exits 0 ".trivyignore as waivers" "$GABION" scan -q --waivers .trivyignore --only CVE-2024-0001 --fail-on high oci:image
exits 0 "--severity" "$GABION" scan -q --severity critical -o json=w.json oci:image
holds "hides and says so" w.json '([.findings[].severity] | unique == ["critical"]) and .summary.hidden == 2'
exits 0 "--fixable" "$GABION" scan -q --fixable -o json=w.json oci:image
holds "shows what can be fixed" w.json '[.findings[].id] | sort == ["CVE-2024-0001", "CVE-2024-0002"]'
