#!/usr/bin/env bash
# Bombs, depth, escapes, loops, records cut short: bounded time and memory, a clear error, the right exit code.
. "$(dirname "$0")/lib.sh"
need python3 jq
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
export GABION_DB=$work/db
make_db "$work/db" <<'END'
CVE-2024-0001 Debian:12 libone 0 2.0-1 cvss=CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
CVE-2024-0002 npm left 0 2.0.0
END
cd "$work"
# bounded SECONDS MIB WHAT EXIT TARGET...: and no more time and memory than that, of all processes
bounded() {
	local seconds=$1 mib=$2 what=$3 want=$4
	shift 4
	exits "$want" "$what" timeout "$seconds" python3 "$root/tests/e2e/tools/peak.py" peak "$GABION" scan -q --cache none -o json=r.json "$@"
	check "$what: $(cat peak) KiB of memory" test "$(cat peak)" -lt $((mib * 1024))
}

python3 - <<'END'
import gzip, io, struct, zipfile
from images import *
base = [('etc/os-release', OS_RELEASE), ('var/lib/dpkg/status', dpkg(('libone', '1.0-1')))]


def made(name, blob, how='gzip'):
    """An image whose second layer is these bytes."""
    im = Image([base])
    im.layers.append({'mediaType': LAYER + {'gzip': '+gzip', 'zstd': '+zstd', 'none': ''}[how],
                      'digest': 'sha256:' + sha256(blob), 'size': len(blob)})
    im.config = im.config.replace(b'"diff_ids": [', b'"diff_ids": ["sha256:' + b'0' * 64 + b'", ')
    im.blobs[sha256(blob)] = blob
    im.seal()
    layout(name, im)


def zeros(n, start=b''):
    """gzip of start and n GiB of zeros, many members of 64 MiB each."""
    member = gzip.compress(bytes(1 << 26), 6, mtime=0)
    return (gzip.compress(start, mtime=0) if start else b'') + member * (16 * n)


head = bytearray(tar([('big', b'')])[:512])
head[124:136] = b'\x80' + (10 << 30).to_bytes(11, 'big')
head[148:156] = b' ' * 8
head[148:156] = b'%06o\0 ' % sum(head)
made('bomb-file', zeros(10, bytes(head)))
made('bomb-zeros', zeros(10))
# The whole file is wanted: a package.json of 10 GiB.
head2 = bytearray(head)
head2[0:100] = b'app/node_modules/x/package.json'.ljust(100, b'\0')
head2[148:156] = b' ' * 8
head2[148:156] = b'%06o\0 ' % sum(head2)
made('bomb-wanted', zeros(10, bytes(head2)))

jar = io.BytesIO()
with zipfile.ZipFile(jar, 'w', zipfile.ZIP_DEFLATED) as z:
    with z.open('META-INF/MANIFEST.MF', 'w', force_zip64=True) as f:
        for _ in range(600):
            f.write(bytes(1 << 20))
    z.writestr('lib/inner.jar', bytes(300 << 20))
layout('bomb-jar', Image([base + [('app/a.jar', jar.getvalue())]]))
inner = b'x'
for depth in range(40):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as z:
        z.writestr('a.jar', inner)
    inner = out.getvalue()
layout('deep-jar', Image([base + [('app/a.jar', inner)]]))
# 2000 directory records that all point at one member.
out = io.BytesIO()
with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
    z.writestr('META-INF/maven/g/a/pom.properties', 'version=1\n' + 'x' * (1 << 24))
data = out.getvalue()
at = data.index(b'PK\1\2')
end = data.index(b'PK\5\6')
entry = data[at:end]
overlap = data[:at] + entry * 2000 + struct.pack('<IHHHHIIH', 0x06054b50, 0, 0, 2000, 2000, len(entry) * 2000, at, 0)
layout('overlap-jar', Image([base + [('app/a.jar', overlap)]]))

block = bytearray(tar([('a', b'')])[:512])
parts = []
for i in range(1000000):
    block[0:100] = b'd/%07d' % i + bytes(91)
    block[148:156] = b' ' * 8
    block[148:156] = b'%06o\0 ' % sum(block) if i == 0 else b'%06o\0 ' % (zero + sum(block[0:9]))
    if i == 0:
        zero = sum(block) - sum(block[148:156]) + 8 * 32 - sum(block[0:9])
        block[148:156] = b'%06o\0 ' % (zero + sum(block[0:9]))
    parts.append(bytes(block))
