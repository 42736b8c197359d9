"""A card and a terminal whose cryptography is libeac's (OpenPACE, by ctypes): a program of its own, since C code may end it.

It reads a JSON object from its standard input, then speaks in lines: commands and answers in hexadecimal. Only the coding of
data objects is here. Keys, mapping, tokens, encryption and MAC are the library's.
"""

import ctypes
import json
import sys

RAW, CAN = 5, 2  # kinds of secret: 5 takes any bytes


class Buffer(ctypes.Structure):
    """BUF_MEM of OpenSSL."""

    _fields_ = (("length", ctypes.c_size_t), ("data", ctypes.c_void_p), ("max", ctypes.c_size_t), ("flags", ctypes.c_ulong))


_lib = ctypes.CDLL("libeac.so.3")
_POINTERS = [
    "EAC_CTX_new",
    "PACE_SEC_new",
    "BUF_MEM_create_init",
    "PACE_STEP1_enc_nonce",
    "PACE_STEP3A_generate_mapping_data",
    "PACE_STEP3B_generate_ephemeral_key",
    "PACE_STEP3D_compute_authentication_token",
    "EAC_encrypt",
    "EAC_decrypt",
    "EAC_authenticate",
    "EAC_add_iso_pad",
    "EAC_remove_iso_pad",
]
for _name in _POINTERS:
    getattr(_lib, _name).restype = ctypes.c_void_p


def call(name, *arguments):
    """Call a function; bytes go in as buffers. It returns bytes, or a number that is not zero."""
    given = [ctypes.c_void_p(_lib.BUF_MEM_create_init(a, ctypes.c_size_t(len(a)))) if isinstance(a, bytes) else a for a in arguments]
    result = getattr(_lib, name)(*given)
    if name not in _POINTERS:
        assert result > 0, name
        return result
    assert result, name
    buffer = Buffer.from_address(result)
    return ctypes.string_at(buffer.data, buffer.length) if buffer.length else b""


def header(size):
    return bytes((size,)) if size < 128 else b"\x81" + bytes((size,)) if size < 256 else b"\x82" + size.to_bytes(2, "big")


def tlv(tag, value):
    return bytes((tag,)) + header(len(value)) + value


def objects(data):
    """Return objects of one-byte tags, in order."""
    found, at = [], 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1], at + 2
        if size > 128:
            count = size - 128
            size, at = int.from_bytes(data[at : at + count], "big"), at + count
        found.append((tag, data[at : at + size]))
        at += size
    return found


class Side:
    """One side of PACE and of its secure messaging."""

    def __init__(self, job):
        self.job = job
        self.ctx = ctypes.c_void_p(_lib.EAC_CTX_new())
        number = _lib.EAC_OBJ_txt2nid(job["protocol"].encode())
        assert number > 0, "unknown protocol"
        call("EAC_CTX_init_pace", self.ctx, number, job["parameters"])
        secret = bytes.fromhex(job["secret"])
        self.secret = ctypes.c_void_p(_lib.PACE_SEC_new(secret, ctypes.c_size_t(len(secret)), job["kind"]))
        assert self.secret, "a secret that libeac does not take"
        self.block = 8 if "3DES" in job["protocol"] else 16

    def key(self, data):
        call("PACE_STEP3A_map_generator", self.ctx, data)

    def tokens(self, other):
        call("PACE_STEP3B_compute_shared_secret", self.ctx, other)
        call("PACE_STEP3C_derive_keys", self.ctx)
        return call("PACE_STEP3D_compute_authentication_token", self.ctx, other)

    def check(self, token):
        call("PACE_STEP3D_verify_authentication_token", self.ctx, token)

    def start(self):
        call("EAC_CTX_set_encryption_ctx", self.ctx, 0)

    def pad(self, data):
        return data + b"\x80" + bytes(-(len(data) + 1) % self.block)

    def mac(self, data):
        return call("EAC_authenticate", self.ctx, self.pad(data))

    def encrypt(self, data):
        return call("EAC_encrypt", self.ctx, self.pad(data))

    def decrypt(self, data):
        return call("EAC_decrypt", self.ctx, data).rstrip(b"\x00")[:-1]

    def sealed(self, head, content, last):
        """Return protected data: the cryptogram, a plain object, and the MAC over them after a padded header."""
        body = (tlv(0x87, b"\x01" + self.encrypt(content)) if content else b"") + last
        return body + tlv(0x8E, self.mac((self.pad(head) if head else b"") + body))

    def opened(self, head, data):
        """Return the objects of protected data, whose MAC is right."""
        body, mac = data[:-10], objects(data)[-1]
        assert mac == (0x8E, self.mac((self.pad(head) if head else b"") + body)), "MAC"
        return {tag: self.decrypt(value[1:]) if tag == 0x87 else value for tag, value in objects(body)}


