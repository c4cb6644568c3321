"""Makes the folders beside it with python-tuf, see README.md. Keys are new each time and thrown away.

A folder is one attack: `1` is what the repository serves first, `2`... what it serves differently at each later refresh,
`expected.json` what a client must answer to each and hold in the end.
"""

import json
import os
import shutil
from datetime import datetime, timezone

from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole, Delegations, Key, Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp)
from tuf.api.serialization.json import JSONSerializer

HERE = os.path.dirname(os.path.abspath(__file__))
EXPIRES = datetime(2126, 1, 1, tzinfo=timezone.utc)
PAST = datetime(2020, 1, 1, tzinfo=timezone.utc)
TOP = ("root", "targets", "snapshot", "timestamp")


class Attack:
    """One folder. What is changed between two calls of `serve` is what the second step differs in."""

    def __init__(self, name):
        self.folder, self.steps, self.served = os.path.join(HERE, name), [], {}
        shutil.rmtree(self.folder, ignore_errors=True)
        self.keys = {role: [CryptoSigner.generate_ed25519()] for role in TOP}
        self.signers = dict(self.keys)
        self.root = Root(expires=EXPIRES, consistent_snapshot=False)
        for role in TOP:
            self.root.add_key(self.keys[role][0].public_key, role)
        self.targets, self.snapshot, self.timestamp = Targets(expires=EXPIRES), Snapshot(expires=EXPIRES), Timestamp(expires=EXPIRES)
        self.delegated, self.files, self.roots = {}, {}, {1: self.signed(self.root, self.keys["root"])}
        self.meta = {}
        self.target("a.txt", b"content of a.txt\n")

    def target(self, path, data, role=None, served=None):
        (role or self.targets).targets[path] = TargetFile.from_data(path, data, ["sha256"])
        self.files[path] = data if served is None else served

    def delegate(self, name, paths, terminating=False, delegator=None, key=None):
        delegator = delegator or self.targets
        delegator.delegations = delegator.delegations or Delegations({}, roles={})
        delegator.delegations.roles[name] = DelegatedRole(name, [], 1, terminating, paths)
        self.signers.setdefault(name, [CryptoSigner.generate_ed25519()])
        delegator.add_key((key or self.signers[name][0]).public_key, name)
        return self.delegated.setdefault(name, Targets(expires=EXPIRES))

    def next_root(self, signers, version=None):
        self.root.version = version or max(self.roots) + 1
        self.roots[max(self.roots) + 1] = self.signed(self.root, signers)

    def signed(self, signed, signers):
        metadata = Metadata(signed)
        for signer in signers:
            metadata.sign(signer, append=True)
        return metadata.to_bytes(JSONSerializer(compact=True))

    def serve(self, expected, then=lambda files: None):
        """Writes one step; `then` may spoil the files of it, by name."""
        files = {f"{n}.root.json": data for n, data in self.roots.items()}
        for name, role in {"targets": self.targets, **self.delegated}.items():
            files[name + ".json"] = self.signed(role, self.signers[name])
            self.snapshot.meta[name + ".json"] = self.meta.get(name) or MetaFile(role.version)
        files["snapshot.json"] = self.signed(self.snapshot, self.signers["snapshot"])
        self.timestamp.snapshot_meta = self.meta.get("snapshot") or MetaFile(self.snapshot.version)
        files["timestamp.json"] = self.signed(self.timestamp, self.signers["timestamp"])
        then(files)
        self.steps.append(expected)
        served = {os.path.join("metadata", name): data for name, data in files.items()}
        served |= {os.path.join("targets", name): data for name, data in self.files.items() if ".." not in name}
        for name, data in served.items():
            if self.served.get(name) != data:
                write(os.path.join(self.folder, str(len(self.steps)), name), data)
        self.served |= served

    def bump(self, *roles):
        for role in roles or (self.targets, self.snapshot, self.timestamp):
            role.version += 1

    def end(self, **expected):
        text = json.dumps({"steps": self.steps, **expected}, indent=2, sort_keys=True)
        write(os.path.join(self.folder, "expected.json"), (text + "\n").encode())


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as out:
        out.write(data)


