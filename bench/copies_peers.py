"""Two libraries by themselves on the same texts as bench/copies.py: datasketch's MinHashLSH and rensa's RMinHashLSH.

Both get the same shingles, 128 permutations and a threshold of 0.5, and group what their index answers; none looks at
what differs. Datasketch is needed by this bench alone (the extra `bench`).
"""

import time
from collections.abc import Callable, Iterable

from datasketch import MinHash, MinHashLSH
from rensa import RMinHash, RMinHashLSH

from archive.wording import Body

PERMUTATIONS, THRESHOLD, BANDS = 128, 0.5, 32

Seen = Callable[[int, Body], Iterable[int]]


def datasketch() -> Seen:
    """A new index of datasketch: put a body in, get the numbers of those like it."""
    index = MinHashLSH(threshold=THRESHOLD, num_perm=PERMUTATIONS)

    def seen(number: int, body: Body) -> Iterable[int]:
        sketch = MinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update_batch([pair.encode() for pair in body.pairs])
        found: list[int] = index.query(sketch)
        index.insert(number, sketch)
        return found

    return seen


def rensa() -> Seen:
    """A new index of rensa."""
    index = RMinHashLSH(THRESHOLD, PERMUTATIONS, BANDS)

    def seen(number: int, body: Body) -> Iterable[int]:
        sketch = RMinHash(num_perm=PERMUTATIONS, seed=1)
        sketch.update(body.pairs)
        found: list[int] = index.query(sketch)
        index.insert(number, sketch)
        return found

    return seen


PEERS: dict[str, Callable[[], Seen]] = {"datasketch": datasketch, "rensa": rensa}


def grouped(peer: str, a: Body, b: Body) -> bool:
    """Whether a library by itself calls two bodies alike."""
    seen = PEERS[peer]()
    seen(0, a)
    return 0 in set(seen(1, b))


def whole(texts: list[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Each library over an archive in memory: precision and recall against its keys, articles a CPU-second."""
    table = {}
    for peer, new in PEERS.items():
        bodies, started = [Body(text) for _, text in texts], time.process_time()
        seen = new()
        found = {(other, number) for number, body in enumerate(bodies) for other in seen(number, body)}
        spent = time.process_time() - started
        together: dict[str, int] = {}
        for key, _ in texts:
            together[key] = together.get(key, 0) + 1
        true = sum(count * (count - 1) // 2 for count in together.values())
        right = sum(texts[a][0] == texts[b][0] for a, b in found)
        quality = {"precision": right / max(len(found), 1), "recall": right / max(true, 1)}
        table[f"{peer} alone"] = {"pairs": len(found), **quality, "articles/s": len(texts) / spent}
    return table
