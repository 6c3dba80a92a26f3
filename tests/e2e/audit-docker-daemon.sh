#!/usr/bin/env bash
# A real dockerd for each setting on a hardened configuration: its finding and only that. Each runs in a network of its own, so
# that ports and packet filters are nobody else's.
. "$(dirname "$0")/lib.sh"
need dockerd containerd docker python3 jq openssl unshare ip
[ "$(id -u)" = 0 ] || skip "dockerd needs root"
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_CONFIG XDG_RUNTIME_DIR
unmount() {
	awk -v at="$work/" 'index($2, at) == 1 { print $2 }' /proc/mounts | sort -r | while read -r m; do umount -l "$m"; done
}
trap 'stop; unmount; cleanup' EXIT
daemon=
d=$work/d
mkdir -p "$d/open" "$d/link" "$d/set"
chmod 755 "$work" "$d"
cd "$d"
cp "$(command -v runc)" open/runc
chmod 777 open
ln -s "$d/open" to-open
ln -s "$d/daemon.json" link/daemon.json
echo '{"defaultAction":"SCMP_ACT_ALLOW"}' >allow.json
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=ca -keyout ca.key -out ca.pem 2>/dev/null
openssl req -newkey rsa:2048 -nodes -subj /CN=here -keyout key.pem -out cert.csr 2>/dev/null
openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -out cert.pem 2>/dev/null
chmod 400 key.pem
chmod 444 ca.pem cert.pem
cp key.pem open.pem
chmod 644 open.pem

cat >base.json <<EOF
{"data-root": "$d/data", "exec-root": "$d/exec", "pidfile": "$d/pid", "hosts": ["unix://$d/d.sock"], "group": "root",
 "bridge": "none", "storage-driver": "vfs", "icc": false, "live-restore": true, "userland-proxy": false, "containerd": "$work/containerd.sock", "no-new-privileges": true,
 "userns-remap": "default", "default-cgroupns-mode": "private", "log-level": "info",
 "default-ulimits": {"nofile": {"Name": "nofile", "Hard": 1024, "Soft": 1024}}}
EOF
config() { # MORE
	python3 -c 'import json,sys
c = json.load(open("base.json")); c.update(json.loads(sys.argv[1] or "{}"))
print(json.dumps({k: v for k, v in c.items() if v is not None}, indent=1))' "$1"
}
stop() {
	kill "$daemon" 2>/dev/null || true
	wait "$daemon" 2>/dev/null || true
	rm -f d.sock pid
}
# start FLAG...: false when it ends instead
start() {
	case " $* " in *" --config-file "*) ;; *) set -- --config-file "$d/daemon.json" "$@" ;; esac
	unshare -n sh -c 'ip link set lo up; ip addr add 10.1.2.3/32 dev lo; exec dockerd "$@"' sh "$@" >log 2>&1 &
	daemon=$!
	pids+=("$daemon")
	for _ in $(seq 300); do
		kill -0 "$daemon" 2>/dev/null || return 1
		[ -S d.sock ] && curl -sf --unix-socket d.sock http://d/_ping >/dev/null && return
		sleep 0.1
	done
	return 1
}
# Told of every daemon here: auditd does not run, the engine is root's and asks no plugin, there is no file system for its
# data, no log server. Rules that are not asked by default are asked here.
always='^engine-(not-watched-.*|not-rootless|no-authorization|data-not-separate|logs-stay-here|content-trust)$'
# what is known of versions is of this machine's packages, and so is what lies below /etc
told() {
	jq -r --arg always "$always" '[.findings[] | select(.state == "fail" and (.id | startswith("engine-"))) |
		select(.message | test("/etc/|/usr/") | not) | select(.id | test($always) | not) | .id] | unique | join(" ")' r.json
}

# dockerd starts and ends faster with a containerd that stays
cat >"$work/containerd.toml" <<EOF
version = 2
root = "$work/containerd"
state = "$work/containerd-state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
address = "$work/containerd.sock"
EOF
background containerd --config "$work/containerd.toml"
config '' >daemon.json
wait_for 30 test -S "$work/containerd.sock"
start || skip "dockerd does not start here: $(tail -c 300 log)"
stop
refused=0
while IFS=$'\x1f' read -r name more flags after rules; do
	case "$name" in '#'* | '') continue ;; esac
	rm -rf daemon.json open/daemon.json
	config "${more//@W/$d}" >daemon.json
	cp daemon.json open/daemon.json
	chmod 711 data 2>/dev/null
	chmod 755 open
	[ "$name" != runtime ] && [ "$name" != config-folder-link ] || chmod 777 open
	# shellcheck disable=SC2086
	if ! start ${flags//@W/$d}; then
		echo "  (dockerd refuses $name: $(tail -n 1 log | head -c 200))"
		refused=$((refused + 1))
		stop
		continue
	fi
	sh -c "${after//@W/$d}"
	timeout 60 "$GABION" audit -q --only 'engine-*' --fail-on none -o json=r.json --host "unix://$d/d.sock" docker 2>err || cat err
	have=$(told)
	if [ "$have" = "$rules" ]; then ok "$name: $have"; else
		fail "$name: '$have', not '$rules'"
		jq -r '.findings[] | select(.state == "fail" and (.id | startswith("engine-"))) | "\(.id): \(.message)"' r.json
	fi
	stop
done < <(tr '\t' '\037' <"$root/tests/e2e/docker-daemon.tsv")
[ "$refused" -le 5 ] || fail "dockerd refuses $refused of the settings"
