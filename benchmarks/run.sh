#!/usr/bin/env bash
# benchmarks/run.sh NAME: measures a figure and prints one Markdown row for each; README.md says what they mean.
#   P1 P1b   in process: bytes → method
#   P3       in process: typed broadcast → request bytes
#   P4 P4b   sockets: a broadcast to 5,000, memory while they are idle
#   P4c      sockets: memory of a published Weapp.Server that is left to itself
#   P6       the generator in a build
#   P8       a broadcast to 5,000 sockets on two nodes over Redis
#   P2 P2b   whole servers over HTTP
#   L1 L1b   checks of the session server: over HTTP, in process
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

# start NAME COMMAND…: starts a server that says its address at the end of a line, and keeps that in url[NAME].
start() {
  local name=$1
  shift
  "$@" >"$scratch/$name.out" 2>"$scratch/$name.err" &
  pid[$name]=$!
  for _ in $(seq 100); do
    url[$name]=$(sed -n 's|^.*\(http://[^ ]*\)$|\1|p' "$scratch/$name.out" | head -n 1)
    [ -n "${url[$name]}" ] && return
    kill -0 "${pid[$name]}" 2>/dev/null || break
    sleep 0.2
  done
  cat "$scratch/$name.err" >&2
  fail "the server '$name' did not start"
}

# load NAME [SECONDS [SCRIPT PATH]]: one run; prints events/s, the server's CPU time per event in µs and what else the script measured.
# An answer other than 200 or a socket error makes the figure worthless.
load() {
  local for=${2:-$seconds} script=${3:-event} path=${4:-/tunnel} before output result rate events refused broken
  before=$(cpu_ticks "$1")
  output=$(EVENT_FILE="$scratch/event.json" CHECKS_FILE="$scratch/checks.txt" \
    timeout $((for + 30)) wrk -t 1 -c 64 -d "${for}s" --timeout 20s -s "load/$script.lua" "${url[$1]}$path") || fail "no load on '$1'"
  result=$(grep '^RESULT' <<<"$output") || fail "no result of the load on '$1'"
  read -r _ rate events refused broken <<<"$result"
  [ "$refused" = 0 ] && [ "$broken" = 0 ] || fail "'$1' refused $refused requests and broke $broken connections"
  awk -v rate="$rate" -v ticks=$(($(cpu_ticks "$1") - before)) -v hz="$(getconf CLK_TCK)" -v events="$events" \
    -v more="$(sed -n 's/^LATENCY //p' <<<"$output")" 'BEGIN { print rate, ticks / hz * 1e6 / events, more }'
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

# Fresh servers for each figure: the memory of the one must not have grown under the load of the other.
sockets() {
  local weapp="tunnels-$1" hub="signalr-$1"
  ulimit -n "$(ulimit -Hn)"
  start "$weapp" dotnet "$program" serve tunnels
  start "$hub" dotnet "$program" serve signalr
  timeout 600 dotnet "$program" figure "$1" "${url[$weapp]}" "${url[$hub]}"
}

left_alone() {
  local key
  key=$(dotnet "$program" key)
  ulimit -n "$(ulimit -Hn)"
  dotnet publish ../src/Weapp.Server -c Release -o "$scratch/server" -v q --nologo >"$scratch/publish.log" 2>&1 || { cat "$scratch/publish.log" >&2; fail "Weapp.Server cannot be published"; }
  start server "$scratch/server/Weapp.Server" --urls=http://127.0.0.1:0 "--TunnelServer:SignatureKey=$key" --TunnelServer:ReceiveHosts:0=127.0.0.1
  start server-app dotnet "$program" serve node-app "${url[server]}"
  timeout 600 dotnet "$program" figure P4c "${url[server-app]}" "${pid[server]}"
}

# need COMMAND PACKAGE
need() {
  command -v "$1" >/dev/null || apt-get install -y -qq "$2" >"$scratch/apt.log" 2>&1 || fail "$1 is missing and cannot be installed"
}

nodes() {
  need redis-server redis-server
  ulimit -n "$(ulimit -Hn)"
  redis-server --port 0 --unixsocket "$scratch/redis.sock" --save '' --dir "$scratch" >"$scratch/redis.log" 2>&1 &
  pid[redis]=$!
  local node
  start node-alone dotnet "$program" serve node
  start app-alone dotnet "$program" serve node-app "${url[node-alone]}"
  for node in node-one node-two; do
    start "$node" dotnet "$program" serve node "!$scratch/redis.sock"
  done
  start app dotnet "$program" serve node-app "${url[node-one]}"
  timeout 600 dotnet "$program" figure P8 "${url[app-alone]}" "${url[app]}" "${url[node-one]}" "${url[node-two]}"
}

session_checks() {
  need wrk wrk
  dotnet "$program" sessions "$scratch"
  start checks-limit dotnet "$program" serve limit
  start sessions dotnet "$program" serve sessions "$scratch"
  curl -sf --max-time 5 -H 'Content-Type: application/json' -d "$(head -n 1 "$scratch/checks.txt")" "${url[sessions]}/mina_auth/" |
    grep --quiet '"returnCode":0' || fail "the session server did not find a session that is there"

  local name round
  for name in checks-limit sessions; do
    load "$name" 12 check /mina_auth/ >/dev/null
  done
  for ((round = 0; round < rounds; round++)); do
    for name in checks-limit sessions; do
      load "$name" "$seconds" check /mina_auth/ >>"$scratch/$name.rounds"
    done
  done

  row L1 'checks/s of the session server, SQLite, 100,000 sessions' "Kestrel's limit" "$(printf '%.2f' "$(median_ratio sessions checks-limit 1)")" \
    "$(printf '%.0f and %.0f checks/s; p50 %.1f ms, p99 %.1f ms; CPU time per check %.2f×' "$(median_of sessions 1)" "$(median_of checks-limit 1)" \
      "$(median_of sessions 3)" "$(median_of sessions 4)" "$(median_ratio sessions checks-limit 2)")"
}

over_http() {
  need wrk wrk
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
  L1 | L1b) build && header && session_checks && in_process L1 ;;
  P4 | P4b) build && header && sockets "$1" ;;
  P4c) build && header && left_alone ;;
  P8) build && header && nodes ;;
  P3 | P6) build && header && in_process "$1" ;;
  all) build && header && in_process P1 && in_process P3 && sockets P4 && sockets P4b && left_alone && in_process P6 && nodes && over_http && session_checks && in_process L1 ;;
  *) fail "usage: run.sh P1|P1b|P2|P2b|P3|P4|P4b|P4c|P6|P8|L1|L1b|all" ;;
esac
