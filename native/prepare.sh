# Sourced by ./flyball and ./test: what must be true before .NET code of this folder can run.
#
#   1. the native libraries of DuckDB and ONNX Runtime lie in native/node_modules, as the lock file says;
#   2. XGBoost's shared library is on the machine, where it may be installed;
#   3. the assemblies are built from the sources as they are now.
#
# Each step keeps the SHA-256 of what it started from in .build/, so that a second start only hashes and compares.
# Everything is said on stderr: the stdout of a command belongs to its answer.

# shellcheck shell=bash
: "${flyball_root:?}" "${flyball_says:?}"
flyball_state="$flyball_root/.build"

say() { printf '%s: %s\n' "$flyball_says" "$*" >&2; }

# Ends the program: something the machine lacks, or a build that failed. 2 is the exit code of bad input.
refuse() {
  say "$1"
  exit "${2:-2}"
}

# The digest of the names and contents of the files below the given paths; build products are no sources.
digest_of() {
  (
    cd "$flyball_root" || exit
    find "$@" \( -name bin -o -name obj -o -name node_modules -o -name TestResults \) -prune -o -type f -print0 2>/dev/null \
      | LC_ALL=C sort -z | xargs -0 -r sha256sum | sha256sum | cut -d' ' -f1
  )
}

# True when the step $1 was last done for the digest $2.
is_done() { [ "$(cat "$flyball_state/$1.stamp" 2>/dev/null)" = "$2" ]; }

# Written beside and renamed, so that a reader never sees half a stamp.
mark_done() {
  printf '%s\n' "$2" >"$flyball_state/$1.stamp.$$"
  mv -f "$flyball_state/$1.stamp.$$" "$flyball_state/$1.stamp"
}

# Runs a function while no other process of this folder prepares anything. A build leaves a compiler process behind:
# callers close descriptor 9 for their children, or that process would hold the lock for minutes.
with_lock() {
  local code=0
  mkdir -p "$flyball_state"
  exec 9>"$flyball_state/lock"
  if ! flock -n 9; then
    say "waiting for another start that is preparing this folder"
    flock 9
  fi
  "$@" || code=$?
  exec 9>&-
  return "$code"
}

require_dotnet() {
  command -v dotnet >/dev/null 2>&1 \
    || refuse "no 'dotnet' on the PATH. Install the .NET 10 SDK (Debian: the package dotnet-sdk-10.0 of Microsoft's feed) and start again."
}

require_sdk() {
  require_dotnet
  dotnet --list-sdks 2>/dev/null | grep -q '^10\.' \
    || refuse "the .NET 10 SDK is needed to build, and 'dotnet --list-sdks' names none: $(dotnet --list-sdks 2>/dev/null | cut -d' ' -f1 | tr '\n' ' ')"
}

require_npm() {
  local command
  for command in node npm; do
    command -v "$command" >/dev/null 2>&1 \
      || refuse "no '$command' on the PATH. Install Node.js 18 or newer with npm (Debian: apt-get install nodejs npm) and start again."
  done
}

fetch_native_locked() {
  is_done native "$1" && [ -d "$flyball_root/native/node_modules" ] && return 0
  require_npm
  say "fetching the libraries of DuckDB and ONNX Runtime (npm, by lock file) ..."
  (cd "$flyball_root/native" && npm ci --ignore-scripts --no-audit --no-fund) 9>&- </dev/null >"$flyball_state/npm.log" 2>&1 || {
    cat "$flyball_state/npm.log" >&2
    refuse "'npm ci' failed in native/. Is the npm registry reachable from here?" 1
  }
  mark_done native "$1"
}

fetch_native() {
  local digest
  digest=$(digest_of native/package.json native/package-lock.json)
  is_done native "$digest" && [ -d "$flyball_root/native/node_modules" ] && return 0
  with_lock fetch_native_locked "$digest"
}

has_xgboost() {
  [ -n "${FLYBALL_XGBOOST:-}" ] || compgen -G '/usr/lib/*/libxgboost.so*' >/dev/null \
    || compgen -G '/usr/lib/libxgboost.so*' >/dev/null || compgen -G '/usr/local/lib/libxgboost.so*' >/dev/null
}

