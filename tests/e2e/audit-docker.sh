#!/usr/bin/env bash
# gabion audit docker against a real dockerd: what each dangerous setting is told as; and against an engine that
# answers nonsense: clear errors, never a pass.
. "$(dirname "$0")/lib.sh"
need python3 jq
here=$root/tests/e2e
unset DOCKER_HOST CONTAINER_HOST DOCKER_CONTEXT DOCKER_CONFIG DOCKER_TLS_VERIFY DOCKER_CERT_PATH XDG_RUNTIME_DIR
cd "$work"

audit() { timeout 60 "$GABION" audit -q -o json=r.json "$@"; }
# told NAME: the ids of what failed in a container, sorted, in one line
told() {
	jq -r --arg n "$1" '[.findings[] | select(.state == "fail" and .resource.name == $n and .subject == "container:" + $n) | .id] |
		unique | join(" ")' r.json
}
# is WHAT WANT HAVE
is() { if [ "$2" = "$3" ]; then ok "$1"; else fail "$1: '$3', not '$2'"; fi; }

# --- an engine that is none -------------------------------------------------------------------------------------
fake() { # HOW [CONTAINERS]
	rm -f "$work/f.sock"
	python3 "$here/fake-docker.py" "$work/f.sock" "$@" 2>/dev/null &
	fake_pid=$!
	wait_for 10 test -S "$work/f.sock"
}
end_fake() { kill "$fake_pid" 2>/dev/null; wait "$fake_pid" 2>/dev/null || true; }

exits 2 'no engine there' audit --host "unix://$work/none.sock" docker
check 'the message names the socket' grep -q none.sock err
exits 2 'ssh is not spoken' audit --host ssh://user@host docker
check 'and a way is shown' grep -q 'ssh -nNT -L' err
exits 2 'a context that is none' audit --context none docker
exits 2 'host and context' audit --context x --host "unix://$work/f.sock" docker
exits 2 'a word of a later version' audit mesh

fake whole 3
exits 1 'a whole engine' audit --fail-on high --host "unix://$work/f.sock" docker
check 'it is complete' jq -e '.complete and ([.subjects[].kind] | unique == ["container", "engine", "image"])' r.json
check 'the privileged container' jq -e '[.findings[] | select(.id == "privileged-container") | .subject] == ["container:c0"]' r.json
check 'evidence is the question that was answered' \
	jq -e '[.findings[] | select(.id == "privileged-container") | .evidence[] | [.file, .line, .path]] ==
		[["GET /containers/c0/json", null, "/HostConfig/Privileged"]]' r.json
check 'the others are not told of the same' jq -e '[.findings[] | select(.subject == "container:c1" and .severity == "critical")] == []' r.json
DOCKER_HOST=unix://$work/f.sock exits 1 'DOCKER_HOST' audit --fail-on high docker
mkdir -p .docker/contexts/meta/"$(printf work | sha256sum | cut -d' ' -f1)"
echo "{\"Name\":\"work\",\"Endpoints\":{\"docker\":{\"Host\":\"unix://$work/f.sock\"}}}" \
	>.docker/contexts/meta/"$(printf work | sha256sum | cut -d' ' -f1)"/meta.json
DOCKER_CONFIG=$work/.docker exits 1 'a context' audit --fail-on high --context work docker
echo '{"currentContext":"work"}' >.docker/config.json
DOCKER_CONFIG=$work/.docker exits 1 'the configuration'\''s context' audit --fail-on high docker
end_fake

# the container that cannot be read is an error; the last one, which can, is judged
for how in truncated short huge types array null text nothttp header error close; do
	fake "$how" 2
	exits 3 "a container's answer: $how" audit --fail-on none --timeout 20s --host "unix://$work/f.sock" docker
	check "$how: not complete" jq -e '.complete == false' r.json
	check "$how: nothing is told to hold" jq -e '[.subjects[] | select(.id == "container:c0")] | length <= 1' r.json
	check "$how: no escape reaches the terminal" bash -c '! grep -q "$(printf "\033")" err'
	end_fake
