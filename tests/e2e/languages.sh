#!/usr/bin/env bash
# Programs made in the run by each language's own tools, and the packages that those tools say are in them.
# A part whose tool (or whose registry) is not there is left out, with the reason; so is the test if all are.
. "$(dirname "$0")/lib.sh"
need python3 jq
export PYTHONPATH=$root/tests/e2e/tools PYTHONDONTWRITEBYTECODE=1
cd "$work"
make_db "$work/db" <<'END'
CVE-2024-0001 npm ms 0 2.1.2
CVE-2024-0002 PyPI Six 0 99
CVE-2024-0003 Go golang.org/x/text 0 0.3.8
CVE-2024-0004 crates.io smallvec 0.6.3 0.6.14
CVE-2024-0005 Maven org.example:inner 0 2.0
CVE-2024-0006 Go stdlib 0 99.0.0
END
done=0
scan() { "$GABION" scan -q --cache none --db db --allow-uncovered -o json=r.json "$@"; }
holds() { check "$1" jq -e "$2" r.json; }
# of TYPE: "name version" of all packages of that type
of() { jq -r --arg t "$1" '.packages[] | select(.type == $t) | .name + " " + .version' r.json | LC_ALL=C sort -u; }
left_out() { echo "  left out: $*"; }
# image NAME FOLDER: the folder as the one layer of an image
image() {
	python3 -c '
import io, sys, tarfile
from images import *
b = io.BytesIO()
with tarfile.open(fileobj=b, mode="w") as t: t.add(sys.argv[2], "srv")
layout(sys.argv[1], Image([[("etc/os-release", OS_RELEASE)], b.getvalue()]))' "$1" "$2"
}

