#!/usr/bin/env bash
# Installs what only the tests need: packages of Debian 12; moto, pymesos and kazoo from PyPI. Says what it does; does nothing when all is
# there.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(
  chromium chromium-driver # the tests of the web page
  iproute2 faketime         # the hosts of the fault tests, and their clocks
  # The public Mesos clients: what they need that PyPI has no ready build of, and the reference for the binary form of messages.
  python3-venv python3-http-parser python3-protobuf protobuf-compiler
)
has_moto() { command -v moto_server >/dev/null || [ -x "$HOME/.local/bin/moto_server" ]; }
if ! has_moto && ! python3 -m pip --version >/dev/null 2>&1; then
  packages+=(python3-pip) # moto
fi

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" -eq 0 ]; then as_root=(); else as_root=(sudo); fi
  echo "Installing Debian packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  if ! { "${as_root[@]}" apt-get update -q && "${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -20 "$log" >&2
    echo "Cannot install ${missing[*]}; the log: $log" >&2
    exit 1
  fi
  rm -f "$log"
fi

if ! has_moto; then
  echo "Installing moto (a local S3 service) for this user"
  # Debian marks its Python as its own; --user leaves that alone.
  python3 -m pip install --quiet --user 'moto[server]' 2>/dev/null ||
    python3 -m pip install --quiet --user --break-system-packages 'moto[server]' ||
    echo "Cannot install moto: the tests against an S3 service are skipped" >&2
fi

# Debian's Python, whose packages they share.
clients=.build/python-clients
if ! "$clients/bin/python" -c 'import pymesos, kazoo' 2>/dev/null; then
  echo "Installing pymesos and kazoo (public Mesos clients) into $clients"
  mkdir -p .build
  /usr/bin/python3 -m venv --clear --system-site-packages "$clients"
  "$clients/bin/python" -m pip install --quiet --disable-pip-version-check pymesos==0.3.15 kazoo==2.11.0
fi
