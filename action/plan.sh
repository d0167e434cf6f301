#!/usr/bin/env bash
# Decides where mcp-lint comes from: a release, or a build of the action's own checkout.
#
# Reads INPUT_VERSION, ACTION_PATH, ACTION_REF, ACTION_REPOSITORY and what the runner sets.
# Writes the outputs `how` (release, build), `folder` (where the binary is to lie), and for a release `archive` and
# `checksums` (addresses), for a build `key` (of the cache).
set -euo pipefail
# shellcheck source=action/common.sh
. "${BASH_SOURCE[0]%/*}/common.sh"

one_line version "${INPUT_VERSION:-}"

# The name of what is released for this machine; empty if nothing is.
target() {
  case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
    Linux-X64) echo x86_64-unknown-linux-gnu ;;
    Linux-ARM64) echo aarch64-unknown-linux-gnu ;;
    macOS-X64) echo x86_64-apple-darwin ;;
    macOS-ARM64) echo aarch64-apple-darwin ;;
    Windows-X64) echo x86_64-pc-windows-msvc ;;
  esac
}

# What a build is made of: another checkout with the same text needs no other build.
source_hash() {
  cd "$ACTION_PATH"
  find Cargo.toml Cargo.lock rust-toolchain.toml src rules -type f -print0 | LC_ALL=C sort -z | xargs -0 cat |
    sha256 - | cut -d ' ' -f 1
}

build() {
  local key
  key=mcp-lint-${RUNNER_OS:-}-${RUNNER_ARCH:-}-$(source_hash)
  output how build
  # A folder of its own, lest a job that uses two versions takes one for the other.
  output folder "$RUNNER_TEMP/mcp-lint/$key"
  output key "$key"
  exit 0
}

is_version() {
  [[ $1 =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]]
}

wanted=${INPUT_VERSION:-}
case $wanted in
  source) build ;;
  "")
    # A branch or a commit has no release of its own; nor has an action that lies in the repository it is used in.
    if ! is_version "${ACTION_REF:-}" || [ -z "${ACTION_REPOSITORY:-}" ]; then
      build
    fi
    tag=$ACTION_REF
    ;;
  *)
    tag=v${wanted#v}
    is_version "$tag" || fail "the input \`version\` has to be like v0.1.0, or \`source\`: $wanted"
    [ -n "${ACTION_REPOSITORY:-}" ] || fail "a release needs an action that is used by the name of its repository"
    ;;
esac

target=$(target)
if [ -z "$target" ]; then
  [ -z "$wanted" ] || fail "there are no releases for ${RUNNER_OS:-?} on ${RUNNER_ARCH:-?}; use \`version: source\`"
  build
fi
releases=${GITHUB_SERVER_URL:-https://github.com}/$ACTION_REPOSITORY/releases/download/$tag
archive=$releases/mcp-lint-$tag-$target.tar.gz
# Tests have their releases in a folder.
if ! curl --proto '=https,file' --proto-redir '=https' --fail --silent --location --retry 2 -- "$releases/SHA256SUMS" |
  grep "[ *]${archive##*/}\$" >/dev/null; then
  [ -z "$wanted" ] || fail "there is no release $tag for $target"
  notice "there is no release $tag for $target: building it"
  build
fi
output how release
output folder "$RUNNER_TEMP/mcp-lint/$tag"
output archive "$archive"
output checksums "$releases/SHA256SUMS"
