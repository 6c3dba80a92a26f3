#!/usr/bin/env bash
# gabion rules and explain: what is printed, exit codes, packs of a user.
. "$(dirname "$0")/lib.sh"
need jq
cd "$work"
says() { if grep -qF -- "$2" "$work/$3"; then ok "$1"; else fail "$1: $(head -c 600 "$work/$3")"; fi; }

exits 0 "list" "$GABION" rules list
says "list has a rule" privileged-container out
exits 0 "list of a family" "$GABION" rules list --family privilege -o json
check "of that family only" jq -e 'length > 3 and all(.[]; .family == "privilege")' "$work/out"
exits 2 "list of no family" "$GABION" rules list --family privlege
says "a suggestion" "did you mean 'privilege'" err
exits 0 "show by the name of another tool" "$GABION" rules show KSV-0017 -o json
check "is the rule" jq -e '.[0].id == "privileged-container" and (.[0].assert | length > 0)' "$work/out"
exits 0 "show, an older name" "$GABION" rules show avd-ksv-0017
exits 2 "show of nothing" "$GABION" rules show privileged-contaner
says "a suggestion" "did you mean 'privileged-container'" err
exits 0 "explain a rule" "$GABION" explain privileged-container
says "says what must hold" '!container.privileged' out
cat >pod.yaml <<'END'
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: shop}
spec:
  containers:
    - name: a
      image: a:1
      securityContext:
        privileged: true
        capabilities: {add: [CHOWN, SYS_ADMIN]}
    - name: b
      image: b:1
      securityContext: {privileged: true} # gabion:ignore privileged-container agent
    - {name: c, image: 'c:1'}
END
exits 0 "explain a rule in a manifest" "$GABION" explain privileged-container pod.yaml
says "the object" "pod.yaml: Pod shop/p" out
says "what fails" "fail container/a: privileged is true" out
says "a value with its place" "container.privileged = true  [pod.yaml:9 /spec/containers/0/securityContext/privileged]" out
says "a default" "container.privileged = false (not written: the default)  [pod.yaml:14 /spec/containers/2/securityContext/privileged]" out
says "an exception" "excepted in the manifest: agent" out
says "the sum" "2 fail, 1 pass (1 excepted in manifests)" out
says "how to accept it" "- {id: privileged-container, path: 'pod.yaml', container: a, reason: REASON}" out
exits 0 "of standard input, a rule that another covers" "$GABION" explain dangerous-capabilities -o json - <pod.yaml
check "every state, what decides" jq -e '[.results[] | select(.id == "dangerous-capabilities") | .state] == ["fail", "pass", "pass"] and
	(.results[0].parts[] | select(.decides) | .expression == "c" and .value == "\"SYS_ADMIN\"" and .path == "/spec/containers/0/securityContext/capabilities/add/1")' "$work/out"
exits 0 "a rule that is off by default" "$GABION" explain pss-run-as-non-root pod.yaml
says "is asked all the same" "fail" out
exits 0 "a rule of a set, of a file" "$GABION" explain service-selects-nothing pod.yaml
says "nothing to look at" "is what the rule looks at" out
exits 2 "almost a rule" "$GABION" explain privileged-contaner pod.yaml
says "a suggestion" "did you mean 'privileged-container'" err
exits 2 "no such file" "$GABION" explain privileged-container nothing.yaml
printf 'a: [\n---\n' >half.yaml
exits 3 "half a manifest" "$GABION" explain privileged-container pod.yaml half.yaml
says "and the whole one" "fail container/a" out
printf 'a: 1\n' >none.yaml
exits 5 "no object" "$GABION" explain privileged-container none.yaml
exits 0 "facts" "$GABION" rules facts -o json
check "has fields" jq -e '.records.container | map(.name) | index("privileged")' "$work/out"
exits 0 "version" "$GABION" version -o json
check "has packs" jq -e '.packs | length > 3' "$work/out"
exits 0 "test of the packs of the house" "$GABION" rules test "$root/rules"
exits 2 "test without packs" "$GABION" rules test

cat >mine.yaml <<'END'
pack: mine
rules:
  - id: no-latest
    title: Latest
    family: supply
    severity: low
    why: It moves.
    fact: workload
    each: container
    assert: "!container.image.reference.endsWith(params.end)"
    message: "{container.image.reference}"
    evidence: [container.image.reference]
    remedy: Name a version.
    params: {end: ":latest"}
    good: ["{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: 'a:1'}]}}"]
    bad: ["{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: 'a:latest'}]}}"]
tune:
  - {id: KSV-0017, severity: low, default: false}
  - {id: no-latest, severity: critical}
END
exits 0 "test of a pack" "$GABION" rules test mine.yaml
exits 0 "lint of a pack" "$GABION" rules lint mine.yaml
exits 0 "a pack brought along" "$GABION" rules list --policy mine.yaml -o json
check "tunes" jq -e 'map({key: .id, value: .}) | from_entries | .["privileged-container"].severity == "low" and
	(.["privileged-container"].default | not) and .["no-latest"].severity == "critical"' "$work/out"
sed "s/':latest'/x/; s/a:latest/a:1/" mine.yaml >bad.yaml
exits 1 "a sample that differs" "$GABION" rules test bad.yaml
says "with its place" "bad.yaml:16: no-latest: a bad sample does not fail" out
sed 's/    why: It moves.//' mine.yaml >plain.yaml
exits 1 "lint warns" "$GABION" rules lint plain.yaml
sed 's/container.image.reference.endsWith/container.imag.reference.endsWith/; s/^    remedy:/    remedi:/' mine.yaml >broken.yaml
exits 2 "a mistake" "$GABION" rules list --policy broken.yaml
says "with its place" "broken.yaml:13:5: a rule has no field 'remedi'; did you mean 'remedy'?" err
sed 's/^    remedi:/    remedy:/' broken.yaml >field.yaml
exits 2 "a field that is not there" "$GABION" rules lint field.yaml
says "with its place in the expression" "field.yaml:10:" err
exits 2 "no such pack" "$GABION" rules list --policy nowhere.yaml
exits 2 "an empty folder" "$GABION" rules list --policy "$HOME"
