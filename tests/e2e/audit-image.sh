#!/usr/bin/env bash
# gabion audit IMAGE: images with one flaw each, in each form; a clean one has none. What a later layer hides.
. "$(dirname "$0")/lib.sh"
need python3 jq
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
cd "$work"
# Rules of our own, so that the packs may change: --only takes no others.
cat >policy.yaml <<'END'
pack: e2e
version: "1"
rules:
  - {id: t-file, title: A file, family: image, severity: high, fact: image, each: file, assert: "false",
     message: "{file.why} {file.path} {file.?mode.orValue('-')} {file.?uid.orValue(-1)} {file.capabilities} {file.layer} {file.deleted} {file.?detail.orValue('-')}",
     evidence: [file.path], remedy: none}
  - {id: t-secret, title: A secret, family: image, severity: high, fact: image, each: secret, assert: "false",
     message: "{secret.type} {secret.place} {secret.path} {secret.?layer.orValue(-1)} {secret.deleted} {secret.value}",
     evidence: [secret.path], redact: true, remedy: none}
  - {id: t-account, title: An account, family: image, severity: high, fact: image, each: account,
     assert: "!account.empty_password && !account.repeated", message: "{account.name} {account.empty_password} {account.repeated}",
     evidence: [account.name], remedy: none}
  - {id: t-managers, title: Package managers, family: image, severity: high, fact: image,
     assert: "image.package_managers.size() == 0", message: "{image.package_managers}", remedy: none}
  - {id: t-unread, title: Not read, family: image, severity: high, fact: image, assert: image.read, message: "not read", remedy: none}
  - {id: t-system, title: No system, family: image, severity: high, fact: image, assert: has(image.system), message: "no system", remedy: none}
  - {id: t-root, title: Root, family: image, severity: high, fact: workload, each: container, platforms: [image],
     assert: container.run_as_user != 0, message: "runs as {container.run_as_user}", evidence: [container.user], remedy: none}
END
only="t-file,t-secret,t-account,t-managers,t-unread,t-system,t-root"

cat >build.py <<'END'
import io, json, tarfile
from images import *

def layer(entries):
    """(path, text or None = folder, mode[, uid[, xattrs]])"""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=tarfile.PAX_FORMAT) as t:
        for path, text, mode, *more in entries:
            info = tarfile.TarInfo(path)
            info.mode, info.uid = mode, more[0] if more else 0
            if len(more) > 1:
                info.pax_headers = more[1]
            if text is None:
                info.type = tarfile.DIRTYPE
                t.addfile(info)
            else:
                data = text.encode()
                info.size = len(data)
                t.addfile(info, io.BytesIO(data))
    return out.getvalue()

PASSWD = 'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/:/sbin/nologin\n'
base = [('etc', None, 0o755), ('etc/os-release', OS_RELEASE, 0o644), ('etc/passwd', PASSWD, 0o644),
        ('etc/shadow', 'root:*::0:::::\napp:!::0:::::\n', 0o640), ('tmp', None, 0o1777), ('bin/sh', 'sh', 0o755)]
# A private key that is none: made here, so that no file of ours holds one.
word = 'PRIVATE ' + 'KEY'
body = ''.join('MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA'[i * 7 % 44] for i in range(640))
key = f'-----BEGIN {word}-----\n' + '\n'.join(body[i:i + 64] for i in range(0, 640, 64)) + f'\n-----END {word}-----\n'
token = 'hv' + 's.' + 'CAESIJ3q8Zk3VbN7xTwJ2sRfYhD5mLcP'

def image(name, *layers, config=None, history=None):
    i = Image([layer(base), *[l if isinstance(l, bytes) else layer(l) for l in layers]], ref=name + ':1',
              instructions=['ADD rootfs in /'] + ['RUN step'] * len(layers) + (history or []))
    c = json.loads(i.config)
    c['config'] = {'User': 'app', **(config or {})}
    i.config = json.dumps(c).encode()
    i.seal()
    layout(name, i)
    return i

