"""Drives the installed kernel with clients that nobody here wrote. Prints one JSON object."""
import json
import statistics
import subprocess
import sys
import threading
import time

import nbformat
from jupyter_client.manager import start_new_kernel
from nbclient import NotebookClient


def execute(client, code):
    outputs = []
    reply = client.execute_interactive(code, output_hook=lambda m: outputs.append(m), timeout=120)
    return reply["content"], [m for m in outputs if m["msg_type"] not in ("status", "execute_input")]


def wire(kernel):
    """jupyter-client: results, input, interrupt, a killed kernel, restart."""
    found = {}
    started = time.perf_counter()
    manager, client = start_new_kernel(kernel_name=kernel)
    try:
        execute(client, "1 + 1")
        found["first_result_seconds"] = time.perf_counter() - started
        times = []
        for i in range(30):
            before = time.perf_counter()
            execute(client, f"{i} + 1")
            times.append(time.perf_counter() - before)
        found["cell_median_ms"] = 1000 * statistics.median(times)
        _, outputs = execute(client, "for (var i = 0; i < 100_000; i++) Console.WriteLine(i);")
        found["lines"] = "".join(m["content"]["text"] for m in outputs).count("\n")
        threading.Timer(0.5, manager.interrupt_kernel).start()
        found["interrupted"] = execute(client, "var kept = 5; while (true) { }")[0]["ename"]
        found["kept"] = execute(client, "kept")[1][0]["content"]["data"]["text/plain"]
        client.execute("Environment.Exit(3);")
        for _ in range(100):
            if not manager.is_alive():
                break
            time.sleep(0.1)
        found["alive_after_exit"] = manager.is_alive()
        manager.restart_kernel(now=True)
        client.wait_for_ready(timeout=60)
        found["after_restart"] = execute(client, "40 + 2")[1][0]["content"]["data"]["text/plain"]
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return found


def nbclient(kernel, source, folder):
    """The notebook as nbclient leaves it, run in a folder."""
    notebook = nbformat.read(source, 4)
    NotebookClient(notebook, kernel_name=kernel, timeout=1800, resources={"metadata": {"path": folder}}).execute()
    nbformat.validate(notebook)
    return {"nbclient": [cell.get("outputs", []) for cell in notebook.cells]}


def nbconvert(kernel, source, folder):
    """The notebook as nbconvert leaves it."""
    subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute", f"--ExecutePreprocessor.kernel_name={kernel}", "--output", "converted.ipynb", source],
        check=True, capture_output=True)
    return {"nbconvert": [cell.get("outputs", []) for cell in nbformat.read(f"{folder}/converted.ipynb", 4).cells]}


if __name__ == "__main__":
    kernel, task, *arguments = sys.argv[1:]
    print(json.dumps({"wire": wire, "nbclient": nbclient, "nbconvert": nbconvert}[task](kernel, *arguments)))
