"""The form: what it asks, what it says of that, and what Generate does."""

import ipywidgets as w
import pytest
from ipywidgets.widgets import widget
from page_parts import find, parts, texts, wait_until

import ltx_widgets as ltx
from ltx_widgets import ENDPOINTS, TextToVideo, configure
from ltx_widgets.budget import Budget, today
from ltx_widgets.errors import InvalidRequest
from ltx_widgets.schema import describe
from ltx_widgets.widgets import form as forms

FAST = "fal-ai/ltx-2.3/text-to-video/fast"
OLD = "fal-ai/ltx-2/text-to-video"
READY = [row for row in ENDPOINTS.values() if row.task == "text-to-video"]


@pytest.fixture
def hosted(local, tmp_path):
    """The shared session with a key for fal; nothing is sent by these tests."""
    return configure(key="canary-key-id:canary-key-secret")


def test_it_wants_a_prompt_first(local):
    """An empty form cannot be sent, and says what is missing."""
    form = TextToVideo()

    assert find(form, "Generate").disabled
    assert "Write a prompt first" in texts(form)


def test_a_prompt_is_enough(local):
    """Every other field has a default, so that words alone make a clip."""
    form = TextToVideo()

    find(form, "Prompt").value = "a red fox"

    assert not find(form, "Generate").disabled


@pytest.mark.parametrize("row", READY, ids=lambda row: row.id)
def test_every_field_has_a_control(local, row):
    """Each field of each endpoint is there with its name, its help and its default."""
    form = TextToVideo(row.id)

    for spec in describe(row.model):
        control = find(form, spec.title)
        assert control.tooltip == spec.help
        assert control.value == (spec.default if spec.default is not None else "")


def test_it_offers_the_task_s_endpoints(local):
    """All text-to-video ids can be chosen, and those that are gone say so."""
    offered = dict(find(TextToVideo(), "Model").options)

    assert set(offered.values()) == {row.id for row in READY}
    assert [name for name in offered if "(retired)" in name] == [
        "LTX-2 pro (retired)",
        "LTX-2 fast (retired)",
    ]


def test_a_broken_rule_shows_where_it_bites(local):
    """The fields that are wrong say what they must be, and Generate says why it is off."""
    form = TextToVideo(FAST, prompt="a fox", duration=20, resolution="2160p", fps=50)

    assert find(form, "Generate").disabled
    assert "must be 1080p here" in texts(form)
    assert "must be 25 fps here" in texts(form)
    assert "Clips over 10 s come at 1080p and 25 fps only." in texts(form)


def test_one_click_sets_it_right(local):
    """The fix is a button that names what it sets."""
    form = TextToVideo(FAST, prompt="a fox", duration=20, resolution="2160p", fps=50)

    find(form, "Set 1080p and 25 fps").click()

    assert form.request | {"resolution": "1080p", "fps": 25} == form.request
    assert not find(form, "Generate").disabled
    assert "must be" not in texts(form)


def test_a_fix_names_only_what_it_changes(local):
    """Where one field is wrong, the button sets that field."""
    form = TextToVideo(FAST, prompt="a fox", duration=12, fps=24)

    assert find(form, "Set 25 fps")


def test_a_prompt_may_be_too_long(local):
    """The limit and the length are told."""
    form = TextToVideo(prompt="a fox")

    find(form, "Prompt").value = "x" * 5001

    assert "must be at most 5000 characters; this is 5001" in texts(form)


def test_the_price_follows_the_fields(hosted):
    """What is shown is the price of this very request."""
    form = TextToVideo(prompt="a fox")
    assert "<strong>$0.48</strong>" in texts(form)

    find(form, "Duration").value = 10

    assert "<strong>$0.80</strong>" in texts(form)


def test_previews_are_free(local):
    """Without a key, the form says that a preview is drawn here and costs nothing."""
    told = texts(TextToVideo(prompt="a fox"))

    assert "free: preview drawn on this computer" in told
    assert "embedded local server" in told


def test_another_endpoint_keeps_what_it_offers(local):
    """Values stay where they can, and come back where they could not."""
    form = TextToVideo(FAST, prompt="a fox", duration=8, fps=48, aspect_ratio="9:16")

    find(form, "Model").value = OLD
    there = form.request
    find(form, "Model").value = FAST

    assert there == {
        "prompt": "a fox",
        "duration": 8,
        "resolution": "1080p",
        "fps": 25,
        "generate_audio": True,
    }
    assert form.request["fps"] == 48
    assert form.request["aspect_ratio"] == "9:16"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"duration": 7}, "7 is not offered; choose 6, 8 or 10"),
        ({"durations": 6}, "did you mean duration"),
        ({"endpoint": "ltx-2.3/text-to-vidio"}, "did you mean fal-ai/ltx-2.3/text-to-video"),
        ({"endpoint": "ltx-2.3/reframe"}, "is not for text-to-video"),
    ],
)
def test_wrong_first_values_are_refused(local, fields, told):
    """The cell that makes the form says what is wrong, in the schema's words."""
    with pytest.raises(InvalidRequest, match=told):
        TextToVideo(**fields)


