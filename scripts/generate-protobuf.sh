#!/usr/bin/env bash
# Writes Sources/MesosProtobuf/Generated anew from Sources/MesosProtobuf/proto. Needed only after a change there; the result is committed.
# The generator is built from the release of swift-protobuf that the package uses; PLUGIN=path takes a built one.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v protoc >/dev/null || {
  echo "protoc is not installed: apt-get install protobuf-compiler" >&2
  exit 1
}
plugin=${PLUGIN:-}
if [ -z "$plugin" ]; then
  if [ ! -d .build/checkouts/swift-protobuf ]; then swift package resolve; fi
  # A package of its own: the project's build folder must not learn of the generator's build.
  swift build --package-path .build/checkouts/swift-protobuf --scratch-path .build/protoc-gen-swift --product protoc-gen-swift
  plugin=.build/protoc-gen-swift/debug/protoc-gen-swift
fi
output=Sources/MesosProtobuf/Generated
rm -rf "$output"
mkdir -p "$output"
protoc --proto_path=Sources/MesosProtobuf/proto --plugin=protoc-gen-swift="$plugin" \
  --swift_opt=Visibility=Internal --swift_opt=FileNaming=PathToUnderscores --swift_opt=UseAccessLevelOnImports=true --swift_out="$output" \
  Sources/MesosProtobuf/proto/mesos/v1/*.proto
# The small Foundation is the only one here; and every import is a plain one.
sed -i '/^#if canImport(FoundationEssentials)$/,/^#endif$/c internal import FoundationEssentials' "$output"/*.pb.swift
echo "Wrote $(ls "$output" | wc -l) files to $output"
