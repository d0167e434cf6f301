#!/usr/bin/env bash
# Puts mcp-lint where the plan says: out of a release whose checksum is right, out of the cache, or built.
#
# Reads PLAN_HOW, PLAN_FOLDER, PLAN_ARCHIVE, PLAN_CHECKSUMS and ACTION_PATH. Writes the output `program`.
set -euo pipefail
# shellcheck source=action/common.sh
. "${BASH_SOURCE[0]%/*}/common.sh"

program=$(program "$PLAN_FOLDER")

download() {
  curl --proto '=https,file' --proto-redir '=https' --fail --silent --show-error --location --retry 3 --output "$2" -- "$1" ||
    fail "cannot download $1"
}

install_release() {
  local folder name expected found
  folder=$(mktemp -d "$RUNNER_TEMP/mcp-lint-XXXXXX")
  name=${PLAN_ARCHIVE##*/}
  download "$PLAN_CHECKSUMS" "$folder/SHA256SUMS"
  download "$PLAN_ARCHIVE" "$folder/$name"
  expected=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1 }' "$folder/SHA256SUMS")
  found=$(cd "$folder" && sha256 "$name" | cut -d ' ' -f 1)
  if [ -z "$expected" ] || [ "$expected" != "$found" ]; then
    fail "the checksum of $name is wrong: ${expected:-none} is listed, $found was found"
  fi
  mkdir -p "$PLAN_FOLDER"
  tar -xzf "$folder/$name" -C "$PLAN_FOLDER"
  rm -rf "$folder"
}

build() {
  command -v cargo >/dev/null ||
    fail "building mcp-lint needs a Rust toolchain: https://rustup.rs installs one, or give a release as \`version\`"
  # In its own folder, so that the toolchain that it asks for is taken.
  cd "$ACTION_PATH"
  cargo build --release --locked --target-dir "$RUNNER_TEMP/mcp-lint/target"
  mkdir -p "$PLAN_FOLDER"
  cp "$(program "$RUNNER_TEMP/mcp-lint/target/release")" "$program"
}

if [ "$PLAN_HOW" = release ]; then
  install_release
elif [ ! -x "$program" ]; then
  build
fi
"$program" --version
output program "$program"
