#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# What the pages say exists: links, commands, options, files, and the table of boards as the boards' files have it.
set -u
cd "${SOURCE_ROOT:?}"
tool="${BUILD_ROOT:?}/thumbwatt"
pages="README.md docs/*.md scenarios/*/*.md"
passed=0 failed=0

check() { # name of the test, what broke it (nothing: it holds)
	if [ -z "$2" ]; then
		passed=$((passed + 1))
		echo "[       OK ] $1"
	else
		failed=$((failed + 1))
		printf '%s\n[  FAILED  ] %s\n' "$2" "$1"
	fi
}

dead_links() {
	for page in $pages; do
		grep -o '](\([^)#]*\)' "$page" | sed 's/^](//' | while read -r target; do
			case $target in http*) continue ;; esac
			[ -e "$(dirname "$page")/$target" ] || echo "$page links to $target"
		done
	done
}

unknown_commands() {
	# shellcheck disable=SC2086
	grep -ohE '(`|/)thumbwatt [a-z]+' $pages | awk '{print $2}' | sort -u | while read -r command; do
		"$tool" --help | grep -qE "^  $command " || echo "thumbwatt $command"
	done
}

unknown_options() {
	for command in $("$tool" --help | sed -n '/^Usage/,/^Examples/s/^  \([a-z]*\) .*/\1/p'); do
		"$tool" "$command" --help
	done | grep -oE -- '--[a-z-]+' | sort -u >"$work/known"
	printf '%s\n' --help --version --check --no-rebuild >>"$work/known"
	# shellcheck disable=SC2086
	grep -hE 'thumbwatt|^        --|`--' $pages | grep -oE -- '(^|[ `])--[a-z]+[a-z-]*' | tr -d ' `' | sort -u |
		grep -vxF -f "$work/known"
}

missing_files() {
	# Files of the repository by their path, in backquotes.
	# shellcheck disable=SC2086
	grep -ohE '`(base|runtime|sim|profiler|scenarios|session|gui|cli|tests|tools|script|docs)/[A-Za-z0-9_./-]+`' $pages |
		tr -d '`' | sort -u | while read -r file; do
		[ -e "$file" ] || echo "$file"
	done
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check "every_link_leads_somewhere" "$(dead_links)"
check "every_command_in_the_pages_exists" "$(unknown_commands)"
check "every_option_in_the_pages_exists" "$(unknown_options)"
check "every_file_in_the_pages_exists" "$(missing_files)"
check "the_table_of_boards_is_that_of_the_boards" "$(tools/refresh_docs.sh --check 2>&1)"
echo "[  PASSED  ] $passed test(s)."
[ "$failed" -eq 0 ] || echo "[  FAILED  ] $failed test(s), listed below:"
[ "$failed" -eq 0 ]
