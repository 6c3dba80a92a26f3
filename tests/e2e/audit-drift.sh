#!/usr/bin/env bash
# A container that was changed from outside since it was started: gabion audit docker names each difference, and none
# where nothing was changed.
. "$(dirname "$0")/lib.sh"
need dockerd docker python3 jq nsenter
[ "$(id -u)" = 0 ] || skip "dockerd needs root"
alpine=$shared/data/images/alpine-310.tar.gz
[ -f "$alpine" ] || skip "there is no $alpine"
unset DOCKER_HOST CONTAINER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_TLS_VERIFY DOCKER_CERT_PATH XDG_RUNTIME_DIR
cd "$work"
unmount() {
	awk -v at="$work/" 'index($2, at) == 1 { print $2 }' /proc/mounts | sort -r | while read -r m; do umount -l "$m"; done
}
trap 'docker rm -f $(docker ps -aq) >/dev/null 2>&1 || true; unmount; cleanup' EXIT
dockerd --data-root "$work/data" --exec-root "$work/exec" -p "$work/pid" -H "unix://$work/d.sock" --bridge=none \
	--iptables=false --storage-driver vfs >"$work/dockerd.log" 2>&1 &
pids+=($!)
export DOCKER_HOST=unix://$work/d.sock
wait_for 60 docker version || skip 'dockerd does not start here'
docker load -qi "$alpine" >/dev/null

# run NAME OPTION... -- COMMAND...
run() {
	local name=$1 options=()
	shift
	while [ "$1" != -- ]; do options+=("$1") && shift; done
	shift
	docker run -d --name "$name" --network none "${options[@]}" alpine:3.10 "$@" >out 2>err
}
run plain -- sleep 600 || skip "containers do not start here: $(tail -1 err)"

# --- nothing was changed ------------------------------------------------------------------------------------------
hard=(--read-only --cap-drop ALL --security-opt no-new-privileges --memory 64m --memory-swap 64m --cpus 0.5 --pids-limit 50)
mkdir -p bind/below
run hard "${hard[@]}" --user 1000:1000 --tmpfs /tmp -- sleep 600
run init --init --health-cmd true --health-interval 1s -- sleep 600
run su -- su -s /bin/sh nobody -c 'exec sleep 600'
run storage --tmpfs /t:ro -v named:/v -v named:/w:ro -v "$work/bind:/b:ro" -v "$work/bind/below:/b2" -v /anonymous -- sleep 600
run from --volumes-from storage:ro --shm-size 32m --ulimit nofile=128 -- sleep 600
docker run -d --name shares --network container:plain --pid container:plain --ipc host --uts host alpine:3.10 sleep 600 >out
docker run -d --name host --network host --pid host -v /:/h:ro alpine:3.10 sleep 600 >out
run device --device /dev/null:/dev/sdx --device /dev/fuse --cap-add NET_ADMIN -- sleep 600
run link -v "$work/bind:/var/run/b" -v "$work/d.sock:/var/run/docker.sock" -- sleep 600
docker exec -d plain sleep 600
quiet=(plain hard init su storage from shares host device link)

# --- changed ------------------------------------------------------------------------------------------------------
changes=(memory pids cpu device mask settings root mount bind)
declare -A pid id
for c in "${changes[@]}"; do
	run "c-$c" "${hard[@]}" -v "$work/bind:/b:ro" -- sleep 600
	pid[$c]=$(docker inspect -f '{{.State.Pid}}' "c-$c")
	id[$c]=$(docker inspect -f '{{.Id}}' "c-$c")
