#!/usr/bin/env bash
# Packs a release: the built program, its modules and the Node that they were compiled for, for this machine's architecture.
# Run it on a machine like the boxes: deploy/pack.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."

target="$(mkdir -p "${1:-.}" && cd "${1:-.}" && pwd)"
version="$(node -p 'require("./package.json").version')"
arch="$(node -p 'process.arch')"
name="endcap-$version-linux-$arch"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

[ -f dist/edge/main.js ] || npm run build
mkdir -p "$work/$name/bin"
cp -r dist package.json package-lock.json .npmrc LICENSE "$work/$name/"
mkdir "$work/$name/deploy"
cp -r deploy/demo deploy/systemd deploy/install.sh deploy/README.md deploy/mosquitto.conf deploy/mosquitto.acl "$work/$name/deploy/"
cp -L "$(node -p 'process.execPath')" "$work/$name/bin/node"
if ldd "$work/$name/bin/node" | grep -q libnode; then
  echo "pack.sh: this Node is in parts that the box may not have (Debian's own package is); take one from nodejs.org or npm" >&2
  exit 1
fi
# Without scripts: `prepare` would build. The one native module is taken from here, compiled for this Node.
(cd "$work/$name" && npm ci --omit=dev --ignore-scripts --silent)
if grep -q N4node10ObjectWrap11CleanupHook node_modules/better-sqlite3/build/Release/better_sqlite3.node; then
  echo "pack.sh: SQLite's module here can abort the store; \`endcap doctor\` says how to compile it anew" >&2
  exit 1
fi
mkdir -p "$work/$name/node_modules/better-sqlite3/build/Release"
cp node_modules/better-sqlite3/build/Release/better_sqlite3.node "$work/$name/node_modules/better-sqlite3/build/Release/"
rm -rf "$work/$name/node_modules/better-sqlite3/deps" "$work/$name/node_modules/better-sqlite3/src"
echo "$arch" > "$work/$name/arch"
"$work/$name/bin/node" "$work/$name/dist/edge/main.js" start --check --config "$work/$name/deploy/demo/store.yaml"
tar czf "$target/$name.tar.gz" --owner=0 --group=0 -C "$work" "$name"
echo "$target/$name.tar.gz"
