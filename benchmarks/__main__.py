"""Start separate servers, run the benchmarks, write ``benchmarks/results/latest.json``."""

import argparse
from pathlib import Path

from benchmarks import own, sizes
from embedded import postgres

HERE = Path(__file__).resolve().parent
STAGES = ("evaluation", "loop", "pages", "api", "everything")
MORE = ("generate", "growth", "publishing")  # only on request; "generate" only generates the data
SIZES = (10_000, 100_000, 1_000_000)
SIZED = ("growth", "pages", "api")  # measured at each size


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--n", type=int, default=10_000, metavar="N", help="enterprises to generate (default 10000)"
    )
    parser.add_argument(
        "--rounds", type=int, default=3, help="rounds of each evaluation; the median is reported"
    )
    parser.add_argument("--requests", type=int, default=40, help="requests per page or list")
    parser.add_argument(
        "--only", choices=(*MORE, *STAGES), action="append", help="measure only this (may be repeated)"
    )
    parser.add_argument(
        "--data-dir", type=Path, default=HERE.parent / ".data-bench", help="recreated unless --keep"
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the data, and reuse the data of an earlier run"
    )
    parser.add_argument("--output", type=Path, default=HERE / "results" / "latest.json")
    parser.add_argument("--buffers", help="shared_buffers of PostgreSQL, in place of its usual setting")
    parser.add_argument("--add", action="store_true", help="keep the figures of other parts in the output")
    parser.add_argument(
        "--growth", type=int, nargs="*", metavar="N", help=f"run several sizes in turn (default {SIZES})"
    )
    options = parser.parse_args()
    if options.growth is not None:
        arguments = [word for stage in options.only or SIZED for word in ("--only", stage)]
        arguments += ["--requests", str(options.requests)]
        arguments += ["--keep"] if options.keep else []
        arguments += ["--buffers", options.buffers] if options.buffers else []
        sizes.compare(
            options.growth or SIZES, arguments, options.rounds, options.data_dir, options.output.parent
        )
        return

    if options.buffers:
        postgres.CONFIGURATION["shared_buffers"] = options.buffers
    postgres.CONFIGURATION["shared_preload_libraries"] = "pg_stat_statements"
    with own.servers(options.data_dir, fresh=not options.keep, keep=options.keep):
        from benchmarks.run import measure

        measure(
            n=options.n,
            rounds=options.rounds,
            requests=options.requests,
            output=options.output,
            stages=tuple(options.only or STAGES),
            add=options.add,
        )


if __name__ == "__main__":
    main()
