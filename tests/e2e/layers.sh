#!/usr/bin/env bash
# What lies above hides what lies below: whiteouts, opaque folders, upgrades, replaced paths; who brought what;
# empty and foreign layers; choosing an image and a platform; the archive formats that hold the same image.
. "$(dirname "$0")/lib.sh"
need python3 jq
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
export GABION_DB=$work/db
make_db "$work/db" <<'END'
CVE-2024-0001 Debian:12 libone 0 2.0-1
CVE-2024-0002 Debian:12 libtwo 0 5.0-1
CVE-2024-0003 npm left 0 2.0.0
END
cd "$work"

python3 - <<'END'
from images import *
base = [('etc/', None), ('etc/os-release', OS_RELEASE), ('var/lib/dpkg/', None),
        ('var/lib/dpkg/status', dpkg(('libone', '1.0-1'), ('libtwo', '4.0-1'), ('base', '1:1')))]
left = '{"name":"left","version":"1.0.0"}'
right = '{"name":"right","version":"3.0.0"}'
npm = [('app/node_modules/left/package.json', left), ('app/node_modules/right/package.json', right)]
# libone is upgraded in layer 1, libtwo goes, libnew comes.
up = [('var/lib/dpkg/status', dpkg(('libone', '2.0-1'), ('base', '1:1'), ('libnew', '1')))]

layout('one', Image([base, npm, up], ref='one', instructions=[
    'ADD rootfs in /', '-ENV A=b', 'RUN npm install', '-CMD ["sh"]', 'RUN apt-get upgrade']))
layout('wh-file', Image([base, npm, [('app/node_modules/left/.wh.package.json', '')]]))
layout('wh-dir', Image([base, npm, [('app/node_modules/.wh.left', '')]]))
layout('wh-top', Image([base, npm, [('.wh.app', '')]]))
layout('wh-before', Image([base, [('app/node_modules/.wh.left', ''), ('app/node_modules/left/package.json', left)]]))
layout('opaque', Image([base, npm, [('app/node_modules/', None), ('app/node_modules/.wh..wh..opq', ''),
                                    ('app/node_modules/mid/package.json', left.replace('left', 'mid'))]]))
layout('opaque-last', Image([base, npm, [('app/node_modules/mid/package.json', left.replace('left', 'mid')),
                                         ('app/node_modules/.wh..wh..opq', '')]]))
layout('opaque-root', Image([base, npm, [('.wh..wh..opq', ''), ('etc/os-release', OS_RELEASE)] + up]))
layout('back', Image([base, npm, [('.wh.app', '')], npm[:1]]))
layout('file-for-dir', Image([base, npm, [('app/node_modules', 'now a file')]]))
layout('link-for-dir', Image([base, npm, [('app/node_modules', ('sym', '/nowhere'))]]))
layout('dir-for-file', Image([base, npm, [('app/node_modules/left/package.json/', None)]]))
layout('dot', Image([[('./' + p, w) for p, w in base], npm, [('./app/', None), ('./app/node_modules/.wh.left', '')]]))
layout('slash', Image([base, npm, [('/app//node_modules/../node_modules/.wh.left', '')]]))
layout('prefix', Image([base, npm, [('app/node_modules/.wh.lef', ''), ('app/.wh.node_module', ''), ('.wh.ap', '')]]))
layout('db-gone', Image([base, npm, [('var/lib/.wh.dpkg', '')]]))
layout('empty', Image([base, [], npm, []], instructions=['FROM', 'RUN true', 'RUN npm', 'RUN true']))
layout('foreign', Image([('foreign', tar([('Windows/x', 'x')])), base, npm]))
layout('mixed', Image([base, npm, up], how=['none', 'zstd', 'gzip']))
layout('hard', Image([base, [('app/node_modules/left/p', left),
                             ('app/node_modules/left/package.json', ('hard', 'app/node_modules/left/p'))]]))
layout('hard-both', Image([base, [('app/node_modules/left/package.json', left),
                                  ('opt/node_modules/left/package.json', ('hard', 'app/node_modules/left/package.json'))]]))
layout('scope', Image([base, [('app/node_modules/@s/left/package.json', left.replace('left', '@s/left'))],
                       [('app/node_modules/.wh.@s', '')]]))