def spoil(name, change):
    """What changes one file after it was signed."""
    def then(files):
        files[name] = change(files[name])
    return then


def first(name):
    """An attack whose first step is a healthy repository that the client takes."""
    attack = Attack(name)
    attack.serve("ok")
    attack.bump()
    return attack


STAYS = {"timestamp": 1, "snapshot": 1, "targets": 1}


def simple():
    a = first("arbitrary-software")
    a.files["a.txt"] = b"Content of a.txt\n"
    a.serve("ok")
    a.end(download={"a.txt": "tampered"}, onDisk={"targets": 2})

    a = first("wrong-length-rightly-signed")
    a.targets.targets["a.txt"].length += 1
    a.serve("ok")
    a.end(download={"a.txt": "tampered"}, onDisk={"targets": 2})

    a = first("target-longer-than-signed")
    a.files["a.txt"] += b"more"
    a.serve("ok")
    a.end(download={"a.txt": "too-large"}, onDisk={"targets": 2})

    a = first("wrong-length-of-targets-rightly-signed")
    a.meta["targets"] = MetaFile(2, length=10_000)
    a.serve("tampered")
    a.end(onDisk={"timestamp": 2, "snapshot": 2, "targets": 1})

    a = first("targets-changed-after-signing")
    a.serve("tampered", spoil("targets.json", lambda data: data.replace(b"a.txt", b"b.txt")))
    a.end(onDisk={"timestamp": 2, "snapshot": 2, "targets": 1})

    a = first("signed-by-a-stranger")
    a.signers["timestamp"] = [CryptoSigner.generate_ed25519()]
    a.serve("wrong-key")
    a.end(onDisk=STAYS)

    a = first("signed-by-nobody")
    a.signers["snapshot"] = []
    a.serve("unsigned")
    a.end(onDisk={"timestamp": 2, "snapshot": 1, "targets": 1})

    a = first("signed-by-another-roles-key")
    a.signers["targets"] = a.keys["timestamp"]
    a.serve("wrong-key")
    a.end(onDisk={"timestamp": 2, "snapshot": 2, "targets": 1})

    a = Attack("one-key-under-two-ids-for-a-threshold-of-two")
    key = a.keys["timestamp"][0]
    twin = Key.from_dict("00" * 32, key.public_key.to_dict())
    a.root.add_key(twin, "timestamp")
    a.root.roles["timestamp"].threshold = 2
    a.roots[1] = a.signed(a.root, a.keys["root"])
    a.signers["timestamp"] = [key, CryptoSigner(key._private_key, twin)]
    a.serve("unsigned")
    a.end(absent=["timestamp"])

    a = first("one-signature-twice-for-a-threshold-of-two")
    a.root.add_key(CryptoSigner.generate_ed25519().public_key, "timestamp")
    a.root.roles["timestamp"].threshold = 2
    a.next_root(a.keys["root"])
    def double(data):
        read = json.loads(data)
        read["signatures"] *= 2
        return json.dumps(read).encode()
    a.serve("malformed", spoil("timestamp.json", double))
    a.end(onDisk={"root": 2, **STAYS})


