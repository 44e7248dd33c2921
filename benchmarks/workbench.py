"""The workbench under load: fifty readers for a minute, stress runs queued meanwhile, memory watched.

`python -m benchmarks.workbench` serves the workbench in a process of its own on a free port of this machine and reads it
from this one; `--smoke` does the same with ten readers for five seconds. Both processes share the machine's cores.

    kept views, 50 readers for 60 s      no error, p95 <= 300 ms, p50 <= 100 ms
    stress runs of three askers          each is answered, in the order they were asked
    memory of the workbench              the last third of the minute holds no more than the middle one, within 5 %
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, median

import httpx

HTML = {"accept": "text/html"}
PATHS = (
    "/",
    "/commodity/gallium",
    "/country/JPN",
    "/tracker",
    "/commodity",
    "/country",
    "/sources",
    "/situation.json",
    "/situation.csv",
    "/situation.from?sheet=situation&column=exposure&row=0",
)
SCENARIOS = ("gallium-germanium-2023", "antimony-2024", "indonesia-nickel")
THINKING = 0.4
"""How long a reader looks at a view before the next [s]."""

P95, P50, GROWTH = 0.300, 0.100, 1.05
MEGABYTE = 1 << 20


@contextmanager
def serving(log: Path) -> Iterator[tuple[str, int]]:
    """The workbench on a free port: its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("w", encoding="utf-8") as lines:
        command = [sys.executable, "-c", f"from oresight.face.web.run import serve; serve(port={port})"]
        child = subprocess.Popen(command, stderr=lines)
        try:
            url = f"http://127.0.0.1:{port}"
            limit = time.monotonic() + 60
            while True:
                try:
                    httpx.get(f"{url}/health", timeout=2)
                    break
                except httpx.HTTPError:
                    if time.monotonic() > limit or child.poll() is not None:
                        raise
                    time.sleep(0.1)
            yield url, child.pid
        finally:
            child.terminate()
            child.wait(20)


def held(process: int) -> float:
    """Memory a process holds [MB]; nothing where the system does not tell."""
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return float("nan")
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


async def ready(client: httpx.AsyncClient) -> None:
    """Wait until the workbench has made its first views, then ask every view until it is kept."""
    for _ in range(600):
        if not (await client.get("/health")).json()["warming"]:
            break
        await asyncio.sleep(0.25)
    for path in PATHS:
        for _ in range(600):
            answer = await client.get(path, headers=HTML)
            if answer.status_code == 200:
                break
            await asyncio.sleep(0.25)
        else:
            raise RuntimeError(f"{path} is never ready")


async def reader(
    client: httpx.AsyncClient, number: int, until: float, spent: list[float], bad: list[str]
) -> None:
    """One reader: a view, a look, the next view."""
    await asyncio.sleep(THINKING * (number % 10) / 10)
    at = number
    while time.monotonic() < until:
        path = PATHS[at % len(PATHS)]
        begun = time.perf_counter()
        try:
            answer = await client.get(path, headers=HTML)
            if answer.status_code != 200:
                bad.append(f"{path}: {answer.status_code}")
        except httpx.HTTPError as error:
            bad.append(f"{path}: {error!r}")
        spent.append(time.perf_counter() - begun)
        at += 1
        await asyncio.sleep(THINKING)


async def asker(client: httpx.AsyncClient, name: str, begun: float) -> tuple[str, int, float]:
    """One stress run, waited for: its name, its status, when it came [s]."""
    answer = await client.get(f"/stress.json?scenario={name}&draws=8", timeout=300)
    return name, answer.status_code, time.monotonic() - begun


async def watched(process: int, until: float, seen: list[float]) -> None:
    """Memory of the workbench, every half second."""
    while time.monotonic() < until:
        seen.append(held(process))
        await asyncio.sleep(0.5)


async def load(url: str, process: int, readers: int, seconds: float, runs: bool) -> dict[str, object]:
    """Read for a while; what was seen."""
    limits = httpx.Limits(max_connections=readers + 10)
    async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as client:
        await ready(client)
        begun = time.monotonic()
        until = begun + seconds
        spent: list[float] = []
        bad: list[str] = []
        seen: list[float] = []
        work = [reader(client, n, until, spent, bad) for n in range(readers)]
        asked = []
        if runs:
            for name in SCENARIOS:
                asked.append(asyncio.create_task(asker(client, name, begun)))
                await asyncio.sleep(0.05)
        await asyncio.gather(*work, watched(process, until, seen))
        came = [await one for one in asked]
    return {"spent": sorted(spent), "bad": bad, "seen": seen, "came": came}


def told(title: str, found: dict[str, object], strict: bool) -> bool:
    """Print what was seen; whether it keeps what is promised."""
    spent, bad, seen = found["spent"], found["bad"], found["seen"]
    assert isinstance(spent, list) and isinstance(bad, list) and isinstance(seen, list)
    p95 = spent[int(len(spent) * 0.95)]
    third = max(len(seen) // 3, 1)
    middle, last = mean(seen[third : 2 * third] or seen), mean(seen[-third:])
    print(
        f"{title:<34} {len(spent):>6} views  {len(bad)} errors  p50 {median(spent) * 1e3:5.0f} ms  "
        f"p95 {p95 * 1e3:5.0f} ms  most {spent[-1] * 1e3:5.0f} ms  memory {middle:.0f} -> {last:.0f} MB",
        flush=True,
    )
    came = found["came"]
    assert isinstance(came, list)
    for name, status, at in came:
        print(f"    {name:<30} {status}  after {at:5.1f} s")
    for line in bad[:5]:
        print(f"    {line}")
    fair = [name for name, _, _ in sorted(came, key=lambda c: c[2])] == [name for name, _, _ in came]
    kept = not bad and fair and all(status == 200 for _, status, _ in came)
    if strict:
        kept = kept and p95 <= P95 and median(spent) <= P50 and (came != [] or last <= middle * GROWTH)
    return kept


def main(given: list[str]) -> int:
    """Measure; the exit code is 0 where every promise is kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--smoke", action="store_true", help="ten readers for five seconds, no bound on times"
    )
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args(given)
    readers, seconds = (10, 5.0) if asked.smoke else (asked.readers, asked.seconds)
    kept = True
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "log") as (url, process):
        for title, runs in (("kept views", False), ("kept views beside stress runs", True)):
            found = asyncio.run(load(url, process, readers, seconds, runs))
            kept = told(title, found, not asked.smoke and not runs) and kept
    print("kept" if kept else "NOT kept")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