done
fake slow 2
exits 3 'slow: the time is up' audit --fail-on none --timeout 2s --host "unix://$work/f.sock" docker
end_fake
fake vanish 2
exits 0 'a container that is gone meanwhile' audit --fail-on none --host "unix://$work/f.sock" docker
check 'is a note' jq -e '.complete and ([.errors[] | [.code, .weight]] == [["vanished", "note"]])' r.json
check 'the other is judged' jq -e '[.subjects[].id] | index(["container:c1"]) != null' r.json
end_fake
for how in truncated short huge types array null text nothttp header error close vanish; do
	fake "$how:list" 2
	exits 3 "the list: $how" audit --fail-on none --timeout 20s --host "unix://$work/f.sock" docker
	check "list $how: not complete" jq -e '.complete == false' r.json
	end_fake
done
for how in truncated short huge array null text nothttp error close; do
	fake "$how:info" 2
	exits 3 "/info: $how" audit --fail-on none --timeout 20s --host "unix://$work/f.sock" docker
	end_fake
done

# --- a real one -------------------------------------------------------------------------------------------------
command -v dockerd >/dev/null && command -v docker >/dev/null && [ "$(id -u)" = 0 ] || { ok 'no dockerd here'; exit 0; }
alpine=$shared/data/images/alpine-310.tar.gz
[ -f "$alpine" ] || { ok "there is no $alpine"; exit 0; }
unmount() {
	awk -v at="$work/" 'index($2, at) == 1 { print $2 }' /proc/mounts | sort -r | while read -r m; do umount -l "$m"; done
}
trap 'unmount; cleanup' EXIT
dockerd --data-root "$work/data" --exec-root "$work/exec" -p "$work/pid" -H "unix://$work/d.sock" --bridge=none \
	--iptables=false --storage-driver vfs >"$work/dockerd.log" 2>&1 &
pids+=($!)
export DOCKER_HOST=unix://$work/d.sock
wait_for 60 docker version || { ok 'dockerd does not start here'; exit 0; }
docker load -i "$alpine" >/dev/null

base=(--network none --read-only --cap-drop ALL --security-opt no-new-privileges --memory 64m --memory-swap 64m
	--cpus 1 --pids-limit 50 --user 1000:1000 --restart on-failure:5 --health-cmd true)
# create NAME OPTION...: on the hardened base
create() {
	local name=$1
	shift
	docker create --name "$name" "${base[@]}" "$@" alpine:3.10 sleep 1 >/dev/null
}
create base
create privileged --privileged
create socket -v /var/run/docker.sock:/var/run/docker.sock
create hostpid --pid host
create hostipc --ipc host
create sysadmin --cap-add SYS_ADMIN
create root -v /:/host
create device --device /dev/mem:/dev/mem
exits 1 'containers that are not started' audit --fail-on high docker
is 'the hardened base' '' "$(told base | tr ' ' '\n' | grep -v -x -e floating-tag -e host-user-namespace -e 'no-.*-profile' | xargs)"
# told_beside NAME: what its setting adds to the base
told_beside() { comm -23 <(told "$1" | tr ' ' '\n') <(told base | tr ' ' '\n') | xargs; }
for c in privileged socket hostpid hostipc sysadmin root device; do
	echo "  $c: $(told_beside "$c")"
	check "$c is told" test -n "$(told_beside "$c")"
done
check 'privileged' bash -c "grep -q privileged-container <<<'$(told privileged)'"
check 'socket' bash -c "grep -q engine-socket <<<'$(told socket)'"
check 'pid' bash -c "grep -q host-pid <<<'$(told hostpid)'"
check 'every container has its line' jq -e '[.subjects[] | select(.kind == "container" and .isolation == null)] == []' r.json
check 'the engine is judged' jq -e '[.subjects[] | select(.kind == "engine")] | length == 1' r.json
check 'the report is of the schema' python3 "$root/tests/interop/validate_schema.py" --closed "$root/docs/report.schema.json" r.json
exits 1 'a running container' bash -c "docker run -d --name runs ${base[*]} alpine:3.10 sleep 600 >/dev/null && \
	timeout 60 '$GABION' audit -q --all --fail-on high -o json=r.json docker"
check 'the kernel was asked' jq -e '[.findings[] | select(.subject == "container:runs" and .state != "not-observed")] | length > 10' r.json
docker rm -f runs >/dev/null