def older_and_mixed():
    a = Attack("rollback-of-timestamp")
    a.timestamp.version = 5
    a.serve("ok")
    a.timestamp.version = 4
    a.serve("older")
    a.end(onDisk={"timestamp": 5})

    a = Attack("rollback-of-snapshot")
    a.snapshot.version = 5
    a.serve("ok")
    a.snapshot.version, a.timestamp.version = 4, 2
    a.serve("older")
    a.end(onDisk={"timestamp": 1, "snapshot": 5})

    a = Attack("rollback-of-targets")
    a.targets.version = 5
    a.serve("ok")
    a.bump(a.snapshot, a.timestamp)
    a.targets.version = 4
    a.serve("older")
    a.end(onDisk={"timestamp": 2, "snapshot": 1, "targets": 5})

    a = Attack("rollback-of-a-delegated-role")
    team = a.delegate("team", ["team/*"])
    team.version = 5
    a.serve("ok")
    a.bump(a.snapshot, a.timestamp)
    team.version = 4
    a.serve("older")
    a.end(onDisk={"timestamp": 2, "snapshot": 1})

    a = Attack("role-that-vanished")
    a.delegate("team", ["team/*"])
    a.serve("ok")
    a.bump()
    del a.delegated["team"], a.snapshot.meta["team.json"]
    a.targets.delegations = None
    a.serve("older")
    a.end(onDisk={"timestamp": 2, "snapshot": 1, "targets": 1})

    a = first("freeze")
    a.timestamp.expires = PAST
    a.serve("expired")
    a.end(onDisk=STAYS)

    a = first("expired-snapshot")
    a.snapshot.expires = PAST
    a.serve("expired")
    a.end(onDisk={"timestamp": 2, "snapshot": 1, "targets": 1})

    a = Attack("expired-delegated-role")
    a.target("team/x", b"x", a.delegate("team", ["team/*"]))
    a.delegated["team"].expires = PAST
    a.serve("ok")
    a.end(find={"team/x": "expired"}, absent=["team"])

    a = first("mix-and-match-of-snapshot")
    a.meta["snapshot"] = MetaFile(3)
    a.serve("mixed")
    a.end(onDisk={"timestamp": 2, "snapshot": 1, "targets": 1})

    a = first("mix-and-match-of-targets")
    a.meta["targets"] = MetaFile(3)
    a.serve("mixed")
    a.end(onDisk={"timestamp": 2, "snapshot": 2, "targets": 1})

    a = Attack("fast-forward-and-recovery")
    a.serve("ok")
    a.timestamp.version = a.snapshot.version = a.targets.version = 2**62
    a.serve("ok")
    for role in ("timestamp", "snapshot"):
        a.root.revoke_key(a.keys[role][0].public_key.keyid, role)
        a.signers[role] = [CryptoSigner.generate_ed25519()]
        a.root.add_key(a.signers[role][0].public_key, role)
    a.next_root(a.keys["root"])
    a.timestamp.version = a.snapshot.version = a.targets.version = 2
    a.serve("ok")
    a.end(onDisk={"root": 2, "timestamp": 2, "snapshot": 2, "targets": 2})


def roots():
    a = first("root-that-skips-a-version")
    a.next_root(a.keys["root"], version=3)
    a.serve("mixed")
    a.end(onDisk=STAYS, absent=["root"])

    a = first("root-that-goes-back")
    a.next_root(a.keys["root"], version=1)
    a.serve("older")
    a.end(onDisk=STAYS, absent=["root"])

    a = first("root-that-the-old-keys-did-not-sign")
    thief = CryptoSigner.generate_ed25519()
    a.root.revoke_key(a.keys["root"][0].public_key.keyid, "root")
    a.root.add_key(thief.public_key, "root")
    a.next_root([thief])
    a.serve("wrong-key")
    a.end(onDisk=STAYS, absent=["root"])

    a = first("root-that-its-new-keys-did-not-sign")
    a.root.add_key(CryptoSigner.generate_ed25519().public_key, "root")
    a.root.roles["root"].threshold = 2
    a.next_root(a.keys["root"])
    a.serve("unsigned")
    a.end(onDisk=STAYS, absent=["root"])

    a = first("expired-root")
    a.root.expires = PAST
    a.next_root(a.keys["root"])
    a.serve("expired")
    a.end(onDisk={"root": 2, **STAYS})


