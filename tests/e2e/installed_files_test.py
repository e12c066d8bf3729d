#!/usr/bin/python3
"""What config/ ships for an installation fits together: names that kiosk.toml uses exist, users that
units run as are made, classes of devices that a unit allows are known when it starts, and a daemon may
write where its configuration says that it writes."""

import pathlib
import re
import tomllib
import unittest

CONFIG = pathlib.Path(__file__).resolve().parents[2] / "config"
MODULES = {"char-ttyUSB": "usbserial", "char-ttyACM": "cdc_acm", "char-usb_device": "usbcore",
           "char-drm": "drm"}


def lines_of(unit, key):
    return re.findall(rf"^{key}=(.*)$", (CONFIG / "systemd" / unit).read_text(), re.MULTILINE)


class InstalledFiles(unittest.TestCase):
    def test_every_device_name_of_the_configuration_is_made_by_udev(self):
        rules = (CONFIG / "udev/60-yijuan-box.rules").read_text()
        made = {f"/dev/{name}" for name in re.findall(r'SYMLINK\+="([^"]+)"', rules)}
        used = set(re.findall(r"/dev/(?:kiosk|input)/\w+", (CONFIG / "kiosk.toml").read_text()))
        self.assertTrue({"/dev/kiosk/coin", "/dev/kiosk/note"} <= used, used)
        self.assertEqual(used - made, set())

    def test_every_user_of_a_unit_is_made(self):
        made = re.findall(r"^u (\S+)", (CONFIG / "systemd/yijuan.sysusers").read_text(), re.MULTILINE)
        for unit in ("kioskd.service", "ledgerd.service"):
            self.assertIn(lines_of(unit, "User")[0], made)

    def writable(self, unit):
        """The folders that a unit lets its daemon write to, and that outlive it."""
        self.assertEqual(lines_of(unit, "ProtectSystem"), ["strict"])
        return [pathlib.PurePath("/var/lib") / name
                for line in lines_of(unit, "StateDirectory") for name in line.split()] + [
                    pathlib.PurePath(name.lstrip("-"))
                    for line in lines_of(unit, "ReadWritePaths") for name in line.split()]

    def expect_writable(self, unit, path):
        self.assertTrue(any(path.is_relative_to(folder) for folder in self.writable(unit)),
                        f"{unit} does not let its daemon write to {path}")

    def test_ledgerd_may_write_where_its_configuration_says(self):
        config = tomllib.loads((CONFIG / "ledger.toml").read_text())
        data = pathlib.PurePath(config["ledger"]["data"])
        for path in (data, data / config["store"]["path"], data / config["public"]["folder"],
                     data / config["copy"]["folder"]):
            self.expect_writable("ledgerd.service", path)

    def test_ledgerd_may_write_backups_where_the_readme_says(self):
        text = (CONFIG.parent / "README.md").read_text()
        home, = re.findall(r"ledgerctl backup DIR` into a new folder in `([^`]+)`", text)
        self.expect_writable("ledgerd.service", pathlib.PurePath(home))

    def test_kioskd_may_write_where_its_configuration_says(self):
        config = tomllib.loads((CONFIG / "kiosk.toml").read_text())
        self.expect_writable("kioskd.service", pathlib.PurePath(config["box"]["data"]))

    def test_the_module_of_every_allowed_class_is_loaded_first(self):
        wanted = " ".join(lines_of("kioskd.service", "Wants"))
        after = " ".join(lines_of("kioskd.service", "After"))
        allowed = [line.split()[0] for line in lines_of("kioskd.service", "DeviceAllow")]
        for name, module in MODULES.items():
            self.assertIn(name, allowed)
            self.assertIn(f"modprobe@{module}.service", wanted)
            self.assertIn(f"modprobe@{module}.service", after)


if __name__ == "__main__":
    unittest.main(argv=["installed_files"])
