#!/usr/bin/env bash
# bench-scan.sh LIBRARY: CPU seconds of a cold scan and of one without changes, side
# by side with minidlna (Debian: minidlna) on the same tree, and with a bare walk.
set -euo pipefail
lib=$(realpath "${1:?usage: bench-scan.sh LIBRARY}")
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
TIMEFORMAT='%U %S %R'

# cpu LABEL COMMAND…: user and system time of a command and its children.
cpu() {
	local label=$1
	shift
	{ time "$@" >/dev/null 2>"$work/err"; } 2>"$work/time" || { cat "$work/err"; exit 1; }
	awk -v l="$label" '{printf "%-28s %7.2f CPU-s %7.2f s\n", l, $1+$2, $3}' "$work/time"
}

find "$lib" >/dev/null # warm
cpu "walk and lstat" find "$lib" -printf '%s %T@\n'
scan=(./bin/sett scan --media "$lib" --data-dir "$work/data" --cache-dir "$work/cache")
cpu "sett, cold" "${scan[@]}"
cpu "sett, no change" "${scan[@]}"

if ! command -v minidlnad >/dev/null; then
	echo "minidlna is not installed: no peer to compare with"
	exit 0
fi
printf 'port=18200\nmedia_dir=%s\ndb_dir=%s/db\nlog_dir=%s\ninotify=no\nnetwork_interface=lo\n' "$lib" "$work" "$work" >"$work/minidlna.conf"
minidlna_scan() {
	minidlnad -f "$work/minidlna.conf" -P "$work/pid" -R -S &
	local pid=$!
	until grep -qs 'Finished parsing playlists' "$work/minidlna.log"; do sleep 0.5; done
	kill "$pid" && wait "$pid" || true
}
cpu "minidlna, cold" minidlna_scan
