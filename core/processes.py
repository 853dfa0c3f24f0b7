"""Which file belongs to a running process, told by its name."""

import os
import platform
import re
import zlib
from pathlib import Path

import psutil

_OWNER = re.compile(r"(\d+)-(\d+)(?:\.|$)")
# A process's start time follows the clock when that is set, so it may be off a little.
_TOLERANCE_MS = 2000


def owner() -> str:
    """Return what the names of this process's files begin with: no other process has the same."""
    return f"{os.getpid()}-{_started_ms(psutil.Process())}"


def machine() -> str:
    """Return eight letters for this machine, as processes of others can't be told dead or alive."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def is_orphan(file: Path) -> bool:
    """Tell whether a file is named after a process that is no longer running."""
    match = _OWNER.match(file.name)
    if match is None:
        return False
    pid, started = int(match[1]), int(match[2])
    try:
        process = psutil.Process(pid)
        # A killed process stays in the table until its parent asks how it ended.
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return abs(_started_ms(process) - started) > _TOLERANCE_MS
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False


def _started_ms(process: psutil.Process) -> int:
    return round(process.create_time() * 1000)
