"""A request as code and back, for every endpoint; code that is pasted is never run."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ltx_widgets.errors import InvalidRequest
from ltx_widgets.schema import ENDPOINTS, SHORT_NAMES, describe, find_endpoint, read_request
from ltx_widgets.snippets import looks_like_code, read_snippet, write_call, write_cell

FAST = "fal-ai/ltx-2.3/text-to-video/fast"
ADDRESS = "https://example.com/a%20b.png?of='me'"


@st.composite
def requests(draw, row):
    """Any valid request of an endpoint, and Python text for its media."""
    fields, media = {}, {}
    for spec in describe(row.model):
        if not spec.required and draw(st.booleans()):
            continue
        if spec.media:
            fields[spec.name] = ADDRESS
            media[spec.name] = draw(st.sampled_from([f'"{ADDRESS}"', "clip", None]))
        elif spec.kind == "text":
            fields[spec.name] = draw(st.text(min_size=1, max_size=60).map(str.strip))
            assume(fields[spec.name])
        elif spec.kind == "choice":
            fields[spec.name] = draw(st.sampled_from(spec.choices))
        elif spec.kind == "flag":
            fields[spec.name] = draw(st.booleans())
        else:
            fields[spec.name] = draw(st.floats(spec.minimum, spec.maximum))
    try:
        return read_request(row.model, fields), media
    except InvalidRequest:
        assume(condition=False)


def again(row, request, media, code):
    """The request that the code asks for, media put back in."""
    snippet = read_snippet(code)
    assert find_endpoint(snippet.endpoint).id == row.id
    named = {SHORT_NAMES.get(name, name): value for name, value in snippet.fields.items()}
    for name, text in media.items():
        short = name.removesuffix("_url")
        assert named[name] == (text or short).strip('"')
        named[name] = ADDRESS
    return read_request(row.model, named)


@pytest.mark.parametrize("row", ENDPOINTS.values(), ids=lambda row: row.id)
@given(data=st.data())
def test_any_request_comes_back(row, data):
    """From a call and from a cell; a prompt that no cell can hold has none."""
    request, media = data.draw(requests(row))

    assert again(row, request, media, write_call(row, request, media)) == request
    cell = write_cell(row, request, media)
    if cell:
        assert again(row, request, media, cell) == request
    else:
        assert "#" in request.prompt or len(request.prompt.splitlines()) > 1


def test_only_what_is_chosen_is_written():
    """Defaults are left out, and an endpoint that goes without saying."""
    row = find_endpoint("ltx-2.3/text-to-video")
    request = read_request(row.model, {"prompt": 'a "red" fox', "duration": 8})

    assert write_cell(row, request, {}) == '%%ltx --duration=8\na "red" fox'
    assert write_call(row, request, {}).endswith('clip = ltx.run("a \\"red\\" fox", duration=8)')


def test_a_video_says_what_to_do_with_it():
    """Numbers are plain, the endpoint is named, a variable stands where no text can."""
    row = find_endpoint("ltx-2.3/extend-video")
    request = read_request(row.model, {"video_url": ADDRESS, "duration": 4.0, "context": 1.5})

    assert write_cell(row, request, {"video_url": None}) == (
        "%%ltx -e ltx-2.3/extend-video --video=video --duration=4 --context=1.5\n# extend-video"
    )


PASTED = {
    "cell": f"%%ltx -e {FAST} --duration 8 --no-audio\na red fox",
    "run": f"""import ltx_widgets as ltx
clip = ltx.run("a red fox", endpoint="{FAST}", duration=8,
    generate_audio=False)""",
    "submit": f"""ltx_widgets.submit(
    prompt="a red fox", endpoint="{FAST}", **{{"duration": 8}}, generate_audio=False)""",
    "form": f'ltx.TextToVideo("{FAST}", prompt="a red fox", duration=8, generate_audio=False)',
    "python": f"""import fal_client
result = fal_client.subscribe("{FAST}", arguments={{
    "prompt": "a red fox", "duration": 8, "generate_audio": False
}}, with_logs=True, on_queue_update=print)""",
    "javascript": f"""const result = await fal.subscribe("{FAST}", {{
  input: {{ prompt: 'a red fox', // it runs
    duration: 8, generate_audio: false, }},
  logs: true, onQueueUpdate: (update) => {{ go(); }} }});""",
}


@pytest.mark.parametrize("code", PASTED.values(), ids=list(PASTED))
def test_code_of_others_is_read_as_well(code):
    """The magic, calls, forms, and the examples on fal's pages in Python and JavaScript."""
    snippet = read_snippet(code)

    assert looks_like_code(code)
    assert snippet.endpoint == FAST
    assert read_request(find_endpoint(FAST).model, snippet.fields).body() == {
        "prompt": "a red fox",
        "duration": 8,
        "resolution": "1080p",
        "aspect_ratio": "16:9",
        "fps": 25,
        "generate_audio": False,
    }


def test_a_request_may_be_json():
    """As fal's pages print it; which endpoint it is for, it does not say."""
    snippet = read_snippet('{"prompt": "a \\u00e9 \\"fox\\"", "fps": 25}')

    assert snippet.endpoint is None
    assert snippet.fields == {"prompt": 'a é "fox"', "fps": 25}


@pytest.mark.parametrize(
    "code",
    [
        'ltx.run(open("/etc/passwd").read())',
        'ltx.run("a fox", duration=__import__("os").getpid())',
        '__import__("os").system("false")',
        "a red fox runs",
        "{" * 5000,
        "(" * 5000,
        "{prompt: `${secret}`}",
        '%%ltx --image "open\na fox',
        "%%ltx --frames 5\na fox",
        "x" * 100_001,
        "",
    ],
)
def test_anything_else_is_refused_and_never_run(code):
    """An error that says what was expected."""
    with pytest.raises(InvalidRequest):
        read_snippet(code)


@given(st.text(max_size=200) | st.text('{}[]():,"ltx.run%\n ', max_size=60))
def test_no_text_breaks_the_reader(text):
    """Whatever is pasted: a snippet, or a refusal."""
    with suppress(InvalidRequest):
        read_snippet(text)


@pytest.mark.parametrize("prompt", ["a red fox runs", "Import duties. A fal guy runs."])
def test_a_prompt_is_no_code(prompt):
    """Nobody is asked about a sentence."""
    assert not looks_like_code(prompt)
