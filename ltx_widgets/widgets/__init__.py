"""Forms and live panels for notebooks. The only part that imports ipywidgets."""

from ltx_widgets.widgets.form import Form
from ltx_widgets.widgets.job_view import JobPanel, job_panel
from ltx_widgets.widgets.player import Player
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
    "ImageToVideo",
    "JobPanel",
    "Player",
    "Reframe",
    "RetakeVideo",
    "TextToVideo",
    "form_for",
    "job_panel",
]
