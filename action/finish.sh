#!/usr/bin/env bash
# Ends the action as mcp-lint ended. Reads EXIT_CODE.
set -euo pipefail
# shellcheck source=action/common.sh
. "${BASH_SOURCE[0]%/*}/common.sh"

case ${EXIT_CODE:-} in
  0) ;;
  1 | 2 | 3) exit "$EXIT_CODE" ;;
  *) fail "mcp-lint was not run" ;;
esac
