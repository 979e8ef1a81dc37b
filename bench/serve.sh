#!/usr/bin/env bash
# Predictions over HTTP: starts the server on a data directory that `flyball demo --once --data-dir DIR` left, and drives it with wrk.
#   bench/serve.sh DATA_DIR [CONNECTIONS] [SECONDS]
# Needs Debian's wrk. Prints wrk's own report and the server's count of dropped log records.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
data=${1:?usage: bench/serve.sh DATA_DIR [CONNECTIONS] [SECONDS]}
connections=${2:-8}
seconds=${3:-10}
port=7980
"$here/../flyball" up --project "$here/../examples/fraud" --data "$data" --urls "http://127.0.0.1:$port" 2>"$data/bench.log" &
server=$!
trap 'kill -TERM $server 2>/dev/null; wait $server 2>/dev/null || true' EXIT
for _ in $(seq 200); do
  curl -fs "http://127.0.0.1:$port/health/ready" >/dev/null && break
  sleep 0.1
done
cat "$data/bench.log"
wrk -t1 -c"$connections" -d3s -s "$here/predict.lua" "http://127.0.0.1:$port" >/dev/null
wrk -t1 -c"$connections" -d"${seconds}s" --latency -s "$here/predict.lua" "http://127.0.0.1:$port"
curl -fs "http://127.0.0.1:$port/metrics" | grep -E '^flyball_prediction(s|_log_dropped|_duration_seconds_(sum|count))' | grep -v _bucket
