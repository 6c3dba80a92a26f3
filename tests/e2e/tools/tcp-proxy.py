#!/usr/bin/env python3
"""tcp-proxy.py PORT-FILE PORT BYTES-PER-SECOND [LOG]: hands connections on to PORT of this machine, slowly
when asked to. With LOG it is an HTTP proxy: CONNECT to any name leads to PORT and is written down."""
import os
import socket
import sys
import threading
import time

port_file, port, rate = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
log = sys.argv[4] if len(sys.argv) > 4 else None


def pump(a, b, slow):
    try:
        while True:
            data = a.recv(65536)
            if not data:
                break
            b.sendall(data)
            if slow and rate:
                time.sleep(len(data) / rate)
    except OSError:
        pass
    for s in (a, b):
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client):
    if log:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(4096)
            if not piece:
                return
            head += piece
        with open(log, "ab") as f:
            f.write(head)
        client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    try:
        server = socket.create_connection(("127.0.0.1", port))
    except OSError:
        client.close()
        return
    threading.Thread(target=pump, args=(client, server, False), daemon=True).start()
    pump(server, client, True)


listener = socket.create_server(("127.0.0.1", 0))
with open(port_file + ".new", "w") as out:
    out.write("%d\n" % listener.getsockname()[1])
os.rename(port_file + ".new", port_file)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
