"""Count how often a running process makes the disk keep what it wrote: `fsync` and `fdatasync`.

The kernel lets a process be watched at every system call (`ptrace`, as `strace` uses it), so
neither a compiler nor a program beside Python is needed. Linux on x86-64 and ARM.
"""

import ctypes
import os
import platform
import signal
import struct
from pathlib import Path
from threading import Event, Thread

ATTACH_SECONDS_MAX = 20

# See ptrace(2) and <linux/ptrace.h>; the numbers are the same on every machine.
_SEIZE, _INTERRUPT, _SYSCALL, _SYSCALL_INFO = 0x4206, 0x4207, 24, 0x420E
_TRACE_CALLS, _TRACE_THREADS = 0x01, 0x08
_IS_ENTRY, _IS_EXIT = 1, 2
_CALL_STOP = signal.SIGTRAP | 0x80
_ALL_KINDS, _NOT_OF_OTHER_THREADS = 0x4000_0000, 0x2000_0000
_INFO = struct.Struct("=B3xIQQ")  # which stop it is, and three fields that are of no use here
_ENTERED = struct.Struct("=QQ")  # the call's number and its first argument
_LEFT = struct.Struct("=q")

_SYNCS = {"x86_64": {74, 75}, "aarch64": {82, 83}}

_libc = ctypes.CDLL(None, use_errno=True)
_libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
_libc.ptrace.restype = ctypes.c_long


class Syncs:
    """Syncs that a process has finished, by the file. No child of ours: we might wait for it."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._numbers = _SYNCS[platform.machine()]
        self.in_order: list[str] = []
        """The files, as they were called at that moment."""
        self._entered: dict[int, str] = {}
        self._fault: OSError | None = None
        self._is_attached = Event()
        self._thread = Thread(target=self._watch, name="syncs")

    def of(self, file: Path) -> int:
        """Count the syncs of a file. The process has not gone on since the last one counted."""
        return self.in_order.count(str(file))

    def attach(self) -> None:
        """Watch the process from now on, to its end."""
        self._thread.start()
        assert self._is_attached.wait(ATTACH_SECONDS_MAX), "the process cannot be watched"
        if self._fault is not None:
            raise self._fault

    def wait_for_end(self) -> None:
        self._thread.join()

    def _watch(self) -> None:
        """Whoever has attached must do all the rest as well: the kernel goes by the thread."""
        try:
            for task in Path(f"/proc/{self._pid}/task").iterdir():
                _ptrace(_SEIZE, int(task.name), _TRACE_CALLS | _TRACE_THREADS)
                _ptrace(_INTERRUPT, int(task.name), 0)
        except OSError as fault:
            self._fault = fault
        self._is_attached.set()
        while True:
            try:
                thread, status = os.waitpid(-1, _ALL_KINDS | _NOT_OF_OTHER_THREADS)
            except ChildProcessError:
                return  # all have ended
            if os.WIFSTOPPED(status):
                self._go_on(thread, status)

    def _go_on(self, thread: int, status: int) -> None:
        stop, is_event = os.WSTOPSIG(status), status >> 16
        if stop == _CALL_STOP:
            self._note(thread)
        passed_on = 0 if stop == _CALL_STOP or is_event else stop
        try:
            _ptrace(_SYSCALL, thread, passed_on)
        except ProcessLookupError:
            return  # killed while it stood still

    def _note(self, thread: int) -> None:
        told = ctypes.create_string_buffer(96)
        try:
            _ptrace(_SYSCALL_INFO, thread, ctypes.addressof(told), size=len(told))
        except ProcessLookupError:
            return
        where = _INFO.unpack_from(told)[0]
        if where == _IS_ENTRY:
            number, file = _ENTERED.unpack_from(told, _INFO.size)
            if number in self._numbers:
                self._entered[thread] = str(Path(f"/proc/{self._pid}/fd/{file}").readlink())
        elif where == _IS_EXIT:
            file_synced = self._entered.pop(thread, None)
            if file_synced is not None and _LEFT.unpack_from(told, _INFO.size) == (0,):
                self.in_order.append(file_synced)


def _ptrace(request: int, thread: int, value: int, *, size: int = 0) -> None:
    if _libc.ptrace(request, thread, size, value) < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"ptrace: {os.strerror(number)}")