def test_its_repr_is_stable(local):
    """Running a notebook again shows no difference."""
    assert repr(TextToVideo()) == "TextToVideo(fal-ai/ltx-2.3/text-to-video)"


def test_generate_makes_a_clip(local):
    """A click sends the form, and the clip is there for code as well."""
    form = TextToVideo(prompt="a fox", duration=8)

    find(form, "Generate").click()
    wait_until(lambda: form.clip is not None)

    assert form.clip.request == form.request
    assert form.clip is form.job.result()
    wait_until(lambda: "Finished in" in texts(form))


@pytest.fixture
def clock(monkeypatch):
    """The form's own clock, which stands still until the test moves it."""

    class Clock:
        now = 100.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(forms, "time", clock)
    return clock


def test_a_double_click_is_one_job(local, clock):
    """A second click at once, with nothing changed, is not charged again; a later one is meant."""
    form = TextToVideo(prompt="a fox")
    generate = find(form, "Generate")

    generate.click()
    first = form.job
    clock.now += 0.9
    generate.click()
    assert form.job is first

    clock.now += 0.2
    generate.click()
    assert form.job is not first
    first.result(20)
    form.job.result(20)


def test_a_double_click_on_large_media_is_one_job(local, clock, monkeypatch):
    """The moment of the click counts, not that at which a large film was read again."""
    form = TextToVideo(prompt="a fox")
    look_again = form.fields.look_again

    def slowly():
        clock.now += 5
        return look_again()

    monkeypatch.setattr(form.fields, "look_again", slowly)
    find(form, "Generate").click()
    first = form.job
    find(form, "Generate").click()

    assert form.job is first
    first.result(20)


def test_another_endpoint_is_no_double_click(local):
    """The same fields for another model are another request."""
    form = TextToVideo(prompt="a fox")
    find(form, "Generate").click()
    first = form.job

    find(form, "Model").value = FAST
    find(form, "Generate").click()

    assert first.result(20).endpoint != form.job.result(20).endpoint


def test_two_jobs_have_a_panel_each(local):
    """A second click does not wait for the first job."""
    form = TextToVideo(prompt="first frames=20 pace=0.05")
    find(form, "Generate").click()
    first = form.job
    form.fill(prompt="second")
    find(form, "Generate").click()

    clips = first.result(20), form.job.result(20)

    assert [clip.request["prompt"].split()[0] for clip in clips] == ["first", "second"]
    wait_until(lambda: texts(form).count("Finished in") == 2)


def test_old_panels_make_room(local):
    """The form does not grow for ever."""
    form = TextToVideo(prompt="a fox")
    for number in range(8):
        form.fill(prompt=f"fox {number}")
        find(form, "Generate").click()
        form.job.result(20)

    assert len([part for part in parts(form) if repr(part).startswith("JobPanel")]) == 6


def test_nothing_goes_where_the_form_did_not_say(local, tmp_path):
    """A key that was set after the form was shown is told before it is charged."""
    form = TextToVideo(prompt="a fox")
    configure(key="canary-key-id:canary-key-secret")

    find(form, "Generate").click()

    assert form.job is None
    assert "<strong>$0.48</strong>" in texts(form)
    assert "press again" in texts(form)


def test_no_key_is_in_the_page(hosted, heard):
    """Whatever the form tells the page, a key is no part of it."""
    form = TextToVideo(prompt="a fox")
    find(form, "Duration").value = 10

    assert heard
    assert "canary-key" not in repr(heard)
    assert "canary-key" not in repr([part.get_state() for part in parts(form)])


def test_replaced_controls_are_gone_wholly(local):
    """Changing the endpoint to and fro leaves no more models behind than it began with."""
    form = TextToVideo(FAST, prompt="a fox")
    models = widget._instances
    before = len(models)

    for _ in range(3):
        find(form, "Model").value = OLD
        find(form, "Model").value = FAST

    assert len(models) == before


def test_it_is_a_widget_with_words_for_other_pages(local):
    """Where no kernel is, the saved output says what to do."""
    bundle = TextToVideo()._repr_mimebundle_()

    assert bundle["text/html"] == "<em>TextToVideo form: run this cell.</em>"
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_all_of_it_can_be_reached_by_keyboard(local):
    """Nothing takes itself out of the page's tab order."""
    reached = [p for p in parts(TextToVideo()) if isinstance(p, w.Button | w.Dropdown | w.Textarea)]

    assert reached
    assert all(part.tabbable is not False for part in reached)


