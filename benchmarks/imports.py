"""How long `import ltx_widgets` takes beside `import fal_client`, both less a bare interpreter.

python benchmarks/imports.py [RUNS]
"""

import statistics
import subprocess
import sys
import time

PROGRAMS = {"bare": "pass", "ltx_widgets": "import ltx_widgets", "fal_client": "import fal_client"}


def seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


def main(runs: int) -> None:
    times: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    for code in PROGRAMS.values():
        seconds(code)  # fills the file cache
    for _ in range(runs):
        for name, code in PROGRAMS.items():
            times[name].append(seconds(code))
    medians = {name: statistics.median(values) for name, values in times.items()}
    for name, value in medians.items():
        print(f"{name:12} {value * 1000:7.1f} ms (median of {runs})")
    ours, theirs = (medians[name] - medians["bare"] for name in ("ltx_widgets", "fal_client"))
    print(f"RATIO imports {ours / theirs:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
