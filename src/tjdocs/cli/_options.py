"""Options of several commands, from which one argument is made."""

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

__all__ = ["Json", "Options", "with_options"]

Json = Annotated[bool, typer.Option("--json", help="Machine output alone on standard output.")]

Options = Mapping[str, tuple[object, object]]
"""Parameters of a command: name to annotation and default."""


def with_options(
    function: Callable[..., None], make: Callable[..., Any], taken: str, instead: Options, more: Options
) -> Callable[..., None]:
    """Give a command the options from which one of its parameters is made.

    :param make: makes the argument from the values of all these options
    :param taken: the parameter, which has no default
    :param instead: options in its place
    :param more: options before ``--at`` and ``--json``
    """

    def options(named: Options) -> list[inspect.Parameter]:
        keyword = inspect.Parameter.KEYWORD_ONLY
        return [inspect.Parameter(name, keyword, annotation=a, default=value) for name, (a, value) in named.items()]

    parameters: list[inspect.Parameter] = []
    last = False
    for name, parameter in inspect.signature(function).parameters.items():
        if name in ("at", "as_json") and not last:
            parameters += options(more)
            last = True
        parameters += options(instead) if name == taken else [parameter]

    @functools.wraps(function)
    def command(**given: Any) -> None:
        argument = make(**{name: given.pop(name) for name in (*instead, *more)})
        function(**{taken: argument}, **given)

    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command