a, b = Image([base], ref='a'), Image([base, up], ref='b')
layout('two', a, b)
docker_archive('two.tar', Image([base], ref='a:1'), Image([base, up], ref='b:2'))
docker_archive('new.tar', Image([base, npm, up], ref='one:1'), new=True)
docker_archive('old.tar', Image([base, npm, up], ref='one:1'))
layout_tar('one.tar', 'one')

amd, arm = Image([base], arch='amd64'), Image([base, up], arch='arm64')
att = Image([[('x', 'attestation')]], arch='unknown', system='unknown')
notes = {'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': 'sha256:' + sha256(amd.manifest)}
d = att.descriptor(True)
d['annotations'] = notes
multi = index([amd.descriptor(True), arm.descriptor(True), d])
layout('multi', amd, arm, att, top=multi)
layout('buildx', amd, att, top=index([amd.descriptor(True), d]))
outer = index([{'mediaType': INDEX, 'digest': 'sha256:' + sha256(multi), 'size': len(multi),
                'annotations': {'org.opencontainers.image.ref.name': 'v1'}}])
layout('nested', amd, arm, att, top=outer, extra=[multi])
one = [Image([base], arch='s390x'), Image([base], arch='ppc64le')]
layout('strange', *one, top=index([i.descriptor(True) for i in one]))
END

# names TARGET...: what is in it, one line
names() {
	"$GABION" scan -q --cache none -o json "$@" >"$work/r.json" 2>"$work/err" || { echo "exit $?"; cat "$work/err"; return 0; }
	jq -r '[.packages[] | .name + "=" + .version] | sort | join(" ")' "$work/r.json"
}
# is WHAT WANT TARGET...
is() {
	local what=$1 want=$2 got
	shift 2
	got=$(names "$@")
	if [ "$got" = "$want" ]; then ok "$what"; else fail "$what: $got"; fi
}
all='base=1:1 left=1.0.0 libone=1.0-1 libtwo=4.0-1 right=3.0.0'
noleft='base=1:1 libone=1.0-1 libtwo=4.0-1 right=3.0.0'
os='base=1:1 libone=1.0-1 libtwo=4.0-1'
new='base=1:1 left=1.0.0 libnew=1 libone=2.0-1 right=3.0.0'

is "an upgrade and a removal in the top layer" "$new" oci:one
same "findings follow the top layer" <(findings r.json) <(echo "CVE-2024-0003 left 1.0.0 2.0.0")
holds "instruction of each layer" '.subjects[0].layers | map(.instruction) == ["ADD rootfs in /", "RUN npm install", "RUN apt-get upgrade"]'
by() { jq -e --arg n "$1" --argjson l "$2" '[.packages[] | select(.name == $n) | .layer] == [$l]' r.json; }
check "a package that stayed belongs to the base layer" by base 0
check "an upgraded package belongs to the layer of the upgrade" by libone 2
check "a new package belongs to its layer" by libnew 2
check "npm packages belong to theirs" by left 1
check "digests of layers are those of the files" test "$(jq -r '.subjects[0].layers[].digest' r.json | sort)" = \
	"$(jq -r '.layers[].digest' "one/blobs/sha256/$(jq -r '.manifests[0].digest[7:]' one/index.json)" | sort)"
check "digest of the image is that of its manifest" test "$(jq -r '.subjects[0].digest' r.json)" = "$(jq -r '.manifests[0].digest' one/index.json)"

