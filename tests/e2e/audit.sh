#!/usr/bin/env bash
# gabion audit: what it finds in files, folders and standard input, what it leaves out, bad input, exit codes, outputs.
. "$(dirname "$0")/lib.sh"
need python3 jq
cd "$work"
# Rules of our own, so that the packs may change: --only takes no others.
cat >policy.yaml <<'END'
pack: e2e
version: "1"
rules:
  - id: t-privileged
    title: Container runs privileged
    family: privilege
    severity: critical
    why: A test.
    fact: workload
    each: container
    assert: "!container.privileged"
    message: "{container.type} {container.name} runs privileged"
    evidence: [container.privileged]
    remedy: Set privileged to false.
    fix:
      - {platform: kubernetes, at: container, path: /securityContext/privileged, value: false}
    references: [{scheme: test, id: "1.1"}]
    aliases: [T-0001]
  - id: t-network
    title: Host network
    family: host
    severity: high
    why: A test.
    fact: workload
    assert: "!workload.host_network"
    message: "the network of the node is used"
    evidence: [workload.host_network]
    remedy: Remove hostNetwork.
  - id: t-owner
    title: No owner
    family: hygiene
    severity: low
    why: A test.
    fact: object
    assert: "has(meta.labels) && 'owner' in meta.labels"
    message: "{meta.kind} {meta.name} has no owner"
    evidence: [meta.labels]
    remedy: Set the label owner.
  - id: t-fails
    title: Reads what is not there
    family: hygiene
    severity: low
    default: false
    why: A test.
    fact: workload
    assert: "workload.object.spec.nothing == 1"
    message: never
    evidence: [workload.object]
    remedy: none
  - id: t-zone
    title: A time zone that the manifest names
    family: hygiene
    severity: low
    default: false
    why: A test.
    fact: workload
    assert: "timestamp('2024-01-01T00:00:00Z').getHours(workload.labels.zone) == 3"
    message: another hour
    evidence: [workload.labels]
    remedy: none
END
a() { "$GABION" audit -q --policy "$work/policy.yaml" --only 't-privileged,t-network,t-owner' "$@"; }
# Every report is kept: all must hold to the schema.
mkdir reports
kept() {
	local rc=0
	"$@" || rc=$?
	if [ -e r.json ]; then cp r.json "reports/$(printf %03d "$(find reports -type f | wc -l)").json"; fi
	return $rc
}
j() { kept a -o json=r.json "$@"; }

pod() { # pod NAME [CONTAINER FIELDS] [POD FIELDS]
	printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s, labels: {owner: me}}\nspec:\n%s  containers:\n    - name: c\n      image: x:1\n%s' \
		"$1" "${3:-}" "${2:-}"
}
PRIV=$'      securityContext:\n        privileged: true # really\n'
mkdir -p clean bad
pod ok >clean/ok.yaml
pod bad "$PRIV" >bad/bad.yaml

# Exit codes.
exits 0 "a clean folder" j clean
holds "says what was judged" '.summary.objects == 1 and .summary.files == 1 and .complete and .findings == []'
exits 1 "a finding at the threshold" j bad
holds "one finding" '[.findings[].id] == ["t-privileged"]'
holds "its object" '.findings[0].resource == {kind: "Pod", namespace: null, name: "bad"}'
holds "its place" '.findings[0].evidence[0] | .file == "bad/bad.yaml" and .line == 9 and .column == 21 and .end_column == 25 and .path == "/spec/containers/0/securityContext/privileged" and .value == "true"'
holds "its scope, message, subject" '.findings[0] | .scope == "container/c" and .message == "container c runs privileged" and .subject == "manifest:bad/bad.yaml"'
holds "a patch" '.findings[0].patch == [{op: "replace", path: "/spec/containers/0/securityContext/privileged", value: false}]'
holds "the rule's text stands once" '.rules["t-privileged"].aliases == ["T-0001"] and (.rules | length) == 1'
exits 0 "--fail-on none" j --fail-on none bad
exits 2 "no such target" j missing
exits 2 "an unknown rule" "$GABION" audit --only privileged-containr bad
check "has a suggestion" grep -q "privileged-container" err
for word in docker podman; do
	exits 2 "the keyword $word" j --host "unix://$work/none.sock" $word
