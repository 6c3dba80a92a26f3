#!/usr/bin/env bash
# Layers under a false digest, layers and archives cut short, with the cache cold and warm: never a clean result that
# was not earned, and never one image's facts for another.
. "$(dirname "$0")/lib.sh"
need python3 jq
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
export GABION_DB=$work/db
make_db "$work/db" <<'END'
CVE-2024-0001 Debian:12 libone 0 2.0-1 cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
CVE-2024-0002 npm left 0 2.0.0
END
cd "$work"
python3 - <<'END'
from images import *
base = [('etc/os-release', OS_RELEASE), ('var/lib/dpkg/status', dpkg(('libone', '1.0-1')))]
clean = [('etc/os-release', OS_RELEASE), ('var/lib/dpkg/status', dpkg(('libone', '3.0-1')))]
true, other = Image([base], how='stored'), Image([clean], how='stored')
layout('true', true)
layout('swapped', true)
put('swapped', 'blobs/sha256/' + true.layers[0]['digest'][7:], other.blobs[other.layers[0]['digest'][7:]])
wrong = Image([base])
wrong.tars = other.tars  # the config's diff_id is the other's
docker_archive('swapped.tar', wrong)
layout('longer', true)
two = Image([base, [('opt/x', 'x')]], how='stored')
layout('missing', two)
os.remove('missing/blobs/sha256/' + two.layers[1]['digest'][7:])
put('longer', 'blobs/sha256/' + true.layers[0]['digest'][7:], pack(other.tars[0], 'gzip'))
for what, digest in ('config', sha256(true.config)), ('manifest', sha256(true.manifest)):
    layout('forged-' + what, true)
    put('forged-' + what, 'blobs/sha256/' + digest, (true.config if what == 'config' else true.manifest).replace(b'amd64', b'amd46').replace(b'"schemaVersion": 2', b'"schemaVersion":  2')[:-1] + b' ')
big = Image([base + [('usr/f%d' % i, os.urandom(3000)) for i in range(200)]])
layout('big', big)
blob = big.blobs[big.layers[0]['digest'][7:]]
for i, n in enumerate([0, 1, 9, 17, 100, len(blob) // 2, len(blob) - 9, len(blob) - 1]):
    layout('cut%d' % i, big)
    layout('hurt%d' % i, big)
    put('hurt%d' % i, 'blobs/sha256/' + sha256(blob), blob[:n] + bytes([b ^ 255 for b in blob[n:n + 9]]) + blob[n + 9:])
    put('cut%d' % i, 'blobs/sha256/' + sha256(blob), blob[:n])
    # The same, and the digest says so: a layer that was made broken.
    im = Image([base])
    short = blob[:n]
    im.layers = [{'mediaType': LAYER + '+gzip', 'digest': 'sha256:' + sha256(short), 'size': len(short)}]
    im.blobs[sha256(short)] = short
    im.seal()
    layout('made%d' % i, im)
    docker = Image([big.tars[0][:len(big.tars[0]) * i // 8 + 100]])
    docker_archive('d%d.tar' % i, docker)
docker_archive('whole.tar', big)
data = open('whole.tar', 'rb').read()
for i in range(8):
    open('t%d.tar' % i, 'wb').write(data[:len(data) * i // 8])
END

# Digests: a layer under another's name is an error, before, after and between scans of the true one, with any cache.
fatal "swapped layer, no cache" digest-mismatch --cache none oci:swapped
fatal "a layer of another length" size-mismatch --cache none oci:longer
fatal "a layer that is not there" blob-missing --cache none oci:missing
check "the other layers are judged all the same" jq -e '[.packages[].name] == ["libone"]' r.json
exits 3 "a forged config" scan oci:forged-config
exits 3 "a forged manifest" scan oci:forged-manifest
fatal "swapped layer, cold cache" digest-mismatch --cache c1 oci:swapped
exits 0 "then the true image" scan --cache c1 oci:true
holds "is right" '[.findings[] | .id] == ["CVE-2024-0001"]'
exits 0 "and again, from the cache" scan --cache c1 oci:true
holds "is right from the cache" '[.findings[] | .id] == ["CVE-2024-0001"]'
exits 0 "true image, cold" scan --cache c2 oci:true
exits 0 "true image in the default cache" scan oci:true
for n in 1 2; do
	rc=0
	scan --cache c2 oci:swapped || rc=$?
	# Facts of the digest come from the cache: the true layer's or an error, never the other's.
	case $rc in
	3) ok "swapped layer with a warm cache is an error" ;;
	0) holds "swapped layer with a warm cache: the true layer's facts" '[.findings[] | .id] == ["CVE-2024-0001"]' ;;
	*) fail "swapped layer with a warm cache: exit $rc" ;;
	esac
done
exits 0 "the true image after that" scan --cache c2 oci:true
holds "is right too" '[.findings[] | .id] == ["CVE-2024-0001"]'
fatal "swapped layer in a docker archive" digest-mismatch swapped.tar

for i in 0 1 2 3 4 5 6 7; do
	exits 3 "layer cut ($i)" scan --cache none oci:cut$i
	fatal "layer damaged ($i)" digest-mismatch --cache none oci:hurt$i
	holds "nothing of it is reported" '.packages == []'
	[ $i = 0 ] || exits 3 "layer made broken ($i)" scan --cache none oci:made$i
	check "is in the report" jq -e '.complete == false' r.json
done
for i in 0 1 2 3 4 5 6; do
	exits 3 "docker archive with a layer cut ($i)" scan d$i.tar
done
for i in 0 1 2 3 4 5 6 7; do
	rc=0
	scan docker-archive:t$i.tar 2>err || rc=$?
	case $rc in 2 | 3) ok "archive cut ($i): exit $rc" ;; *) fail "archive cut ($i): exit $rc" ;; esac
	check "with a message" grep -q "^gabion: t$i.tar: ..*" err
done
