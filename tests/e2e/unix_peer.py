"""A server of HTTP on a unix socket that keeps connections alive: what fake engines share."""
import os
import socket
import threading


def serve(peer, answer, asked):
    waiting = b""
    try:
        while True:
            while b"\r\n\r\n" not in waiting:
                more = peer.recv(65536)
                if not more:
                    return
                waiting += more
            request, _, waiting = waiting.partition(b"\r\n\r\n")
            if asked:
                with open(asked, "ab") as log:
                    log.write(request.split(b"\r\n")[0] + b"\n")
            if not answer(peer, request.split(b" ")[1].decode()):
                return
    except OSError:
        pass
    finally:
        peer.close()


def run(path, answer, asked=None):
    """answer(peer, target) sends; False ends the connection. asked: a file for the request lines."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path + ".new")
    listener.listen(8)
    os.rename(path + ".new", path)
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0], answer, asked), daemon=True).start()
