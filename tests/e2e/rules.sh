#!/usr/bin/env bash
# gabion rules eval: values, variables, exit codes, places of errors; hostile expressions end in time.
. "$(dirname "$0")/lib.sh"
need python3 jq
cd "$work"
run() { timeout 20 "$GABION" rules eval "$@"; }
# value WHAT JSON ARGS...: what is printed
value() {
	local what=$1 want=$2
	shift 2
	exits 0 "$what" run "$@"
	[ "$(cat out)" = "$want" ] || fail "$what: $(head -c 300 out), not $want"
}
# wrong CODE WHAT TEXT ARGS...: the exit code, nothing on standard output, the text in the message
wrong() {
	local code=$1 what=$2 text=$3
	shift 3
	exits "$code" "$what" run "$@"
	[ ! -s out ] || fail "$what: prints $(head -c 300 out)"
	grep -qF -- "$text" err || fail "$what: $(head -c 600 err)"
}

value "an int" 2 '1 + 1'
value "a map" '{"a":[1,2.5,null,true]}' '{"a": [1, 2.5, null, true]}'
value "bytes as base64" '"AAH/"' 'b"\x00\x01\xff"'
value "a type by its name" '"int"' 'type(1)'
value "optional none" null 'optional.none()'
value "--type" 'list(map(string, int))' --type '[{"a": 1}]'
value "-o json" true -o json 'true'
value "a variable" 6 'x * 2' --var x=3
value "two variables" '["b"]' 'a.filter(i, i != b)' --var 'a=["a","b"]' --var 'b="a"'
value "a qualified variable" 1 'a.b' --var a.b=1

# Files: by content.
echo '{"spec": {"containers": [{"name": "one", "securityContext": {"privileged": true}}, {"name": "two"}]}}' >pod.json
printf 'spec:\n  containers:\n  - name: one\n    securityContext: {privileged: true}\n  - name: two\n' >pod.yaml
printf '{spec: {containers: [{name: one}]}}\n' >flow.yaml
printf 'a: 1\n---\na: 2\n' >two.yaml
printf '{"a": [1}' >bad.json
expr='o.spec.containers.all(c, !has(c.securityContext) || !has(c.securityContext.privileged) || !c.securityContext.privileged)'
value "JSON file" false "$expr" --var o=@pod.json
value "YAML file" false "$expr" --var o=@pod.yaml
value "YAML in flow style" true "$expr" --var o=@flow.yaml
value "standard input" false "$expr" --var o=@- <pod.yaml
value "standard input as -" false "$expr" --var o=- <pod.json
wrong 2 "two documents" two.yaml 'o' --var o=@two.yaml
wrong 2 "broken JSON" bad.json 'o' --var o=@bad.json
wrong 2 "no file" nowhere 'o' --var o=@nowhere
wrong 2 "a folder" "$work" 'o' --var o=@"$work"
wrong 2 "standard input twice" "standard input" 'o' --var o=@- --var p=@- <pod.json
wrong 2 "a variable without value" "--var wants" 'o' --var o
wrong 2 "a variable without name" "--var wants" 'o' --var =1
wrong 2 "a variable that is no name" "--var wants" 'o' --var 'a b=1'
wrong 2 "a variable twice" "given twice" 'o' --var o=1 --var o=2
wrong 2 "a variable that is no JSON" "--var o" 'o' --var 'o={'
wrong 2 "no expression" "EXPR"
wrong 2 "two expressions" "gabion" 1 2
wrong 2 "another format" "table or json" -o sarif 1

# Errors with their place.
wrong 2 "syntax" '<expr>:1:4: ' '1 +'
wrong 2 "an undeclared variable" "1:1: undeclared variable 'contianer'; did you mean container?" 'contianer' --var container=1
wrong 2 "an unknown function" "no function 'starstWith' for string; did you mean startsWith?" '"a".starstWith("b")'
wrong 2 "wrong types" "'+' has no form for (int, string)" '1 + "a"'
wrong 2 "a bad pattern" '<expr>:1:13: ' '"a".matches("(")'
wrong 1 "division by zero" '<expr>:1:' '1 / 0'
wrong 1 "no such key" 'no such key: b' 'a.b' --var 'a={}'
printf '  1 ==\n' >caret
exits 2 "a place on the second line" run $'1 ==\n  nobody'
sed -n 2,3p err >got
printf '    nobody\n    ^\n' >want
same "the line with a caret" got want
exits 2 "wide characters" run '"日本" + nobody'
sed -n 3p err >got
printf '           ^\n' >want
same "the caret counts columns" got want
exits 2 "a long line" run "$(python3 -c 'print("1 + " * 120 + "nobody")')"
check "is cut around the place" awk 'length($0) > 120 { exit 1 }' err

