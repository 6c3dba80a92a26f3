#!/usr/bin/env bash
# Images and containers of a real dockerd and of podman: read in place and streamed, against docker save.
. "$(dirname "$0")/lib.sh"
need dockerd docker podman python3
[ "$(id -u)" = 0 ] || skip "dockerd needs root"
here=$root/tests/e2e
alpine=$shared/data/images/alpine-310.tar.gz
[ -f "$alpine" ] || skip "there is no $alpine"
unset DOCKER_HOST CONTAINER_HOST DOCKER_CONTEXT XDG_RUNTIME_DIR
export CONTAINERS_STORAGE_CONF=$work/storage.conf
: >"$CONTAINERS_STORAGE_CONF"

# podman keeps its storage mounted onto itself
unmount() {
	awk -v at="$work/" 'index($2, at) == 1 { print $2 }' /proc/mounts | sort -r | while read -r m; do umount -l "$m"; done
}
trap 'unmount; cleanup' EXIT

start_docker() { # NAME DRIVER
	mkdir -p "$work/$1"
	dockerd --data-root "$work/$1/data" --exec-root "$work/$1/exec" -p "$work/$1/pid" \
		-H "unix://$work/$1.sock" --bridge=none --iptables=false --storage-driver "$2" \
		>"$work/$1.log" 2>&1 &
	pids+=($!)
}
# packages TARGET: name and version, sorted
packages() {
	"$GABION" sbom -v --cache none -o json="$work/sbom.json" "$1" >"$work/out" 2>"$work/err" ||
		{ cat "$work/err" >&2; return 1; }
	python3 - "$work/sbom.json" <<-'P'
		import json, sys
		for p in json.load(open(sys.argv[1]))["packages"]:
		    print(p["name"] + "\t" + p["version"])
	P
}
# layered TARGET: the same with the instruction of each package
layered() {
	"$GABION" sbom --cache none -o json="$work/sbom.json" "$1" >"$work/out" 2>"$work/err"
	python3 - "$work/sbom.json" <<-'P'
		import json, sys
		d = json.load(open(sys.argv[1]))
		for p in d["packages"]:
		    print(p["purl"], p["layer"], d["subjects"][0]["layers"][p["layer"]]["instruction"])
	P
}
in_place() { ! grep -q 'not read in place' "$work/err"; }
streamed() { grep -q 'not read in place' "$work/err"; }
# expect WHAT FILE TARGET
expect() {
	packages "$3" | sort >"$work/have"
	same "$1" "$2" "$work/have"
}

start_docker overlay overlay2
start_docker vfs vfs
cut -f1,2 "${alpine%.tar.gz}.packages.tsv" | grep -v '^name' | sort >"$work/golden"
python3 "$here/two-layers.py" "$alpine" "$work/changed.tar" | sort >"$work/changed.golden"
wait_for 60 docker -H "unix://$work/overlay.sock" version || skip "dockerd does not start here"
wait_for 60 docker -H "unix://$work/vfs.sock" version

for engine in overlay vfs; do
	export DOCKER_HOST=unix://$work/$engine.sock
	docker load -qi "$alpine" >"$work/out"
	docker load -qi "$work/changed.tar" >"$work/out"
	expect "$engine: alpine" "$work/golden" docker://alpine:3.10
	if [ $engine = overlay ]; then check "in place" in_place; else check "streamed" streamed; fi
	expect "$engine: replaced and deleted packages" "$work/changed.golden" docker://changed:1
	id=$(docker images -q --no-trunc changed:1)
	expect "$engine: by id" "$work/changed.golden" "docker://$id"
	expect "$engine: by the first digits of the id" "$work/changed.golden" "docker://${id:7:12}"
	expect "$engine: a bare name" "$work/changed.golden" changed:1
	docker save changed:1 -o "$work/saved.tar"
	layered "docker-archive:$work/saved.tar" >"$work/from-save"
	layered docker://changed:1 >"$work/from-engine"
	same "$engine: layers and instructions as through docker save" "$work/from-save" "$work/from-engine"
	# a container: its image, then with a file changed
	docker create --name box changed:1 true >"$work/out"
	expect "$engine: a new container" "$work/changed.golden" docker://box
	check "its platform" grep -q '"platform": *"linux/amd64"' "$work/sbom.json"
	printf 'P:only-one\nV:9\nA:x86_64\n\n' >"$work/installed"
	docker cp -q "$work/installed" box:/lib/apk/db/installed 2>"$work/err" ||
		docker cp "$work/installed" box:/lib/apk/db/installed
	printf 'only-one\t9\n' >"$work/one"
	expect "$engine: a container with a file changed" "$work/one" docker://box
	expect "$engine: container: says which" "$work/one" docker://container:box
	exits 2 "$engine: nobody of that name" "$GABION" sbom docker://nobody
	check "says so" grep -q "no image or container 'nobody'" "$work/err"
	exits 2 "$engine: no name" "$GABION" sbom docker://../containers/json
	exits 2 "$engine: another platform" "$GABION" sbom --platform linux/s390x docker://alpine:3.10
done

export DOCKER_HOST=unix://$work/overlay.sock
if docker run --network none --name shell alpine:3.10 rm -r /lib/apk >"$work/out" 2>&1; then
	exits 5 "a container whose database was removed has no packages" "$GABION" sbom docker://shell
else
	echo "  not run: containers do not start here"