done
for word in host cluster mesh; do
	exits 2 "the keyword $word" j $word
done
mkdir cluster
cp bad/bad.yaml cluster
exits 2 "a keyword wins over a path" j cluster
check "and says so" grep -q 'is ./cluster' err
exits 1 "./cluster is the path" j ./cluster
mkdir none
echo hello >none/readme.txt
exits 5 "nothing to judge" j none
holds "what was left out" '.summary.left_out == {"no-manifest": 1} and .left_out == [{path: "none/readme.txt", reason: "no-manifest"}]'
exits 2 "a version that is none" j --kubernetes-version 2 bad
sed 's/    assert/    asert/' policy.yaml >typo.yaml
exits 2 "a pack with a typo" "$GABION" audit --policy typo.yaml bad
check "is told with its line" grep -q 'typo.yaml:[0-9]' err

# What is left out, and hints.
mkdir -p mix/chart/templates mix/.git mix/node_modules/x mix/kust mix/sub
echo 'name: c' >mix/chart/Chart.yaml
echo 'a: 1' >mix/chart/values.yaml
# shellcheck disable=SC1083
echo 'kind: {{ .Values.kind }}' >mix/chart/templates/x.yaml
cp bad/bad.yaml mix/.git/x.yaml
cp bad/bad.yaml mix/node_modules/x/x.yaml
printf 'resources: [base.yaml]\n' >mix/kust/kustomization.yaml
cp bad/bad.yaml mix/kust/base.yaml
cp clean/ok.yaml mix/sub/b.yml
echo 'FROM x' >mix/Dockerfile
echo 'services: {}' >mix/compose.yaml
echo 'just: text' >mix/other.yaml
ln -s /etc/passwd mix/link.yaml
ln -s .. mix/loop
mkfifo mix/pipe.yaml
exits 1 "a folder of everything" j mix
holds "each has its reason" '.summary.left_out == {"no-object": 1, "helm-templates": 1, "helm-files": 2, "kustomization": 1, "link": 2, "special": 1}'
holds "only what is there for it was judged" '.summary.files == 3 and [.findings[].evidence[0].file] == ["mix/kust/base.yaml"]'
exits 1 "the table says it" a mix
check "Helm" grep -q 'helm template mix/chart | gabion audit -' <(tr -s '\n ' ' ' <out)
check "Kustomize" grep -q 'kustomize build mix/kust | gabion audit -' <(tr -s '\n ' ' ' <out)
exits 0 "--exclude" j --exclude 'mix/kust' mix
holds "is told" '.summary.left_out.excluded == 1'

# Standard input: several documents, JSON, a List.
{
	pod one
	echo '---'
	pod two "$PRIV"
	echo '---'
	echo '# nothing'
} >multi.yaml
exits 1 "standard input" j - <multi.yaml
holds "the second document" '[.findings[] | .resource.name] == ["two"] and .findings[0].evidence[0].line == 17 and .findings[0].evidence[0].file == "-"'
python3 - <<'END'
import json
pod = {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'j', 'labels': {'owner': 'me'}},
       'spec': {'containers': [{'name': 'c', 'image': 'x', 'securityContext': {'privileged': True}}],
                'ephemeralContainers': [{'name': 'e', 'image': 'x', 'securityContext': {'privileged': True}}]}}
json.dump({'apiVersion': 'v1', 'kind': 'List', 'items': [pod]}, open('list.json', 'w'))
pod['metadata']['name'] = 'x\x1b[31mred'
json.dump(pod, open('esc.json', 'w'))
open('deep.yaml', 'w').write('[' * 100000 + ']' * 100000 + '\n---\n' + open('bad/bad.yaml').read())
open('deep.json', 'w').write('[' * 100000)
lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
for i in range(1, 12):
    lines.append('a%d: &a%d [%s]' % (i, i, ', '.join(['*a%d' % (i - 1)] * 10)))
