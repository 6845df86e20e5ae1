#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Who may know whom: every #include of every folder follows an allowed arrow, only the folders that should know an
# outside library do, and no library holds a name that only a forbidden one defines.
set -u
cd "${SOURCE_ROOT:?}"
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

# folder: the folders it may include from; headers that are contracts between two sides
allowed_base=""
allowed_runtime=""
allowed_sim="base"
allowed_profiler="base sim"
allowed_scenarios="base"
allowed_session="base sim profiler scenarios runtime"
allowed_gui="base sim profiler scenarios session runtime"
allowed_cli="base sim profiler scenarios session runtime gui"
contracts="runtime/protocol.h" # what firmware and machine say to each other
folders="base runtime sim profiler scenarios session gui cli"

outside_base="yaml.h"
outside_runtime=""
outside_sim="unicorn libelf.h gelf.h nettle"
outside_profiler="elfutils dwarf.h gelf.h libelf.h zlib.h jansson.h"
outside_scenarios="sndfile.h"
outside_session="nettle zlib.h jansson.h"
outside_gui="SDL.h SDL_ttf.h png.h jansson.h"
outside_cli="jansson.h"
guarded="yaml.h unicorn libelf.h gelf.h elfutils dwarf.h sndfile.h SDL.h SDL_ttf.h png.h jansson.h zlib.h nettle capstone"

holds() { # is $1 one of the words $2
	case " $2 " in *" $1 "*) return 0 ;; esac
	return 1
}

includes_of() { # folder, opening character: "file: header" for each
	find "$1" -name '*.[ch]' -exec grep -Ho "^ *# *include *$2[^\">]*" {} + | sed "s/: *# *include *$2/: /"
}

wrong_includes() {
	eval "may=\$allowed_$1"
	includes_of "$1" '"' | while read -r file header; do
		from=${header%%/*}
		[ "$from" = "$1" ] || [ "$from" = "$header" ] || holds "$from" "$may" || holds "$header" "$contracts" ||
			echo "$file includes \"$header\""
	done
}

wrong_libraries() {
	eval "may=\$outside_$1"
	includes_of "$1" '<' | while read -r file header; do
		holds "${header%%/*}" "$guarded" || continue
		holds "${header%%/*}" "$may" || echo "$file includes <$header>"
	done
}

for folder in $folders; do
	check "${folder}_includes_only_what_it_may_know" "$(wrong_includes "$folder")"
	check "${folder}_knows_only_its_own_outside_libraries" "$(wrong_libraries "$folder")"
done

# Headers beyond a freestanding C library would not compile, or not link, on the target.
check "the_runtime_is_freestanding" "$(includes_of runtime '<' | grep -vE ' (std(arg|bool|def|int)|limits|float|string|math|arm_acle)\.h$')"

# --- libraries -------------------------------------------------------------------------------------------------------

library() { # the archives of a folder
	case $1 in
	runtime) echo "$BUILD_ROOT/runtime/libruntime_native.a" ;;
	sim) echo "$BUILD_ROOT/sim/libsim.a $BUILD_ROOT/sim/libsim_timing.a" ;;
	*) echo "$BUILD_ROOT/$1/lib$1.a" ;;
	esac
}

names() { # U or D (wanted or defined), folder
	# shellcheck disable=SC2046
	nm $(library "$2") 2>/dev/null |
		awk -v want="$1" 'NF == 2 && $1 == "U" && want == "U" {print $2} NF == 3 && $2 ~ /[TDBRVW]/ && want == "D" {print $3}' |
		sort -u
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
libraries="base runtime sim profiler scenarios session gui"
for name in $libraries; do
	names U "$name" >"$work/$name.wants"
	names D "$name" >"$work/$name.has"
done

wrong_names() {
	eval "may=\$allowed_$1"
	[ -s "$work/$1.has" ] || echo "$1 defines nothing: not built?"
	for other in $libraries; do
		[ "$other" = "$1" ] || holds "$other" "$may" ||
			comm -12 "$work/$1.wants" "$work/$other.has" | comm -23 - "$work/$1.has" | sed "s/^/$1 needs $other: /"
	done
}

for name in $libraries; do
	check "${name}_links_without_what_it_may_not_know" "$(wrong_names "$name")"
done
check "the_command_line_program_links_no_window" "$(ldd "$BUILD_ROOT/thumbwatt" | grep -i sdl)"

echo "[  PASSED  ] $passed test(s)."
[ "$failed" -eq 0 ] || echo "[  FAILED  ] $failed test(s), listed below:"
[ "$failed" -eq 0 ]
