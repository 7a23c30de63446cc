"""The server's own key pair: made once, kept in the state folder, shown to its owner alone."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from ltx_widgets.errors import ConfigError
from ltx_widgets.signing import SigningKey

__all__ = ["KeyFile"]


class KeyFile:
    """A signing key on disk. Made at its first use: most servers never sign anything.

    Args:
        path: Its file, 32 bytes with mode 0600. One process uses it, see `FolderLock`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._key: SigningKey | None = None
        self._making = threading.Lock()

    def load(self) -> SigningKey:
        """The key; the same one in every process that comes after. Reads the disk once.

        Raises:
            ConfigError: the file is there and holds none.
        """
        with self._making:
            if self._key is None:
                try:
                    self._key = SigningKey(self._bytes())
                except ConfigError as error:
                    raise ConfigError(
                        f"{self._path} is no signing key of ours ({error}); move it away, and a "
                        "new one is made"
                    ) from None
            return self._key

    def _bytes(self) -> bytes:
        try:
            return self._path.read_bytes()
        except FileNotFoundError:
            return self._make()

    def _make(self) -> bytes:
        raw = SigningKey.new()
        draft = self._path.with_name(f"{self._path.name}.part")
        draft.unlink(missing_ok=True)
        # The mode is given at creation: a chmod afterwards would leave a moment to read it.
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            # Before its name is there: a power cut must not leave a name without bytes.
            os.fsync(file.fileno())
        draft.replace(self._path)
        return raw
