#!/usr/bin/python3
"""What config/ ships for an installation fits together: names that kiosk.toml uses exist, users that
units run as are made, classes of devices that a unit allows are known when it starts."""

import pathlib
import re
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
