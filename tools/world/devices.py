"""The simulated devices: coin and note acceptors on ptys, a receipt printer on TCP, a finger."""

import struct
import time

from .process import Control, Process, wait_for

EV_SYN, EV_KEY, EV_ABS = 0, 1, 3
ABS_X, ABS_Y, BTN_TOUCH = 0, 1, 0x14A


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


class Finger:
    """Writes input_event structs into the pipe that kioskd reads as its touch device."""

    def __init__(self, path):
        self.path = path

    def tap(self, x, y):
        now = time.time()
        seconds, micros = int(now), int(now % 1 * 1_000_000)
        events = [(EV_ABS, ABS_X, x), (EV_ABS, ABS_Y, y), (EV_KEY, BTN_TOUCH, 1), (EV_SYN, 0, 0),
                  (EV_KEY, BTN_TOUCH, 0), (EV_SYN, 0, 0)]
        data = b"".join(struct.pack("@qqHHi", seconds, micros, kind, code, value)
                        for kind, code, value in events)
        with open(self.path, "wb", buffering=0) as pipe:
            pipe.write(data)
