"""The simulated devices: coin and note acceptors on ptys, a receipt printer on TCP; a finger, a
scanner, a door and its lock on pipes."""

import os
import struct
import time

from .process import Control, Process, wait_for

EV_SYN, EV_KEY, EV_ABS = 0, 1, 3
ABS_X, ABS_Y, BTN_TOUCH = 0, 1, 0x14A
KEY_ENTER, KEY_LEFTSHIFT = 28, 42
# Where the keyboard's rows begin; their keys follow each other.
KEY_ROWS = {2: "1234567890-=", 16: "qwertyuiop", 30: "asdfghjkl", 44: "zxcvbnm"}
KEYS = {letter: first + at for first, row in KEY_ROWS.items() for at, letter in enumerate(row)}


class CoinAcceptor:
    """tools/sim_coin. `truth` is the simulator's own list of accepted coins; kioskd never reads
    it."""

    def __init__(self, bin_folder, folder, *options):
        self.port = folder / "coin.tty"
        self.truth = folder / "coins-accepted.txt"
        control = folder / "coin.sock"
        self.process = Process([bin_folder / "sim_coin", "--link", self.port, "--control", control,
                                "--ledger", self.truth, *options], folder / "sim_coin.log")
        self.control = Control(control)
        wait_for("the simulated coin acceptor", lambda: control.exists() and self.port.exists())

    def ask(self, line):
        return self.control.ask(line)

    def drop(self, coin):
        """Drops one coin; whether the acceptor took it."""
        return self.ask(f"coin {coin}").startswith("accepted")

    def accepted(self):
        """Every coin taken, as a list of the fields of a line."""
        if not self.truth.exists():
            return []
        lines = self.truth.read_text().splitlines()
        return [line.split() for line in lines if line and not line.startswith("#")]


class NoteAcceptor:
    """tools/sim_note. `truth` is the simulator's own list of what became of the notes; kioskd
    never reads it."""

    def __init__(self, bin_folder, folder, *options, protocol="cctalk"):
        self.port = folder / "note.tty"
        self.truth = folder / "notes.txt"
        control = folder / "note.sock"
        self.process = Process([bin_folder / "sim_note", "--protocol", protocol, "--link",
                                self.port, "--control", control, "--ledger", self.truth,
                                *options], folder / "sim_note.log")
        self.control = Control(control)
        wait_for("the simulated note acceptor", lambda: control.exists() and self.port.exists())

    def ask(self, line):
        return self.control.ask(line)

    def insert(self, note):
        """Inserts one note; whether the acceptor drew it in."""
        return self.ask(f"note {note}").startswith("taken")

    def notes(self, fate="stacked"):
        """Every note that met this fate, as a list of the fields of a line."""
        if not self.truth.exists():
            return []
        lines = [line.split() for line in self.truth.read_text().splitlines()]
        return [fields for fields in lines if fields and fields[1] == fate]


class Printer:
    """tools/sim_printer."""

    def __init__(self, bin_folder, folder, *options):
        self.slips = folder / "slips"
        self.slips.mkdir(parents=True, exist_ok=True)
        control = folder / "printer.sock"
        port_file = folder / "printer.port"
        self.process = Process([bin_folder / "sim_printer", "--out", self.slips, "--control",
                                control, "--port-file", port_file, *options],
                               folder / "sim_printer.log")
        wait_for("the simulated printer", lambda: port_file.exists() and port_file.read_text())
        self.port = int(port_file.read_text())
        self.control = Control(control)

    def ask(self, line):
        return self.control.ask(line)


def input_events(*events):
    """The bytes of input_event structs of now: (type, code, value) each."""
    now = time.time()
    seconds, micros = int(now), int(now % 1 * 1_000_000)
    return b"".join(struct.pack("@qqHHi", seconds, micros, *event) for event in events)


class InputPipe:
    """Writes into the pipe that kioskd reads as an input device."""

    def __init__(self, path):
        self.path = path
        if not path.exists():
            os.mkfifo(path)

    def write(self, data):
        with open(self.path, "wb", buffering=0) as pipe:
            pipe.write(data)


class Finger(InputPipe):
    def tap(self, x, y):
        self.write(input_events((EV_ABS, ABS_X, x), (EV_ABS, ABS_Y, y), (EV_KEY, BTN_TOUCH, 1),
                                (EV_SYN, 0, 0), (EV_KEY, BTN_TOUCH, 0), (EV_SYN, 0, 0)))


class Scanner(InputPipe):
    """A reader of badges and codes, which types."""

    def section(self):
        return f'\n[scanner]\ndriver = "scanner"\npath = "{self.path}"\n'

    def scan(self, text):
        """Types capital letters, small ones, digits and '-', then Enter."""
        events = []
        for letter in text:
            shift = [(EV_KEY, KEY_LEFTSHIFT, 1)] if letter.isupper() else []
            code = KEYS[letter.lower()]
            events += [*shift, (EV_KEY, code, 1), (EV_SYN, 0, 0), (EV_KEY, code, 0), (EV_SYN, 0, 0),
                       *((kind, key, 0) for kind, key, _ in shift)]
        self.write(input_events(*events, (EV_KEY, KEY_ENTER, 1), (EV_SYN, 0, 0),
                                (EV_KEY, KEY_ENTER, 0), (EV_SYN, 0, 0)))


class Door:
    """A door's contact and its lock, each a pipe."""

    def __init__(self, folder):
        self.contact, self.lock = folder / "door.pipe", folder / "lock.pipe"
        for pipe in (self.contact, self.lock):
            os.mkfifo(pipe)
        # Held from before kioskd opens it, so that no level is missed.
        self.coil = os.open(self.lock, os.O_RDONLY | os.O_NONBLOCK)
        self.levels = ""

    def section(self):
        return f"""
[door]
driver = "contacts"
[[door.contact]]
name = "door"
line = "pipe:{self.contact}"
active = "high"
[door.lock]
line = "pipe:{self.lock}"
"""

    def write(self, text):
        with open(self.contact, "w", encoding="ascii") as pipe:
            pipe.write(text)

    def move(self, is_open):
        self.write(f"{int(is_open)}\n")

    def coil_levels(self):
        """Every level that the lock's coil was driven to, as "0" and "1", oldest first."""
        try:
            while chunk := os.read(self.coil, 4096):
                self.levels += chunk.decode().replace("\n", "")
        except BlockingIOError:
            pass  # nothing new
        return self.levels

    def close(self):
        os.close(self.coil)
