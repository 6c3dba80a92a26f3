#!/usr/bin/env bash
# gabion audit against manifests made to hide something, files that are none, workers that die, and --fix that is disturbed.
. "$(dirname "$0")/lib.sh"
need python3 jq
cd "$work"
j() { "$GABION" audit -q -o json=r.json "$@"; }
cat >pod.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: ns}
spec:
  containers:
  - name: c
    image: x:1
    securityContext:
      privileged: true
END
printf 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ok, namespace: ns}\ndata: {a: b}\n' >ok.yaml
exits 0 "the clean object" j ok.yaml

# Wherever and however it is written: the privileged container is found. FILE WHAT, then ERROR or -.
python3 - <<'END'
import json
pod, ok = open('pod.yaml').read(), open('ok.yaml').read()
doc = {'apiVersion': 'v1', 'kind': 'Pod', 'metadata': {'name': 'j'}, 'spec': {'containers': [{'name': 'c', 'image': 'x:1', 'securityContext': {'privileged': True}}]}}
flat = json.dumps(doc)
spec = flat[flat.index('"spec": ') + 8:-1]
def lists(n):
    t = flat
    for _ in range(n):
        t = '{"apiVersion":"v1","kind":"List","items":[%s]}' % t
    return t
def custom(s):
    return 'apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: t, namespace: ns}\nspec: %s\n' % s
clean = 'containers: [{name: c, image: x}]'
cases = {
    'spec twice': (pod + 'spec: {%s}\n' % clean, 'duplicate-key'),
    'spec twice, the clean one first': (pod.replace('spec:', 'spec: {%s}\nspec:' % clean), 'duplicate-key'),
    'containers twice': (pod + '  %s\n' % clean, 'duplicate-key'),
    'metadata twice': (pod + 'metadata: {name: q}\n', 'duplicate-key'),
    'apiVersion twice': (pod + 'apiVersion: x/v2\n', 'duplicate-key'),
    'kind twice': (pod + 'kind: ConfigMap\n', 'duplicate-key'),
    'kind twice, Pod last': (pod.replace('kind: Pod', 'kind: ConfigMap\nkind: Pod'), 'duplicate-key'),
    'items twice': ('{"apiVersion":"v1","kind":"List","items":[%s],"items":[]}' % flat, 'duplicate-key'),
    'an escaped key twice': (flat.replace('true', 'true, "privi\\u006ceged": false'), 'duplicate-key'),
    'a merge key': ('x: &x {privileged: true}\n' + pod.replace('privileged: true', '<<: *x'), '-'),
    'a merged spec': ('x: &x %s\n' % spec + pod[:pod.index('spec:')] + 'spec: {<<: *x}\n', '-'),
    'an alias as a key': ('x: &x privileged\n' + pod.replace('privileged:', '*x :'), '-'),
    'a tag': (pod.replace('true', '!!bool "true"'), '-'),
    'a tagged text': (pod.replace('true', '!!str true'), 'wrong-type'),
    'yes': (pod.replace('true', 'yes'), '-'),
    'On': (pod.replace('true', 'On'), '-'),
    'a marker with a comment': (ok + '--- # comment\n' + pod, '-'),
    'a document on the marker line': (ok + '--- ' + flat + '\n', '-'),
    'the end of a document': (ok + '...\n' + pod, '-'),
    'markers in a block': (ok.replace('{a: b}', '\n  a: |\n    x\n    ---\n') + '---\n' + pod, '-'),
    'a byte order mark': ('\ufeff' + pod, '-'),
    'a byte order mark behind a marker': (ok + '---\n\ufeff' + pod, '-'),
    'CRLF': (pod.replace('\n', '\r\n'), '-'),
    'lone CR': (pod.replace('\n', '\r'), '-'),
    'CR ends a comment': ('# x\r' + pod, '-'),
    'NUL in another document': (ok + '---\n\0\n---\n' + pod, 'parse'),
    'single quotes of JSON': (flat.replace('"', "'"), '-'),
    'Lists in Lists': (lists(25), '-'),
    'items of a PodList': ('{"apiVersion":"v1","kind":"PodList","items":[{"spec":%s}]}' % spec, '-'),
    'items that are no list': ('{"apiVersion":"v1","kind":"List","items":{"a":%s}}' % flat, 'wrong-type'),
    'a list in items': ('{"apiVersion":"v1","kind":"List","items":[[%s]]}' % flat, 'wrong-type'),
    'a bare list': ('[%s]' % flat, 'refused'),
    'a List without apiVersion': ('{"kind":"List","items":[%s]}' % flat, 'refused'),
    'a kind in small letters': (pod.replace('kind: Pod', 'kind: pod'), 'refused'),
    'no kind': (pod.replace('kind: Pod\n', ''), 'refused'),
    'a pod in a custom kind': (custom('{pod: {spec: %s}}' % spec), '-'),
    'a Pod in a custom kind': (custom('{objects: [%s]}' % flat), '-'),
    'a template far down': (custom('{a: ' * 20 + '{template: {spec: %s}}' % spec + '}' * 20), '-'),
    'a template in a list': ('apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {template: [{spec: %s}]}\n' % spec, 'wrong-type'),
    'an exception in a block': (pod.replace('      privileged', '      x: |\n        # gabion:ignore *\n      privileged'), '-'),
    'an exception in a text': (pod.replace('      privileged', "      x: 'a\n\n        # gabion:ignore *\n        '\n      privileged"), '-'),
    'an exception of another document': (ok + '# gabion:ignore *\n---\n' + pod, '-'),
    'an exception with a typo': (pod.replace('true', 'true # gabion:ignore privilegd-container'), 'unknown-ignore'),
    'an annotation with a typo': (pod.replace('namespace: ns', 'annotations: {gabion.dev/ignore: privilegd}'), 'unknown-ignore'),
    'a name of a megabyte': (pod.replace('name: p,', 'name: %s,' % ('p' * 1000000)), '-'),
    'a line of megabytes': (pod.replace('namespace: ns', 'annotations: {a: %s}' % ('x' * 5000000)), '-'),
    'a bomb of merge keys before': ('a0: &a0 {a: 1}\n' + ''.join('a%d: &a%d {<<: [%s], k%d: 1}\n' % (i, i, ', '.join(['*a%d' % (i - 1)] * 10), i) for i in range(1, 30)) + '---\n' + pod, 'limit'),
}
with open('cases', 'w') as out:
    for i, (what, (text, code)) in enumerate(cases.items()):
        open('c%d.yaml' % i, 'w', newline='').write(text)
        out.write('c%d.yaml\t%s\t%s\n' % (i, code, what))