class Chip(Side):
    """A card with EF.CardAccess, PACE and files: its answers to commands."""

    files, application, current, step, protected = None, False, None, 0, False

    def answer(self, command):
        cla, ins, p1, p2 = command[:4]
        extended = len(command) > 6 and command[4] == 0
        size = int.from_bytes(command[5:7], "big") if extended else command[4] if len(command) > 5 else 0
        data = command[7 : 7 + size] if extended else command[5 : 5 + size]
        if not cla & 0x0C:
            return self.plain(ins, p1, p2, data, command[-1] or 256)
        call("EAC_increment_ssc", self.ctx)
        got = self.opened(command[:4], data)
        want = int.from_bytes(got.get(0x97, b""), "big") or 256
        reply = self.plain(ins, p1, p2, got.get(0x87, b""), want)
        call("EAC_increment_ssc", self.ctx)
        return self.sealed(b"", reply[:-2], tlv(0x99, reply[-2:])) + reply[-2:]

    def plain(self, ins, p1, p2, data, want):
        if ins == 0xA4:
            self.application = p1 == 4 or (self.application and p1 == 2)
            name = {"011c": "EF.CardAccess"} if not self.application else self.job["ids"]
            self.current = name.get(data.hex()) if p1 == 2 else None
            return b"\x90\x00" if p1 != 2 or self.current else b"\x6a\x82"
        if ins == 0xB0:
            names = self.job["short"] if self.application else {str(0x1C): "EF.CardAccess"}
            if p1 & 0x80:
                self.current = names.get(str(p1 & 0x1F))
            if self.current not in self.job["files"] or not (self.protected or self.current == "EF.CardAccess"):
                return b"\x69\x82"
            content = bytes.fromhex(self.job["files"][self.current])
            offset = p2 if p1 & 0x80 else p1 << 8 | p2
            return content[offset : offset + min(want, 223 if self.protected else 256)] + b"\x90\x00"
        if ins == 0x22:
            return b"\x90\x00"
        return self.pace(data) if ins == 0x86 else b"\x6d\x00"

    def pace(self, data):
        self.step += 1
        inner = dict(objects(objects(data)[0][1]))
        if self.step == 1:
            reply = tlv(0x80, call("PACE_STEP1_enc_nonce", self.ctx, self.secret))
        elif self.step == 2:
            reply = tlv(0x82, call("PACE_STEP3A_generate_mapping_data", self.ctx))
            self.key(inner[0x81])
        elif self.step == 3:
            reply = tlv(0x84, call("PACE_STEP3B_generate_ephemeral_key", self.ctx))
            self.token = self.tokens(inner[0x83])
        else:
            self.check(inner[0x85])
            reply = tlv(0x86, self.token)
            self.start()
            self.protected = True
        return tlv(0x7C, reply) + b"\x90\x00"


class Terminal(Side):
    """A terminal that runs PACE and reads files by their short identifiers."""

    def send(self, head, data=b"", le=None, *, long=False):
        if long:
            body = b"\x00" + (len(data).to_bytes(2, "big") + data if data else b"") + (b"\x00\x00" if le else b"")
        else:
            body = (bytes((len(data),)) + data if data else b"") + (bytes((le % 256,)) if le else b"")
        print((head + body).hex(), flush=True)
        answer = bytes.fromhex(sys.stdin.readline())
        return answer[:-2], answer[-2:]

    def ask(self, tag, value, *, last=False):
        inner = tlv(tag, value) if tag else b""
        data = tlv(0x7C, inner)
        answer, status = self.send(bytes((0 if last else 0x10, 0x86, 0, 0)), data, 256, long=len(data) > 255)
        assert status == b"\x90\x00", status.hex()
        return dict(objects(objects(answer)[0][1]))

    def protected(self, head, data=b"", le=None):
        head = bytes((0x0C, *head[1:]))
        call("EAC_increment_ssc", self.ctx)
        sealed = self.sealed(head, data, tlv(0x97, bytes((le,))) if le else b"")
        answer, status = self.send(head, sealed, 256)
        call("EAC_increment_ssc", self.ctx)
        got = self.opened(b"", answer)
        assert got[0x99] == status == b"\x90\x00", status.hex()
        return got.get(0x87, b"")

    def run(self):
        oid = bytes.fromhex(self.job["oid"])
        kind = b"\x01" if self.job["kind"] == RAW else b"\x02"
        _, status = self.send(b"\x00\x22\xc1\xa4", tlv(0x80, oid) + tlv(0x83, kind))
        assert status == b"\x90\x00", status.hex()
        call("PACE_STEP2_dec_nonce", self.ctx, self.secret, self.ask(0, b"")[0x80])
        self.key(self.ask(0x81, call("PACE_STEP3A_generate_mapping_data", self.ctx))[0x82])
        token = self.tokens(self.ask(0x83, call("PACE_STEP3B_generate_ephemeral_key", self.ctx))[0x84])
        self.check(self.ask(0x85, token, last=True)[0x86])
        self.start()
        self.protected(b"\x00\xa4\x04\x0c", bytes.fromhex("A0000002471001"))
        read = {}
        for number, name in self.job["short"].items():
            content = self.protected(bytes((0, 0xB0, 0x80 | int(number), 0)), le=8)
            size = content[1] if content[1] < 128 else int.from_bytes(content[2 : 2 + content[1] - 128], "big")
            size += 2 if content[1] < 128 else 2 + content[1] - 128
            while len(content) < size:
                offset = len(content).to_bytes(2, "big")
                content += self.protected(b"\x00\xb0" + offset, le=min(200, size - len(content)))
            read[name] = content.hex()
        print("files " + json.dumps(read), flush=True)


def main():
    """Play the part that the first line asks for."""
    _lib.EAC_init()
    job = json.loads(sys.stdin.readline())
    if job["role"] == "terminal":
        Terminal(job).run()
        return
    chip = Chip(job)
    for line in sys.stdin:
        if line.strip() == "reset":
            chip = Chip(job)
            print("ready", flush=True)
        else:
            print(chip.answer(bytes.fromhex(line)).hex(), flush=True)


main()
