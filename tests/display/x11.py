# SPDX-License-Identifier: MIT
"""The little of Xlib that a test needs to find a window, type on it and close it, called in libX11 directly."""
import ctypes

KEY_PRESS, KEY_RELEASE, CLIENT_MESSAGE = 2, 3, 33


class KeyEvent(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("root", ctypes.c_ulong),
                ("subwindow", ctypes.c_ulong), ("time", ctypes.c_ulong), ("x", ctypes.c_int), ("y", ctypes.c_int),
                ("x_root", ctypes.c_int), ("y_root", ctypes.c_int), ("state", ctypes.c_uint),
                ("keycode", ctypes.c_uint), ("same_screen", ctypes.c_int)]


class ClientMessage(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ctypes.c_ulong), ("message_type", ctypes.c_ulong),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5)]


class Event(ctypes.Union):
    _fields_ = [("key", KeyEvent), ("client", ClientMessage), ("pad", ctypes.c_long * 24)]


class Display:
    def __init__(self, name):
        self.lib = ctypes.CDLL("libX11.so.6")
        self.lib.XOpenDisplay.restype = ctypes.c_void_p
        for function in ("XDefaultRootWindow", "XInternAtom"):
            getattr(self.lib, function).restype = ctypes.c_ulong
        self.connection = ctypes.c_void_p(self.lib.XOpenDisplay(name.encode()))
        assert self.connection, f"no display {name}"
        self.root = ctypes.c_ulong(self.lib.XDefaultRootWindow(self.connection))

    def windows(self):
        """(window, x, y, width, height) of everything on the screen."""
        root, parent, children, count = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
        self.lib.XQueryTree(self.connection, self.root, ctypes.byref(root), ctypes.byref(parent), ctypes.byref(children),
                            ctypes.byref(count))
        found = []
        for window in children[:count.value]:
            x, y, border, depth = ctypes.c_int(), ctypes.c_int(), ctypes.c_uint(), ctypes.c_uint()
            width, height = ctypes.c_uint(), ctypes.c_uint()
            self.lib.XGetGeometry(self.connection, ctypes.c_ulong(window), ctypes.byref(root), ctypes.byref(x), ctypes.byref(y),
                                  ctypes.byref(width), ctypes.byref(height), ctypes.byref(border), ctypes.byref(depth))
            found.append((window, x.value, y.value, width.value, height.value))
        return found

    def send(self, window, event):
        self.lib.XSendEvent(self.connection, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(event))
        self.lib.XFlush(self.connection)

    def key(self, window, keysym, pressed):
        code = self.lib.XKeysymToKeycode(self.connection, ctypes.c_ulong(keysym))
        self.send(window, Event(key=KeyEvent(type=KEY_PRESS if pressed else KEY_RELEASE, display=self.connection,
                                             window=window, root=self.root, keycode=code & 255, same_screen=1)))

    def close(self, window):
        protocols = self.lib.XInternAtom(self.connection, b"WM_PROTOCOLS", 0)
        delete = self.lib.XInternAtom(self.connection, b"WM_DELETE_WINDOW", 0)
        event = Event(client=ClientMessage(type=CLIENT_MESSAGE, display=self.connection, window=window,
                                           message_type=protocols, format=32))
        event.client.data[0] = delete
        self.send(window, event)