is "whiteout of a file" "$noleft" oci:wh-file
is "whiteout of a folder" "$noleft" oci:wh-dir
is "whiteout of a folder at the top" "$os" oci:wh-top
is "a whiteout does not hide its own layer" "base=1:1 left=1.0.0 libone=1.0-1 libtwo=4.0-1" oci:wh-before
is "opaque folder" "base=1:1 libone=1.0-1 libtwo=4.0-1 mid=1.0.0" oci:opaque
is "opaque mark at the end of its folder" "base=1:1 libone=1.0-1 libtwo=4.0-1 mid=1.0.0" oci:opaque-last
is "opaque root" "base=1:1 libnew=1 libone=2.0-1" oci:opaque-root
is "a path comes back above its whiteout" "base=1:1 left=1.0.0 libone=1.0-1 libtwo=4.0-1" oci:back
is "a file in place of a folder" "$os" oci:file-for-dir
is "a link in place of a folder" "$os" oci:link-for-dir
is "a folder in place of a file" "$noleft" oci:dir-for-file
is "paths with ./" "$noleft" oci:dot
is "paths with // and .." "$noleft" oci:slash
is "whiteouts of names that only begin alike" "$all" oci:prefix
is "the package database itself is whited out" "left=1.0.0 right=3.0.0" oci:db-gone
is "empty layers" "$all" oci:empty
holds "and instructions keep their place" '.subjects[0].layers[2].instruction == "RUN npm"'
is "uncompressed, zstd and gzip in one image" "$new" oci:mixed
is "a hard link to a package file under another name is read in a second pass" "base=1:1 left=1.0.0 libone=1.0-1 libtwo=4.0-1" oci:hard
holds "and nothing is left unread" '(.summary.unread["hard-link"] // 0) == 0'
holds "under the name of the link alone" '[.packages[] | select(.name == "left") | .locations[].path] == ["app/node_modules/left/package.json"]'
is "a hard link to a file that was read" "base=1:1 left=1.0.0 libone=1.0-1 libtwo=4.0-1" oci:hard-both
holds "is its second place" '[.packages[] | select(.name == "left") | .locations | length] == [2]'
is "whiteout of a scope" "$os" oci:scope
exits 3 "a foreign layer that is not there: not everything was judged" "$GABION" scan --cache none -o json=r.json oci:foreign
holds "but all the rest was" '.packages | length == 5'
python3 - <<'END'
from images import *
put('foreign', 'blobs/sha256/' + sha256(pack(tar([('Windows/x', 'x')]), 'gzip')), pack(tar([('Windows/x', 'x')]), 'gzip'))
END
is "a foreign layer that is there" "$all" oci:foreign

is "oci-archive as tar" "$new" oci-archive:one.tar
is "an OCI tar by its path" "$new" one.tar
is "docker save, old layout" "$new" docker-archive:old.tar
is "docker save, new layout" "$new" docker-archive:new.tar
is "docker save, new layout, by its path" "$new" new.tar
gzip -kc old.tar >old.tar.gz
is "docker save | gzip" "$new" docker-archive:old.tar.gz
old_in() { "$GABION" scan -q --cache none -o json - <old.tar >r.json; }
check "docker save from standard input" old_in
same "and it is the same" <(jq -r '[.packages[] | .name + "=" + .version] | sort | join(" ")' r.json) <(echo "$new")

is "one of two by tag" "$os" oci:two:a
is "the other by tag" "base=1:1 libnew=1 libone=2.0-1" oci:two:b
is "one of two by digest" "$os" "oci:two@$(jq -r '.manifests[0].digest' two/index.json)"
names oci:two >/dev/null
holds "without a tag both, each a subject" '.subjects | length == 2'
holds "packages of both" '[.packages[] | .subject] | group_by(.) | map(length) | sort == [3, 3]'
exits 2 "a tag that is not there" "$GABION" scan oci:two:c
check "and the message names those that are" grep -q "a.*b" "$work/err"
is "one of two in a docker archive" "base=1:1 libnew=1 libone=2.0-1" docker-archive:two.tar:b:2
names docker-archive:two.tar >/dev/null
holds "a docker archive of two: both" '.subjects | map(.name) | sort == ["a:1", "b:2"]'
check "two targets in one run" "$GABION" scan -q -o json=r.json oci:one docker-archive:old.tar
holds "are two subjects" '[.subjects[].scheme] | sort == ["docker-archive", "oci"]'

is "the host's platform" "$os" oci:multi
is "--platform" "base=1:1 libnew=1 libone=2.0-1" --platform linux/arm64 oci:multi
holds "is in the report" '.subjects[0].platform == "linux/arm64"'
is "a nested index by tag" "$os" oci:nested:v1
is "the only platform, beside an attestation" "$os" oci:buildx
exits 2 "a platform that is not there" "$GABION" scan --platform linux/s390x oci:multi
check "names those that are" grep -q "linux/amd64.*linux/arm64" "$work/err"
check "and not the attestation" sh -c '! grep -q unknown "$1"' - "$work/err"
exits 2 "neither platform is the host's" "$GABION" scan oci:strange
check "lists both" grep -q "linux/s390x.*linux/ppc64le\|linux/ppc64le.*linux/s390x" "$work/err"