parts.append(bytes(1024))
made('million', gzip.compress(b''.join(parts), 1, mtime=0))

deep = '[' * 100000 + ']' * 100000
layout('deep-npm', Image([base + [('app/node_modules/x/package.json', '{"name":"x","version":"1","d":%s}' % deep)]]))
layout('deep-manifest', Image([base]), top=deep.encode())
im = Image([base])
im.manifest = im.manifest[:-1] + b', "annotations": ' + b'{"a":' * 100000 + b'1' + b'}' * 100000 + b'}'
layout('deep-manifest2', im)
im = Image([base])
im.config = im.config[:-1] + b', "x": ' + deep.encode() + b'}'
im.seal()
layout('deep-config', im)

layout('escape', Image([base + [('../../../../tmp/evil', 'x'), ('/../x/node_modules/l/package.json', '{"name":"l","version":"1"}'),
                                ('a/../../b', ('sym', '../../../../etc/passwd'))]]))
loop = [('a', ('sym', 'b')), ('b', ('sym', 'a')), ('etc/os-release', ('sym', '../usr/lib/os-release')),
        ('usr/lib/os-release', ('sym', '../../etc/os-release')), ('var/lib/dpkg/status', dpkg(('libone', '1.0-1')))]
layout('loop', Image([loop]))
layout('hard-loop', Image([base + [('h1', ('hard', 'h2')), ('h2', ('hard', 'h1')), ('h3', ('hard', 'h3'))]]))
status = dpkg(('libone', '1.0-1'), ('libtwo', '1'))
layout('cut-status', Image([[base[0], ('var/lib/dpkg/status', status[:status.rindex('Version: 1') + 5])]]))
layout('esc', Image([base + [('app/node_modules/e/package.json', '{"name":"e\\u001b[31m\\u0007","version":"1\\n2"}'),
                             ('app/\x1b[2J/node_modules/left/package.json', '{"name":"left","version":"1.0.0"}')]],
                    instructions=['RUN \x1b]0;title\x07 echo']))
layout('nothing', Image([[('hello', 'x')]]))
layout('no-layers', Image([]))
layout('unknown', Image([[('etc/os-release', 'ID=debian\nVERSION_ID=99\n'), base[1]]]))
layout('no-release', Image([[base[1]]]))
layout('vuln', Image([base + [('app/node_modules/left/package.json', '{"name":"left","version":"1.0.0"}')]]))
layout('broken-npm', Image([base + [('app/node_modules/left/package.json', '{"name":')]]))
END
bounded 100 64 "a file of 10 GiB zeros is no error" 0 oci:bomb-file
holds "and the rest was found" '[.findings[].id] == ["CVE-2024-0001"]'
bounded 100 64 "10 GiB of zeros in place of a tar" 0 oci:bomb-zeros
bounded 100 64 "a package.json of 10 GiB is not read" 3 oci:bomb-wanted
holds "and the rest was found" '[.findings[].id] == ["CVE-2024-0001"]'
bounded 60 300 "a jar that unpacks to 900 MB" 0 oci:bomb-jar
holds "is listed" '.errors | length > 0'
bounded 60 300 "jars in jars, 40 deep" 0 oci:deep-jar
holds "are listed" '.errors | length > 0'
bounded 60 300 "2000 members at one place" 0 oci:overlap-jar
holds "are listed" '.errors | length > 0'
bounded 60 300 "10^6 entries" 0 oci:million
holds "and the rest was found" '[.findings[].id] == ["CVE-2024-0001"]'
bounded 10 64 "a package.json 100,000 deep is not read" 3 oci:deep-npm
holds "and the rest was found" '[.findings[].id] == ["CVE-2024-0001"]'
for t in deep-manifest deep-manifest2 deep-config; do
	bounded 10 64 "$t, 100,000 deep" 3 oci:$t
done

exits 3 "paths that lead out of the image" scan oci:escape
check "write nothing there" test ! -e /tmp/evil
holds "are listed" '[.errors[].code] | index(["path-escape"]) != null'
exits 5 "os-release in a loop of links" timeout 10 "$GABION" scan -q --cache none oci:loop
bounded 10 64 "hard links in a loop" 0 oci:hard-loop
exits 3 "dpkg status cut in a record" scan oci:cut-status
holds "the records before are there" '[.packages[].name] | index(["libone"]) != null'
check "and the message says where" grep -q 'var/lib/dpkg/status' "$work/err"
exits 3 "--timeout" timeout 20 "$GABION" scan -q --cache none --timeout 1s oci:bomb-file