def delegations():
    a = Attack("delegation-that-names-picket")
    a.target("picket/command-keys.json", b"{}", a.delegate("team", ["picket/*"]))
    a.serve("ok")
    a.end(find={"picket/command-keys.json": "ok"}, absentAtTop=["picket/command-keys.json"])

    a = Attack("delegation-outside-its-paths")
    a.target("a/x", b"x", a.delegate("team", ["team/*"]))
    a.serve("ok")
    a.end(find={"a/x": "missing"})

    a = Attack("delegation-to-a-top-level-role")
    a.targets.delegations = Delegations({}, roles={"teams": DelegatedRole("teams", [], 1, False, ["*"])})
    a.serve("malformed", spoil("targets.json", lambda data: data))
    resign(a, "1", "targets", lambda signed: signed["delegations"]["roles"][0].update(name="timestamp"))
    a.end(absent=["targets"])

    a = Attack("role-name-of-10000-characters")
    a.targets.delegations = Delegations({}, roles={"r" * 10_000: DelegatedRole("r" * 10_000, [], 1, False, ["*"])})
    a.serve("malformed")
    a.end(absent=["targets"])

    a = Attack("key-of-another-delegator")
    a.delegate("one", ["one/*"])
    a.delegate("two", ["two/*"])
    shared = a.delegate("shared", ["one/*"], delegator=a.delegated["one"])
    a.delegate("shared", ["two/*"], delegator=a.delegated["two"], key=CryptoSigner.generate_ed25519())
    a.target("one/x", b"1", shared)
    a.target("two/x", b"2", shared)
    a.serve("ok")
    a.end(find={"one/x": "ok", "two/x": "wrong-key"})

    a = Attack("delegations-in-a-circle")
    a.delegate("one", ["*"])
    a.delegate("two", ["*"], delegator=a.delegated["one"])
    a.delegate("one", ["*"], delegator=a.delegated["two"])
    a.serve("ok")
    a.end(find={"x": "missing"})

    a = Attack("delegations-without-end")
    at = None
    for n in range(40):
        at = a.delegate(f"r{n}", ["*"], delegator=at)
    a.target("x", b"x", at)
    a.serve("ok")
    a.end(find={"x": "missing"}, absent=["r39"])

    a = Attack("target-that-climbs")
    a.target("../../etc/passwd", b"x")
    a.serve("ok")
    a.end(download={"../../etc/passwd": "malformed"})


def resign(attack, step, role, change):
    """Changes what python-tuf itself would refuse to write, and signs it again."""
    from securesystemslib.formats import encode_canonical
    file = os.path.join(attack.folder, step, "metadata", role + ".json")
    with open(file) as source:
        read = json.load(source)
    change(read["signed"])
    read["signatures"] = [
        each.sign(encode_canonical(read["signed"]).encode()).to_dict() for each in attack.signers[role]]
    write(file, json.dumps(read).encode())


def forms():
    a = first("endless-timestamp")
    a.serve("too-large", spoil("timestamp.json", lambda data: data + b" " * 20_000))
    a.end(onDisk=STAYS)

    a = first("one-json-key-twice")
    a.serve("malformed", spoil("timestamp.json", lambda data: data.replace(b'"version":2', b'"version":9,"version":2', 1)))
    a.end(onDisk=STAYS)

    a = first("nested-without-end")
    a.serve("malformed", spoil("timestamp.json", lambda data: b'{"signatures":' + b"[" * 5_000 + b"]" * 5_000 + b"}"))
    a.end(onDisk=STAYS)

    a = Attack("snapshot-served-as-timestamp")
    shared = a.keys["timestamp"][0]
    a.root.add_key(shared.public_key, "snapshot")
    a.roots[1] = a.signed(a.root, a.keys["root"])
    a.signers["snapshot"] = [shared]
    a.snapshot.meta = {"snapshot.json": MetaFile(1)}
    def swap(files):
        files["timestamp.json"] = a.signed(Snapshot(expires=EXPIRES, meta={"snapshot.json": MetaFile(1)}), [shared])
    a.serve("malformed", swap)
    a.end(absent=["timestamp", "snapshot", "targets"])

    for name, change in {
        "version-zero": lambda signed: signed.update(version=0),
        "version-beyond-64-bits": lambda signed: signed.update(version=2**63),
        "no-expiry": lambda signed: signed.pop("expires"),
        "another-major-version-of-the-specification": lambda signed: signed.update(spec_version="2.0.0"),
        "two-files-in-the-timestamp": lambda signed: signed["meta"].update({"targets.json": {"version": 1}}),
    }.items():
        a = first(name)
        a.serve("malformed")
        resign(a, "2", "timestamp", change)
        a.end(onDisk=STAYS)

    a = Attack("hash-of-an-unknown-kind")
    a.serve("ok")
    resign(a, "1", "targets", lambda signed: signed["targets"]["a.txt"].update(hashes={"md5": "00"}))
    a.end(download={"a.txt": "malformed"})


for make in (simple, older_and_mixed, roots, delegations, forms):
    make()
