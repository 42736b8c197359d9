"""Batches across machines by Dask's ``distributed`` (extra ``dask``)."""

from concurrent.futures import Executor
from typing import Any

from tjdocs.border import inspect_batch

__all__ = ["executor"]


def executor(client: Any, setup: inspect_batch.Setup) -> Executor:
    """Return an executor of a cluster; each worker, also one that joins later, makes the inspector once.

    :param client: a ``distributed.Client``
    """
    from distributed import WorkerPlugin

    class Installer(WorkerPlugin):
        """Makes the inspector when a worker starts."""

        def __init__(self, given: inspect_batch.Setup) -> None:
            self.name = f"tjdocs-{given.digest}"
            self._setup = given

        def setup(self, worker: Any) -> None:
            inspect_batch.install(self._setup)

    client.register_plugin(Installer(setup))
    cluster: Executor = client.get_executor(pure=False)
    return cluster