open('bomb.yaml', 'w').write('\n'.join(lines) + '\n---\n' + open('bad/bad.yaml').read())
open('huge.yaml', 'wb').truncate(200 << 20)
line = '---\nkind: Pod\napiVersion: v1\nmetadata: {name: p%d, labels: {owner: x}}\nspec: {containers: [{name: c, image: x, securityContext: {privileged: true}}]}\n'
open('many.yaml', 'w').write(''.join(line % i for i in range(3000)))
END
exits 1 "a List on standard input" j - <list.json
holds "container and ephemeral container" '[.findings[].scope] == ["container/c", "ephemeral/e"]'
holds "the patch's path is the document's" '.findings[0].patch[0].path == "/items/0/spec/containers/0/securityContext/privileged"'
cat clean/ok.yaml - >empty-too.yaml <<<'---'
exits 0 "a clean document and an empty one" j - <empty-too.yaml
exits 5 "empty input" j - </dev/null
exits 1 "a large file" j many.yaml
holds "all of it" '.summary.findings == 3000'
exits 1 "equal findings are one row" a many.yaml
check "with a count" grep -q '3000 times: Container runs privileged' out

# Bad input: an error at its line, the other documents judged, never a clean result.
broken() { # broken WHAT FILE CODE LINE
	exits 1 "$1" j "$2"
	check "$1: error $3 at line $4" jq -e --arg c "$3" --arg w "$2:$4:" \
		'.complete == false and any(.errors[]; .weight == "fatal" and .code == $c and (.where | startswith($w)))' r.json || jq -c .errors r.json
	check "$1: the dangerous Pod is found" jq -e 'any(.findings[]; .id == "t-privileged" or .id == "t-network")' r.json
}
cat - bad/bad.yaml >first-broken.yaml <<<$'a: [b\n---'
broken "broken YAML before a Pod" first-broken.yaml parse 2
cat bad/bad.yaml - >last-broken.yaml <<<$'---\nx: "never ends'
broken "broken YAML behind a Pod" last-broken.yaml parse 12
pod dup $'      securityContext: {privileged: true, privileged: false}\n' >dup1.yaml
broken "true, then false" dup1.yaml duplicate-key 8
pod dup $'      securityContext: {privileged: false, privileged: true}\n' >dup2.yaml
broken "false, then true" dup2.yaml duplicate-key 8
pod str "" $'  hostNetwork: "true"\n' >str.yaml
broken "a text where a boolean must be" str.yaml wrong-type 5
broken "an alias bomb" bomb.yaml limit 7
broken "100,000 levels" deep.yaml limit 1
exits 3 "100,000 levels of JSON" j deep.json
exits 3 "a huge file" j huge.yaml
holds "is beyond a limit" '.errors[0].code == "limit"'
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: 7}\n' >types.yaml
rc=0
j types.yaml || rc=$?
check "containers that are a number: not clean" test $rc != 0
{
	printf '\357\273\277'
	cat bad/bad.yaml
} >bom.yaml
exits 1 "a byte order mark" j bom.yaml
holds "does not move lines" '.complete and .findings[0].evidence[0].line == 9'
exits 0 "and is kept" j --fix bom.yaml
check "by --fix" cmp -n 3 bom.yaml <(printf '\357\273\277')
sed 1d bad/bad.yaml >half.yaml
exits 1 "a Pod without apiVersion" j half.yaml
holds "is told, and judged" '.errors[0].code == "refused" and .errors[0].where == "half.yaml:1:1" and .findings[0].id == "t-privileged"'
echo 'kind: pipeline' >half.yaml
exits 5 "half an object of a kind that nobody knows" j half.yaml
holds "is told" '.errors[0].code == "no-object" and .errors[0].where == "half.yaml:1:1"'
exits 3 "and not accepted by --strict" j --strict half.yaml
head -c 3000 /dev/urandom >noise.yaml
exits 3 "noise" j noise.yaml
exits 1 "a name with ESC" a -o table=t -o sarif=s -o junit=u -o github=g -o cyclonedx=c -o json=r.json esc.json
check "never reaches a terminal" test "$(cat t s u g c r.json | tr -d -c '\033' | wc -c)" = 0
alone() { "$GABION" audit -q --policy policy.yaml --only t-fails -o json=r.json "$@"; }
exits 0 "an expression that fails" alone bad/bad.yaml
holds "is not observed, and counted" '.summary.by_state["not-observed"] == 1 and .findings == []'
exits 0 "the same with --all" alone --all bad/bad.yaml
holds "is listed" '[.findings[].state] == ["not-observed"]'
# Workers open no files, so no tzdata: an error of the evaluation, and the worker lives.
zone() {
	printf '%s\n' 'apiVersion: v1' 'kind: Pod' "metadata: {name: z, labels: {zone: \"$1\"}}" \
		'spec: {containers: [{name: c, image: i}]}' >zone.yaml
	exits 0 "a time zone from the manifest: $1" "$GABION" audit -q --all --policy policy.yaml --only t-zone -o json=r.json zone.yaml
}
zone +03:00
holds "an offset is known" '[.findings[].state] == ["pass"]'
zone Europe/Paris
holds "a name is not observed, and says what to do" '[.findings[].state] == ["not-observed"] and (.findings[0].message | contains("Europe/Paris: its file cannot be read here: write the name as a literal"))'
zone No/Such
holds "and one that nobody has" '[.findings[].state] == ["not-observed"]'
zone ../../etc/passwd
holds "and a path" '.findings[0].message | contains("no time zone has such a name")'

