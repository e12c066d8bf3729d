"""One guest: QEMU, its console, and two lines into it: a shell, and the commands of virtual_usb."""

import base64
import json
import pathlib
import re
import socket
import subprocess
import time

# Debian's kernel in 2 s on an emulated processor: no calibration, no self-tests, no mitigations.
KERNEL_LINE = ("console=ttyS0 quiet panic=-1 lpj=4000000 mitigations=off nokaslr "
               "cryptomgr.notests no_timer_check apparmor=0 audit=0")
LIMIT = 60.0  # seconds for an answer


class GuestError(Exception):
    """What was asked, and what came of it."""


class Line:
    """A socket on which QEMU connects a serial port of the guest."""

    def __init__(self, path):
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(1)
        self.listener.settimeout(LIMIT)
        self.connection = self.stream = None

    def connect(self):
        self.connection, _ = self.listener.accept()
        self.connection.settimeout(LIMIT)
        self.stream = self.connection.makefile("rwb")

    def say(self, text):
        self.stream.write(text.encode() + b"\n")
        self.stream.flush()

    def hear(self):
        line = self.stream.readline()
        if not line:
            raise GuestError("the guest ended")
        return line.decode(errors="replace").rstrip("\n")

    def close(self):
        for end in (self.stream, self.connection, self.listener):
            if end:
                end.close()


def accelerator():
    """KVM only where the processor has it: a /dev/kvm alone may hang."""
    flags = set(re.findall(r"\b(?:vmx|svm)\b", pathlib.Path("/proc/cpuinfo").read_text()))
    return "kvm" if flags and pathlib.Path("/dev/kvm").exists() else "tcg"


class Guest:
    def __init__(self, kernel, initrd, folder, serial_port):
        """`serial_port`: a terminal of the host, behind a USB-serial converter of QEMU's."""
        self.folder = folder
        self.console = folder / "console.log"
        self.shell, self.devices, self.monitor = (
            Line(folder / name) for name in ("shell", "devices", "monitor"))
        command = ["qemu-system-x86_64", "-M", "q35", "-accel", accelerator(), "-cpu", "max",
                   "-m", "768", "-nodefaults", "-no-user-config", "-display", "none",
                   "-no-reboot", "-kernel", kernel, "-initrd", initrd, "-append", KERNEL_LINE,
                   "-serial", f"file:{self.console}", "-device", "virtio-serial-pci",
                   "-device", "piix3-usb-uhci,id=uhci",
                   "-chardev", f"serial,id=converter,path={serial_port}", "-qmp", f"unix:{folder / 'monitor'}"]
        for name in ("shell", "devices"):
            command += ["-chardev", f"socket,id={name},path={folder / name}",
                        "-device", f"virtserialport,chardev={name},name={name}"]
        self.log = open(folder / "qemu.log", "wb")
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        for line in (self.shell, self.devices, self.monitor):
            line.connect()
        self.monitor.hear()  # its greeting
        self.qmp("qmp_capabilities")
        if self.shell.hear() != "the guest is up":
            raise GuestError(f"the guest did not start; {self.console} says why")

    def run(self, command, check=True):
        """A line of shell in the guest; what it printed."""
        self.shell.say(command)
        said = []
        while not (line := self.shell.hear()).startswith("\036"):
            said.append(line)
        text = "\n".join(said).rstrip("\n")
        if check and line[1:] != "0":
            raise GuestError(f"in the guest, {command} ended with {line[1:]}:\n{text}")
        return text

    def write(self, name, data):
        """A file in the guest, made of text or bytes."""
        data = data.encode() if isinstance(data, str) else data
        self.run(f"echo {base64.b64encode(data).decode()} | base64 -d > {name}")

    def read(self, name):
        return base64.b64decode(self.run(f"base64 {name}"))

    def device(self, command):
        """A command to virtual_usb; its answer."""
        self.devices.say(command)
        answer = self.devices.hear()
        if answer.startswith("error"):
            raise GuestError(f"{command}: {answer}")
        return answer

    def qmp(self, command, **arguments):
        self.monitor.say(json.dumps({"execute": command, "arguments": arguments}))
        while True:
            answer = json.loads(self.monitor.hear())
            if "error" in answer:
                raise GuestError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def plug_converter(self):
        self.qmp("device_add", driver="usb-serial", id="converter", chardev="converter",
                 bus="uhci.0", port="1")

    def unplug_converter(self):
        self.qmp("device_del", id="converter")

    def wait(self, what, condition, timeout=LIMIT, interval=0.05):
        """Waits until `condition()` is true; its value. The time-out only ends a hanging test."""
        deadline = time.monotonic() + timeout
        while not (value := condition()):
            if time.monotonic() > deadline:
                raise GuestError(f"waited {timeout:.0f} s for {what}")
            time.sleep(interval)
        return value

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()
        for line in (self.shell, self.devices, self.monitor):
            line.close()
