"""Forms and live panels for notebooks. The only part that imports ipywidgets."""

from ltx_widgets.widgets.form import Form
from ltx_widgets.widgets.gallery import Gallery
from ltx_widgets.widgets.job_board import JobBoard
from ltx_widgets.widgets.job_view import JobPanel, job_panel
from ltx_widgets.widgets.player import Player
from ltx_widgets.widgets.studio import Studio
from ltx_widgets.widgets.tasks import (
    AudioToVideo,
    ExtendVideo,
    ImageToVideo,
    Reframe,
    RetakeVideo,
    TextToVideo,
    form_for,
)

__all__ = [
    "AudioToVideo",
    "ExtendVideo",
    "Form",
    "Gallery",
    "ImageToVideo",
    "JobBoard",
    "JobPanel",
    "Player",
    "Reframe",
    "RetakeVideo",
    "Studio",
    "TextToVideo",
    "form_for",
    "job_panel",
]
