#!/usr/bin/env bash
# Runs mcp-lint once, for the log, the annotations, the job's summary and code scanning.
#
# Reads MCP_LINT (the binary), the inputs as INPUT_… and what the runner sets. Writes the outputs `exit-code`, `sarif-file`
# and `upload`. Ends well whatever was found: the last step of the action tells that, after the upload.
set -euo pipefail
# shellcheck source=action/common.sh
. "${BASH_SOURCE[0]%/*}/common.sh"

one_line config "${INPUT_CONFIG:-}"
one_line baseline "${INPUT_BASELINE:-}"
one_line diff "${INPUT_DIFF:-}"
one_line fail-on "${INPUT_FAIL_ON:-}"
one_line tier "${INPUT_TIER:-}"
one_line sarif-file "${INPUT_SARIF_FILE:-}"
one_line upload "${INPUT_UPLOAD:-}"

cd "$GITHUB_WORKSPACE"
work=$(mktemp -d "$RUNNER_TEMP/mcp-lint-XXXXXX")
annotations=$work/annotations
summary=$work/summary.md

# event FIELD...: a field of the event that started the workflow; empty if it has none, or nothing here reads JSON.
event() {
  if command -v jq >/dev/null; then
    jq -r 'getpath($ARGS.positional) // empty' "${GITHUB_EVENT_PATH:-/dev/null}" --args "$@"
  elif command -v python3 >/dev/null; then
    python3 -c 'import json, sys
value = json.load(open(sys.argv[1], encoding="utf-8"))
for name in sys.argv[2:]:
    value = (value or {}).get(name)
print(value or "")' "${GITHUB_EVENT_PATH:-/dev/null}" "$@"
  fi
}

is_pull_request() {
  case "${GITHUB_EVENT_NAME:-}" in
    pull_request | pull_request_target) return 0 ;;
    *) return 1 ;;
  esac
}

# The commit to compare a change with, in `base`; it may have to be fetched first. Empty if there is none.
find_base() {
  local first second
  case ${GITHUB_EVENT_NAME:-} in
    merge_group) base=$(event merge_group base_sha) ;;
    *) base=$(event pull_request base sha) ;;
  esac
  if [[ ! $base =~ ^[0-9a-f]{40,64}$ ]] || ! git rev-parse --git-dir >/dev/null 2>&1; then
    base=
    return
  fi
  # What actions/checkout takes is the merge of the pull request into its base, often without what was before.
  first=$(git cat-file -p HEAD | sed -n '/^$/q; s/^parent //p' | sed -n 1p)
  second=$(git cat-file -p HEAD | sed -n '/^$/q; s/^parent //p' | sed -n 2p)
  if [ -n "$second" ] && [ "$(git rev-parse HEAD)" = "${GITHUB_SHA:-}" ]; then
    base=$first
  fi
  # Nothing was changed where the base itself was checked out, as for pull_request_target.
  if [ "$(git rev-parse HEAD)" = "$base" ]; then
    base=
    return
  fi
  if git merge-base "$base" HEAD >/dev/null 2>&1; then
    return
  fi
  # One commit more is enough for a merge; the rest is fetched only if it is not.
  git fetch --quiet --no-tags --depth=2 origin "$(git rev-parse HEAD)" || true
  git merge-base "$base" HEAD >/dev/null 2>&1 && return
  git fetch --quiet --no-tags --unshallow origin || true
  git fetch --quiet --no-tags origin "$base" || true
  git merge-base "$base" HEAD >/dev/null 2>&1 && return
  base=
}