# The same bytes with any number of workers.
python3 - <<'END'
import os
os.mkdir('set')
pod = open('bad/bad.yaml').read()
for i in range(300):
    open('set/%03d.yaml' % i, 'w').write(pod.replace('bad', 'p%d' % (i * 7 % 300)) if i % 3 else 'a: [\n---\n' + pod)
END
export SOURCE_DATE_EPOCH=1700000000
for f in json table sarif junit; do
	a --jobs 1 -o $f=one set 2>/dev/null || true
	a --jobs 2 -o $f=two set 2>/dev/null || true
	same "$f with one worker and with two" one two
done

# Exceptions in the object, waivers, selection.
sed 's/# really/# gabion:ignore T-0001 agreed/' bad/bad.yaml >ignored.yaml
exits 0 "a comment excepts by alias" j ignored.yaml
holds "and is counted" '.waived[0].reason == "agreed" and .summary.waived == 1 and .findings == []'
exits 1 "--strict honours none" j --strict ignored.yaml
cat > built-in.yaml <<'EOF'
{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: "system:x", uid: u, labels: {kubernetes.io/bootstrapping: rbac-defaults}}, rules: [{apiGroups: ["*"], resources: ["*"], verbs: ["*"]}]}
EOF
exits 0 "a role of the cluster itself is not judged" kept "$GABION" audit -q -o json=r.json built-in.yaml
exits 1 "but --strict does not take its word" kept "$GABION" audit -q -o json=r.json --strict built-in.yaml
printf 'waivers:\n  - {id: T-0001, path: bad, reason: known}\n' >waivers.yaml
exits 0 "a waiver by alias and path" j --waivers waivers.yaml bad/bad.yaml
holds "is told" '.waived[0].reason == "known"'
real() { "$GABION" audit -q --only privileged-container --fail-on low -o json=r.json "$@" bad/bad.yaml; }
exits 1 "without an exception" real
for id in KSV-0017 AVD-KSV-0017 ksv017; do
	echo "$id exp:2999-01-01" >old.trivyignore
	exits 0 "an ignore file of trivy with $id" real --waivers old.trivyignore
	holds "is a waiver" '.findings == [] and (.waived | length) == 1'
