"""A ledger in a folder of its own: ledgerd, and the office's commands."""

import datetime
import json
import shutil

from .process import Process, free_port, run, run_json, wait_for

DOMAIN = "ledger.example"


class Ledger:
    """`disk`: where its keys and its store are, if not in `folder`. `postgres`: the database, as libpq
    takes it; else an SQLite file. `keys_of`: another ledger whose keys this one has too, so that
    both are the same to boxes."""

    def __init__(self, bin_folder, folder, disk=None, postgres=None, keys_of=None):
        self.bin = bin_folder
        self.folder = folder
        self.disk = disk or folder
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.config = folder / "ledger.toml"
        self.config.write_text(f"""[ledger]
data = "{self.disk / 'data'}"

[boxes]
listen = "127.0.0.1:{self.port}"

[store]
driver = "{'postgres' if postgres else 'sqlite'}"
path = "{self.store}"
postgres = "{postgres or ''}"

[log]
domain = "{DOMAIN}"
""")
        self.process = None
        self.pack_key = ""
        if keys_of:
            shutil.copytree(keys_of.disk / "data" / "keys", self.disk / "data" / "keys")
            self.cosigner = keys_of.cosigner
        else:
            self.cosigner = self.ctl("init").split()[0]

    @property
    def store(self):
        return self.disk / "ledger.db"

    @property
    def keys(self):
        return self.disk / "data" / "keys"

    def ctl(self, *arguments, **options):
        return run(self.bin / "ledgerctl", "--config", self.config, *arguments, **options)

    def begin(self, env=None):
        """Starts ledgerd, whatever becomes of it."""
        self.process = Process([self.bin / "ledgerd", "--config", self.config],
                               self.folder / "ledgerd.log", env)

    def start(self, env=None):
        self.begin(env)
        wait_for("ledgerd", lambda: self.process.expect_running() or self.answers())

    def answers(self):
        return run(self.bin / "ledgerctl", "--config", self.config, "status", check=False) != ""

    def stop(self):
        if self.process:
            self.process.stop()
            self.process = None

    def report(self, name, *arguments):
        return run_json(self.bin / "ledgerctl", "--config", self.config, "report", name,
                        "--format", "json", *arguments)

    def enrol(self, box):
        """The answer to a box's request: its identity."""
        self.ctl("box", "add", box.id, "--request", box.data / "request.json", "--out",
                 box.identity)

    def sign_pack(self, box, sample, **changes):
        """The sample pack, in its dates today, for this box, signed by a key made here."""
        key = self.folder / "pack.key"
        if not key.exists():
            self.pack_key = self.ctl("pack", "key", "--out", key).strip()
        box.pack_key = self.pack_key
        pack = json.loads(sample.read_text(encoding="utf-8"))
        today = datetime.date.today()
        pack["first_day"] = str(today - datetime.timedelta(days=10))
        pack["last_day"] = str(today + datetime.timedelta(days=60))
        pack["boxes"][box.id] = next(iter(pack["boxes"].values()))
        pack.update(changes)
        plain = self.folder / "pack.json"
        plain.write_text(json.dumps(pack, ensure_ascii=False, indent=2), encoding="utf-8")
        self.ctl("pack", "sign", "--key", key, "--in", plain, "--out", box.pack)
