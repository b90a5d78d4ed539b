"""Connections that ask over HTTP and read nothing, in the smallest windows that the kernel gives.

stdin: one JSON line {port, groups: [{many, text}]}.
stdout: a line of JSON {"asked": how many are open} when all have asked, then {"cut": [group, seconds after its asking]} for each that
was cut. Ends when stdin does.
"""
import json
import select
import socket
import sys
import time

order = json.loads(sys.stdin.readline())
poll = select.poll()
poll.register(sys.stdin, select.POLLIN | select.POLLHUP)
asked = {}


def say(word):
    print(json.dumps(word), flush=True)


def look(wait_ms):
    for number, event in poll.poll(wait_ms):
        if number == sys.stdin.fileno():
            sys.exit(0)
        if event & (select.POLLHUP | select.POLLERR | select.POLLRDHUP):
            group, reader, at = asked.pop(number)
            poll.unregister(number)
            reader.close()
            say({"cut": [group, time.monotonic() - at]})


for group, one in enumerate(order["groups"]):
    for n in range(one["many"]):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        # A sender sizes its buffer by it: the usual one of a loopback would take megabytes before anything waits.
        reader.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        reader.connect(("127.0.0.1", order["port"]))
        asked[reader.fileno()] = (group, reader, time.monotonic())
        # Nothing is read, and nothing asked about but the end.
        poll.register(reader, select.POLLRDHUP)
        try:
            reader.sendall(one["text"].encode())
        except OSError:
            pass
        if n % 50 == 49:
            look(0)
say({"asked": len(asked)})
while True:
    look(1000)
