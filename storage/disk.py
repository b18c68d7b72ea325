"""What has to be on the disk before anything else happens."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """What was written to a file, or renamed in a folder, is on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
