#!/usr/bin/env bash
# What the README shows of audit is what the program prints.
. "$(dirname "$0")/lib.sh"
cd "$root" || exit 1
line=$(grep -m1 '^    \$ build/gabion audit .*examples/' README.md) || die 'the README has no run of audit'
# from the command to the next one; the margin of the page taken off
sed -n "/^    \\\$ build\/gabion audit .*examples\//,/^    \\\$ gabion/p" README.md | sed '1d;$d' | sed 's/^    //' |
	sed -e :a -e '/^\n*$/{$d;N;ba' -e '}' >"$work/shown"
read -ra words <<<"${line#*build/gabion }"
COLUMNS=80 "$GABION" "${words[@]}" >"$work/printed" || true
same 'the run of audit in the README' "$work/shown" "$work/printed"
for file in examples/Dockerfile examples/compose.yaml examples/shop.yaml; do
	exits 1 "$file has findings" "$GABION" audit -q "$file"
	check "$file is read whole" bash -c "! grep -q incomplete '$work/out'"
done
for file in docs/*.md README.md; do
	while read -r target; do
		[ -e "$(dirname "$file")/$target" ] || fail "$file: no $target"
	done < <(grep -o '](\([a-zA-Z0-9./-]*\.md\))' "$file" | sed 's/^](//; s/)$//')
done
ok 'links of the documents'