# Bytes from outside never reach a terminal as they are.
value "ESC in a value" '"\u001b[31mred"' '"\u001b[31mred"'
printf '"a\033[2J" + nobody' >esc
exits 2 "ESC in the expression" run "$(cat esc)"
check "is shown escaped" test "$(tr -d '\033' <err | wc -c)" = "$(wc -c <err)"
exits 1 "ESC in a key" run 'a["\u001b]0;t\u0007"]' --var 'a={}'
check "is shown escaped there" test "$(tr -d '\033\007' <err | wc -c)" = "$(wc -c <err)"
exits 2 "ESC in a name of a file" run o --var $'o=@\033[31m'
check "is shown escaped too" test "$(tr -d '\033' <err | wc -c)" = "$(wc -c <err)"
exits 2 "bytes that are not UTF-8" run $'"\xff\xfe" + nobody'

# Huge and hostile.
hostile() {
	local what=$1
	shift
	python3 -c "$1" >hostile
	local rc=0
	timeout 20 "$GABION" rules eval "$(cat hostile)" >out 2>err || rc=$?
	case $rc in 1 | 2) ok "$what ($rc)" ;; *) fail "$what: exit $rc: $(head -c 300 err)" ;; esac
	[ "$(wc -c <err)" -lt 4000 ] || fail "$what: $(wc -c <err) bytes of message"
}
hostile "100,000 parentheses" 'print("(" * 100000)'
hostile "60,000 brackets" 'print("[" * 60000 + "]" * 60000)'
hostile "100,000 negations" 'print("!" * 100000 + "true")'
hostile "50,000 additions" 'print("+".join(["1"] * 50000))'
hostile "a long chain" 'print("a" + ".b" * 50000)'
hostile "too many bytes" 'print("\"" + "a" * 120000 + "\"")'
hostile "nested loops" 'l = "[" + ",".join(str(i) for i in range(100)) + "]"; print("".join(l + ".map(v%d, " % i for i in range(8)) + "1" + ")" * 8)'
hostile "a string that doubles" 'print("".join("cel.bind(v%d, %s, " % (i, "v%d + v%d" % (i - 1, i - 1) if i else "\"aaaaaaaaaa\"") for i in range(60)) + "size(v59)" + ")" * 60)'
hostile "a list that doubles" 'print("".join("cel.bind(v%d, %s, " % (i, "v%d + v%d" % (i - 1, i - 1) if i else "[1]") for i in range(60)) + "size(v59)" + ")" * 60)'
hostile "a value that doubles when it is printed" 'print("".join("cel.bind(v%d, %s, " % (i, "[v%d, v%d]" % (i - 1, i - 1) if i else "[1]") for i in range(60)) + "v59" + ")" * 60)'
hostile "maps that compare forever" 'print("".join("cel.bind(v%d, %s, " % (i, "[v%d, v%d]" % (i - 1, i - 1) if i else "[1]") for i in range(60)) + "v59 == [v58, [v57, v57]]" + ")" * 60)'
hostile "a pattern that explodes" 'print("\"" + "a" * 50 + "\".matches(\"(a*)*(a{1000}){1000}b\")")'
value "a wide list" 11000 "$(python3 -c 'print("size([" + "1," * 10999 + "1])")')"
value "a long chain of ||" true "$(python3 -c 'print("||".join(["false"] * 5000) + "||true")')"
value "a pattern that explodes elsewhere" false "$(python3 -c 'print("\"" + "a" * 20000 + "\".matches(\"^(a+)+$b\")")')"
