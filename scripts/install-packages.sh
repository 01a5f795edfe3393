#!/usr/bin/env bash
# Installs what the build, the cluster and the tests need from Debian 12. Says what it does; does nothing when all is there.
set -euo pipefail

packages=(
  libzookeeper-mt-dev            # the client library of every component
  zlib1g-dev                     # compressing backups
  zookeeper libzookeeper-java    # the server
  liblog4j1.2-java libslf4j-java # its logging
  libservlet-api-java            # its AdminServer
  libnetty-java                  # its TLS transport
  default-jre-headless           # the JVM
  bind9-dnsutils                 # dig
  curl                           # the examples of the documentation
  unzip                          # the fetcher
  python3-minimal python3        # the example app
)

missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

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