done
exits 0 "the set that is missing" "$GABION" audit -q --all --only network-policy-missing,workload-not-isolated --fail-on none -o json=r.json bad/bad.yaml
holds "says how to give it" '(.findings | length) > 0 and all(.findings[]; .message | contains("pipe all manifests"))'
exits 0 "--skip by alias" j --skip T-0001 bad
holds "is named with its number" '.filters[] | select(.option == "skip") | .value == "T-0001" and .hidden == 1'
exits 0 "--container" j --container other bad
exits 1 "--severity" j --severity critical bad
exits 1 "SARIF" a -o sarif=s.sarif bad
check "has the region" jq -e '.runs[0].results[0].locations[0].physicalLocation | .artifactLocation.uri == "bad/bad.yaml" and .region.startLine == 9 and .region.startColumn == 21' s.sarif
exits 0 "an exception in SARIF" a -o sarif=s.sarif ignored.yaml
check "is in the source" jq -e '.runs[0].results[0].suppressions[0].kind == "inSource"' s.sarif
exits 1 "GitHub annotations" a -o github=g bad
check "have file and line" grep -q '^::error file=bad/bad.yaml,line=9,' g
fingerprint() { jq -r '.findings[0].fingerprint' r.json; }
j bad || true
before=$(fingerprint)
sed -e '1i # a line more' -e 's/  containers:/  containers:\n    - {name: before, image: x}/' bad/bad.yaml >moved.yaml
j moved.yaml || true
check "the fingerprint stays when lines and places move" test "$before" = "$(fingerprint)"

# --fix: safe patches, comments and layout kept; again: nothing; nothing where the result would not be right.
cat >fix.yaml <<'MANIFEST'
# the head
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {owner: me}}   # name
spec:
  template:
    spec:
      containers:
        # the main one
        - name: web
          image: nginx   # latest
          securityContext:
            # why
            privileged: true   # because
        - {name: b, image: c, securityContext: {privileged: true}}
---
kind: List
apiVersion: v1
items:
- {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "labels": {"owner": "x"}}, "spec": {"containers": [{"name": "c", "securityContext": {"privileged": true}}]}}
MANIFEST
sed 's/privileged: true/privileged: false/; s/"privileged": true/"privileged": false/' fix.yaml >fixed.yaml
cp fix.yaml input.yaml
chmod 640 fix.yaml
exits 1 "--diff" a --diff fix.yaml
patch -s -o patched.yaml fix.yaml <out
same "a diff that patch takes" patched.yaml fixed.yaml
same "and the file as it was" fix.yaml input.yaml
exits 2 "--diff and a report on standard output" a --diff -o json fix.yaml
exits 0 "--fix" j --fix fix.yaml
same "the patches and nothing else" fix.yaml fixed.yaml
holds "what was put right is counted" '.summary.fixed == 3 and .findings == []'
check "the mode stays" test "$(stat -c %a fix.yaml)" = 640
exits 0 "--fix again" j --fix fix.yaml
same "changes nothing" fix.yaml fixed.yaml
exits 0 "--fix of standard input" a --fix - <input.yaml
same "gives it to standard output" out fixed.yaml
exits 0 "--fix of a clean folder" a --fix - <clean/ok.yaml
same "standard input as it was" out clean/ok.yaml
cp input.yaml waived.yaml
printf 'waivers:\n  - {id: t-privileged, path: waived.yaml, container: web, reason: known}\n' >waivers.yaml
exits 0 "--fix with a waiver" j --fix --waivers waivers.yaml waived.yaml
check "leaves what is waived" test "$(grep -c 'privileged: true' waived.yaml)" = 1
cp dup2.yaml dup3.yaml
exits 1 "--fix of duplicate keys" j --fix dup3.yaml
same "leaves them" dup2.yaml dup3.yaml
holds "and says so" 'any(.errors[]; .code == "not-fixed")'
printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: a, labels: {owner: x}}\nspec:\n  containers:\n    - name: c\n      securityContext: &s {privileged: true}\n    - name: d\n      securityContext: *s\n' >alias.yaml
cp alias.yaml alias2.yaml
rc=0
j --fix alias.yaml || rc=$?
check "an alias: put right whole, or told" jq -e '(.findings == [] and .summary.fixed == 2) or any(.errors[]; .code == "not-fixed")' r.json

