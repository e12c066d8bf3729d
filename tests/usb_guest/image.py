"""The guest's initial file system: Debian's parts, the programs of the tree with their libraries,
and what a box has beside them. Written straight from the files, so nothing here needs root."""

import os
import pathlib
import re
import stat

from debian_parts import run

HERE = pathlib.Path(__file__).resolve().parent
FONTS = ["/usr/share/fonts/truetype/wqy/wqy-microhei.ttc", "/etc/fonts/fonts.conf",
         "/etc/fonts/conf.d/65-wqy-microhei.conf"]
GCONV = "/usr/lib/x86_64-linux-gnu/gconv"
ENCODINGS = [f"{GCONV}/GB18030.so", f"{GCONV}/gconv-modules", f"{GCONV}/gconv-modules.d"]


class Archive:
    """An initial file system in the kernel's format ("newc"), written file by file."""

    def __init__(self, path):
        self.file = open(path, "wb")
        self.number = 0
        self.folders = {""}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.put("TRAILER!!!", 0, b"")
        self.file.close()

    def put(self, name, mode, data, device=(0, 0)):
        self.number += 1
        fields = [self.number, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(name) + 1, 0]
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        for part in (header + name.encode() + b"\0", data):
            self.file.write(part + bytes(-len(part) % 4))

    def folder(self, name):
        name = name.strip("/")
        if name in self.folders:
            return
        self.folder(os.path.dirname(name))
        self.folders.add(name)
        self.put(name, stat.S_IFDIR | 0o755, b"")

    def text(self, name, data, mode=0o644):
        self.folder(os.path.dirname(name))
        data = data.encode() if isinstance(data, str) else data
        self.put(name.strip("/"), stat.S_IFREG | mode, data)

    def link(self, name, target):
        self.folder(os.path.dirname(name))
        self.put(name.strip("/"), stat.S_IFLNK | 0o777, target.encode())

    def copy(self, source, name=None):
        """A file, or a folder with all that is in it."""
        source = pathlib.Path(source)
        name = str(source) if name is None else name
        if source.is_dir():
            for inner in sorted(source.iterdir()):
                self.copy(inner, f"{name}/{inner.name}")
        elif source.is_symlink() and not source.exists():
            self.link(name, os.readlink(source))
        else:
            self.text(name, source.read_bytes(), source.stat().st_mode & 0o777)


def libraries_of(programs):
    found = set()
    for program in programs:
        found |= set(re.findall(r"(?:=> )?(/\S+) \(0x", run("ldd", program)))
    return sorted(found)


def write_initrd(path, parts, programs, files):
    """The guest's file system: Debian's parts, `programs` in /usr/bin with their libraries, and
    `files` (name: text)."""
    with Archive(path) as archive:
        for name in ("proc", "sys", "dev", "run", "tmp", "root", "var/lib"):
            archive.folder(name)
        archive.put("dev/console", stat.S_IFCHR | 0o600, b"", (5, 1))
        archive.copy("/bin/busybox", "/bin/busybox")
        for name in run("/bin/busybox", "--list").split():
            if name != "busybox":
                archive.link(f"/bin/{name}", "busybox")
        archive.copy(parts / "root", "")
        for program in programs:
            archive.copy(program, f"/usr/bin/{program.name}")
        udev = parts / "root/bin/udevadm"
        for library in libraries_of([udev, *programs]):
            archive.copy(library)
        for source in (*FONTS, *ENCODINGS):
            archive.copy(source)
        archive.text("/init", (HERE / "init.sh").read_text(), 0o755)
        for name, text in files.items():
            archive.text(name, text)
