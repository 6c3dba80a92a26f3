#!/usr/bin/env bash
# Root file systems with rpm databases that rpm itself wrote (SQLite) or that hold its headers (NDB, BDB):
# the packages that rpm names, and findings by rpm's order of versions.
. "$(dirname "$0")/lib.sh"
need python3 jq rpm rpmbuild
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
cd "$work"
mkdir -p specs rpms
# name epoch version release
spec() {
	{
		echo "Name: $1"
		[ "$2" = - ] || echo "Epoch: $2"
		printf 'Version: %s\nRelease: %s\nSummary: s\nLicense: MIT\n%s\n%%description\nd\n' "$3" "$4" "${5:-BuildArch: noarch}"
		[ -z "${6:-}" ] || printf '%%package %s\nSummary: s\n%%description %s\nd\n%%files %s\n' "$6" "$6" "$6"
		# shellcheck disable=SC2016
		printf '%%install\nmkdir -p %%{buildroot}/usr/share/%s\necho x >%%{buildroot}/usr/share/%s/f\n%%files\n/usr/share/%s/f\n' "$1" "$1" "$1"
	} >"specs/$1.spec"
	rpmbuild -bb --quiet --define "_topdir $work/top" --define "_rpmdir $work/rpms" --define "_build_id_links none" \
		"specs/$1.spec" >"$work/rpmbuild.log" 2>&1 || { tail -5 "$work/rpmbuild.log"; skip "rpmbuild does not work here"; }
}
spec plain - 1.0 1.el9
spec epoch 3 2.4 7.el9
spec tilde - 2.0~rc1 1.el9
spec caret - 1.2^20260101git 4.el9
spec zero 0 1.5 2
spec parent - 5.1 3.el9 "BuildArch: noarch" child
spec c++-lib.x_y - 1 1
mkdir -p fs/etc
printf 'ID="rocky"\nVERSION_ID="9.3"\nPRETTY_NAME="Rocky Linux 9.3"\nNAME="Rocky Linux"\n' >fs/etc/os-release
db() { rpm --root "$work/fs" --define "_dbpath /var/lib/rpm" --define "_db_backend $1" "${@:2}"; }
install_all() { db "$1" --initdb && find rpms -name '*.rpm' -print0 | xargs -0 rpm --root "$work/fs" --define "_dbpath /var/lib/rpm" --define "_db_backend $1" -i --nodeps --nosignature --noscripts; }
query='%{NAME}\t%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}\t%{ARCH}\n'
make_db "$work/db" <<'END'
RLSA-2026:0001 Rocky_Linux:9 plain 0 0:1.0-1.el9_1 upstream=CVE-2026-2001
RLSA-2026:0002 Rocky_Linux:9 epoch 0 0:9.9-1 upstream=CVE-2026-2002
RLSA-2026:0003 Rocky_Linux:9 epoch 0 3:2.4-8.el9 upstream=CVE-2026-2003
RLSA-2026:0004 Rocky_Linux:9 tilde 0 0:2.0-1.el9 upstream=CVE-2026-2004
RLSA-2026:0005 Rocky_Linux:9 caret 0 0:1.2-9.el9 upstream=CVE-2026-2005
RLSA-2026:0006 Rocky_Linux:9 caret 0 0:1.2.1-1.el9 upstream=CVE-2026-2006
RLSA-2026:0007 Rocky_Linux:8 plain 0 0:9-1 upstream=CVE-2026-2007
RLSA-2026:0008 Rocky_Linux:9 zero 0 0:1.5-3 upstream=CVE-2026-2008
END
scan() { "$GABION" scan -q --cache none --db db --allow-uncovered -o json=r.json "$@"; }
full() { jq -r '.packages[] | select(.type == "rpm") | [.name, .version, .arch] | @tsv' r.json | LC_ALL=C sort; }
cat >expected <<'END'
CVE-2026-2001 plain 1.0-1.el9
CVE-2026-2003 epoch 3:2.4-7.el9
CVE-2026-2004 tilde 2.0~rc1-1.el9
CVE-2026-2006 caret 1.2^20260101git-4.el9
CVE-2026-2008 zero 0:1.5-2
END
short() { findings r.json | cut -d' ' -f1-3; }
judge() {
	local where
	exits 0 "$1" scan dir:fs
	same "packages are rpm -qa's ($(wc -l <want))" want <(full)
	same "findings in rpm's order" <(short | sed 's/ 0:/ /') <(sed 's/ 0:/ /' expected)
	where=$(jq -r '.packages[0].locations[0].path' r.json)
	check "found in $where" test -f "fs/$where"
	python3 -c '
import io, sys, tarfile
from images import *
b = io.BytesIO()
with tarfile.open(fileobj=b, mode="w") as t: t.add("fs", ".")
layout(sys.argv[1], Image([b.getvalue()]))' "image-$2"
	exits 0 "$1, in an image" scan "oci:image-$2"
	same "packages" want <(full)
}

