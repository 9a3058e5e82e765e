#!/usr/bin/env bash
# benchmarks/run.sh NAME: measures a figure and prints one Markdown row for each; README.md says what they mean.
#   P1 P1b   in process: bytes → method
#   P3       in process: typed broadcast → request bytes
#   P6       the generator in a build
#   P2 P2b   whole servers over HTTP
#   all      everything
# ROUNDS (5) and SECONDS_EACH (4) set how long the servers are loaded.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

program=Weapp.Benchmarks/bin/Release/net10.0/Weapp.Benchmarks.dll
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-4}
scratch=$(mktemp -d)
declare -A url pid

clean_up() {
  local server
  for server in "${pid[@]}"; do
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  done
  rm -rf "$scratch"
}
trap clean_up EXIT

fail() {
  echo "run.sh: $*" >&2
  exit 1
}

build() {
  dotnet build Weapp.Benchmarks -c Release -v q --nologo >"$scratch/build.log" 2>&1 || { cat "$scratch/build.log" >&2; fail "the build failed"; }
}

# start NAME COMMAND…: starts a server whose first line of output is its address, and keeps that in url[NAME].
start() {
  local name=$1
  shift
  "$@" >"$scratch/$name.out" 2>"$scratch/$name.err" &
  pid[$name]=$!
  for _ in $(seq 100); do
    url[$name]=$(head -n 1 "$scratch/$name.out")
    [ -n "${url[$name]}" ] && return
    kill -0 "${pid[$name]}" 2>/dev/null || break
    sleep 0.2
  done
  cat "$scratch/$name.err" >&2
  fail "the server '$name' did not start"
}

# load NAME [SECONDS]: one run; prints events/s and the server's CPU time per event in µs.
# An answer other than 200 or a socket error makes the figure worthless.
load() {
  local for=${2:-$seconds} before result rate events refused broken
  before=$(cpu_ticks "$1")
  result=$(EVENT_FILE="$scratch/event.json" timeout $((for + 30)) wrk -t 1 -c 64 -d "${for}s" --timeout 20s -s load/event.lua "${url[$1]}/tunnel" |
    grep '^RESULT') || fail "no load on '$1'"
  read -r _ rate events refused broken <<<"$result"
  [ "$refused" = 0 ] && [ "$broken" = 0 ] || fail "'$1' refused $refused requests and broke $broken connections"
  awk -v rate="$rate" -v ticks=$(($(cpu_ticks "$1") - before)) -v hz="$(getconf CLK_TCK)" -v events="$events" \
    'BEGIN { print rate, ticks / hz * 1e6 / events }'
}

cpu_ticks() {
  awk '{ print $14 + $15 }' "/proc/${pid[$1]}/stat"
}

# median_of NAME COLUMN, and the median over the rounds of A's column by B's: median_ratio A B COLUMN.
median_of() {
  cut -d ' ' -f "$2" "$scratch/$1.rounds" | sort -g | median
}

median_ratio() {
  paste -d ' ' <(cut -d ' ' -f "$3" "$scratch/$1.rounds") <(cut -d ' ' -f "$3" "$scratch/$2.rounds") | awk '{ print $1 / $2 }' | sort -g | median
}

median() {
  awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

row() {
  printf '| %s | %s | %s | %s | %s |\n' "$@"
}

header() {
  row figure measured against result "in detail"
  row --- --- --- --- ---
}

in_process() {
  timeout 600 dotnet "$program" figure "$1"
}

over_http() {
  command -v wrk >/dev/null || apt-get install -y -qq wrk >"$scratch/apt.log" 2>&1 || fail "wrk is missing and cannot be installed"
  [ -d node/node_modules/qcloud-weapp-server-sdk ] || (cd node && npm install --silent >"$scratch/npm.log" 2>&1) || fail "npm install failed in benchmarks/node"

  dotnet "$program" event "$scratch/event.json"
  start limit dotnet "$program" serve limit
  start weapp dotnet "$program" serve weapp
  start node env NODE_ENV=production TUNNEL_SIGNATURE_KEY="$(dotnet "$program" key)" node node/server.js

  local name round
  # For the JIT compilers, which want many calls and some time, and get less of it on a busy machine.
  for name in limit weapp node; do
    load "$name" 12 >/dev/null
  done
  for name in weapp node; do
    [ "$(curl -sf --max-time 5 "${url[$name]}/handled")" = yes ] || fail "no event reached the handler of '$name'"
  done
  for ((round = 0; round < rounds; round++)); do
    for name in limit weapp node; do
      load "$name" >>"$scratch/$name.rounds"
    done
  done

  row P2 'events/s of `POST /tunnel`, signature check, typed handler' "Kestrel's limit" "$(printf '%.2f' "$(median_ratio weapp limit 1)")" \
    "$(printf '%.0f and %.0f events/s; CPU time per event %.2f×' "$(median_of weapp 1)" "$(median_of limit 1)" "$(median_ratio weapp limit 2)")"
  row P2b 'the same' 'official Node SDK on express' "$(printf '%.1f×' "$(median_ratio weapp node 1)")" \
    "$(printf '%.0f events/s; CPU time per event %.2f×' "$(median_of node 1)" "$(median_ratio weapp node 2)")"
}

case "${1:-}" in
  P1 | P1b) build && header && in_process P1 ;;
  P2 | P2b) build && header && over_http ;;
  P3 | P6) build && header && in_process "$1" ;;
  all) build && header && in_process P1 && in_process P3 && in_process P6 && over_http ;;
  *) fail "usage: run.sh P1|P1b|P2|P2b|P3|P6|all" ;;
esac
