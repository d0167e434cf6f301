# shellcheck shell=bash
# What the steps of the action share. They run with bash 3.2 as well, which macOS has.

# escape TEXT: as a workflow command wants it.
escape() {
  local text=$1
  text=${text//'%'/%25}
  text=${text//$'\r'/%0D}
  text=${text//$'\n'/%0A}
  printf '%s' "$text"
}

# fail TEXT: an annotation, and the end with the exit code of wrong usage.
fail() {
  printf '::error title=mcp-lint::%s\n' "$(escape "$1")"
  exit 2
}

# notice TEXT: an annotation that worries nobody.
notice() {
  printf '::notice title=mcp-lint::%s\n' "$(escape "$1")"
}

# one_line NAME VALUE: ends the step if an input that is one line holds more.
one_line() {
  case $2 in
    *$'\n'* | *$'\r'*) fail "the input \`$1\` has to be one line" ;;
  esac
}

# token: text that nobody can foresee.
token() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# output NAME VALUE: an output of the step, whatever the value holds.
output() {
  local end
  end=end-$(token)
  printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"$GITHUB_OUTPUT"
}

# sha256 FILES: checksums as sha256sum writes them. macOS has another program for it.
sha256() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$@"
  else
    shasum -a 256 "$@"
  fi
}

# program FOLDER: where the binary lies in the folder that it is installed to.
program() {
  if [ "${RUNNER_OS:-}" = Windows ]; then
    printf '%s/mcp-lint.exe' "$1"
  else
    printf '%s/mcp-lint' "$1"
  fi
}