node() {
	command -v npm >/dev/null || { left_out "npm is not installed"; return; }
	mkdir node && cd node
	echo '{"name":"demo","version":"0.1.0","private":true,"dependencies":{"debug":"2.6.8","@types/ms":"0.7.34","semver":"5.7.1","old-ms":"npm:ms@1.0.0"},"devDependencies":{"once":"1.4.0"}}' >package.json
	timeout 90 npm install --no-audit --no-fund --ignore-scripts >../npm.log 2>&1 || { cd ..; left_out "npm install: $(tail -1 npm.log)"; return; }
	cd ..
	# What npm lists, aliases under their true names.
	(cd node && npm ls --all --json --long 2>/dev/null) | jq -r '[.. | objects | select(.version? and .path? and (.path | test("node_modules")))] | .[] | .name + " " + .version' | LC_ALL=C sort -u >want
	check "npm ls names packages" test "$(wc -l <want)" -ge 6
	image node.img node
	exits 0 "npm, in an image" scan oci:node.img
	same "installed packages are npm ls's ($(wc -l <want))" <(grep -v '^demo ' want) <(of npm | grep -v '^demo ')
	same "findings" <(findings r.json) <(printf 'CVE-2024-0001 ms %s 2.1.2\n' 1.0.0 2.0.0)
	holds "where" '[.packages[] | select(.name == "debug") | .locations[0].path] == ["srv/node_modules/debug/package.json"]'
	rm -rf lock && mkdir lock && cp node/package.json node/package-lock.json lock/
	exits 0 "package-lock.json alone" scan dir:lock
	same "packages of the lock file" <(grep -v '^demo ' want) <(of npm | grep -v '^demo ')
	holds "dev" '[.packages[] | select(.name == "once") | .dev] == [true]'
	done=$((done + 1))
}
python() {
	python3 -m pip --version >/dev/null 2>&1 || { left_out "pip is not installed"; return; }
	timeout 90 python3 -m pip install -q --no-deps --no-compile --disable-pip-version-check --target py/site-packages \
		six==1.16.0 ruamel.yaml.clib==0.2.8 Jinja2==3.1.2 typing_extensions==4.7.1 >pip.log 2>&1 || { left_out "pip install: $(tail -1 pip.log)"; return; }
	python3 -m pip list --disable-pip-version-check --path py/site-packages --format json |
		jq -r '.[] | (.name | ascii_downcase | gsub("[-_.]+"; "-")) + " " + .version' | LC_ALL=C sort >want
	image py.img py
	exits 0 "pip, in an image" scan oci:py.img
	same "installed packages are pip list's ($(wc -l <want))" want <(of pypi)
	same "findings" <(findings r.json) <(echo "CVE-2024-0002 six 1.16.0 99")
	mkdir -p egg/legacy.egg-info && printf 'Metadata-Version: 1.1\nName: My_Legacy.Pkg\nVersion: 1.0.post1\nLicense: MIT\n' >egg/legacy.egg-info/PKG-INFO
	exits 0 "egg-info" scan dir:egg
	same "name is normalized" <(of pypi) <(echo "my-legacy-pkg 1.0.post1")
	mkdir req && printf 'Six==1.16.0\nrequests>=2\nJinja2 == 3.1.2 ; python_version > "3"\n-r other.txt\n# c\n' >req/requirements.txt
	exits 0 "requirements.txt" scan dir:req
	same "what is pinned" <(of pypi) <(printf 'jinja2 3.1.2\nsix 1.16.0\n')
	done=$((done + 1))
}
golang() {
	command -v go >/dev/null || { left_out "go is not installed"; return; }
	mkdir -p gosrc gobin && cd gosrc
	export GOPATH=$work/gopath GOFLAGS='-buildvcs=false -modcacherw' GOCACHE=$work/gocache GOTOOLCHAIN=local
	printf 'package main\n\nimport (\n\t"fmt"\n\n\t"golang.org/x/text/language"\n\t"rsc.io/quote"\n)\n\nfunc main() { fmt.Println(quote.Hello(), language.English) }\n' >main.go
	if ! { go mod init example.com/demo && go get golang.org/x/text@v0.3.6 rsc.io/quote@v1.5.2 && timeout 120 go build -o ../gobin/demo . &&
		go build -ldflags '-s -w' -o ../gobin/stripped .; } >../go.log 2>&1; then
		cd ..
		left_out "go build: $(tail -1 go.log)"
		return
	fi
	cd ..
	go version -m gobin/demo | awk '$1 == "dep" { print $2 " " $3 } $1 == "mod" && $3 != "(devel)" { print $2 " " $3 }' | LC_ALL=C sort >want
	goversion=$(go version gobin/demo | sed 's/.*: go//; s/ .*//')
	image go.img gobin
	exits 0 "Go, in an image" scan oci:go.img
	same "modules are go version -m's ($(wc -l <want))" want <(of golang | grep -v '^stdlib \|^example.com/demo ')
	same "the standard library" <(of golang | grep '^stdlib ' | sed 's/ v/ /') <(echo "stdlib $goversion")
	holds "of both files, the stripped one too" '[.packages[] | select(.name == "rsc.io/quote") | .locations[].path] | sort == ["srv/demo", "srv/stripped"]'
	same "findings" <(findings r.json | cut -d' ' -f1,2 | sort -u) <(printf 'CVE-2024-0003 golang.org/x/text\nCVE-2024-0006 stdlib\n')
	mkdir gomod && cp gosrc/go.mod gosrc/go.sum gomod/
	exits 0 "go.mod alone" scan dir:gomod
	same "what go.mod requires" <(of golang | grep -v '^stdlib \|^example.com/demo ') \
		<(cd gosrc && go mod edit -json | jq -r '.Require[] | .Path + " " + .Version' | LC_ALL=C sort)
	done=$((done + 1))
}
rust() {
	command -v objcopy >/dev/null || { left_out "objcopy is not installed"; return; }
	mkdir rs
	python3 -c '
import json, zlib
d = {"packages": [{"name": "demo", "version": "0.1.0", "source": "local", "root": True, "dependencies": [1, 2]},
  {"name": "smallvec", "version": "0.6.9", "source": "crates.io"}, {"name": "libc", "version": "0.2.150", "source": "crates.io"},
  {"name": "cc", "version": "1.0.1", "source": "crates.io", "kind": "build"}]}
open("dep", "wb").write(zlib.compress(json.dumps(d).encode()))'
	objcopy --add-section .dep-v0=dep --set-section-flags .dep-v0=noload,readonly "$(readlink -f /bin/true)" rs/demo
	chmod 755 rs/demo
	image rs.img rs
	exits 0 "cargo-auditable section, in an image" scan oci:rs.img
	# cc ran when it was built and is not in it
	same "its packages" <(of cargo | grep -v '^demo ') <(printf 'libc 0.2.150\nsmallvec 0.6.9\n')
	same "findings" <(findings r.json) <(echo "CVE-2024-0004 smallvec 0.6.9 0.6.14")
	printf 'not zlib' >dep
	objcopy --update-section .dep-v0=dep rs/demo
	"$GABION" scan -q --cache none --db db --allow-uncovered -o json=r.json dir:rs >/dev/null 2>&1 || true
	holds "a broken section is listed" '.errors | length == 1'
	mkdir cargo && printf 'version = 3\n\n[[package]]\nname = "smallvec"\nversion = "0.6.9"\nsource = "registry+https://example.org/index"\n\n[[package]]\nname = "demo"\nversion = "0.1.0"\n' >cargo/Cargo.lock
	exits 0 "Cargo.lock" scan dir:cargo
	same "findings" <(findings r.json) <(echo "CVE-2024-0004 smallvec 0.6.9 0.6.14")
	done=$((done + 1))
}
java() {
	mkdir java
	python3 - <<'END'
import io, zipfile
def jar(entries, method=zipfile.ZIP_DEFLATED):
    b = io.BytesIO()
    with zipfile.ZipFile(b, 'w', method) as z:
        for name, data in entries:
            z.writestr(name, data)
    return b.getvalue()
def pom(group, artifact, version):
    return (f'META-INF/maven/{group}/{artifact}/pom.properties', f'#made\ngroupId={group}\nartifactId={artifact}\nversion={version}\n')
inner = jar([('META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\r\n'), pom('org.example', 'inner', '1.5'), ('a.class', 'x')])
shaded = jar([pom('org.example', 'shaded', '3.0'), pom('com.google.guava', 'guava', '20.0'), ('x.class', 'x')])
only = jar([('META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\r\nImplementation-Title: only-manifest\r\nImplementation-Version: 4.2\r\n'
             'Implementation-Vendor-Id: org.vendor\r\n')])
boot = jar([('META-INF/MANIFEST.MF', 'Manifest-Version: 1.0\r\nMain-Class: x\r\n'), pom('org.example', 'app', '9.0'),
            ('BOOT-INF/lib/inner-1.5.jar', inner), ('BOOT-INF/lib/shaded-3.0.jar', shaded)], zipfile.ZIP_STORED)
war = jar([('WEB-INF/lib/inner-1.5.jar', inner)])
ear = jar([('app.war', war), ('lib/only-manifest-4.2.jar', only)])
for name, data in ('boot.jar', boot), ('only-manifest-4.2.jar', only), ('big.ear', ear), ('start.jar', b'#!/bin/sh\nexec java -jar $0\n' + inner):
    open('java/' + name, 'wb').write(data)
END
	image java.img java
	exits 0 "jars, in an image" scan oci:java.img
	same "nested, shaded, in war and ear, behind a script, by manifest alone" <(of maven) <(printf '%s\n' \
		"com.google.guava:guava 20.0" "org.example:app 9.0" "org.example:inner 1.5" "org.example:shaded 3.0" "org.vendor:only-manifest 4.2")
	same "findings" <(findings r.json) <(echo "CVE-2024-0005 org.example:inner 1.5 2.0")
	holds "the path names the jar in the jar" '[.packages[] | select(.name == "org.example:inner") | .locations[].path | select(test("boot.jar.*inner-1.5.jar"))] | length >= 1'
	holds "and all its places" '[.packages[] | select(.name == "org.example:inner") | .locations | length] | add == 3'
	done=$((done + 1))
}
node
python
golang
rust
java
# What no cataloger reads is counted.
mkdir -p un/a && touch un/a/x.gemspec un/yarn.lock && mkdir -p un/vendor/composer && echo '{"packages":[]}' >un/vendor/composer/installed.json
"$GABION" scan -q --cache none --db db -o json=r.json dir:un >/dev/null 2>&1 || true
holds "evidence that nothing reads is counted" '.summary.unread | length >= 2'
[ "$done" -gt 0 ] || skip "no language tool is here"
