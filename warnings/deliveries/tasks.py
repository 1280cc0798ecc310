"""Celery tasks of the deliveries. All are idempotent, and any number of workers may run them at once.

What waits for receivers has a queue of its own (``CELERY_TASK_ROUTES``), so that slow ones do not hold up ratings, and a
quarter's ratings do not hold up the push.
"""

from celery import shared_task

from deliveries.operations import exchanges, pushing, snapshot, testing, warning
from foundation.accounts.sweeping import every_bureau, in_each


@shared_task
def push_due(bureau_id: int | None = None) -> None:
    """Send a ``push`` task for each subscription that is due. Runs after each publication and on schedule.

    Also one for each test event, and for each first message that was asked for. If that fails in a bureau, the next run
    finds what is still due.
    """

    def wake(each: int) -> None:
        for subscription_id in snapshot.asked_ids(bureau_id=each):
            write_snapshot.apply_async((each, subscription_id), expires=60)
        for subscription_id in pushing.due_ids(bureau_id=each):
            push.apply_async((each, subscription_id), expires=60)
        for test_id in testing.untaken_ids(bureau_id=each):
            push_test.apply_async((each, test_id), expires=60)

    in_each([bureau_id] if bureau_id else every_bureau(), wake, of="deliveries")


@shared_task
def push(bureau_id: int, subscription_id: int) -> None:
    """Run one turn of a subscription, and send a task for the next if more waits. The lease prevents parallel turns."""
    if pushing.push(bureau_id=bureau_id, subscription_id=subscription_id).more:
        push.apply_async((bureau_id, subscription_id), expires=60)


@shared_task
def write_snapshot(bureau_id: int, subscription_id: int) -> None:
    """Write the first messages of a subscription. What cannot be written now is asked for again on schedule."""
    snapshot.write_snapshot(bureau_id=bureau_id, subscription_id=subscription_id)


@shared_task
def push_test(bureau_id: int, test_id: int) -> None:
    """Send one test event. If another worker has taken it, nothing happens."""
    testing.push_test(bureau_id=bureau_id, test_id=test_id)


@shared_task
def forget_attempts() -> None:
    """Delete the attempts and test events older than half a year."""

    def forget(each: int) -> None:
        pushing.forget_attempts(bureau_id=each)
        testing.forget_tests(bureau_id=each, older_than=pushing.ATTEMPTS_KEPT)

    in_each(every_bureau(), forget, of="attempts")


@shared_task
def erase_exchanges() -> None:
    """Erase what was sent and answered in attempts of more than a week ago."""
    in_each(every_bureau(), lambda each: exchanges.erase_expired(bureau_id=each), of="exchanges")


@shared_task
def warn_of_late() -> None:
    """Notify whom it concerns of pushes that have failed for an hour."""
    in_each(every_bureau(), lambda each: warning.warn_of_late(bureau_id=each), of="late deliveries")


@shared_task
def warn_of_ending_secrets() -> None:
    """Notify departments of old secrets that end soon."""
    in_each(every_bureau(), lambda each: warning.warn_of_ending_secrets(bureau_id=each), of="ending secrets")
