"""A display, a session bus and a keychain of its own, and a program on them: with a driver that reads its page, or without one."""

import ctypes
import json
import mmap
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from speed import free_port

#: Starts nothing by itself: only what the desk put there answers.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"""
#: A picture counts as drawn when so much of it is as it was before. Not more: text is not always smoothed alike, and says how
#: long ago a run was. Before the overview is there a seventh of it is.
DRAWN = 0.6
#: The bytes of a piece of a line: 64 pixels.
TILE = 256
#: The key by which WebDriver marks an element in JSON.
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Desk:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="sluice-window-"))
        self.processes = []
        for part in ("home", "run", "data", "screen"):
            (self.folder / part).mkdir(mode=0o700)
        home = self.folder / "home"
        self.env = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ} | {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "LANG": "C.UTF-8",
            "TZ": "Europe/Berlin",
            "SLUICE_HOME": str(self.folder / "data"),
        }
        self.log = open(self.folder / "log", "wb")
        try:
            screen = ["-displayfd", "1", "-screen", "0", "1280x820x24", "-nolisten", "tcp", "-fbdir", self.folder / "screen"]
            self.env["DISPLAY"] = ":" + self.first_line("Xvfb", *screen)
            (self.folder / "bus.xml").write_text(BUS)
            bus = ["--nofork", "--print-address=1", f"--config-file={self.folder / 'bus.xml'}"]
            self.env["DBUS_SESSION_BUS_ADDRESS"] = self.first_line("dbus-daemon", *bus)
            keyring = self.start(["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"], stdin=subprocess.PIPE)
            keyring.stdin.write(b"bench")
            keyring.stdin.close()
            self.screen = Screen(self.folder / "screen/Xvfb_screen0")
        except BaseException:
            self.close()
            raise

    def start(self, command, **how):
        how = {"stdin": subprocess.DEVNULL, "stdout": self.log, "stderr": self.log} | how
        # Ended from outside, it takes them along.
        command = ["setpriv", "--pdeathsig", "KILL", *map(str, command)]
        process = subprocess.Popen(command, start_new_session=True, env=how.pop("env", self.env), **how)
        self.processes.append(process)
        return process

    def first_line(self, *command):
        line = self.start(command, stdout=subprocess.PIPE).stdout.readline().decode().strip()
        return line or sys_exit(f"{command[0]} did not start")

    def end(self, process):
        """As logging out does; whoever does not end by itself is ended."""
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            pass
        self.kill(process)

    def kill(self, process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        self.processes.remove(process)

    def close(self):
        for process in reversed(self.processes[:]):
            self.kill(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def close_window(self, title):
        """Does what the cross in the frame of the window with this title does."""
        x11 = ctypes.CDLL("libX11.so.6")
        for function in ("XOpenDisplay", "XDefaultRootWindow", "XInternAtom"):
            getattr(x11, function).restype = ctypes.c_ulong
        display = ctypes.c_void_p(x11.XOpenDisplay(self.env["DISPLAY"].encode()))
        protocols, delete = (x11.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW"))
        root, count, windows = ctypes.c_ulong(x11.XDefaultRootWindow(display)), ctypes.c_uint(), ctypes.POINTER(ctypes.c_ulong)()
        nobody = ctypes.byref(ctypes.c_ulong())
        x11.XQueryTree(display, root, nobody, nobody, ctypes.byref(windows), ctypes.byref(count))
        for window in windows[: count.value]:
            name = ctypes.c_char_p()
            x11.XFetchName(display, ctypes.c_ulong(window), ctypes.byref(name))
            if name.value == title.encode():
                # An XClientMessageEvent, in the room of an XEvent.
                event = struct.pack("iLiPLLi5l", 33, 0, 1, 0, window, protocols, 32, delete, 0, 0, 0, 0).ljust(192, b"\0")
                x11.XSendEvent(display, ctypes.c_ulong(window), 0, ctypes.c_long(0), event)
        x11.XCloseDisplay(display)


def sys_exit(why):
    raise SystemExit(why)


class Screen:
    """The display's memory, which is a file: what is seen is known without asking anybody."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.memory = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        header = struct.unpack(">25I", self.memory[:100])
        self.begin, lines, line = header[0] + 12 * header[19], header[5], header[12]
        self.end = self.begin + lines * line
        self.places = [place for at in range(self.begin, self.end, 4 * line) for place in range(at, at + line - TILE + 1, TILE)]

    def at_rest(self, still, patience=120.0):
        """What makes up the picture that stays `still` seconds: pieces of lines in more than one colour. A window without a page has none."""
        began = since = time.monotonic()
        last = None
        while time.monotonic() < began + patience:
            time.sleep(0.1)
            if (now := self.memory[self.begin : self.end]) != last:
                since, last = time.monotonic(), now
            if time.monotonic() < since + still:
                continue
            pieces = {place: self.memory[place : place + TILE] for place in self.places}
            drawn = {place: piece for place, piece in pieces.items() if piece != piece[:4] * (TILE // 4)}
            if len(drawn) > len(pieces) / 50:
                return drawn
        return sys_exit("the window was not drawn, or never came to rest")

    def drawn(self, since, picture, patience=120.0):
        """Seconds from `since` until the picture is there."""
        same = 0
        while time.monotonic() < since + patience:
            same = sum(self.memory[place : place + TILE] == piece for place, piece in picture.items()) / len(picture)
            if same >= DRAWN:
                return time.monotonic() - since
            time.sleep(0.005)
        return sys_exit(f"the window was not drawn: {same:.0%} of it is as it was before")


class Tree:
    """A process and everything it started."""

    def __init__(self, pid):
        self.pid = pid

    def members(self):
        found = [self.pid]
        for pid in found:
            for children in Path(f"/proc/{pid}/task").glob("*/children"):
                found.extend(map(int, read(children).split()))
        return found

    def memory(self):
        """Megabytes, what is shared counted in parts (PSS), by program."""
        sizes = {}
        for pid in self.members():
            pss = [line.split()[1] for line in read(f"/proc/{pid}/smaps_rollup").splitlines() if line.startswith("Pss:")]
            name = read(f"/proc/{pid}/comm").strip()
            sizes[name] = sizes.get(name, 0) + sum(map(int, pss)) / 1024
        return sizes

    def processor(self):
        """Seconds of processor time so far."""
        stats = [read(f"/proc/{pid}/stat").rpartition(") ")[2].split() for pid in self.members()]
        return sum(int(stat[11]) + int(stat[12]) for stat in stats if stat) / os.sysconf("SC_CLK_TCK")


def read(path):
    """A file of /proc; nothing where its process has ended."""
    try:
        return Path(path).read_text()
    except OSError:
        return ""


class Page:
    """The page of a program, started through WebKitWebDriver."""

    def __init__(self, desk, program, env=None):
        self.desk, port = desk, free_port()
        env = desk.env | {"TAURI_WEBVIEW_AUTOMATION": "true"} | (env or {})
        self.driver = desk.start(["WebKitWebDriver", f"--port={port}", "--host=127.0.0.1"], env=env)
        self.base = f"http://127.0.0.1:{port}"
        self.until("the driver answers", lambda: self.call("GET", "/status"))
        wanted = {"webkitgtk:browserOptions": {"binary": str(program), "args": []}}
        session = self.call("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self.base += f"/session/{session['sessionId']}"
        self.call("POST", "/timeouts", {"script": 300_000})
        self.wait("main, [role=main]")

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.base + path, method=method, data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=400) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise OSError(error.read().decode()) from error

    def until(self, what, ask, patience=90.0):
        deadline, why = time.monotonic() + patience, ""
        while time.monotonic() < deadline:
            try:
                if answer := ask():
                    return answer
            except OSError as error:
                why = str(error)
            time.sleep(0.04)
        sys_exit(f"{what}: not within {patience:.0f} s. {why}")

    def script(self, script, *arguments):
        """Runs a script whose last argument takes the answer."""
        return self.call("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def holds(self, condition):
        return self.call("POST", "/execute/sync", {"script": f"return Boolean({condition})", "args": []})

    def wait(self, css):
        self.until(f"{css} is on the page", lambda: self.holds(f"document.querySelector({json.dumps(css)})"))

    def ask(self, command, value=None):
        """A command of the product, as the page asks it."""
        answer = self.script(
            "const [command, input, done] = arguments; window.__TAURI_INTERNALS__.invoke('rpc', { command, input })"
            ".then((answer) => done({ answer }), (problem) => done({ problem }))", command, value
        )
        return sys_exit(f"{command}: {answer['problem']}") if "problem" in answer else answer["answer"]

    def click(self, css):
        def act():
            element = self.call("POST", "/element", {"using": "css selector", "value": css})[ELEMENT]
            return self.call("POST", f"/element/{element}/click", {}) is None

        self.until(f"{css} can be clicked", act)

    def press(self, *keys):
        """Presses the keys together, and lets them go."""
        presses = [{"type": "keyDown", "value": key} for key in keys] + [{"type": "keyUp", "value": key} for key in reversed(keys)]
        self.call("POST", "/actions", {"actions": [{"type": "key", "id": "keys", "actions": presses}]})

    def type(self, text):
        for key in text:
            self.press(key)

    def close(self):
        [program] = map(int, read(f"/proc/{self.driver.pid}/task/{self.driver.pid}/children").split())
        os.kill(program, signal.SIGTERM)
        self.until("the program ends", lambda: read(f"/proc/{program}/stat").rpartition(") ")[2][:1] in ("", "Z"))
        self.desk.kill(self.driver)
