# SPDX-License-Identifier: MIT
"""A client of gdb's remote serial protocol: what gdb would send, without gdb."""
import os
import re
import socket
import subprocess
import time


class Remote:
    """A machine started with --gdb, and the connection to it."""

    def __init__(self, machine, *args, stdin=subprocess.DEVNULL):
        path = os.path.join(machine.folder.name, "gdb")
        if os.path.exists(path):
            os.unlink(path)
        self.process = subprocess.Popen([machine.binary, "--gdb=unix:" + path, *args], stdin=stdin,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace")
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        for _ in range(1000):
            try:
                self.socket.connect(path)
                break
            except OSError:
                time.sleep(0.02)
        self.data = b""
        self.said = ""
        self.ask("QStartNoAckMode")

    def byte(self):
        while not self.data:
            self.data = self.socket.recv(65536)
            if not self.data:
                raise EOFError
        first, self.data = self.data[:1], self.data[1:]
        return first

    def send(self, text):
        content = text if isinstance(text, bytes) else text.encode()
        self.socket.sendall(b"$" + content + b"#%02x" % (sum(content) & 0xFF))

    def packet(self):
        while self.byte() != b"$":
            pass
        content = b""
        while (c := self.byte()) != b"#":
            content += bytes([self.byte()[0] ^ 0x20]) if c == b"}" else c
        self.byte()
        self.byte()
        return content.decode("latin1")

    def receive(self):
        """The next packet; what the stub says to the person at gdb is kept in self.said."""
        while re.match("O([0-9a-f][0-9a-f])+$", content := self.packet()):
            self.said += bytes.fromhex(content[1:]).decode()
        return content

    def ask(self, text):
        self.send(text)
        return self.receive()

    def go(self, how="vCont;c"):
        """Continue, and how the machine stopped: signal and thread, or ("W", exit code)."""
        reply = self.ask(how)
        if reply[0] == "W":
            return "W", int(reply[1:], 16)
        return int(reply[1:3], 16), int(re.search("thread:([0-9a-f]+)", reply)[1], 16)

    def step(self, thread):
        return self.go(f"vCont;s:{thread:x};c")

    def registers(self):
        return self.ask("g")

    def register(self, number):
        return int.from_bytes(bytes.fromhex(self.ask(f"p{number:x}")), "little")

    def set_register(self, number, value, size=8):
        return self.ask(f"P{number:x}=" + value.to_bytes(size, "little").hex())

    def read(self, address, length):
        return bytes.fromhex(self.ask(f"m{address:x},{length:x}"))

    def monitor(self, command):
        """What `monitor` answers."""
        self.said = ""
        assert self.ask("qRcmd," + command.encode().hex()) == "OK"
        return self.said

    def interrupt(self):
        self.socket.sendall(b"\x03")
        reply = self.receive()
        return int(reply[1:3], 16)

    def finish(self, timeout=60):
        """Wait for the end; exit code, stdout, stderr."""
        out, err = self.process.communicate(timeout=timeout)
        self.socket.close()
        return self.process.returncode, out, err
