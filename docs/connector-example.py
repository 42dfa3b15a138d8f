"""Each new line of in.txt comes in as a comment; each reply is appended to out.ndjson."""
import json, os, queue, sys, threading, time

def say(type, **fields):
    print(json.dumps({"type": type, **fields}), flush=True)

def parsed(line):
    try:
        return dict(json.loads(line))
    except (ValueError, TypeError):
        return {}  # blank, cut off, or nothing of ours

def listen():
    for line in sys.stdin.buffer:
        heard.put(parsed(line))
    heard.put(None)  # the desk has closed its side

def carry_out(id, do, key="", look=False, **command):
    if do == "check":
        return say("ack", id=id, note="in.txt and out.ndjson in " + os.getcwd())
    if do != "reply":
        return say("nack", id=id, kind="permanent", why="only replies go out here")
    with open("out.ndjson", "a+b") as out:
        out.seek(0)
        there = any(parsed(line).get("key") == key for line in out)
        if look and not there:
            return say("nack", id=id, kind="absent", why="it is not in out.ndjson")
        if not there:  # the first line end closes a line that a crash has cut off
            out.write(b"\n" + json.dumps({"key": key, **command}).encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())
    say("ack", id=id, platform_id=key, duplicate=there)

def comments(at):  # at most 50, so that they fit in one line
    with open("in.txt", "a+b") as file:
        file.seek(0)
        lines = [line for line in file if line.strip() and line.endswith(b"\n")][at:at + 50]
    texts = [line.decode("utf-8", "replace").strip()[:1000] for line in lines]
    return [{"event": "message", "id": at + i, "text": text, "at": int(time.time())}
            for i, text in enumerate(texts)]

heard, at, waits = queue.Queue(), None, False  # at: how many lines the desk has taken
threading.Thread(target=listen, daemon=True).start()
say("hello", protocol=1, name="lines", can={"comments": True, "reply": True, "guard": "lookup"})
while True:
    try:
        said = heard.get(timeout=1)
    except queue.Empty:
        said = {}
    if said is None:
        break
    kind = said.pop("type", None)
    if kind == "start":
        at = int(said.get("cursor") or 0)
    elif kind == "taken":
        at, waits = said["batch"], False
    elif kind == "command":
        carry_out(**said)
    events = comments(at) if at is not None and not waits else []
    if events:
        upto, waits = at + len(events), True
        say("events", batch=upto, cursor=str(upto), events=events)
