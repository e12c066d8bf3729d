"""The guest's kernel, its modules and udev: from Debian's packages, unpacked into a cache below
build/ and never installed. Nothing here needs root."""

import hashlib
import lzma
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

# Found by udev through their aliases when a device is plugged in, but for the first line.
MODULES = ["virtio_pci", "virtio_console", "vhci-hcd", "uhci-hcd",
           "usblp", "cdc-acm", "ftdi_sio", "usbhid", "hid-generic", "evdev"]
UDEV = ["bin/udevadm", "lib/systemd/systemd-udevd", "lib/udev/rules.d"]


class Missing(Exception):
    """What this machine lacks to build or run the guest."""


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True,
                          text=True, **options).stdout


def need(*programs):
    for program in programs:
        if shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin") is None:
            raise Missing(program)


def download(folder):
    """The packages of the kernel and of udev, as files in `folder`."""
    try:
        names = run("apt-cache", "depends", "linux-image-amd64")
        kernel = re.search(r"Depends: (linux-image-\S+)", names)
        if kernel is None:
            raise Missing("the name of Debian's kernel package (apt-get update)")
        run("apt-get", "download", kernel[1], "udev", cwd=folder)
    except subprocess.CalledProcessError as error:
        said = (error.stderr.strip().splitlines() or ["apt said nothing"])[-1]
        raise Missing(f"Debian's kernel package, which apt-get could not fetch: {said}") from error


def unpack_kernel(tree, vmlinux):
    """QEMU boots an uncompressed kernel at once; a compressed one unpacks itself for seconds."""
    image = next(tree.glob("boot/vmlinuz-*")).read_bytes()
    kernel = lzma.LZMADecompressor(format=lzma.FORMAT_XZ).decompress(
        image[image.index(b"\xfd7zXZ\0"):])
    if not kernel.startswith(b"\x7fELF"):
        raise Missing("a kernel package whose kernel is packed with xz")
    vmlinux.write_bytes(kernel)


def keep_modules(tree, kept):
    """The modules we need, with all they need, and the tables by which udev finds them."""
    version = next(tree.glob("lib/modules/*")).name
    depmod = shutil.which("depmod", path="/usr/sbin:/sbin")
    run(depmod, "-b", tree, version)
    for name in MODULES:
        listed = run(pathlib.Path(depmod).with_name("modprobe"), "-d", tree, "-S", version,
                     "--show-depends", name)
        for path in re.findall(r"^insmod (\S+)", listed, re.MULTILINE):
            target = kept / pathlib.Path(path).relative_to(tree)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    for table in ("modules.builtin", "modules.order"):
        shutil.copy(tree / "lib/modules" / version / table, kept / "lib/modules" / version)
    run(depmod, "-b", kept, version)


def debian_parts(cache):
    """The folder of what comes from Debian's packages: `vmlinux`, and `root` for the guest. Made
    once; remove it to have a newer kernel."""
    key = hashlib.sha256(pathlib.Path(__file__).read_bytes()).hexdigest()[:12]
    parts = cache / key
    if parts.exists():
        return parts
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        work = pathlib.Path(folder)
        made = work / "made"
        made.mkdir()
        download(work)
        for number, package in enumerate(("linux-image", "udev")):
            run("dpkg-deb", "-x", next(work.glob(f"{package}*.deb")), work / str(number))
        unpack_kernel(work / "0", made / "vmlinux")
        keep_modules(work / "0", made / "root")
        for name in UDEV:
            source, target = work / "1" / name, made / "root" / name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy(source, target, follow_symlinks=False)
        made.rename(parts)
    return parts
