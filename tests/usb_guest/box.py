"""A donation box in the guest: its files, its kioskd, and what a volunteer sees of it."""

import datetime
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tools.world.ledger import DOMAIN, Ledger  # noqa: E402

BOX = "market-01"
COINS = [("CN100A", 100), ("CN100B", 100), ("CN050A", 50), ("CN010A", 10)]
WIDTH, HEIGHT = 480, 800
TOUCH_PANEL = "/dev/input/by-id/usb-SIM_Touch_panel_T1-event-if00"
# The box's user and groups, as config/systemd/kioskd.service has them.
PASSWD = "root:x:0:0::/root:/bin/sh\nyijuan:x:999:999::/var/lib/yijuan:/bin/sh\n"
GROUPS = {"root": 0, "tty": 5, "disk": 6, "lp": 7, "kmem": 15, "dialout": 20, "cdrom": 24,
          "tape": 26, "audio": 29, "video": 44, "plugdev": 46, "input": 104, "kvm": 107,
          "render": 108, "sgx": 109, "yijuan": 999}
OURS = ("dialout", "lp", "input")


class Office:
    """Signs the pack on the host, as an office person would."""

    def __init__(self, bin_folder, folder):
        self.id = BOX
        self.pack = folder / "campaign.pack"
        self.pack_key = ""
        Ledger(bin_folder, folder / "office").sign_pack(self, ROOT / "config/campaign/sample.json")


def udev_rules():
    """config/udev, with the ports put in that these devices are plugged into."""
    rules = (ROOT / "config/udev/60-yijuan-box.rules").read_text()
    return rules.replace("*-usb-0:1.2:1.0", "*-vhci_hcd.0-usb-0:1:1.0")


def config(office, coin="serial:/dev/kiosk/coin", printer="usb:"):
    table = "\n".join(f'[[coin.table]]\nposition = {n}\nid = "{coin_id}"\nfen = {fen}\n'
                      for n, (coin_id, fen) in enumerate(COINS, 1))
    return f"""[box]
id = "{BOX}"
data = "/var/lib/yijuan/box"

[campaign]
pack = "/etc/yijuan/campaign.pack"
pack_key = "{office.pack_key}"

[printer]
driver = "escpos"
port = "{printer}"
paper_mm = 58

[display]
driver = "png"
path = "/run/yijuan/screens"
width = {WIDTH}
height = {HEIGHT}
keep = 3

[touch]
driver = "evdev"
path = "{TOUCH_PANEL}"

[coin]
driver = "cctalk"
port = "{coin}"

{table}"""


def files(office):
    groups = "".join(f"{name}:x:{number}:{'yijuan' if name in OURS else ''}\n"
                     for name, number in GROUPS.items())
    return {"/etc/passwd": PASSWD, "/etc/group": groups, "/etc/nsswitch.conf": "group: files\n",
            "/etc/udev/rules.d/60-yijuan-box.rules": udev_rules(),
            "/etc/yijuan/campaign.pack": office.pack.read_bytes(),
            "/etc/yijuan/kiosk.toml": config(office)}


class Box:
    def __init__(self, guest, office):
        self.guest = guest
        self.office = office
        guest.run("mkdir -p /var/lib/yijuan/box /run/yijuan/screens && "
                  "chown -R yijuan /var/lib/yijuan /run/yijuan")
        self.ctl(f"init --domain {DOMAIN}")

    def ctl(self, arguments, check=True):
        """boxctl as the box's user."""
        return self.guest.run(
            f"su yijuan -c 'boxctl --config /etc/yijuan/kiosk.toml {arguments}'", check)

    def ask(self, what):
        """What boxctl says, as a table; empty while no kioskd answers."""
        try:
            return json.loads(self.ctl(f"{what} --json", check=False))
        except ValueError:
            return {}

    def configure(self, **ports):
        self.guest.write("/etc/yijuan/kiosk.toml", config(self.office, **ports))

    def start(self):
        self.guest.run("su yijuan -c 'exec kioskd --config /etc/yijuan/kiosk.toml' "
                       ">>/run/kioskd.log 2>&1 & kiosk=$!")
        self.wait(lambda status: status.get("accepting"), "coins to be taken")

    def stop(self):
        self.guest.run("kill $kiosk; wait $kiosk")

    def status(self):
        return self.ask("status")

    def wait(self, condition, what):
        """Waits until `condition(status)`; that status."""
        def met():
            status = self.status()
            return status if condition(status) else None
        return self.guest.wait(what, met)

    def device(self, name, status=None):
        """What the box says of one of its devices."""
        for device in (status or self.status()).get("devices", []):
            if device["name"] == name:
                return device
        return {}

    def wait_works(self, name, works=True):
        return self.device(name, self.wait(
            lambda status: self.device(name, status).get("works") == works,
            f"{name} {'to work' if works else 'to be missed'}"))

    def tap(self, button):
        """Puts a finger on the button of that name when it is there."""
        def find():
            for shown in self.ask("screen").get("buttons", []):
                if shown["name"] == button:
                    return shown
            return None
        shown = self.guest.wait(f"the button {button}", find)
        x = (shown["x"] + shown["width"] // 2) * 1000 // WIDTH
        y = (shown["y"] + shown["height"] // 2) * 1000 // HEIGHT
        self.guest.device(f"touch tap {x} {y}")

    def wait_scene(self, scene):
        self.guest.wait(f"the scene {scene}", lambda: self.ask("screen").get("scene") == scene)