clean = image('clean')
docker_archive('clean.tar', clean)
image('setuid', [('usr/bin/su', 'x', 0o4755)])
image('setuid-gone', [('usr/bin/su', 'x', 0o4755)], [('usr/bin/su', 'x', 0o755)])
image('world', [('srv', None, 0o777), ('srv/x', 'x', 0o666), ('opt/y', 'y', 0o646)])
image('capability', [('usr/bin/ping', 'x', 0o755, 0, {
    'SCHILY.xattr.security.capability': b'\x01\0\0\x02\0\x20\0\0\0\0\0\0\0\0\0\0\0\0\0\0'.decode('latin-1')})])
image('empty-password', [('etc/shadow', 'root:::0:::::\napp:!::0:::::\n', 0o640)])
image('repeated', [('etc/passwd', PASSWD + 'toor:x:0:0::/:/bin/sh\n', 0o644)])
image('secret', [('srv/conf', 'a\nb = ' + token + '\n', 0o600)])
image('secret-gone', [('root/.ssh/id_rsa', key, 0o600)], [('root/.ssh/.wh.id_rsa', '', 0o600)])
image('secret-same-layer', [('srv/conf', token, 0o600), ('srv/conf', 'nothing', 0o600)])
image('env', config={'Env': ['PATH=/bin', 'DB_PASSWORD=hunter2x']})
image('history', history=['-RUN |1 VAULT=' + token + ' /bin/sh -c make'])
image('label', config={'Labels': {'deploy': token}})
image('managers', [('usr/bin/apt-get', 'x', 0o755), ('sbin/apk', 'x', 0o755), ('usr/bin/pip3', 'x', 0o755)])
image('cache', [('var/lib/apt/lists/a_Packages', 'x', 0o644), ('var/lib/apt/lists/lock', '', 0o640)])
image('cache-gone', [('var/lib/apt/lists/a_Packages', 'x', 0o644)], [('var/lib/apt/lists/.wh.a_Packages', '', 0o644)])
image('no-system', [('etc/.wh.os-release', '', 0o644)])
image('root', config={'User': ''})
image('root-named', config={'User': 'root:root'})
image('user-zero', [('etc/passwd', 'app:x:0:0::/:/bin/sh\n', 0o644)])
END
python3 build.py

# told TARGET: messages of all findings, one line each
told() {
	"$GABION" audit -q --cache "${cache:-none}" --policy policy.yaml --only "$only" -o json "$@" >"$work/r.json" 2>"$work/err" || true
	jq -r '.findings[] | .id[2:] + ": " + .message' "$work/r.json" | sort
}
# is WHAT EXPECTED TARGET
is() {
	local what=$1 want=$2 got
	shift 2
	got=$(told "$@")
	if [ "$got" = "$want" ]; then ok "$what"; else
		cat "$work/err"
		fail "$what: $got"
	fi
}

is "a clean image" "" oci:clean
is "a clean image, as docker saves it" "" docker-archive:clean.tar
is "by its path" "" ./clean.tar
is "setuid" 'file: setuid /usr/bin/su 4755 0 [] 1 false -' oci:setuid
is "setuid that a later layer takes away" "" oci:setuid-gone
is "world-writable: a folder stands for what is in it" \
	'file: world_writable /opt/y 646 0 [] 1 false -
file: world_writable /srv 777 0 [] 1 false -' oci:world
is "capabilities of a file" 'file: capabilities /usr/bin/ping 755 0 ["NET_RAW"] 1 false -' oci:capability
is "an empty password" 'account: root true false' oci:empty-password
is "two accounts with one number" 'account: root false true
account: toor false true' oci:repeated
is "a secret" 'secret: vault-token file /srv/conf 1 false hvs.... (36 characters)' oci:secret
is "a key that a later layer deletes" \
	'file: credential /root/.ssh/id_rsa 600 0 [] 1 true SSH private key