# stays_inside PATH: ends the step if links of the checkout, which anybody may have put there, lead a relative path out of it.
stays_inside() {
  local folder
  case $1 in
    /* | [A-Za-z]:*) return ;;
  esac
  folder=$(cd -P -- "$(dirname -- "./$1")" 2>/dev/null && pwd -P) || return 0
  case $folder/ in
    "$(pwd -P)"/*) [ -L "./$1" ] || return 0 ;;
  esac
  fail "\`$1\` leads out of the checkout or is a link, so nothing is written there"
}

command=("$MCP_LINT" --format=text --color=always "--output=github=$annotations" "--output=markdown=$summary")
sarif=${INPUT_SARIF_FILE:-}
if [ -n "$sarif" ]; then
  stays_inside "$sarif"
  command+=("--output=sarif=$sarif")
fi
[ -z "${INPUT_CONFIG:-}" ] || command+=("--config=$INPUT_CONFIG")
[ -z "${INPUT_BASELINE:-}" ] || command+=("--baseline=$INPUT_BASELINE")
[ -z "${INPUT_FAIL_ON:-}" ] || command+=("--fail-on=$INPUT_FAIL_ON")
[ -z "${INPUT_TIER:-}" ] || command+=("--tier=$INPUT_TIER")
case ${INPUT_DIFF:-auto} in
  auto)
    if is_pull_request || [ "${GITHUB_EVENT_NAME:-}" = merge_group ]; then
      find_base
      if [ -n "$base" ]; then
        command+=("--diff=$base")
      else
        notice "everything is told, not only what changed: the commit that it merges into cannot be had. With \`fetch-depth: 0\` actions/checkout brings it."
      fi
    fi
    ;;
  false) ;;
  *) command+=("--diff=$INPUT_DIFF") ;;
esac
# Split at blanks and line ends, and nothing else: no quotes, no patterns, no variables.
set -f
# shellcheck disable=SC2206 # splitting is what is wanted
arguments=(${INPUT_ARGS:-})
set +f
[ ${#arguments[@]} -eq 0 ] || command+=("${arguments[@]}")
# After `--` nothing is an option, and with its folder nothing is a command.
command+=(--)
paths=0
while IFS= read -r path || [ -n "$path" ]; do
  path=${path%$'\r'}
  [ -n "$path" ] || continue
  case $path in
    /* | ./* | ../* | [A-Za-z]:*) command+=("$path") ;;
    *) command+=("./$path") ;;
  esac
  paths=$((paths + 1))
done <<<"${INPUT_PATHS:-}"
[ "$paths" -gt 0 ] || command+=(.)

# The report shows source, in which a line must not become a command to the runner.
stop=mcp-lint-$(token)
code=0
printf '::stop-commands::%s\n' "$stop"
"${command[@]}" 2>&1 || code=$?
printf '\n::%s::\n' "$stop"

case $code in
  0 | 1) ;;
  3)
    printf '::error title=mcp-lint::%s\n' "nothing to analyse: there is no TypeScript, JavaScript, Python or Rust file in the given paths"
    ;;
  *)
    code=2
    printf '::error title=mcp-lint::%s\n' "mcp-lint could not do its work; the log of this step says why"
    printf '## mcp-lint\n\nCould not do its work; the log says why.\n' >>"$GITHUB_STEP_SUMMARY"
    ;;
esac
[ ! -f "$annotations" ] || cat "$annotations"
[ ! -f "$summary" ] || cat "$summary" >>"$GITHUB_STEP_SUMMARY"
output exit-code "$code"

upload=false
# A document of a run that failed would close the alerts of those that did not.
if [ "$code" -lt 2 ] && [ -n "$sarif" ] && [ -f "$sarif" ]; then
  output sarif-file "$sarif"
  case ${INPUT_UPLOAD:-auto} in
    true) upload=true ;;
    false) ;;
    auto)
      upload=true
      # The token of a fork's pull request may only read.
      if is_pull_request && [ "$(event pull_request head repo full_name)" != "${GITHUB_REPOSITORY:-}" ]; then
        upload=false
        notice "not uploaded to code scanning: pull requests from forks may not. The annotations and the summary have it all."
      fi
      ;;
    *) fail "the input \`upload\` is one of auto, true, false" ;;
  esac
fi
output upload "$upload"
rm -rf "$work"
