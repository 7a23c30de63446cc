"""What the forms cost: building all of them against the same fields as bare ipywidgets.

"Bare" is the least that shows the same: one control for each field, an upload for each medium, the
list of models, a Generate button, in a box. A form has rules, prices, help, advice, drop and paste,
code and live jobs on top. Both are built in turn, in one process; the medians are compared.

Then what they weigh in a saved notebook: a form's widget state, and a clip's output.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import tempfile
import time
from pathlib import Path

import ipywidgets as w
from ipywidgets.embed import embed_data

from ltx_widgets.schema import ENDPOINTS, describe
from ltx_widgets.server.local import stop_server
from ltx_widgets.session import Session, configure
from ltx_widgets.widgets.tasks import form_for

ROUNDS = 9


def bare(row):
    """The fields of an endpoint, with no thought given to them."""
    parts = [w.Dropdown(description="Model", options=list(ENDPOINTS), value=row.id)]
    for spec in describe(row.model):
        named = {"description": spec.title, "tooltip": spec.help}
        match spec.kind:
            case "text":
                parts.append(w.Textarea(**named, rows=4))
            case "choice":
                parts.append(w.Dropdown(**named, options=spec.choices, value=spec.default))
            case "flag":
                parts.append(w.Checkbox(**named, value=spec.default))
            case "number":
                parts.append(w.Text(**named, value=str(spec.default or "")))
            case "media":
                parts += [w.Text(**named), w.FileUpload(accept=f"{spec.media}/*")]
    return w.VBox([*parts, w.Button(description="Generate")])


def form(row):
    return form_for(row.id)


def seconds(make) -> float:
    """Of the processor, so that what else this computer does counts for neither side."""
    w.Widget.close_all()
    gc.collect()
    began = time.process_time()
    for row in ENDPOINTS.values():
        make(row)
    return time.process_time() - began


def saved_bytes(make, row) -> int:
    """Of the widget state that a notebook keeps."""
    w.Widget.close_all()
    return len(json.dumps(embed_data(views=[make(row)])["manager_state"]))


def clip_bytes(session) -> int:
    """Of the output of a clip with the endpoint's defaults."""
    clip = session.run("a red fox runs through falling snow at dawn, slow pan left")
    return len(json.dumps(clip._repr_mimebundle_()))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LTX_WIDGETS_HOME"] = folder
        session: Session = configure(server="local")
        for make in (bare, form):
            seconds(make)  # imports, caches
        times = [(seconds(form), seconds(bare)) for _ in range(ROUNDS)]
        ours, theirs = (statistics.median(side) for side in zip(*times, strict=True))
        print(f"{len(ENDPOINTS)} forms {1000 * ours:.0f} ms, bare {1000 * theirs:.0f} ms")
        largest = max(saved_bytes(form, row) for row in ENDPOINTS.values())
        print(f"form_bytes {largest}")
        try:
            print(f"clip_bytes {clip_bytes(session)}")
        finally:
            session.close()
            stop_server(Path(folder, "server"))
    print(f"RATIO forms {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
