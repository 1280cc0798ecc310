"""``python -m benchmarks.deliveries``: push a quarter to twenty departments; messages per second to one receiver.

It uses separate servers with real workers. The receivers run in a process of their own on this machine and verify each
message, so the network adds nothing: a receiver that takes 50 ms adds 50 ms per message.
"""

import argparse
import json
import multiprocessing
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Any

from benchmarks import own

HERE = Path(__file__).resolve().parent


def receive(
    port: Any, secrets: Any, messages: Synchronized, ratings: Synchronized, wrong: Synchronized
) -> None:
    """Serve as the departments' receivers, one path per subscription: verify signatures, count ratings."""
    from standardwebhooks import Webhook, WebhookVerificationError

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            try:
                payload = Webhook(secrets[self.path]).verify(
                    body, {k.lower(): v for k, v in self.headers.items()}
                )
                with messages.get_lock():
                    messages.value += 1
                    ratings.value += len(payload["data"]["ratings"])
                status = 204
            except (WebhookVerificationError, KeyError):
                wrong.value += 1
                status = 401
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.value = server.server_address[1]
    server.serve_forever()


def measure(n: int, subscriptions: int, workers: int) -> dict[str, Any]:
    import datetime as dt

    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from django.utils import timezone

    from benchmarks import generate
    from benchmarks.servers import Workers, wait_for
    from config.celery import app
    from deliveries.models import Event, Subscription
    from deliveries.operations import confirm_address, create_subscription, rotate_secret, set_address
    from deliveries.operations.snapshot import write_asked
    from deliveries.tasks import push_due
    from foundation.accounts.actors import Actor
    from foundation.accounts.choices import Role
    from foundation.accounts.models import Department
    from foundation.periods import Period
    from foundation.tenancy.scope import NO_STATION, Audience, Scope, station_scope
    from ratings.models import Evaluation
    from ratings.operations import open_evaluation
    from ratings.operations.evaluations import bureau_actor
    from ratings.tasks import wake_workers

    call_command("migrate", verbosity=0)
    bureau = generate.bureau() or generate.generate(n)
    manager = multiprocessing.Manager()
    port, secrets = multiprocessing.Value("i", 0), manager.dict()
    messages, ratings, wrong = (multiprocessing.Value("q", 0) for _each in range(3))
    receiver = multiprocessing.Process(
        target=receive, args=(port, secrets, messages, ratings, wrong), daemon=True
    )
    receiver.start()
    wait_for(lambda: port.value)
    settings.WEBHOOKS_PLAIN_HTTP = True
    operator = Actor(1, "Benchmark", Role.OPERATOR)
    supervisor = Actor(1, "Benchmark", Role.SUPERVISOR, bureau.pk, stations=bureau_actor(bureau.pk).stations)

    def system() -> Any:
        return station_scope(Scope(NO_STATION, bureau=bureau.pk, audience=Audience.SYSTEM))

    rows = []
    for number in range(subscriptions):
        department = Department.objects.create(bureau=bureau, code=f"t{number}", name=f"Department {number}")
        with station_scope(supervisor.scope()):
            made = create_subscription(
                actor=supervisor, department_id=department.pk, title="All", whole_bureau=True
            )
        with station_scope(operator.scope()):
            url = f"http://127.0.0.1:{port.value}/{made.pk}"
            set_address(
                actor=operator, subscription_id=made.pk, version=1, url=url, allowed_hosts=["127.0.0.1"]
            )
        with system():
            confirm_address(actor=bureau_actor(bureau.pk), subscription_id=made.pk, version=2)
        with system():
            secrets[f"/{made.pk}"] = rotate_secret(
                actor=bureau_actor(bureau.pk), subscription_id=made.pk, keep_old=dt.timedelta(0)
            )
        write_asked(bureau_id=bureau.pk)
        rows.append(made.pk)

    def waiting() -> int:
        with system():
            return sum(row.waiting for row in Subscription.objects.filter(pk__in=rows))

    app.control.purge()
    with station_scope(bureau_actor(bureau.pk).scope()):
        run = open_evaluation(actor=bureau_actor(bureau.pk), period=Period.of(timezone.localdate()).shift(-1))
        batches = run.batches.count()
    with Workers(workers):
        began = time.time()
        wake_workers(bureau_id=bureau.pk, evaluation_id=run.pk, batches=batches)

        def complete() -> Evaluation | None:
            with station_scope(bureau_actor(bureau.pk).scope()):
                found = Evaluation.objects.get(pk=run.pk)
            assert not found.error, found.error
            return found if found.is_complete else None

        done = wait_for(complete)
        wait_for(lambda: not waiting())
        whole_s = time.time() - began
        rated_s = done.completed_at.timestamp() - began
        figures: dict[str, Any] = {
            "deliveries_n": done.registered,
            "deliveries_subscriptions": subscriptions,
            "deliveries_workers": workers,
            "deliveries_rated_and_written_seconds": round(rated_s, 2),
            "deliveries_whole_seconds": round(whole_s, 2),
            "deliveries_messages": messages.value,
            "deliveries_ratings": ratings.value,
        }
        expected = done.registered * subscriptions
        assert (ratings.value, wrong.value) == (expected, 0), "each receiver gets each rating once"

        # Push only: send the same messages again.
        with system():
            size = sum(len(body.encode()) for body in Event.objects.values_list("body", flat=True).iterator())
            Subscription.objects.filter(pk__in=rows).update(last_delivered=0)
        before = messages.value
        began = time.time()
        push_due.delay(bureau.pk)
        wait_for(lambda: not waiting())
        push_s = time.time() - began
        pushed = messages.value - before
        figures |= {
            "push_seconds": round(push_s, 2),
            "push_messages_per_second": round(pushed / push_s, 1),
            "push_ratings_per_second": round(expected / push_s),
            "push_megabytes_per_second": round(size / push_s / 1e6, 1),
        }

        # Small messages with one rating each, as corrections or interim vetoes write them, to one receiver.
        small = 1_000
        with system():
            row = Subscription.objects.get(pk=rows[0])
            body = Event.objects.filter(subscription=row).latest("sequence").body
            payload = json.loads(body)
            payload["data"]["ratings"] = payload["data"]["ratings"][:1]
            Event.objects.bulk_create(
                Event(
                    bureau_id=row.bureau_id,
                    department_id=row.department_id,
                    subscription=row,
                    sequence=row.last_sequence + number,
                    message_id=f"bench_{row.pk}_{number}",
                    size=1,
                    kind="rating.revised",
                    period_code=run.period_code,
                    body=json.dumps(payload, ensure_ascii=False),
                    created_at=timezone.now(),
                )
                for number in range(1, small + 1)
            )
            Subscription.objects.filter(pk=row.pk).update(last_sequence=row.last_sequence + small)
        began = time.time()
        push_due.delay(bureau.pk)
        wait_for(lambda: not waiting())
        figures["push_small_messages_per_second_one_receiver"] = round(small / (time.time() - began), 1)
    receiver.terminate()
    manager.shutdown()
    for connection in connections.all(initialized_only=True):
        connection.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deliveries", description=__doc__)
    parser.add_argument("--n", type=int, default=10_000, metavar="N", help="enterprises (default 10000)")
    parser.add_argument("--subscriptions", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--data-dir", type=Path, default=HERE.parent / ".data-deliveries", help="recreated by each run"
    )
    parser.add_argument("--output", type=Path, default=HERE / "results" / "deliveries.json")
    options = parser.parse_args()
    with own.servers(options.data_dir, fresh=True, WEBHOOKS_PLAIN_HTTP="1"):
        figures = measure(options.n, options.subscriptions, options.workers)
    for name, value in figures.items():
        print(f"{name:<48} {value}")
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