done
# limit CHANGE CONTROLLER FILE2 VALUE FILE1 VALUE: by the names of versions 2 and 1
limit() {
	local at v1
	at=$(awk -F: -v c="$2" '$2 == "" || index("," $2 ",", "," c ",") { print $3; exit }' "/proc/${pid[$1]}/cgroup")
	for v1 in "/sys/fs/cgroup/$2$at" "/sys/fs/cgroup$at"; do
		[ ! -w "$v1/$3" ] || { echo "$4" >"$v1/$3" && return; }
		[ ! -w "$v1/$5" ] || { echo "$6" >"$v1/$5" && return; }
	done
	return 1
}
# inside CHANGE CALL...: mount calls in its mount namespace
inside() {
	python3 - "${pid[$1]}" "${@:2}" <<-'P'
		import ctypes, os, sys
		libc = ctypes.CDLL(None, use_errno=True)
		pid, what, target = sys.argv[1], sys.argv[2], sys.argv[3].encode()
		tree = libc.syscall(428, -100, sys.argv[4].encode(), 0x80001) if what == "bring" else -1
		libc.setns(os.open(f"/proc/{pid}/ns/mnt", os.O_RDONLY), 0)
		if what == "bring":  # open_tree(), move_mount()
		    r = libc.syscall(429, tree, b"", -100, target, 4)
		elif what == "writable":  # MS_REMOUNT | MS_BIND
		    r = libc.mount(b"none", target, None, 0x1020, None)
		else:
		    r = libc.umount2(target, 0)
		sys.exit(r != 0)
	P
}
did=()
# change WHAT RULE-TEXT COMMAND...
declare -A want
change() {
	local what=$1
	want[$what]=$2
	shift 2
	if "$@" 2>err; then did+=("$what"); else echo "  not done here: $what: $(tail -1 err)"; fi
}
[ ! -w "/sys/fs/cgroup/memory/docker/${id[memory]}/memory.memsw.limit_in_bytes" ] ||
	echo -1 >"/sys/fs/cgroup/memory/docker/${id[memory]}/memory.memsw.limit_in_bytes"
change memory memory_limit limit memory memory memory.max max memory.limit_in_bytes -1
change pids pids_limit limit pids pids pids.max max pids.max max
change cpu cpu_limit limit cpu cpu cpu.max max cpu.cfs_quota_us -1
change device devices nsenter -t "${pid[device]}" -m mknod /dev/odd b 7 0
change mask masked_paths inside mask away /proc/keys
change settings readonly_paths inside settings writable /proc/sys
change root read_only_root inside root writable /
change mount mounts inside mount bring /mnt "$work/bind"
change bind mounts inside bind writable /b

exits 1 'the containers' timeout 60 "$GABION" audit -q --fail-on high -o json=r.json docker
# drift NAME: the settings that differ
drift() {
	jq -r --arg n "container:$1" '[.findings[] | select(.state == "fail" and .subject == $n and .id == "kernel-weaker-than-configured") |
		.message | split(":")[0]] | unique | join(" ")' r.json
}
for c in "${quiet[@]}"; do
	check "$c: nothing was changed" test "$(drift "$c")" = ''
	check "$c: the kernel was asked" jq -e --arg n "container:$c" \
		'[.findings[] | select(.subject == $n and .state == "not-observed")] == []' r.json
done
for c in "${did[@]}"; do
	check "$c: ${want[$c]} is told, not '$(drift "c-$c")'" test "$(drift "c-$c")" = "${want[$c]}"
done
check 'the socket at its odd place is told' jq -e '[.findings[] | select(.id == "engine-socket" and .state == "fail") | .subject] == ["container:link"]' r.json

# the same without asking the engine: its folders are found by its shims
exits 1 'without the engine' timeout 60 "$GABION" audit -q --fail-on high -o json=c.json containers
for c in plain su shares c-mask; do
	check "$c: found once, by its name" jq -e --arg n "$c" --arg i "$(docker inspect -f '{{.Id}}' "$c")" \
		'[.subjects[] | select(.digest == $i)] | length == 1 and .[0].name == $n and .[0].scheme == "docker"' c.json
done
mv c.json r.json
for c in "${quiet[@]}"; do check "$c: nothing was changed" test "$(drift "$c")" = ''; done
for c in "${did[@]}"; do check "$c: ${want[$c]}, not '$(drift "c-$c")'" test "$(drift "c-$c")" = "${want[$c]}"; done
