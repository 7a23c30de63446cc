"""Forms and live panels for notebooks. The only part that imports ipywidgets."""

from ltx_widgets.widgets.form import Form, TextToVideo
from ltx_widgets.widgets.job_view import JobPanel, job_panel

__all__ = ["Form", "JobPanel", "TextToVideo", "job_panel"]
