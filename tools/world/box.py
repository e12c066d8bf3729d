"""One box in a folder of its own: kioskd between its simulated devices."""

import contextlib
import json
import sqlite3
import time

from .devices import CoinAcceptor, Finger, NoteAcceptor, Printer
from .process import Failure, Process, run, run_json, wait_for

COINS = [("CN100A", 100), ("CN100B", 100), ("CN050A", 50), ("CN010A", 10)]
NOTES = [("CN0001A", 100), ("CN0005A", 500), ("CN0010A", 1000), ("CN0020A", 2000),
         ("CN0050A", 5000), ("CN0100A", 10000)]


def rows(section, pieces):
    return "\n".join(f'[[{section}.table]]\nposition = {n}\nid = "{name}"\nfen = {fen}\n'
                     for n, (name, fen) in enumerate(pieces, 1))


class Box:
    def __init__(self, bin_folder, folder, ledger_port=None, box_id="market-01", paper_mm=58,
                 width=1080, height=1920, coin_options=()):
        self.bin = bin_folder
        self.folder = folder
        self.id = box_id
        self.data = folder / "data"
        self.identity = folder / "identity.json"
        self.pack = folder / "campaign.pack"
        self.pack_key = ""
        self.screens = folder / "screens"
        self.config = folder / "kiosk.toml"
        self.width, self.height, self.paper_mm = width, height, paper_mm
        self.ledger_port = ledger_port
        self.process = None
        for path in (folder, self.screens):
            path.mkdir(parents=True, exist_ok=True)
        self.finger = Finger(folder / "touch.pipe")
        self.coin = CoinAcceptor(bin_folder, folder, *coin_options)
        self.printer = Printer(bin_folder, folder)
        self.note = None

    def journals(self):
        """The journals of all its logs, the oldest first."""
        later = sorted((int(folder.name) for folder in (self.data / "epochs").glob("*")
                        if folder.name.isdigit()))
        return [self.data / "journal.db",
                *(self.data / "epochs" / str(number) / "journal.db" for number in later)]

    @property
    def journal(self):
        """Of the log in use."""
        return self.journals()[-1]

    def lines(self):
        """The journal's lines, as they were written."""
        with contextlib.closing(sqlite3.connect(self.journal)) as db:
            return [row[0] for row in db.execute("SELECT line FROM entry ORDER BY seq")]

    def entries(self, *types):
        """The journal's entries, of these types where any is named."""
        entries = [json.loads(line) for line in self.lines()]
        return [entry for entry in entries if entry["type"] in types] if types else entries

    def add_note_acceptor(self, *options):
        """A ccTalk bill validator beside the coins; before write_config()."""
        self.note = NoteAcceptor(self.bin, self.folder, *options)

    def note_section(self):
        if self.note is None:
            return ""
        return f"""
[note]
driver = "cctalk"
port = "serial:{self.note.port}"

{rows("note", NOTES)}"""

    def write_config(self, **changes):
        values = {"ledger_url": f"https://localhost:{self.ledger_port}", "language": "zh-CN",
                  "pack": self.pack, "pack_key": self.pack_key, "data": self.data, **changes}
        self.config.write_text(f"""[box]
id = "{self.id}"
data = "{values['data']}"

[ledger]
url = "{values['ledger_url']}"
identity = "{self.identity}"

[campaign]
pack = "{values['pack']}"
pack_key = "{values['pack_key']}"

[printer]
driver = "escpos"
port = "tcp:127.0.0.1:{self.printer.port}"
paper_mm = {self.paper_mm}

[display]
driver = "png"
path = "{self.screens}"
width = {self.width}
height = {self.height}
language = "{values['language']}"

[touch]
driver = "evdev"
path = "{self.finger.path}"

[coin]
driver = "cctalk"
port = "serial:{self.coin.port}"
echo = "auto"

{rows("coin", COINS)}{self.note_section()}""", encoding="utf-8")

    def ctl(self, *arguments, **options):
        return run(self.bin / "boxctl", "--config", self.config, *arguments, **options)

    def ctl_json(self, *arguments):
        return run_json(self.bin / "boxctl", "--config", self.config, *arguments, "--json")

    def start(self, env=None, ready=True):
        self.process = Process([self.bin / "kioskd", "--config", self.config],
                               self.folder / "kioskd.log", env)
        if ready:
            self.wait_ready()

    def status(self):
        """What the running kioskd says, or nothing while it does not answer."""
        try:
            return self.ctl_json("status")
        except Failure:
            return {}

    def wait_ready(self, timeout=30):
        def ready():
            self.process.expect_running()
            return self.status().get("ready")
        wait_for("kioskd to be ready", ready, timeout)

    def screen(self):
        """The scene shown and its buttons, as a person sees them."""
        return self.ctl_json("screen")

    def wait_scene(self, scene, timeout=60):
        wait_for(f"the scene {scene}", lambda: self.screen()["scene"] == scene, timeout)

    def tap(self, button, fen=None, timeout=15):
        """Puts a finger on the button of that name (and amount) when it is there."""
        def find():
            for shown in self.screen()["buttons"]:
                if shown["name"] == button and (fen is None or shown.get("fen") == fen):
                    return shown
            return None
        shown = wait_for(f"the button {button} {fen or ''}", find, timeout)
        self.finger.tap(shown["x"] + shown["width"] // 2, shown["y"] + shown["height"] // 2)

    def drop(self, coin, pause=0.2):
        taken = self.coin.drop(coin)
        time.sleep(pause)
        return taken

    def kill(self):
        self.process.kill()

    def stop(self):
        if self.process:
            self.process.stop()
        for device in (self.coin, self.printer, self.note):
            if device is not None:
                device.control.close()
                device.process.stop()
