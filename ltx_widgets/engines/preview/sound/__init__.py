"""Sound for the preview engine: noise beds, a chord pad and sparse events, from the storyboard."""

from ltx_widgets.engines.preview.sound.mix import SOUNDS, sound_track

__all__ = ["SOUNDS", "sound_track"]
