#!/usr/bin/env bash
# A root file system of Debian 13 with Endcap in it, ready to be written to a disk that has a boot loader and kernel of its own
# kind: deploy/image/mmdebstrap.sh RELEASE FOLDER. Needs mmdebstrap and root. For Raspberry Pi OS there is pi-gen/ beside it.
set -euo pipefail
[ $# = 2 ] || { echo "Usage: mmdebstrap.sh RELEASE FOLDER" >&2; exit 2; }
release="$(readlink -f "$1")"; folder="$2"
here="$(cd "$(dirname "$0")/.." && pwd)"
# systemd-timesyncd sets the clock and keeps it over a reboot; passwd has useradd; util-linux has runuser.
mmdebstrap --variant=minbase \
  --include=systemd-sysv,systemd-timesyncd,udev,passwd,util-linux,ca-certificates,libstdc++6,ifupdown,isc-dhcp-client \
  trixie "$folder"
"$here/install.sh" "$release" --root "$folder"
# Enabled by its link, because nothing runs in an image.
mkdir -p "$folder/etc/systemd/system/multi-user.target.wants"
ln -sf ../endcap.service "$folder/etc/systemd/system/multi-user.target.wants/endcap.service"
# Each box gets an identity of its own at its first boot.
: > "$folder/etc/machine-id"
