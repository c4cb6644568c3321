"""Makes the folders beside it with python-tuf, see README.md. Keys are new each time and thrown away."""

import json
import os
import shutil
import sys
from datetime import datetime, timezone
from hashlib import sha256

from securesystemslib.signer import CryptoSigner, SSlibKey
from tuf.api.metadata import (
    DelegatedRole, Delegations, Metadata, MetaFile, Root, Snapshot, SuccinctRoles, TargetFile, Targets, Timestamp)
from tuf.api.serialization.json import JSONSerializer

EXPIRES = datetime(2126, 1, 1, tzinfo=timezone.utc)
HERE = os.path.dirname(os.path.abspath(__file__))


def hex_ecdsa():
    """A key as the older releases of cosign wrote it: the uncompressed point in hex, the type named like the scheme."""
    signer = CryptoSigner.generate_ecdsa()
    point = signer._private_key.public_key().public_numbers()
    public = "04" + format(point.x, "064x") + format(point.y, "064x")
    scheme = "ecdsa-sha2-nistp256"
    key = SSlibKey(signer.public_key.keyid[::-1], scheme, scheme, {"public": public})
    return CryptoSigner(signer._private_key, key)


class Repository:
    def __init__(self, name, consistent, hashes, compact):
        self.folder = os.path.join(HERE, name)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.consistent, self.hashes, self.serializer = consistent, hashes, JSONSerializer(compact=compact)
        self.signers, self.written = {}, {}
        self.root = Root(expires=EXPIRES, consistent_snapshot=consistent)
        self.roles = {"targets": Targets(expires=EXPIRES)}
        self.snapshot, self.timestamp = Snapshot(expires=EXPIRES), Timestamp(expires=EXPIRES)

    def keys(self, role, threshold, *signers):
        self.signers[role] = list(signers)
        self.root.roles[role].keyids.clear()
        for signer in signers:
            self.root.add_key(signer.public_key, role)
        self.root.roles[role].threshold = threshold

    def target(self, role, path, algorithms=("sha256",), custom=None):
        data = f"content of {path}\n".encode()
        info = TargetFile.from_data(path, data, list(algorithms))
        if custom:
            info.unrecognized_fields["custom"] = custom
        self.roles[role].targets[path] = info
        prefix = list(info.hashes.values())[0] + "." if self.consistent else ""
        self.write(os.path.join("targets", os.path.dirname(path), prefix + os.path.basename(path)), data)

    def delegate(self, delegator, name, threshold, signers, terminating=False, paths=None, prefixes=None):
        block = self.roles[delegator].delegations or Delegations({}, roles={})
        self.roles[delegator].delegations = block
        block.roles[name] = DelegatedRole(name, [], threshold, terminating, paths, prefixes)
        for signer in signers:
            self.roles[delegator].add_key(signer.public_key, name)
        self.signers[name] = signers
        self.roles.setdefault(name, Targets(expires=EXPIRES))

    def sign(self, signed, signers, path):
        metadata = Metadata(signed)
        for signer in signers:
            metadata.sign(signer, append=True)
        data = metadata.to_bytes(self.serializer)
        self.write(os.path.join("metadata", path), data)
        return data

    def write_root(self, signers):
        self.sign(self.root, signers, f"{self.root.version}.root.json")

    def write_rest(self):
        for name, role in sorted(self.roles.items()):
            self.snapshot.meta[name + ".json"] = self.meta(name, role, self.signers[name])
        self.timestamp.snapshot_meta = self.meta("snapshot", self.snapshot, self.signers["snapshot"])
        self.sign(self.timestamp, self.signers["timestamp"], "timestamp.json")

    def meta(self, name, signed, signers):
        prefix = f"{signed.version}." if self.consistent else ""
        data = self.sign(signed, signers, prefix + name + ".json")
        return MetaFile.from_data(signed.version, data, ["sha256", "sha512"]) if self.hashes else MetaFile(signed.version)

    def write(self, path, data):
        file = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "wb") as out:
            out.write(data)


