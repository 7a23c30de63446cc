"""What a person finds on the page: buttons, controls and texts of a widget, by what they say."""

import time


def parts(widget):
    """A widget and everything in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def find(widget, text):
    """The button or control of that text."""
    return next(part for part in parts(widget) if getattr(part, "description", "") == text)


def labels(widget):
    """What its buttons and controls are called."""
    return [getattr(part, "description", "") for part in parts(widget)]


def texts(widget):
    """Everything that is written in it, as HTML, without the style sheet."""
    told = [part.value for part in parts(widget) if type(part).__name__ == "HTML"]
    return "\n".join(text for text in told if not text.startswith("<style>"))


def wait_until(holds, timeout_s=15):
    """Look again and again until it holds."""
    deadline = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {timeout_s} s"
        time.sleep(0.02)
