"""Writes .safetensors: 8 bytes of header length (little endian), a JSON header, then the tensors' bytes in that order."""

import json
import struct


def write(path, tensors):
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    arrays = {name: t.detach().contiguous().float().numpy() for name, t in tensors.items()}
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            out.write(array.tobytes())