# The view of a benchmark: every entry in its order, with its state; questions are findings.
exits 1 "--benchmark" kept "$GABION" audit -q --benchmark pss-restricted@1.25 -o json=r.json bad clean
holds "entries and states" '.benchmark | .name == "pss-restricted" and .kubernetes == "1.25" and any(.entries[]; .id == "privileged" and .state == "fail" and .failed == 1 and .passed == 1) and any(.entries[]; .state == "pass")'
exits 1 "another one" kept "$GABION" audit -q --benchmark cis-kubernetes-1.12 -o json=r.json bad
holds "asks people" 'any(.findings[]; .state == "needs-human" and .id == "cis-kubernetes/5.5.1") and any(.benchmark.entries[]; .state == "needs-human" and .question != null)'
exits 1 "as SARIF" "$GABION" audit -q --benchmark cis-kubernetes-1.12 -o sarif=s.sarif bad
check "questions are to be reviewed" jq -e 'any(.runs[0].results[]; .kind == "review")' s.sarif
exits 2 "an unknown one" "$GABION" audit --benchmark pss-restrictd bad
check "has a suggestion" grep -q pss-restricted err

# Rules over a set: of a folder and of standard input; of single files they are not observed.
mkdir svc
printf 'apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {selector: {app: nothing}, ports: [{port: 80}]}\n' >svc/s.yaml
whole() { kept "$GABION" audit -q --fail-on none -o json=r.json "$@"; }
exits 0 "a folder" whole svc
holds "a Service that selects nothing" 'any(.findings[]; .resource.kind == "Service" and .evidence[0].file == "svc/s.yaml" and .evidence[0].line == 1)'
id=$(jq -r '[.findings[] | select(.resource.kind == "Service")][0].id' r.json)
sed "1i # gabion:ignore $id its pods come from elsewhere" svc/s.yaml >t && mv t svc/s.yaml
exits 0 "an exception of a rule about the set" whole svc
holds "is honoured" '.waived[0].reason == "its pods come from elsewhere" and .waived[0].evidence[0].line == 2'
exits 0 "the file alone" whole svc/s.yaml
holds "is not a set" '.summary.by_state["not-observed"] > 0'

# A terminal gets the place in the manifest, in colour unless NO_COLOR.
cat >terminal.py <<'END2'
import os, pty, sys
if sys.argv[1] == 'color':
    os.environ.pop('NO_COLOR', None)
pty.spawn(sys.argv[2:])
END2
term() { TERM=xterm python3 terminal.py "$@" </dev/null | tr -d '\r'; }
term plain "$GABION" audit -q --policy policy.yaml --only t-privileged bad/bad.yaml >out || true
check "a snippet" grep -q '9 |         privileged: true # really' out
check "with a mark" grep -q '^                 |                     ^^^^$' out || cat out
check "no colour" test "$(tr -d -c '\033' <out | wc -c)" = 0
sed '/id: t-privileged/a\    redact: true' policy.yaml >redact.yaml
term plain "$GABION" audit -q --policy redact.yaml --only t-privileged bad/bad.yaml >out || true
check "none of what a rule does not show" bash -c 'grep -q "runs privileged" out && ! grep -q really out'
term color "$GABION" audit -q --policy policy.yaml --only t-privileged bad/bad.yaml >out || true
check "colour" grep -q $'\033\[1;31mcritical' out

schema() { python3 "$root/tests/interop/validate_schema.py" --closed "$root/docs/report.schema.json" reports/*.json >faults; }
check "every report holds to the schema, which names every field" schema
[ ! -s faults ] || grep -v ': holds$' faults || true