fi
# root without the capability that shows overlayfs' marks reads nothing in place
if command -v setpriv >/dev/null; then
	gabion=$GABION
	printf '#!/bin/sh\nexec setpriv --bounding-set=-sys_admin "%s" "$@"\n' "$gabion" >"$work/weak"
	chmod +x "$work/weak"
	GABION=$work/weak expect "without CAP_SYS_ADMIN" "$work/changed.golden" docker://changed:1
	check "streamed" streamed
fi
# the directories of an overlayfs mount, as docker tells them
dirs=$(docker inspect -f '{{.GraphDriver.Data.UpperDir}}:{{.GraphDriver.Data.LowerDir}}' changed:1)
expect "overlay: with the directories" "$work/changed.golden" "overlay:$dirs"
exits 2 "overlay: with one that is not there" "$GABION" sbom "overlay:$dirs:/nonexistent"
# the upper folder of a container as overlayfs leaves it with metacopy: a size, and no data
docker create --name meta alpine:3.10 true >"$work/out"
upper=$(docker inspect -f '{{.GraphDriver.Data.UpperDir}}' meta)
mkdir -p "$upper/lib/apk/db"
truncate -s 20000 "$upper/lib/apk/db/installed"
python3 -c 'import os, sys; os.setxattr(sys.argv[1], "trusted.overlay.metacopy", b"")' "$upper/lib/apk/db/installed"
expect "a file of which only the mode changed" "$work/golden" docker://meta
python3 -c 'import os, sys; os.setxattr(sys.argv[1], "trusted.overlay.redirect", b"/elsewhere")' "$upper/lib/apk/db/installed"
exits 3 "data that lies elsewhere is incomplete" "$GABION" sbom -o json docker://meta
rm "$upper/lib/apk/db/installed"
# what a process in the container can set, and overlayfs does not look at
python3 -c 'import os, sys; os.setxattr(sys.argv[1], "user.overlay.opaque", b"y")' "$upper/lib/apk/db"
expect "user.overlay.opaque hides nothing" "$work/golden" docker://meta
podman_at() { # DRIVER COMMAND...
	local driver=$1
	shift
	podman --root "$work/podman-$driver" --runroot "$work/podman-run-$driver" --storage-driver "$driver" "$@"
}
unset DOCKER_HOST
for driver in overlay vfs; do
	printf '[storage]\ndriver = "%s"\ngraphroot = "%s"\nrunroot = "%s"\n' $driver "$work/podman-$driver" \
		"$work/podman-run-$driver" >"$work/storage.conf"
	podman_at $driver load -qi "$work/changed.tar" >"$work/out"
	podman_at $driver create --name pod changed:1 true >"$work/out"
	store="containers-storage:[$work/podman-$driver]"
	expect "podman $driver: containers-storage" "$work/changed.golden" "${store}localhost/changed:1"
	expect "podman $driver: without the registry" "$work/changed.golden" "${store}changed:1"
	id=$(podman_at $driver images -q --no-trunc changed:1)
	expect "podman $driver: by id" "$work/changed.golden" "${store}${id#sha256:}"
	expect "podman $driver: a container" "$work/changed.golden" "${store}pod"
	expect "podman $driver: storage.conf" "$work/changed.golden" podman://changed:1
	expect "podman $driver: a bare name" "$work/changed.golden" localhost/changed:1
	mnt=$(podman_at $driver mount pod)
	cp "$work/installed" "$mnt/lib/apk/db/installed"
	podman_at $driver umount pod >"$work/out"
	expect "podman $driver: a container with a file changed" "$work/one" podman://pod
	exits 2 "podman $driver: nobody of that name" "$GABION" sbom podman://nobody
	podman_at $driver system service --time 0 "unix://$work/podman-$driver.sock" >"$work/service.log" 2>&1 &
	pids+=($!)
	export CONTAINER_HOST=unix://$work/podman-$driver.sock
	wait_for 30 test -S "$work/podman-$driver.sock"
	expect "podman $driver: its service" "$work/changed.golden" podman://changed:1
	expect "podman $driver: a container through its service" "$work/one" podman://pod
	export DOCKER_HOST=$CONTAINER_HOST
	expect "podman $driver: docker:// to podman's socket" "$work/changed.golden" docker://changed:1
	unset CONTAINER_HOST DOCKER_HOST
done
layered "docker-archive:$work/changed.tar" >"$work/from-save"
layered "containers-storage:[$work/podman-overlay]changed:1" >"$work/from-store"
same "podman: layers and instructions as in the archive" "$work/from-save" "$work/from-store"
# a configuration that was changed in the store
sed -i 's/amd64/arm64/' "$(grep -l '"rootfs"' "$work"/podman-overlay/overlay-images/*/=*)"
exits 3 "a configuration that is not that of the id" "$GABION" sbom -o json "containers-storage:[$work/podman-overlay]changed:1"
check "says so" grep -q digest-mismatch "$work/out"

# an engine that is gone in the middle
for how in length chunk whole; do
	python3 "$here/fake-engine.py" "$work/$how.sock" $how "$work/changed.tar" &
	pids+=($!)
	wait_for 10 test -S "$work/$how.sock"
	export DOCKER_HOST=unix://$work/$how.sock
	[ $how = whole ] || exits 3 "cut off ($how) is incomplete" "$GABION" sbom docker://gone
done
expect "the same engine when it does not break off" "$work/changed.golden" docker://gone
export DOCKER_HOST=unix://$work/none.sock
exits 2 "no engine" "$GABION" sbom docker://alpine
check "says what to do" grep -q 'start dockerd' "$work/err"
export DOCKER_HOST=tcp://127.0.0.1:1
exits 2 "an engine over the network" "$GABION" sbom docker://alpine
check "says what to do" grep -q 'only unix://' "$work/err"
