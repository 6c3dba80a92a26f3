#!/usr/bin/env bash
# Completion scripts are read by their shells, and bash's completes; man pages are read by scdoc.
# Argument: the build folder.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=$1
bad=0
fail() {
	echo "FAIL: $*"
	bad=1
}
for shell in bash zsh fish; do
	if command -v $shell >/dev/null; then
		"$build/gabion" completion $shell >"$build/completion.$shell" && $shell -n "$build/completion.$shell" || fail "$shell"
	else
		echo "not checked: $shell"
	fi
done
# complete WANT WORD...: what bash offers for the last word
complete_words() {
	local want=$1
	shift
	COMP_WORDS=(gabion "$@")
	COMP_CWORD=$#
	COMPREPLY=()
	_gabion
	[ "${COMPREPLY[*]}" = "$want" ] || fail "bash: '$*' gives '${COMPREPLY[*]}' and not '$want'"
}
# shellcheck disable=SC1091
. "$build/completion.bash"
complete_words "completion" com
complete_words "--fail-on" config --fail
complete_words "auto always" version --color a
complete_words "sarif spdx" config -o s
complete_words "status search" db s
complete_words "bash zsh fish" completion ''
complete_words "db" help d
# Names of rules and benchmarks come from the program.
PATH=$(realpath "$build"):$PATH
export PATH
complete_words "privileged-container" explain privileged-c
complete_words "KSV-0017" rules show KSV-0017
complete_words "run-as-root,host-pid" audit --only run-as-root,host-pi
complete_words "availability" rules list --family avail
complete_words "pss-baseline pss-restricted" audit --benchmark pss
complete_words "" audit --skip nothing-of-this-name
cd tests || exit 2
complete_words "interop" explain privileged-container inter
cd .. || exit 2
if command -v fish >/dev/null; then
	fish_words() { fish --no-config -c "source '$build/completion.fish'; complete -C '$2'" 2>/dev/null | cut -f1 | tr '\n' ' ' >"$build/fish.words"
		[ "$(cat "$build/fish.words")" = "$1 " ] || fail "fish: '$2' gives '$(cat "$build/fish.words")' and not '$1'"; }
	fish_words "privileged-container" 'gabion explain privileged-c'
	fish_words "privileged-container" 'gabion rules show privileged-c'
	fish_words "host-pid,privileged-container" 'gabion audit --only host-pid,privileged-c'
	fish_words "pss-baseline" 'gabion audit --benchmark pss-b'
fi
if command -v scdoc >/dev/null; then
	tools/man "$build" || fail "man pages"
else
	echo "not checked: man pages (no scdoc)"
fi
exit $bad
