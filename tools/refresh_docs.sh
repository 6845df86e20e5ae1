#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Brings the pages up to date with the program in build/:
#   the table of boards, between the two <!-- boards --> marks of README.md and docs/accuracy.md;
#   in README.md what follows each "    $ command", cut after N lines where <!-- first N lines --> stands before;
#   docs/window.png, as script/demo has left it in build/demo/;
#   with a folder of results as `thumbwatt accuracy` takes it: what that prints, between the <!-- replay --> and
#   <!-- power --> marks of docs/accuracy.md, and the residuals in the boards' files.
#
#   tools/refresh_docs.sh [RESULTS]   rewrites all that
#   tools/refresh_docs.sh --check     prints what would change in the table of boards; fails if anything would
set -eu
cd "$(dirname "$0")/.."

row() {
	awk '
	function value(line) { sub(/^[^:]*: */, "", line); sub(/ *#.*/, "", line); return line }
	function range(low, high) { sub(/^-/, "−", low); return low " … +" high }
	/^[a-z_]+:/ { top = $1 }
	/^  [a-z]+:/ { second = $1 }
	/^name:/ { name = value($0) }
	/^core:/ { core = value($0) }
	/^clock:/ { clock = value($0); sub(/MHz/, " MHz", clock) }
	top == "memories:" && match($0, /bytes: [0-9]+[KM]iB/) {
		size = substr($0, RSTART + 7, RLENGTH - 10) * (substr($0, RSTART + RLENGTH - 3, 1) == "M" ? 1024 : 1)
		if ($0 ~ /kind: flash/) flash += size; else ram += size
	}
	top == "timing:" && $1 == "grade:" { grade = $2 }
	top == "timing:" && $1 == "low:" { low = $2 }
	top == "timing:" && $1 == "high:" { high = $2 }
	top == "power:" && second == "run:" && /^    grade:/ { power = $2 } # not that of its stall
	top == "power:" && second == "run:" && $1 == "low:" { plow = $2 }
	top == "power:" && second == "run:" && $1 == "high:" { phigh = $2 }
	END {
		printf "| `%s` | %s | %s | %s | %d KiB | %s, %s | %s, %s |\n", name, core, clock,
			flash ? flash " KiB" : "none", ram, grade, range(low, high), power, range(plow, phigh)
	}' "$1" | sed 's/%/ %/g; s/  %/ %/g; s/ % …/ …/g'
}

table() {
	echo "| board | core | clock | flash | RAM | cycles | run power |"
	echo "|---|---|---|---|---|---|---|"
	for file in sim/boards/*.yaml; do
		row "$file"
	done
}

with_table() {
	table >"$work/table"
	awk -v table="$work/table" '
	/^<!-- boards -->$/ && !inside { print; print ""; while ((getline line < table) > 0) print line; print ""; inside = 1; next }
	/^<!-- boards -->$/ { inside = 0 }
	!inside' "$1"
}

with_outputs() {
	awk '
	/^<!-- first [0-9]+ lines -->$/ { most = $3 }
	/^    \$ / {
		print
		command = substr($0, 7) " 2>&1"
		for (n = 1; (command | getline line) > 0; n++)
			if (!most || n <= most) print line == "" ? "" : "    " line
		close(command)
		if (most && n > most + 1) print "    …"
		print ""
		most = 0; old = 1; next
	}
	old && (/^    / || /^$/) { next }
	{ old = 0; print }' "$1"
}

# What stands between two <!-- MARK --> lines of a page becomes that file, indented.
with_block() { # page, MARK, file
	awk -v mark="<!-- $2 -->" -v file="$3" '
	$0 == mark && !inside { print; print ""; while ((getline line < file) > 0) print "    " line; print ""; inside = 1; next }
	$0 == mark { inside = 0 }
	!inside' "$1"
}

# "…of this board: +0.1 %, …; `thumbwatt accuracy`": the errors of its images, in the table's order.
with_residuals() {
	errors=$(awk -v board="$(basename "$1" .yaml)" '$1 == board { text = text (text ? ", " : "") sprintf("%+.1f %%", $5) } END { print text }' "$work/replay")
	sed "s/\(of this board: \)[-+0-9.%, ]*;/\1$errors;/" "$1"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
if [ -n "${1:-}" ] && [ "$1" != --check ]; then
	build/thumbwatt accuracy "$1" --quiet >"$work/printed"
	sed '/^outputs/d; s/ *not compared$//; s/ *outputs$//' "$work/printed" >"$work/all"
	sed '/^power while/,$d' "$work/all" >"$work/replay"
	sed -n '/^power while/,$p' "$work/all" >"$work/power"
	with_block docs/accuracy.md replay "$work/replay" >"$work/page"
	with_block "$work/page" power "$work/power" >docs/accuracy.md
	for board in sim/boards/*.yaml; do
		with_residuals "$board" >"$work/page"
		cat "$work/page" >"$board"
	done
fi
for page in README.md docs/accuracy.md; do
	with_table "$page" >"$work/page"
	if [ "${1:-}" = --check ]; then
		diff "$page" "$work/page" || { echo "$page: run tools/refresh_docs.sh"; status=1; }
	else
		cat "$work/page" >"$page"
	fi
done
if [ "${1:-}" != --check ]; then
	with_outputs README.md >"$work/page"
	cat "$work/page" >README.md
	[ ! -s build/demo/window.png ] || cp build/demo/window.png docs/window.png
fi
exit $status
