"""A frozen dataclass whose fields are written directly is as any other."""

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace

import pytest
from tjdocs.frozen import quick


@dataclass(frozen=True, slots=True)
class Plain:
    first: int
    second: str = "b"
    made: list[int] = field(default_factory=list, init=False)
    kept: bytes = field(default=b"", init=False, compare=False)
    named: bool = field(default=False, kw_only=True)


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    first: int
    second: str = "b"
    made: list[int] = field(default_factory=list, init=False)
    kept: bytes = field(default=b"", init=False, compare=False)
    named: bool = field(default=False, kw_only=True)


@quick
@dataclass(frozen=True, slots=True)
class Checked(Quick):
    third: int = 0

    def __post_init__(self):
        if self.third < 0:
            raise ValueError("third")


@pytest.mark.parametrize("arguments", [((1,), {}), ((1, "c"), {"named": True}), ((), {"second": "d", "first": 2})])
def test_it_is_made_as_the_plain_one_is(arguments):
    args, kwargs = arguments
    for _ in range(2):  # the first makes the function
        assert repr(Quick(*args, **kwargs)) == repr(Plain(*args, **kwargs)).replace("Plain", "Quick")
    assert Quick(1).made is not Quick(1).made
    assert inspect.signature(Quick) == inspect.signature(Plain)


@pytest.mark.parametrize("arguments", [((), {}), ((1, "b", True), {}), ((1,), {"made": []}), ((1,), {"first": 2})])
def test_it_refuses_what_the_plain_one_refuses(arguments):
    args, kwargs = arguments
    for class_ in (Plain, Quick):
        with pytest.raises(TypeError):
            class_(*args, **kwargs)


def test_it_is_frozen_compared_copied_and_replaced():
    one = Quick(1, named=True)
    assert one == replace(Quick(2), first=1, named=True) == copy.copy(one) == pickle.loads(pickle.dumps(one))
    with pytest.raises(FrozenInstanceError):
        one.first = 2
    with pytest.raises(AttributeError):
        del one.first


def test_a_class_below_has_its_own_fields_and_is_checked():
    assert (Checked(1, third=3).third, Checked(1).first) == (3, 1)
    with pytest.raises(ValueError, match="third"):
        Checked(1, third=-1)


def test_a_factory_for_an_argument_is_refused():
    @quick
    @dataclass(frozen=True, slots=True)
    class Wrong:
        values: list[int] = field(default_factory=list)

    with pytest.raises(TypeError, match="values"):
        Wrong()
