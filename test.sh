#!/usr/bin/env bash
# Installs what the tests need beyond the .NET SDK, where it is missing; builds; checks the format; runs every test.
# The last line is "N passed, N failed, N skipped". Exits non-zero when anything failed or was skipped, or when nothing ran.
#   CONFIGURATION=Release ./test.sh    another build configuration than Debug
#   ./test.sh Protocol Runtime         only the test projects whose name contains one of these words
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en MSBUILDDISABLENODEREUSE=1
configuration=${CONFIGURATION:-Debug}
project_limit=20m
passed=0 failed=0 skipped=0
log=$(mktemp)

finish() {
  local code=$?
  rm -f "$log"
  echo "$passed passed, $failed failed, $skipped skipped"
  exit "$code"
}
trap finish EXIT

fail() {
  echo "test.sh: $*" >&2
  exit 1
}

# Runs a step in silence; shows its whole output only if it fails.
step() {
  local what=$1
  shift
  echo "$what"
  "$@" >"$log" 2>&1 || { cat "$log"; fail "$what: failed"; }
}

as_root() {
  if ((EUID == 0)); then "$@"; else sudo "$@"; fi
}

has_cjk_font() {
  command -v fc-list >/dev/null && [[ -n $(fc-list :lang=zh-cn) ]]
}

# What .NET links native executables with.
has_linker() {
  { command -v clang || command -v gcc; } >/dev/null && [[ -e /usr/include/stdio.h && -e /usr/include/zlib.h ]]
}

install_tools() {
  local missing=()
  command -v chromium >/dev/null || missing+=(chromium)
  command -v redis-server >/dev/null || missing+=(redis-server)
  command -v nginx >/dev/null || missing+=(nginx-light)
  command -v node >/dev/null || missing+=(nodejs)
  command -v npm >/dev/null || missing+=(npm)
  command -v ip >/dev/null || missing+=(iproute2)
  has_linker || missing+=(gcc libc6-dev zlib1g-dev)
  has_cjk_font || missing+=(fonts-noto-cjk fontconfig)
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || fail "please install: ${missing[*]}"
  step "Updating package lists" as_root apt-get update
  step "Installing ${missing[*]}" as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${missing[@]}"
}

install_official_sdks() {
  # npm writes the inner file last, so that an install which broke off does not count.
  [[ tests/npm/node_modules/.package-lock.json -nt tests/npm/package-lock.json ]] && return
  step "Installing the official SDKs from npm" npm ci --prefix tests/npm --no-audit --no-fund
  touch tests/npm/node_modules/.package-lock.json
}

is_wanted() {
  local project=$1 word
  shift
  (($#)) || return 0
  for word; do [[ $project == *"$word"* ]] && return 0; done
  return 1
}

# The number after a label in the summary that the test runner ends with.
count() {
  sed -n "s/^  $1: \([0-9]*\)$/\1/p" "$log" | tail -n 1
}

# A project in which nobody has written a test yet; one that lost its tests on the way to the runner is none.
is_empty() {
  ! grep --recursive --quiet --include='*.cs' -E '^\s*\[(Fact|Theory)' "$1"
}

run_project() {
  local project=$1 code=0 ok bad off
  timeout --kill-after=10 "$project_limit" \
    dotnet test --project "$project" --configuration "$configuration" --no-build --no-progress --no-ansi >"$log" 2>&1 || code=$?
  if ((code == 8)) && is_empty "$project"; then
    echo "$(basename "$project"): no tests yet"
    return
  fi

  ok=$(count succeeded) bad=$(count failed) off=$(count skipped)
  # A run that broke off has counted no failure, or nothing at all; it is one.
  ((code != 0 && ${bad:-0} == 0)) && bad=1
  passed=$((passed + ${ok:-0})) failed=$((failed + ${bad:-0})) skipped=$((skipped + ${off:-0}))
  echo "$(basename "$project"): ${ok:-0} passed, ${bad:-0} failed, ${off:-0} skipped"
  ((code == 124)) && echo "$project: ended after $project_limit"
  if ((code != 0 || ${off:-0} > 0)); then cat "$log"; fi
}

command -v dotnet >/dev/null || fail "the .NET SDK of global.json is missing: https://dot.net"
install_tools
install_official_sdks
for project in tests/*Tests/; do
  grep --quiet --fixed-strings "$(basename "$project").csproj" Weapp.sln || fail "${project%/} is not in Weapp.sln"
done
step "Building" dotnet build Weapp.sln --configuration "$configuration" --verbosity quiet -warnaserror
step "Checking the format" dotnet format Weapp.sln --no-restore --verify-no-changes
for project in tests/*Tests/; do
  if is_wanted "$project" "$@"; then run_project "${project%/}"; fi
done

((passed + failed > 0)) || fail "no test ran"
((failed == 0)) || exit 1
((skipped == 0)) || fail "tests do not skip: what they need is installed above"