install_all sqlite >"$work/rpm.log" 2>&1 || skip "rpm cannot install here: $(tail -1 "$work/rpm.log")"
db sqlite -qa --qf "$query" | LC_ALL=C sort >want
check "eight packages are installed" test "$(wc -l <want)" = 8
# The headers as rpm keeps them, for the other databases.
dbpath=$(find fs -name rpmdb.sqlite)
check "rpm wrote SQLite" test -n "$dbpath"
python3 - "$dbpath" <<'END'
import sqlite3, sys
for n, blob in sqlite3.connect(sys.argv[1]).execute('select hnum, blob from Packages'):
    open(f'header.{n}', 'wb').write(blob)
END
judge "SQLite" sqlite
cp -a fs fs.sqlite
python3 - "$dbpath" <<'END'
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute('pragma journal_mode=delete'); db.execute('vacuum'); db.close()
END
judge "SQLite after a vacuum" vacuum

# A newer version above, an erased one.
db sqlite -e plain --nodeps >/dev/null 2>&1 || true
db sqlite -qa --qf "$query" | LC_ALL=C sort >want2
exits 0 "after rpm -e" scan dir:fs
same "the erased package is gone" want2 <(full)

# NDB by rpm itself, where it has that.
folder=$(dirname "$dbpath")
rm -rf "${folder:?}"/*
if install_all ndb >"$work/rpm.log" 2>&1 && [ -e "$folder/Packages.db" ]; then
	judge "NDB" ndb
else
	echo "  (this rpm writes no NDB)"
fi
# BDB: a hash database with number -> header, as rpm 4.16 and older wrote it.
if command -v db5.3_load >/dev/null; then
	rm -rf "${folder:?}"/*
	python3 - >load.txt <<'END'
import glob, struct
print('VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize=512\nHEADER=END')
print(' ' + '00000000'); print(' ' + struct.pack('<I', 99).hex())
for f in sorted(glob.glob('header.*')):
    print(' ' + struct.pack('<I', int(f.split('.')[1])).hex())
    print(' ' + open(f, 'rb').read().hex())
print('DATA=END')
END
	db5.3_load -f load.txt "$folder/Packages"
	judge "BDB" bdb
	# Circles: every overflow page's next page is itself.
	python3 - "$folder/Packages" <<'END'
import sys
b = bytearray(open(sys.argv[1], 'rb').read())
size = int.from_bytes(b[20:24], 'little')
for at in range(size, len(b), size):
    if b[at + 25] == 7:
        b[at + 16:at + 20] = (at // size).to_bytes(4, 'little')
open(sys.argv[1], 'wb').write(b)
END
	exits 3 "BDB whose pages go in circles" timeout 20 "$GABION" scan -q --cache none --db db dir:fs
	check "says so" grep -q "var/lib/rpm/Packages" "$work/err"
fi
# SQLite: pages that point at themselves, and a database cut short.
rm -rf fs && cp -a fs.sqlite fs
python3 - "$dbpath" <<'END'
import sys
b = bytearray(open(sys.argv[1], 'rb').read())
size = int.from_bytes(b[16:18], 'big') or 1
size = 65536 if size == 1 else size
for page in range(2, len(b) // size + 1):
    at = (page - 1) * size
    if b[at] in (5, 2):
        b[at + 8:at + 12] = page.to_bytes(4, 'big')
    elif b[at] == 13:
        b[at] = 5
        b[at + 8:at + 12] = page.to_bytes(4, 'big')
open(sys.argv[1], 'wb').write(b)
END
exits 3 "SQLite whose pages go in circles" timeout 20 "$GABION" scan -q --cache none --db db dir:fs
for cut in 0 50 4000 9000; do
	rm -rf fs && cp -a fs.sqlite fs
	truncate -s $cut "$dbpath"
	rc=0
	timeout 20 "$GABION" scan -q --cache none --db db dir:fs >out 2>err || rc=$?
	case $cut:$rc in 0:5 | *:3) ok "SQLite cut at $cut: exit $rc" ;; *) fail "SQLite cut at $cut: exit $rc" ;; esac
done
