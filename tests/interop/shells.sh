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
if command -v scdoc >/dev/null; then
	tools/man "$build" || fail "man pages"
else
	echo "not checked: man pages (no scdoc)"
fi
exit $bad