def test_a_prompt_is_counted_and_checked_as_it_is_written(local):
    """Words and sentences against the duration, and what a good prompt has."""
    form = TextToVideo(duration=8)
    assert "A wide shot of a harbour at dawn" in find(form, "Prompt").placeholder

    find(form, "Prompt").value = "a red fox runs through falling snow"

    assert "7 words, 1 sentence (4 to 6 suit 8 s)" in texts(form)
    assert "✓ action" in texts(form)
    assert "could say: shot, camera, sound" in texts(form)
    assert "ltx-hint" not in texts(form)


def test_a_hint_hinders_nothing(local):
    """What may go wrong is told below the prompt, and can be sent all the same."""
    form = TextToVideo(prompt="<b>A man</b> walks home. Cut to a bar.")

    assert "One prompt is one take here" in texts(form)
    assert not find(form, "Generate").disabled


def test_the_day_so_far_stands_at_the_price(hosted):
    """What was spent today, by every kernel, and of how much."""
    form = TextToVideo(prompt="a fox")
    before = hosted.history.spent(today())
    assert f"today so far ${before:.2f}</span>" in texts(form)

    hosted.spending.budget = Budget(before + 5)
    find(form, "Duration").value = 8

    assert f"today so far ${before:.2f} of ${before + 5:.2f}" in texts(form)


def test_over_the_budget_nothing_can_be_sent(hosted):
    """Generate is off, and the form says why and what to do; a cheaper clip can be sent."""
    form = TextToVideo(prompt="a fox", duration=10)
    hosted.spending.budget = Budget(hosted.history.spent(today()) + 0.5)

    find(form, "Prompt").value = "a red fox"
    assert find(form, "Generate").disabled
    assert "This may cost $0.80" in texts(form)
    assert "ltx_widgets.configure(budget=…)" in texts(form)

    find(form, "Duration").value = 6
    assert not find(form, "Generate").disabled


def test_a_budget_that_another_kernel_used_up_is_told_at_the_click(hosted):
    """What the form said was true when it said it."""
    form = TextToVideo(prompt="a fox")

    hosted.spending.budget = Budget(0)
    find(form, "Generate").click()

    assert form.job is None
    assert "budget of $0.00" in texts(form)


def opened(form):
    """The form's code, unfolded."""
    form.code.unfolded = True
    return form.code


@pytest.mark.parametrize("name", ["cell", "call"])
def test_its_code_does_the_same(local, name):
    """What is copied from one form and pasted into another makes the same request."""
    form = TextToVideo(FAST, prompt='a "red" fox\nin {snow}', duration=12, generate_audio=False)
    other = TextToVideo(prompt="something else", fps=50)

    code = getattr(opened(form), name)
    other.code._handle_custom_msg({"kind": "paste", "text": code}, [])

    assert (other.endpoint, other.request) == (form.endpoint, form.request)
    assert other.code.told["text"] == "The form is filled from the code."


def test_code_is_made_while_somebody_looks(local, heard):
    """A folded part costs nothing."""
    form = TextToVideo(prompt="a fox")
    assert form.code.call == ""

    opened(form)
    find(form, "Prompt").value = "an owl"
    assert 'ltx.run("an owl")' in form.code.call

    find(form, "Prompt").value = ""
    assert form.code.call == ""
    assert "as soon as the form can be sent" in form.code.note


def test_code_in_the_prompt_is_offered_to_be_taken(local):
    """Pasted where the prompt stands, it fills the form by one click."""
    form = TextToVideo(duration=10)

    find(form, "Prompt").value = "%%ltx --duration 8\na red fox"
    find(form, "Fill the form from this code").click()

    assert (form.request["prompt"], form.request["duration"]) == ("a red fox", 8)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ltx.run('a fox', duration=7)", "choose 6, 8 or 10"),
        ("ltx.run('a fox', image='fox.png')", "this form is for text-to-video"),
        ("ltx.run(open('x'))", "code is not run here"),
        ("hello", "expected a %%ltx cell"),
        ('{"prompt": "a fox", "seed": 5}', "is not a field of this endpoint"),
    ],
)
def test_code_that_does_not_fit_sets_nothing(local, code, told):
    """The form stays as it was, and says why."""
    form = TextToVideo(prompt="a fox", duration=8)
    before = form.request

    form.code._handle_custom_msg({"kind": "paste", "text": code}, [])

    assert told in form.code.told["text"]
    assert form.request == before


def test_closing_leaves_no_model_behind(local):
    """However many forms a studio puts up, one in place of the other."""
    before = set(widget._instances)
    for form in (TextToVideo(prompt="a fox"), ltx.RetakeVideo(), ltx.ImageToVideo()):
        form.close()

    assert set(widget._instances) == before
