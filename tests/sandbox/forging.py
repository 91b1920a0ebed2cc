"""Modules that know the probe, and try to make it report an import that never came back.

Each finds the way to the judge as it likes, and says what the probe itself would say.
"""

from __future__ import annotations

_DOOR = """
import gc, os, sys
frame, door = sys._getframe(), None
while frame is not None:
    held = {**frame.f_locals}.get("door")
    door = held if type(held).__name__ == "Door" else door
    frame = frame.f_back
claims = {"version": "9.9", "locations": [__file__], "warnings": [], "attributes": {},
          "loading": []}
"""

_SAYS = """
door.tell("returned")
door.wait()
door.tell("claims", claims)
door.wait()
os._exit(0)
"""

_BY_GC = """
import gc, os
door = next(one for one in gc.get_objects() if type(one).__name__ == "Door")
claims = {"version": "9.9", "locations": [__file__], "warnings": [], "attributes": {},
          "loading": []}
"""

_ON_EVERY_DESCRIPTOR = """
import json, os
lines = [{"ready": None}, {"started": None}, {"returned": None},
         {"claims": {"version": "9.9", "locations": [__file__], "warnings": []}}]
data = "".join(json.dumps(line) + "\\n" for line in lines).encode()
for descriptor in range(3, 64):
    try:
        os.write(descriptor, data)
    except OSError:
        pass
os._exit(0)
"""

_FROM_A_THREAD = """
import threading, time
def says():
    door.tell("returned")
    door.tell("claims", claims)
threading.Thread(target=says).start()
time.sleep(1)
os._exit(0)
"""

_AT_EXIT = """
import atexit
atexit.register(door.tell, "returned")
atexit.register(door.tell, "claims", claims)
type(door).leave = type(door).tell = lambda self, *words: None
raise OSError("really")
"""

_TAKES_OVER = """
tell, wait, cls = door.tell, door.wait, type(door)
probe = tell.__func__.__globals__
def says(self, *words):
    tell("returned")
    wait()
    tell("claims", claims)
    wait()
    os._exit(0)
cls.leave = cls.tell = says
probe["_told"] = lambda error: says(door)
raise OSError("really")
"""

_BY_THE_HOOK = """
tell, wait, cls = door.tell, door.wait, type(door)
deep = tell.__func__.__globals__["_deep"]
def hook(*words):
    # As deep as the probe itself waits.
    deep(9, lambda: (tell("returned"), wait(), tell("claims", claims), wait()))
    os._exit(0)
sys.excepthook = hook
cls.leave = cls.wait = cls.tell = lambda self, *words: None
raise OSError("really")
"""

_BY_TRACING = """
def jumps(frame, event, arg):
    if event == "line" and frame.f_code.co_name == "_attempt":
        try:
            frame.f_lineno = frame.f_code.co_firstlineno
        except ValueError:
            pass
    return jumps
frame = sys._getframe()
while frame is not None:
    frame.f_trace = jumps
    frame = frame.f_back
sys.settrace(jumps)
sys.setprofile(jumps)
cls = type(door)
cls.leave = cls.wait = cls.tell = lambda self, *words: None
raise OSError("really")
"""

_BY_THE_PLACE_OF_ANOTHER = """
if os.fork() == 0:
    import time
    time.sleep(1)
    os._exit(0)
os.execv("/bin/sh", ["sh", "-c", "exit 0"])
"""

_BY_AUDITING = """
sys.addaudithook(lambda event, words: door.tell("returned") if event == "os.fork" else None)
os.fork() or os._exit(0)
os._exit(0)
"""

CLAIMING = (
    _DOOR
    + """
tell = type(door).tell
def says(self, kind, content=None):
    tell(self, kind, {**content, **MORE} if kind == "claims" else content)
type(door).tell = says
MORE = """
)
"""What adds to the claims, after a true return, what the code after it says."""

FORGING = {
    "walks_frames": _DOOR + _SAYS,
    "walks_objects": _BY_GC + _SAYS,
    "writes_everywhere": _ON_EVERY_DESCRIPTOR,
    "from_a_thread": _DOOR + _FROM_A_THREAD,
    "at_exit": _DOOR + _AT_EXIT,
    "takes_over": _DOOR + _TAKES_OVER,
    "by_the_hook": _DOOR + _BY_THE_HOOK,
    "by_tracing": _DOOR + _BY_TRACING,
    "becomes_another": _DOOR + _BY_THE_PLACE_OF_ANOTHER,
    "by_auditing": _DOOR + _BY_AUDITING,
}
"""The code of each, by the name of the module; none of them imports where the probe is not."""
