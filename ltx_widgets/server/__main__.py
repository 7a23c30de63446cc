"""``python -m ltx_widgets.server``."""

from __future__ import annotations

import sys

from ltx_widgets.server.run import main

if __name__ == "__main__":
    sys.exit(main())
