"""Times the installed C# kernel under Jupyter's own client; prints two numbers, in milliseconds."""
import statistics
import sys
import time

from jupyter_client.manager import start_new_kernel


def timed(action):
    before = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - before)


def start(name):
    before = time.perf_counter()
    manager, client = start_new_kernel(kernel_name=name)
    client.execute_interactive("1 + 1", output_hook=lambda message: None, timeout=120)
    return 1000 * (time.perf_counter() - before), manager, client


starts = []
for _ in range(5):
    milliseconds, manager, client = start(sys.argv[1])
    starts.append(milliseconds)
    cells = [timed(lambda: client.execute_interactive(f"{i} + 1", output_hook=lambda message: None, timeout=120)) for i in range(50)]
    client.stop_channels()
    manager.shutdown_kernel(now=True)
print(statistics.median(starts), statistics.median(cells))
