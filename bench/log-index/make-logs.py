#!/usr/bin/env python3
"""Writes transaction logs in the format of ZooKeeper 3.8, as a busy cluster makes them.

usage: make-logs.py <directory> <megabytes>

Creations, changes and deletions of 300-byte znodes, a fifth of the transactions multis of 20 parts; each with the digest
that servers since 3.6 append. Files of 64 MiB.
"""
import os
import random
import struct
import sys
import zlib

FILE_SIZE = 64 << 20
ACL = struct.pack('>ii', 1, 31) + struct.pack('>i5s', 5, b'world') + struct.pack('>i6s', 6, b'anyone')
DIGEST = struct.pack('>iq', 2, 0x1234567890ab)


def text(value):
    return struct.pack('>i', len(value)) + value


def create(path, data, version):
    return text(path) + text(data) + ACL + b'\0' + struct.pack('>i', version)


def set_data(path, data, version):
    return text(path) + text(data) + struct.pack('>i', version)


def main():
    directory, limit = sys.argv[1], int(sys.argv[2]) * 1_000_000
    rng = random.Random(7)
    payloads = [rng.randbytes(300) for _ in range(256)]
    written, zxid, number, time = 0, 1, 0, 1_700_000_000_000
    while written < limit:
        with open(os.path.join(directory, 'log.%x' % zxid), 'wb', buffering=1 << 20) as file:
            file.write(b'ZKLG' + struct.pack('>iq', 2, 0))
            size = 16
            while size < FILE_SIZE and written + size < limit:
                kind = rng.random()
                data = payloads[zxid & 255]
                if kind < 0.2:
                    parts = []
                    for _ in range(20):
                        number += 1
                        body = create(b'/apps/%010d' % number, data, number)
                        parts.append(struct.pack('>ii', 1, len(body)) + body)
                    code, body = 14, struct.pack('>i', len(parts)) + b''.join(parts)
                elif kind < 0.5:
                    number += 1
                    code, body = 1, create(b'/apps/%010d' % number, data, number)
                elif kind < 0.9:
                    code, body = 5, set_data(b'/apps/%010d' % rng.randrange(number + 1), data, zxid & 1023)
                else:
                    code, body = 2, text(b'/apps/%010d' % rng.randrange(number + 1))
                time += 1
                header = struct.pack('>qiqqi', 0x1000000000000000 + zxid % 50, zxid & 0x7fffffff, zxid, time, code)
                entry = header + body + DIGEST
                file.write(struct.pack('>qi', zlib.adler32(entry), len(entry)) + entry + b'B')
                size += len(entry) + 13
                zxid += 1
        written += size


main()