def many(n, **k):
    d = json.loads(flat)
    d['spec']['containers'][0].update(k)
    return json.dumps(d)
open('grown.json', 'w').write('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","namespace":"n1"},"data":{"k":"%s","password":"hunter2hunter2"}}' % ('v' * 20000000))
END
while IFS=$'\t' read -r file code what; do
	exits 1 "$what" j "$file"
	holds "$what: found" 'any(.findings[]; .id == "privileged-container")'
	[ "$code" = - ] || check "$what: told" jq -e --arg c "$code" 'any(.errors[]; .code == $c)' r.json
done <cases
exits 3 "an object grown until a rule is too dear" j grown.json
holds "is not judged whole" '.complete == false and .errors[0].code == "budget"'

# What is no file, and outputs that fail.
mkdir odd
cp pod.yaml odd
ln -s . odd/self
ln -s nowhere odd/dangling.yaml
mkfifo odd/fifo.yaml
exits 1 "loops, dangling links, a FIFO" j odd
holds "are left out" '.summary.left_out == {link: 2, special: 1} and .summary.objects == 1'
exits 5 "a FIFO that nobody writes to" j odd/fifo.yaml
exits 3 "a device without end" j /dev/zero
sleep 60 >odd/fifo.yaml &
pids+=($!)
exits 3 "a FIFO that stalls ends with --timeout" j --timeout 1s odd/fifo.yaml
exits 2 "so does standard input" j --timeout 1s - <odd/fifo.yaml
exits 1 "the same file three times" j odd/pod.yaml ./odd/pod.yaml odd
holds "is one" '.summary.objects == 1'
rc=0
"$GABION" audit -q ok.yaml >/dev/full 2>/dev/null || rc=$?
check "a full disk is no success" test $rc != 0
exits 3 "memory for nothing" j --max-memory 1 ok.yaml
mkdir names
for n in $'a\e[31m.yaml' $'b\n::error::x.yaml' ' c .yaml' '-d.yaml' $'\xff.yaml'; do cp pod.yaml "names/$n"; done
exits 1 "hostile names" "$GABION" audit -q -o table=t -o sarif=s -o junit=u -o github=g -o cyclonedx=c -o json=r.json names
check "reach no output as they are" test "$(cat t s u g c r.json | tr -d -c '\033' | wc -c)" = 0
check "every line of github's is ours" test "$(grep -vc '^::\(error\|warning\|notice\) \(file\|title\)=' g)" = 0
python3 -c 'import json,xml.dom.minidom as x;[json.load(open(f)) for f in ("s","c","r.json")];x.parse("u")' && ok "the others parse"

