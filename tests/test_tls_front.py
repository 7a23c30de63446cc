"""The front that other tests stand on."""

import asyncio
import json
import ssl
import subprocess
import sys

import httpx
import pytest
from scripted import Answer, Scripted
from tls_front import TlsFront

ASK = """
import httpx, sys
with httpx.Client() as http:
    reply = http.post(sys.argv[1], json={"a": 1}, headers={"Authorization": "Key k"})
print(reply.text)
"""


def test_a_process_reaches_the_plain_server_by_its_environment_alone(tmp_path):
    """The request arrives whole, under the name that was asked."""

    async def scenario():
        async with Scripted() as fal:
            fal.on("/x", lambda asked: Answer(200, {**asked.headers, "body": str(asked.body)}))
            port = int(fal.url.rpartition(":")[2])
            with TlsFront(tmp_path, {"queue.fal.run": port}) as front:
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-c", ASK, "https://queue.fal.run/x"),
                    env=front.environ,
                    stdout=subprocess.PIPE,
                )
                said, _ = await process.communicate()
        return front, json.loads(said)

    front, said = asyncio.run(scenario())

    assert said["host"] == "queue.fal.run"
    assert said["x-forwarded-proto"] == "https"
    assert said["body"] == """b'{"a":1}'"""
    assert front.opened == ["queue.fal.run:443"]
    assert "authorization: key k" in front.heads[0].lower()


def test_other_names_are_refused_and_noted(tmp_path):
    """Nothing leaves the computer by mistake."""
    with TlsFront(tmp_path, {"queue.fal.run": 1}) as front:
        context = ssl.create_default_context(cafile=front.ca)
        proxy = front.environ["HTTPS_PROXY"]
        with (
            httpx.Client(proxy=proxy, verify=context, trust_env=False) as http,
            pytest.raises(httpx.ProxyError),
        ):
            http.get("https://evil.example/")

    assert front.opened == ["evil.example:443"]
