#!/bin/bash -e
# Stage of pi-gen (branch arm64). Put the release and deploy/install.sh into files/ beside this script.
files/install.sh files/endcap-*-linux-arm64.tar.gz --root "${ROOTFS_DIR}" --kiosk http://127.0.0.1:8080/screen
on_chroot << 'CHROOT'
systemctl enable endcap endcap-kiosk
# Logs in memory: the journal of the store is what the card is for.
mkdir -p /etc/systemd/journald.conf.d
printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=32M\n' > /etc/systemd/journald.conf.d/endcap.conf
CHROOT
