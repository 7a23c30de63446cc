"""The command ``ltx-widgets``: the same job as in a notebook, without a screen.

::

    ltx-widgets run "a red fox runs through falling snow at dawn, slow pan left" -o clip.mp4
    ltx-widgets run "…" --duration 8 --resolution 1440p --no-audio --dry-run
    ltx-widgets serve          # the local server by hand
    ltx-widgets recipe clip.mp4    # what a clip was made from, as its file tells it
    ltx-widgets endpoints | jobs | stop
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Self, TextIO

from ltx_widgets.clip import Clip
from ltx_widgets.errors import LTXError, MediaError
from ltx_widgets.job import Job, Snapshot
from ltx_widgets.opening import recipe_of
from ltx_widgets.options import LineParser, add_field_options, field_values, read_endpoint
from ltx_widgets.schema import ENDPOINTS, PRICES, Endpoint
from ltx_widgets.session import Session
from ltx_widgets.wire import LogLine, read_progress

__all__ = ["main"]

_INTERRUPTED = 130
_UNREAD = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == ["serve"]:
        from ltx_widgets.server.run import main as serve

        return int(serve(words[1:]))
    try:
        options, endpoint = _parse(words)
        code = int(options.act(options, endpoint))
        # What is still held back is written here, where it can be told that nobody reads it.
        sys.stdout.flush()
    except LTXError as error:
        print(f"ltx-widgets: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("ltx-widgets: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except BrokenPipeError:
        # Who read our output, such as `head`, has enough; Python would complain of it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _UNREAD
    return code


def _parse(words: list[str]) -> tuple[Namespace, Endpoint]:
    endpoint = read_endpoint(words)
    parser = LineParser(prog="ltx-widgets", description="LTX-2 clips from the command line.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=LineParser)
    run = commands.add_parser("run", help="make one clip", allow_abbrev=False)
    run.add_argument("prompt", nargs="?", help="what the clip should show")
    run.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to put the mp4")
    run.add_argument("--dry-run", action="store_true", help="show the request and its price only")
    add_field_options(run, endpoint)
    _add_place(run)
    run.set_defaults(act=_run)
    recipe = commands.add_parser("recipe", help="tell what a clip was made from")
    recipe.add_argument("file", type=Path, metavar="FILE", help="an mp4")
    recipe.set_defaults(act=_tell_recipe)
    for name, act, text in (
        ("endpoints", _list_endpoints, "list the endpoints and their prices"),
        ("jobs", _list_jobs, "list the newest jobs of every notebook"),
        ("stop", _stop, "end the embedded local server"),
    ):
        commands.add_parser(name, help=text).set_defaults(act=act)
    # Listed for its help text; `main` hands it to the server before anything is parsed.
    commands.add_parser("serve", help="run the local server by hand", add_help=False)
    return parser.parse_args(words), endpoint


def _add_place(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--server",
        metavar="URL",
        help='your own server, or "local" for the embedded one (default: fal if FAL_KEY is set)',
    )
    parser.add_argument(
        "--proxy",
        metavar="URL",
        help="somebody's proxy to hosted fal; your password for it is in LTX_PROXY_KEY",
    )


def _run(options: Namespace, endpoint: Endpoint) -> int:
    session = Session(server=options.server, proxy=options.proxy)
    draft = session.request(
        options.prompt or None, endpoint=endpoint.id, **field_values(options, endpoint)
    )
    price = session.estimate(draft)
    print(f"to     {session.target.label}")
    print(f"job    {draft.endpoint.id}, {price or 'free'}")
    if options.dry_run:
        print(json.dumps(draft.told(), indent=2, ensure_ascii=False))
        return 0
    if options.output is not None and not options.output.resolve().parent.is_dir():
        raise MediaError(f"no such folder: {options.output.parent}")
    job = session.send(draft)
    try:
        with TerminalView(job, sys.stdout):
            clip = job.result()
    except KeyboardInterrupt as interrupt:
        print(f"ltx-widgets: {job.interrupted(interrupt)}", file=sys.stderr)
        return _INTERRUPTED
    _put_in_place(clip, options.output)
    session.close()
    return 0


def _put_in_place(clip: Clip, output: Path | None) -> None:
    path = clip.path if output is None else clip.save(output)
    print(f"clip   {path}: {clip.summary}")
    for note in clip.notes:
        print(f"       {note}")


def _tell_recipe(options: Namespace, _: Endpoint) -> int:
    recipe = recipe_of(options.file)
    if recipe is None:
        raise MediaError(f"{options.file.name} carries no recipe")
    print(json.dumps(recipe.as_json(), indent=2, ensure_ascii=False))
    return 0


def _list_endpoints(_: Namespace, __: Endpoint) -> int:
    for row in ENDPOINTS.values():
        rates = PRICES[row.id][-1].per_second
        price = ", ".join(f"{key} ${usd}/s".strip() for key, usd in rates.items())
        print(f"{row.id:38} {row.state:8} {price}")
    return 0


def _list_jobs(_: Namespace, __: Endpoint) -> int:
    for run in Session(server="local").jobs():
        prompt = " ".join(str(run.request.get("prompt", "")).split())
        when = run.started.astimezone().strftime("%Y-%m-%d %H:%M")
        print(f"{run.id[:8]:8}  {when}  {run.state:9}  {prompt[:60]}")
    return 0


def _stop(_: Namespace, __: Endpoint) -> int:
    from ltx_widgets.server.local import stop_server

    stopped = stop_server(Session(server="local").folder / "server")
    print("the local server has ended" if stopped else "no local server is running")
    return 0


class TerminalView:
    """Log lines as they come, and under them one line with a progress bar.

    Without a terminal the bar's line is printed at each tenth of the way instead of being redrawn.
    """

    _EVERY_S = 0.2

    def __init__(self, job: Job, out: TextIO) -> None:
        self._job = job
        self._out = out
        self._live = out.isatty()
        self._printed: LogLine | None = None
        self._tenth = 0
        self._stopped = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Self:
        self._ticker.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._ticker.join()
        self._show()
        if self._live:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def _tick(self) -> None:
        while not self._stopped.wait(self._EVERY_S):
            self._show()

    def _show(self) -> None:
        now = self._job.snapshot()
        for line in self._new_lines(now):
            self._print(f"log    {line.message}")
            self._printed = line
        if self._live:
            self._out.write(f"\r\x1b[K{_bar(now)}")
            self._out.flush()
        elif now.progress is not None and int(now.progress * 10) > self._tenth:
            self._tenth = int(now.progress * 10)
            self._print(_bar(now))

    def _new_lines(self, now: Snapshot) -> list[LogLine]:
        lines = [line for line in now.logs if read_progress(line.message) is None]
        for back, line in enumerate(reversed(lines)):
            # By identity: a job may say the same words twice. And not by number: a snapshot
            # holds the newest lines only.
            if line is self._printed:
                return lines[len(lines) - back :]
        return lines

    def _print(self, text: str) -> None:
        self._out.write(f"\r\x1b[K{text}\n" if self._live else f"{text}\n")
        self._out.flush()


def _bar(now: Snapshot) -> str:
    width = min(40, shutil.get_terminal_size().columns - 40)
    if now.progress is None:
        ahead = f", {now.position} ahead" if now.position else ""
        return f"{now.phase}{ahead}  {now.elapsed_s:.0f} s"
    full = round(now.progress * width)
    left = "" if now.remaining_s is None else f", {now.remaining_s:.0f} s left"
    bar = f"[{'#' * full}{'.' * (width - full)}]"
    return f"{now.phase:8} {bar} {now.progress:4.0%}  {now.elapsed_s:.0f} s{left}"


if __name__ == "__main__":
    raise SystemExit(main())
