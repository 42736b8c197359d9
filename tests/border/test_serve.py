"""A lane: one answer to every line, in order, whatever the line is."""

import io
import json

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.border.test_batch import BAD, TRUST, WHO, line
from tests.support import builders as b
from tests.support.law_cases import Traveller, document
from tjdocs import limits, specs
from tjdocs.border import Inspector, inspect_batch, serve
from tjdocs.errors import OutputError, UsageError

SCHEMAS = specs.folder("specs") / "schemas"
FOLLOWS = jsonschema.Draft202012Validator(json.loads((SCHEMAS / "verdict.json").read_text()))
READY = json.loads((SCHEMAS / "ready.json").read_text())
INSPECTOR = Inspector(trust=TRUST)
DEEP = b'{"mrz":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
ODD = [
    b"", b" \t", b"null", b"1", b'"text"', b"\xff\xfe\x00", b"\0\0\0", b'{"mrz": "a\0b"}', b'{"a":' + b"9" * 5000 + b"}",
    b'{"mrz": 1e999}', b'{"mrz": NaN}', b'{"mrz": "x", "mrz": "y"}', DEEP, b"[" * 200_000, b"\r",
    b'{"mrz": "x", "policy": "p.toml"}', b'{"mrz": "x", "trust": ["t"]}', b'{"mrz": "x", "register": "r"}', b'{"mrz": "x", "at": "2026-01-01"}',
    b'{"chip": "chip"}', b'{"mrz": "x", "chip": "/etc"}', b'{"mrz": "x", "direction": "in"}', b'{"mrz": "x", "claims": {"entered": "soon"}}',
]  # fmt: skip


def served(data: bytes, inspector: Inspector = INSPECTOR, common=(), **more) -> list[dict]:
    source = io.BytesIO(data)
    return list(serve.answers(source, inspector, at=lambda: b.AT, common=dict(common), **more))


def test_a_lane_answers_as_a_batch_does():
    rows = [line(who, id=f"gate-{n}") for n, who in enumerate(WHO)] + [line(WHO[0])]
    items = inspect_batch.line_items(io.BytesIO(b"\n".join(rows)), "-")
    setup = inspect_batch.Setup.of(trust=TRUST)
    assert served(b"\n".join(rows)) == list(inspect_batch.run(items, setup, at=b.AT, workers=1))


@pytest.mark.parametrize("odd", [*ODD, *BAD], ids=range(len(ODD) + len(BAD)))
def test_a_bad_line_has_an_error_as_its_answer_and_ends_nothing(odd):
    before, answer, after = served(b"\n".join([line(WHO[0]), odd, line(WHO[0], id="after")]))
    assert (before["id"], after["id"], after["place"]) == ("-:1", "after", "-:3")
    assert before["verdict"] == after["verdict"] == "admit"
    assert (answer["verdict"], answer["id"]) == (None, "-:2")
    assert answer["error"]["code"] in ("input", "usage")
    for one in (before, answer, after):
        FOLLOWS.validate(one)
    with pytest.raises(jsonschema.ValidationError):
        FOLLOWS.validate({**answer, "verdict": "admit"})
    with pytest.raises(jsonschema.ValidationError):
        FOLLOWS.validate({key: value for key, value in before.items() if key != "findings"})


def test_a_line_over_the_limit(monkeypatch):
    monkeypatch.setattr(limits, "LINE", 100_000)
    before, long, after = served(b"\n".join([line(WHO[0]), b'{"mrz": "' + b"P" * 300_000 + b'"}', line(WHO[0])]))
    assert (long["id"], "over the limit" in long["error"]["message"]) == ("-:2", True)
    assert [before["verdict"], after["verdict"]] == ["admit", "admit"]


LINES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([*BAD, *ODD[:12], line(WHO[0]), line(WHO[3], id="A"), b'{"mrz": "P<UTO"}']),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["mrz", "chip", "seal", "id", "claims", "x"]), inner, max_size=4),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
).map(lambda data: data.replace(b"\n", b" "))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINES, max_size=5))
def test_any_bytes_have_one_answer_a_line_in_order(lines):
    answers = served(b"".join(one + b"\n" for one in lines))
    assert [answer.get("place", answer["id"]) for answer in answers] == [f"-:{n}" for n in range(1, len(lines) + 1)]
    for answer in answers:
        FOLLOWS.validate(answer)
        assert "\n" not in json.dumps(answer)


def test_an_id_may_come_again():
    answers = served(b"\n".join([line(WHO[0], id="gate-7")] * 2))
    assert [(answer["id"], answer["place"]) for answer in answers] == [("gate-7", "-:1"), ("gate-7", "-:2")]


def test_direction_and_point_of_the_desk_cannot_be_changed_by_a_line():
    same, other = served(b"\n".join([line(WHO[0]), line(WHO[2])]), common={"direction": "entry"})
    assert (same["verdict"], other["verdict"], "another than the desk's" in other["error"]["message"]) == ("admit", None, True)


def test_every_line_is_judged_at_its_own_moment():
    days = iter([b.AT, b.moment(2049)])
    answers = serve.answers(io.BytesIO(b"\n".join([line(WHO[0])] * 2)), INSPECTOR, at=lambda: next(days), common={})
    assert [answer["verdict"] for answer in answers] == ["admit", "refuse"]


def test_a_verdict_is_kept_before_its_answer():
    kept = []
    (answer,) = served(line(WHO[0]), keep=kept.append)
    assert [verdict.as_json() for verdict in kept] == [WHO[0].judge().as_json()]

    def full(_):
        raise OutputError("cannot write a record", where="records")

    (answer,) = served(line(WHO[0]), keep=full)
    assert (answer["verdict"], answer["error"]["code"]) == (None, "output")


class Asked:
    """A register that counts its questions."""

    def __init__(self):
        self.asked = 0

    def status(self, number):
        self.asked += 1

    def use_up(self, number, *, at, point):
        self.asked += 1
        return True


def test_the_first_line_says_what_the_lane_judges_by_and_asks_no_register():
    register = Asked()
    inspector = Inspector(trust=TRUST, register=register)
    first = serve.ready(inspector, at=b.AT)
    jsonschema.validate(first, READY)
    assert (first["ready"], first["policy_sha256"], first["trust_digest"]) == (True, inspector.policy.sha256, TRUST.digest)
    assert register.asked == 0
    served(line(Traveller(document(expires="2036-03-03"))), inspector)
    assert register.asked > 0


def test_an_unusable_time_is_an_unusable_call():
    with pytest.raises(UsageError):
        serve.ready(INSPECTOR, at=b.AT.replace(tzinfo=None))