secret: private-key file /root/.ssh/id_rsa 1 true MBkw... (64 characters)' oci:secret-gone
is "what the same layer replaces is not there" "" oci:secret-same-layer
is "a secret in the environment" 'secret: password env DB_PASSWORD -1 false ... (8 characters)' oci:env
is "a secret in the history" 'secret: vault-token history 1 -1 false hvs.... (36 characters)' oci:history
is "a secret in a label" 'secret: vault-token label deploy -1 false hvs.... (36 characters)' oci:label
is "package managers" 'managers: ["apt","apk","pip"]' oci:managers
is "what a package manager leaves" 'file: cache /var/lib/apt/lists - -1 [] 1 false lists of apt' oci:cache
is "the same, deleted too late" 'file: cache /var/lib/apt/lists - -1 [] 1 true lists of apt' oci:cache-gone
is "no distribution" 'system: no system' oci:no-system
is "root because nobody says otherwise" 'root: runs as 0' oci:root
is "root by name" 'root: runs as 0' oci:root-named
is "a user whose number is 0" 'root: runs as 0' oci:user-zero

# Twice with a cache: the second time nothing is read.
export cache=$work/kept
told oci:setuid >first
told oci:setuid >second
same "from the cache" first second
[ -s first ] && ok "and it is something" || fail "nothing is told"
unset cache
# A cache of scan has no facts for audit.
"$GABION" scan -q --cache "$work/shared" -o json oci:setuid >/dev/null 2>&1 || true
cache=$work/shared is "after a scan with the same cache" 'file: setuid /usr/bin/su 4755 0 [] 1 false -' oci:setuid

# What cannot be read is said, and nothing passes because of it.
cp -r setuid broken
blob=$(jq -r '.manifests[0].digest' broken/index.json | cut -d: -f2)
last=$(jq -r '.layers[1].digest' "broken/blobs/sha256/$blob" | cut -d: -f2)
printf 'x' | dd of="broken/blobs/sha256/$last" bs=1 seek=30 conv=notrunc 2>/dev/null
exits 1 "a damaged layer: findings of what was read" "$GABION" audit --cache none --policy policy.yaml --only "$only" -o json oci:broken
check "the report is not complete" jq -e '.complete == false and (.errors | length) > 0' out
check "and the image counts as not read" jq -e '[.findings[].id] == ["t-unread"]' out
exits 2 "an image that is not there" "$GABION" audit --cache none oci:nowhere
# A configuration alone.
blob=$(jq -r '.manifests[0].digest' root/index.json | cut -d: -f2)
config=$(jq -r '.config.digest' "root/blobs/sha256/$blob" | cut -d: -f2)
cp "root/blobs/sha256/$config" config.json
is "a configuration alone" 'root: runs as 0
system: no system
unread: not read' config.json
"$GABION" audit --cache none --policy policy.yaml --only "$only" -o json oci:secret oci:setuid >out 2>err || true
check "two images are two subjects" jq -e '[.subjects[] | .kind] == ["image", "image"]' out
check "with digests" jq -e 'all(.subjects[]; .digest | startswith("sha256:"))' out

# The directories of an overlayfs, as engines keep them: walked here, read by the worker through descriptors.
if [ "$(id -u)" = 0 ] && mkdir -p over/upper/srv && mknod over/upper/srv/t c 0 0 2>/dev/null; then
	mkdir -p over/lower/etc over/lower/usr/bin over/lower/srv over/lower/sbin over/lower/tmp
	chmod 1777 over/lower/tmp
	printf 'ID=debian\nVERSION_ID="12"\n' >over/lower/etc/os-release
	printf 'root::0:0::/:/bin/sh\n' >over/lower/etc/passwd
	printf 'hv%s.CAESIJ3q8Zk3VbN7xTwJ2sRfYhD5mLcP\n' s >over/lower/srv/t
	: >over/lower/usr/bin/empty
	chmod 4755 over/lower/usr/bin/empty
	ln -s apk-tools over/lower/sbin/apk
	mkdir over/lower/open
	chmod 777 over/lower/open
	only=${only%,t-root} is "directories of an overlayfs" 'account: root true false
file: setuid /usr/bin/empty 4755 0 [] 0 false -
file: world_writable /open 777 0 [] 0 false -
managers: ["apk"]
secret: vault-token file /srv/t 0 true hvs.... (36 characters)' overlay:over/upper:over/lower
fi
