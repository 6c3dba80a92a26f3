#!/usr/bin/env bash
# One container of a real dockerd for each dangerous setting, on a hardened base: its finding and only that.
. "$(dirname "$0")/lib.sh"
need dockerd docker python3 curl
[ "$(id -u)" = 0 ] || skip "dockerd needs root"
unset DOCKER_HOST DOCKER_CONTEXT XDG_RUNTIME_DIR
sock=$work/docker.sock

mkdir -p "$work/data" "$work/image"
ln -s /etc "$work/etc-link"
ln -s "$sock" "$work/link.sock"
mkdir "$work/run"
dockerd --data-root "$work/lib" --exec-root "$work/exec" -p "$work/pid" -H "unix://$sock" --bridge=none \
	--iptables=false --storage-driver vfs --add-runtime mine=/usr/bin/runc >"$work/dockerd.log" 2>&1 &
pids+=($!)
export DOCKER_HOST=unix://$sock
wait_for 60 docker version || skip "dockerd does not start here"
# a name that says nothing: only the number tells what it is; and asked where it has such a name
ln "$sock" "$work/other"
ln "$sock" "$work/run/asked"
export DOCKER_HOST=unix://$work/run/asked
touch "$work/image/x"
tar -C "$work/image" -c . | docker import - base:1 >"$work/out"

declare -A base=(
	[network]="--network none" [user]="--user 20000:20000" [readonly]="--read-only" [capdrop]="--cap-drop ALL"
	[nnp]="--security-opt no-new-privileges" [memory]="--memory 64m" [cpus]="--cpus 0.5" [pids]="--pids-limit 50"
)
# The same base as a body of the API.
body='{"Image":"base:1","Cmd":["x"],"User":"20000:20000","HostConfig":{"NetworkMode":"none","ReadonlyRootfs":true,
"CapDrop":["ALL"],"SecurityOpt":["no-new-privileges"],"Memory":67108864,"NanoCpus":500000000,"PidsLimit":50}}'

create_body() { # NAME HOSTCONFIG
	python3 -c 'import json,sys
b = json.loads(sys.argv[1]); b["HostConfig"].update(json.loads(sys.argv[2])); print(json.dumps(b))' "$body" "$2" >"$work/body"
	curl -sSf --unix-socket "$sock" -H 'Content-Type: application/json' -d "@$work/body" \
		"http://d/v1.41/containers/create?name=$1" >"$work/out" 2>"$work/err"
}
create() { # NAME LEFT_OUT ADDED
	local flags="" key
	case "$3" in '{'*) create_body "$1" "$3"; return ;; esac
	for key in "${!base[@]}"; do
		case " $2 " in *" $key "*) ;; *) flags="$flags ${base[$key]}" ;; esac
	done
	# the table's quotes are quotes
	eval "docker create --name $1 $flags $3 base:1 x" >"$work/out" 2>"$work/err"
}

: >"$work/expected"
: >"$work/refused"
# tabs would be joined by read
while IFS=$'\x1f' read -r name without added rules; do
	case "$name" in '#'* | '') continue ;; esac
	added=${added//@S/$sock}
	added=${added//@W/$work}
	if create "$name" "$without" "$added"; then
		echo "$name $(echo "$rules" | tr ' ' '\n' | sort | tr '\n' ' ' | sed 's/^ *//; s/ *$//')" | sed 's/ *$//' >>"$work/expected"
	else
		echo "  (dockerd refuses $name: $(head -c 120 "$work/err"))"
		echo "$name" >>"$work/refused"
	fi
done < <(tr '\t' '\037' <"$root/tests/e2e/docker-settings.tsv")
[ "$(wc -l <"$work/refused")" -le 3 ] || fail "dockerd refuses more than three of the settings"

exits 1 "containers are judged" "$GABION" audit docker -o json="$work/report.json"
python3 - "$work/report.json" <<'P' | sort >"$work/found"
import json, sys
r = json.load(open(sys.argv[1]))
names = {s["id"]: s["name"] for s in r["subjects"] if s["kind"] == "container"}
found = {n: set() for n in names.values()}
for f in r["findings"]:
    if f["subject"] in names and f["state"] == "fail":
        found[names[f["subject"]]].add(f["id"])
for n, ids in found.items():
    print(" ".join([n] + sorted(ids)))
P
sort "$work/expected" >"$work/wanted"
while read -r line; do
	name=${line%% *}
	got=$(grep -E "^$name( |$)" "$work/found" || true)
	if [ "$got" = "$line" ]; then ok "$line"; else fail "$name: wanted '$line', found '$got'"; fi
done <"$work/wanted"
