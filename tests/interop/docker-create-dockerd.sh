#!/usr/bin/env bash
# Bodies of POST /containers/create, read here and by a real dockerd: the workload of each body is the
# workload of what dockerd then inspects. Usage: docker-create-dockerd.sh DOCKER-DUMP DOCKER-CREATE.PY;
# exit 77 = something needed is not there.
set -euo pipefail

skip() { echo "skipped: $*"; exit 77; }
[ "$(id -u)" = 0 ] || skip "dockerd needs root"
for tool in dockerd python3 tar; do command -v "$tool" >/dev/null || skip "no $tool"; done

dir=$(mktemp -d)
pid=
stop() {
	[ -z "$pid" ] || { kill "$pid"; wait "$pid" || true; }
	awk -v at="$dir/" 'index($2, at) == 1 { print $2 }' /proc/mounts | sort -r | while read -r m; do umount -l "$m"; done
	rm -rf "$dir"
}
trap stop EXIT

dockerd --data-root "$dir/data" --exec-root "$dir/exec" -p "$dir/pid" -H "unix://$dir/sock" \
	--bridge=none --iptables=false --storage-driver vfs >"$dir/log" 2>&1 &
pid=$!
for _ in $(seq 100); do
	[ -S "$dir/sock" ] && break
	kill -0 "$pid" 2>/dev/null || { pid=; skip "dockerd does not start here: $(tail -1 "$dir/log")"; }
	sleep 0.2
done
[ -S "$dir/sock" ] || skip "dockerd does not start here"
timeout 240 python3 "$2" "$1" "$dir/sock" "$dir" ${3:+-v}
