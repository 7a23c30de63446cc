"""Every clip ever made here: found, shown small, taken out and put back, exported."""

from ltx_widgets.library.export import Exported, export
from ltx_widgets.library.family import Kin, times_extended
from ltx_widgets.library.shelf import Library, Settings

__all__ = ["Exported", "Kin", "Library", "Settings", "export", "times_extended"]
