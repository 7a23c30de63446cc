"""fal's own Python client, unmodified, as a program for `LineCaller`: ``fal_python.py sync|async``.

Each call is written once: what the synchronous client returns is taken as it is, what the
asynchronous one returns is awaited.
"""

import asyncio
import dataclasses
import inspect
import json
import sys
import traceback
from pathlib import Path

import fal_client
from PIL import Image

KINDS = {"sync": fal_client.SyncClient, "async": fal_client.AsyncClient}
OFTEN = 0.02


class Calls:
    """What a test may ask for. Handles are named by their request's id."""

    def __init__(self, client):
        self.client = client
        self.handles = {}

    async def submit(self, endpoint, arguments, **options):
        handle = await _settled(self.client.submit(endpoint, arguments, **options))
        self.handles[handle.request_id] = handle
        return dataclasses.asdict(dataclasses.replace(handle, client=None))

    async def handle_status(self, request_id, **options):
        return _facts(await _settled(self.handles[request_id].status(**options)))

    async def handle_events(self, request_id, **options):
        events = self.handles[request_id].iter_events(interval=OFTEN, **options)
        return [_facts(event) async for event in _each(events)]

    async def handle_get(self, request_id):
        return await _settled(self.handles[request_id].get(interval=OFTEN))

    async def handle_cancel(self, request_id):
        await _settled(self.handles[request_id].cancel())

    async def status(self, endpoint, request_id, **options):
        return _facts(await _settled(self.client.status(endpoint, request_id, **options)))

    async def result(self, endpoint, request_id):
        return await _settled(self.client.result(endpoint, request_id))

    async def cancel(self, endpoint, request_id):
        await _settled(self.client.cancel(endpoint, request_id))

    async def subscribe(self, endpoint, arguments, **options):
        seen, enqueued = [], []
        result = await _settled(
            self.client.subscribe(
                endpoint,
                arguments,
                interval=OFTEN,
                on_enqueue=enqueued.append,
                on_queue_update=seen.append,
                **options,
            )
        )
        return {"result": result, "enqueued": enqueued, "seen": [_facts(each) for each in seen]}

    async def run(self, endpoint, arguments, **options):
        return await _settled(self.client.run(endpoint, arguments, **options))

    async def stream(self, endpoint, arguments):
        return [event async for event in _each(self.client.stream(endpoint, arguments))]

    async def upload(self, text, content_type, file_name=None):
        return await _settled(self.client.upload(text, content_type, file_name))

    async def upload_guarded(self, text, expires_in, access):
        lifecycle = fal_client.StorageSettings(
            expires_in=expires_in, initial_acl=fal_client.StorageACL(default=access)
        )
        return await _settled(self.client.upload(text, "text/plain", lifecycle=lifecycle))

    async def upload_file(self, path):
        return await _settled(self.client.upload_file(Path(path)))

    async def upload_image(self, width, height):
        return await _settled(self.client.upload_image(Image.new("RGB", (width, height))))


async def _settled(value):
    return await value if inspect.isawaitable(value) else value


async def _each(events):
    if hasattr(events, "__aiter__"):
        async for event in events:
            yield event
    else:
        for event in events:
            yield event


def _facts(status):
    return {"is": type(status).__name__, **dataclasses.asdict(status)}


def _raised(error):
    facts = {"kind": type(error).__name__, "text": str(error), "trace": traceback.format_exc()}
    for name in ("message", "status_code", "error_type", "response_headers", "request_id"):
        if hasattr(error, name):
            facts[name] = getattr(error, name)
    return facts


async def _answer(calls, asked):
    try:
        return {"returned": await getattr(calls, asked["call"])(**asked["given"])}
    except Exception as error:  # noqa: BLE001 - the test decides what it makes of it
        return {"raised": _raised(error)}


async def _main(kind):
    calls = Calls(KINDS[kind]())
    while line := await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(json.dumps(await _answer(calls, json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
