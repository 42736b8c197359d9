"""Run by test_batch.py: a local cluster of two worker processes, one of which is killed in the middle."""

import base64
import json
import os
import signal
import sys

from distributed import Client, LocalCluster

from tests.support.law_cases import Traveller
from tjdocs.border import dask_executor, inspect_batch


def main() -> None:
    who = Traveller()
    inspector = who.inspector()
    setup = inspect_batch.Setup.of(trust=inspector.trust)
    evidence = who.evidence()
    chip = {name: base64.b64encode(data).decode() for name, data in evidence.files.items()}
    line = json.dumps({"mrz": evidence.mrz, "chip": chip, "direction": "entry"}).encode()
    count = int(sys.argv[1])
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": None}
    with LocalCluster(host="127.0.0.1", **settings) as local, Client(local) as client:
        executor = dask_executor.executor(client, setup)
        processes = list(client.run(os.getpid).values())
        results = []
        items = (inspect_batch.Item(f"n{number}", "line", line) for number in range(count))
        for result in inspect_batch.run(items, setup, at=who.at, executor=executor):
            results.append(result)
            if len(results) == count // 4:
                os.kill(processes[0], signal.SIGKILL)
        after = list(client.run(os.getpid).values())
    verdicts = {str(result["verdict"]) for result in results}
    order = [result["id"] for result in results] == [f"n{number}" for number in range(count)]
    told = {"workers": len(processes), "killed": processes[0] not in after, "verdicts": sorted(verdicts), "order": order}
    print(json.dumps({**told, "results": len(results)}))


if __name__ == "__main__":
    main()