fetch_xgboost_locked() {
  has_xgboost && return 0
  local as_root=() log="$flyball_state/apt.log"
  local advice="Training needs XGBoost's library, and it is not here. Install it (Debian: apt-get install libxgboost0) or name one in FLYBALL_XGBOOST."
  # One attempt a folder: a machine without a package mirror would pay for it at every start.
  mark_done xgboost tried
  if ! command -v apt-get >/dev/null 2>&1; then
    say "$advice"
    return 0
  fi
  if [ "$(id -u)" != 0 ]; then
    if ! sudo -n true >/dev/null 2>&1; then
      say "$advice"
      return 0
    fi
    as_root=(sudo -n)
  fi
  say "installing libxgboost0 (apt-get) ..."
  local install=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends libxgboost0)
  {
    "${install[@]}" || { "${as_root[@]}" apt-get update && "${install[@]}"; }
  } 9>&- </dev/null >"$log" 2>&1 || {
    tail -n 5 "$log" >&2
    say "$advice"
  }
}

# Serving needs no XGBoost, so its absence is said and not an end: a command that trains says it again.
fetch_xgboost() {
  has_xgboost || is_done xgboost tried || with_lock fetch_xgboost_locked
}

# Builds $1, a project or the solution, in Release from the locked package versions.
build() {
  local log="$flyball_state/build.log"
  require_sdk
  # Whatever was built before is overwritten from here on.
  rm -f "$flyball_state/tests.stamp"
  say "building $1 (a minute or two the first time) ..."
  (
    cd "$flyball_root"
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
    dotnet build "$1" -c Release -p:RestoreLockedMode=true -nodeReuse:false -v:minimal
  ) 9>&- </dev/null >"$log" 2>&1 || {
    # Each error stands in the log twice; where the build died without one, its last words have to do.
    { grep -E ': error [A-Z]+[0-9]+:|: error MSB' "$log" | LC_ALL=C sort -u || tail -n 20 "$log"; } >&2
    refuse "the build of $1 failed; its whole log is $log" 1
  }
}

flyball_settings=(Directory.Build.props Directory.Packages.props .editorconfig BannedSymbols.txt global.json)

# The program runs from a copy, one folder a state of the sources: a build overwrites assemblies in place, under the
# feet of a server that still runs them. The last few stay, for servers that were started from them.
server_folder() { printf '%s/server/%s\n' "$flyball_state" "$(digest_of src "${flyball_settings[@]}")"; }

# A command that starts from machine code is done in two thirds of the time. Where the compiler cannot be had, it starts as it was built.
compile_ahead() {
  (
    cd "$flyball_root"
    export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
    timeout 300 dotnet build src/Flyball.Server/Flyball.Server.csproj -c Release -t:CompileAhead -p:AheadFolder="$1" -p:RestoreLockedMode=true -nodeReuse:false -v:minimal
  ) 9>&- </dev/null >"$flyball_state/ahead.log" 2>&1 || say "no machine code ahead of time: commands start slower ($flyball_state/ahead.log)"
  rm -rf "$1/ahead" "$1/ahead.rsp"
}

copy_server() {
  mkdir -p "$flyball_state/server"
  rm -rf "$1.part"
  cp -R "$flyball_root/src/Flyball.Server/bin/Release/net10.0" "$1.part"
  compile_ahead "$1.part"
  mv "$1.part" "$1"
  ls -1dt "$flyball_state"/server/* | tail -n +5 | xargs -r rm -rf
}

build_server_locked() {
  [ -d "$1" ] && return 0
  build src/Flyball.Server/Flyball.Server.csproj
  copy_server "$1"
}

# Leaves the folder of the program in $server.
build_server() {
  require_dotnet
  server=$(server_folder)
  [ -d "$server" ] || with_lock build_server_locked "$server"
}

build_tests_locked() {
  is_done tests "$1" && [ -d "$2" ] && return 0
  build Flyball.slnx
  [ -d "$2" ] || copy_server "$2"
  mark_done tests "$1"
}

# The whole solution, and the program as ./flyball starts it.
build_tests() {
  local digest server
  require_dotnet
  digest=$(digest_of src tests bench Flyball.slnx "${flyball_settings[@]}")
  server=$(server_folder)
  is_done tests "$digest" && [ -d "$server" ] || with_lock build_tests_locked "$digest" "$server"
}
