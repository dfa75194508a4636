"""Events reach a FHIR server, each once and in order; none is lost (launch.md R38)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from audit_children import MASTER_KEY, a_record, a_trail
from audit_repository import AuditRepository

from smart_viewer.audit.delivery import AGAIN_S, LEASE_S, Courier, Repository
from smart_viewer.errors import RequestForbidden
from smart_viewer.net.outbound import Outbound
from smart_viewer.net.policy import HostPolicy, origin_of
from smart_viewer.sandbox.serve import listen, start_server
from smart_viewer.store import Store, open_store
from smart_viewer.store.deliveries import DeliveryState

LINES = 5


class Clock:
    """Seconds since 1970, standing still until it is set."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(audit_url: str, clock: Clock) -> Iterator[Store]:
    opened = open_store(audit_url, MASTER_KEY, clock)
    yield opened
    opened.close()


@pytest.fixture
def repository() -> AuditRepository:
    return AuditRepository()


@pytest.fixture
def base_url(repository: AuditRepository) -> Iterator[str]:
    door = listen("127.0.0.1")
    with start_server(repository.app(), listener=door):
        yield f"{door.url}/fhir"


Send = Callable[..., Courier]


@pytest.fixture
def courier(store: Store, base_url: str) -> Send:
    """Makes a courier; `of`: another store; the rest: of `Repository`."""
    outbound = Outbound(HostPolicy(frozenset({origin_of(base_url)}), True))

    def make(of: Store | None = None, **how: str) -> Courier:
        where = Repository(base_url, **how)  # type: ignore[arg-type]  # test data
        opened = of or store
        return Courier(opened.trail, opened.deliveries, where, outbound)

    return make


def record(store: Store, count: int = LINES, **changes: object) -> None:
    for number in range(count):
        a_trail(store).record(a_record(patient=f"Patient/{number}", **changes))


def lines(store: Store) -> list[tuple[str, dict]]:
    """What the trail holds: the hash of each line, and its event."""
    return [(row.hash, json.loads(row.body or "")) for row in store.trail.lines()]


@pytest.mark.requirement("R38")
def test_every_line_arrives_once_in_order_under_the_hash_of_its_line(
    store, repository, courier
):
    record(store)

    assert courier().deliver()
    assert courier().deliver()  # nothing more to send

    sent = [(name, {**event, "id": name}) for name, event in lines(store)]
    assert list(repository.events.items()) == sent
    assert repository.asked == [("PUT", None)] * LINES


def test_a_server_that_takes_no_put_gets_posts_with_a_tag(store, repository, courier):
    record(store)

    assert courier(method="post", bearer="secret").deliver()

    tags = [event["meta"]["tag"][0]["code"] for event in repository.events.values()]
    assert tags == [name for name, _ in lines(store)]
    assert repository.asked == [("POST", "Bearer secret")] * LINES


@pytest.mark.requirement("R38")
@pytest.mark.parametrize("status", [401, 403, 404, 405, 408, 429, 500, 502, 503])
def test_while_it_is_down_nothing_is_lost_and_the_pauses_grow(
    store, repository, courier, clock, status
):
    record(store)
    repository.status = status
    pauses = []
    for _ in range(12):
        assert not courier().deliver()
        pauses.append(store.deliveries.state().next_at - clock.now)
        assert not courier().deliver()  # it asks nothing before the pause is over
        clock.now = store.deliveries.state().next_at
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert len(repository.answered) == len(pauses)

    record(store)  # acts go on meanwhile
    repository.status = 0

    assert courier().deliver()
    assert list(repository.events) == [name for name, _ in lines(store)]
    assert store.deliveries.state() == DeliveryState(2 * LINES, 0, clock.now)


@pytest.mark.requirement("R38")
def test_a_restart_goes_on_where_the_last_one_was(
    store, repository, courier, clock, audit_url
):
    record(store)
    assert courier().deliver()
    repository.status = 503
    record(store)
    assert not courier().deliver()
    store.close()
    repository.status, clock.now = 0, clock.now + 1

    again = open_store(audit_url, MASTER_KEY, clock)

    assert courier(again).deliver()
    assert list(repository.events) == [name for name, _ in lines(again)]
    assert repository.answered == [201] * LINES + [503] + [201] * LINES
    again.close()