# A worker that is killed: never clean.
mkdir set
for i in $(seq 1500); do sed "s/name: ok/name: ok$i/" ok.yaml >set/$i.yaml; done
python3 - "$GABION" <<'END' && ok "workers that are killed are told" || fail "workers that are killed are told"
import json, os, subprocess, sys, time
hit = 0
for t in range(8):
    p = subprocess.Popen([sys.argv[1], 'audit', '-q', '--jobs', '2', '-o', 'json=k.json', 'set'], stderr=subprocess.DEVNULL)
    children = []
    while p.poll() is None and not children:
        children = open('/proc/%d/task/%d/children' % (p.pid, p.pid)).read().split()
    time.sleep(0.005 * t)
    try:
        os.kill(int(children[0]), 9)
    except (IndexError, ProcessLookupError):
        pass
    p.wait()
    r = json.load(open('k.json'))
    if r['summary']['objects'] == 1500:
        continue
    hit += 1
    assert p.returncode == 3 and not r['complete'] and any(e['code'] == 'worker' for e in r['errors']), (p.returncode, r['errors'])
assert hit, 'no worker was hit'
END

# --fix of a text that an alias elsewhere stands for: left.
{
	printf 'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p, namespace: ns}\n  spec: &s\n    containers: [{name: c, image: x:1}]\n'
	printf -- '- {apiVersion: example.org/v1, kind: Thing, metadata: {name: q, namespace: ns}, other: *s}\n'
} >anchor.yaml
cp anchor.yaml anchored.yaml
exits 1 "--fix of an anchor" j --fix anchored.yaml
same "leaves it" anchor.yaml anchored.yaml
holds "and says so" 'any(.errors[]; .code == "not-fixed")'

# --fix that is killed, and two at once: the old text or the new one.
sed '/securityContext/,$d' pod.yaml >one.yaml
for i in $(seq 200); do sed "s/name: p,/name: p$i,/" one.yaml; echo ---; done >old.yaml
cp old.yaml new.yaml
rc=0
j --fix new.yaml || rc=$?
check "--fix changes the file" test "$(cmp -s old.yaml new.yaml; echo $?)" = 1
torn=0
mkdir fix
for i in $(seq 20); do
	cp old.yaml fix/a.yaml
	timeout -s KILL "0.0$((i % 5 + 1))$i" "$GABION" audit -q --fix fix >/dev/null 2>&1 || true
	cmp -s fix/a.yaml old.yaml || cmp -s fix/a.yaml new.yaml || torn=$((torn + 1))
done 2>/dev/null
check "killed: never torn" test $torn = 0
rm -f fix/a.yaml.??????
cp old.yaml fix/a.yaml
"$GABION" audit -q --fix fix >/dev/null 2>one.err &
first=$!
"$GABION" audit -q --fix fix >/dev/null 2>two.err || true
wait $first || true
same "two at once" fix/a.yaml new.yaml
check "leave nothing behind" test "$(ls fix)" = a.yaml
