#!/bin/sh
# The guest's first process: drivers, udev, the devices' program; then it does what the test says,
# a line each, on the virtual serial port "shell". An answer ends with a line of \036 and the
# command's exit code.
export PATH=/usr/bin:/bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs run /run
mount -t tmpfs tmp /tmp
ip link set lo up

for module in virtio_pci virtio_console vhci-hcd uhci-hcd; do modprobe $module; done
mkdir -p /run/udev
/lib/systemd/systemd-udevd --daemon
udevadm trigger --action=add --subsystem-match=virtio-ports --subsystem-match=usb \
  --subsystem-match=tty
udevadm settle -t 30

exec 3<>/dev/virtio-ports/shell
virtual_usb /run/slips <>/dev/virtio-ports/devices >&0 2>/run/virtual_usb.log &
echo "the guest is up" >&3
while IFS= read -r line <&3; do
  eval "$line" >/run/answer 2>&1 3>&-
  code=$?
  {
    cat /run/answer
    printf '\n\036%s\n' $code
  } >&3
done
poweroff -f