def test_nobody_listening_is_as_good_as_down(store, clock, audit_url):
    record(store)
    door = listen("127.0.0.1")
    door.socket.close()
    outbound = Outbound(HostPolicy(frozenset({origin_of(door.url)}), True))

    courier = Courier(
        store.trail, store.deliveries, Repository(f"{door.url}/fhir"), outbound
    )

    assert not courier.deliver()
    assert store.deliveries.state() == DeliveryState(0, 1, clock.now + 1)


@pytest.mark.requirement("R38")
def test_two_replicas_send_no_event_twice(store, repository, courier, clock, audit_url):
    record(store, 30)
    other = open_store(audit_url, MASTER_KEY, clock)
    barrier = Barrier(2)

    def send(opened: Store) -> bool:
        mine = courier(opened)
        barrier.wait(60)
        return mine.deliver()

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(send, [store, other]))
    other.close()

    assert any(done)
    assert repository.answered == [201] * 30
    assert list(repository.events) == [name for name, _ in lines(store)]


def test_a_sender_that_lost_its_lease_stops_and_another_goes_on(
    store, repository, courier, clock
):
    record(store)
    assert store.deliveries.take("hung", LEASE_S) == DeliveryState()
    assert not courier().deliver()

    clock.now += LEASE_S

    assert courier().deliver()
    assert not store.deliveries.advance("hung", 1, LEASE_S)
    assert not store.deliveries.set_aside("hung", 1, 422, AGAIN_S, LEASE_S)
    assert not store.deliveries.hold("hung", LEASE_S)
    assert store.deliveries.state() == DeliveryState(LINES)
    assert repository.answered == [201] * LINES


@pytest.mark.requirement("R38")
@pytest.mark.parametrize("method", ["put", "post"])
def test_an_event_whose_answer_was_lost_is_there_once(
    store, repository, courier, clock, method
):
    record(store)
    repository.deaf = True
    assert not courier(method=method).deliver()
    repository.deaf, clock.now = False, clock.now + 1

    assert courier(method=method).deliver()

    assert len(repository.events) == LINES
    assert repository.answered[:2] == [500, 200]


def test_an_event_that_is_refused_holds_up_no_other_and_is_tried_again(
    store, repository, courier, clock
):
    record(store, 1)
    record(store, 1, action="block")
    record(store, 1)
    repository.refuses = {"block"}

    assert courier().deliver()

    assert len(repository.events) == 2
    assert store.deliveries.state() == DeliveryState(3, refused=1)
    clock.now += AGAIN_S
    assert courier().deliver()  # refused again
    assert store.deliveries.state().refused == 1
    assert courier().deliver()  # and left alone for an hour
    assert repository.answered == [201, 422, 201, 422]
    repository.refuses, clock.now = set(), clock.now + AGAIN_S
    assert courier().deliver()
    assert len(repository.events) == 3
    assert store.deliveries.state().refused == 0


def test_a_courier_that_is_closed_sends_nothing_more(store, repository, courier):
    record(store)
    closed = courier()
    closed.close()

    assert not closed.deliver()

    assert repository.answered == []
    assert courier().deliver()


def test_a_redirect_is_not_followed_and_no_other_host_is_asked(
    store, repository, courier, base_url
):
    record(store)
    repository.status = 307
    assert not courier().deliver()

    elsewhere = Outbound(HostPolicy(frozenset(), True))
    with pytest.raises(RequestForbidden):
        Repository(base_url).send(elsewhere, next(store.trail.lines()), "{}")


def test_a_courier_sends_by_itself_once_it_is_started(store, repository, courier):
    sending = courier()
    sending.start()
    record(store)
    sending.ring()

    assert repository.wait_for(LINES)

    sending.close()