def ed():
    return CryptoSigner.generate_ed25519()


def many_keys():
    """Consistent snapshots; a root rotated twice; every key form; bins of hashes; nested and oddly named roles."""
    r = Repository("many-keys", consistent=True, hashes=True, compact=False)
    first = [ed(), CryptoSigner.generate_ecdsa(), CryptoSigner.generate_rsa()]
    r.keys("root", 2, *first)
    for role, signer in (("timestamp", ed()), ("snapshot", hex_ecdsa()), ("targets", CryptoSigner.generate_ecdsa())):
        r.keys(role, 1, signer)
    r.root.unrecognized_fields["x-made-for"] = {"nested": [1, None, "\u00e9\"\\", True]}
    r.write_root(first)
    second = [first[0], first[1], CryptoSigner.generate_ecdsa()]
    r.keys("root", 2, *second)
    r.root.version = 2
    r.write_root(second)
    third = [CryptoSigner.generate_rsa(), ed(), second[2]]
    r.keys("root", 3, *third)
    r.keys("timestamp", 1, CryptoSigner.generate_rsa(scheme="rsa-pkcs1v15-sha256"))
    r.root.version = 3
    r.write_root(second[:2] + third)

    r.target("targets", "top.txt", custom={"kind": "text", "deep": {"a": [1, 2]}})
    r.target("targets", "only-sha512.txt", algorithms=("sha512",))
    r.delegate("targets", "team", 2, [ed(), hex_ecdsa(), CryptoSigner.generate_rsa()], True, paths=["team/*", "team/*/*"])
    r.delegate("team", "odd role", 1, [ed()], paths=["team/odd/?.txt"])
    r.target("team", "team/one.txt")
    r.target("odd role", "team/odd/1.txt")
    bins = [ed()]
    for i in range(4):
        prefixes = [format(4 * i + j, "x") for j in range(4)]
        r.delegate("targets", f"bin-{i}", 1, bins, prefixes=prefixes)
    for n in range(8):
        path = f"bins/{n}.txt"
        r.target(f"bin-{int(sha256(path.encode()).hexdigest()[0], 16) // 4}", path)
    r.write_rest()


def plain():
    """No consistent snapshots, no hashes in snapshot and timestamp, compact JSON, keys of objects in reverse order."""
    r = Repository("plain", consistent=False, hashes=False, compact=True)
    for role in ("root", "timestamp", "snapshot", "targets"):
        r.keys(role, 1, ed())
    r.write_root(r.signers["root"])
    r.target("targets", "dir/one.txt", algorithms=("sha512", "sha256"))
    r.write_rest()
    for folder, _, files in os.walk(os.path.join(r.folder, "metadata")):
        for name in files:
            file = os.path.join(folder, name)
            with open(file) as source:
                read = json.load(source)
            with open(file, "w") as out:
                json.dump(reverse(read), out, ensure_ascii=True)


def reverse(value):
    if isinstance(value, dict):
        return {key: reverse(value[key]) for key in sorted(value, reverse=True)}
    return [reverse(each) for each in value] if isinstance(value, list) else value


def succinct():
    """32 bins in one delegation (TAP 15)."""
    r = Repository("succinct", consistent=True, hashes=False, compact=True)
    for role in ("root", "timestamp", "snapshot", "targets"):
        r.keys(role, 1, ed())
    r.write_root(r.signers["root"])
    bins, signer = SuccinctRoles([], 1, 5, "bin"), ed()
    r.roles["targets"].delegations = Delegations({}, None, bins)
    r.roles["targets"].add_key(signer.public_key)
    for n in range(3):
        path = f"bins/{n}.txt"
        name = bins.get_role_for_target(path)
        r.signers[name] = [signer]
        r.roles.setdefault(name, Targets(expires=EXPIRES))
        r.target(name, path)
    r.write_rest()


for make in (many_keys, plain, succinct):
    if make.__name__ in sys.argv[1:] or len(sys.argv) == 1:
        make()
