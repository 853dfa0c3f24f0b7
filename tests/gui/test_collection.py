import gc
import threading

import pytest

from core import memory
from gui.collection import Collection


@pytest.fixture
def collected():
    """Which generations were collected, and in which thread."""
    found = []

    def note(phase, info):
        if phase == "start":
            found.append((info["generation"], threading.current_thread()))

    gc.callbacks.append(note)
    yield found
    gc.callbacks.remove(note)


def _garbage(count=2000):
    for _ in range(count):
        loop: list = []
        loop.append(loop)


def test_only_the_timer_s_thread_collects(qapp, qtbot, collected):
    collection = Collection(lambda: False)
    collected.clear()
    thread = threading.Thread(target=_garbage)
    thread.start()
    thread.join()
    assert collected == []
    qtbot.waitUntil(lambda: bool(collected), timeout=3000)
    assert {thread for _, thread in collected} == {threading.main_thread()}
    collection.stop()


def test_nothing_is_collected_while_the_builder_works(qapp, collected):
    working = True
    collection = Collection(lambda: working)
    collection.stop()
    collection.note_work()
    _garbage()
    collection.collect()
    assert collected == []
    working = False
    collection.collect()
    assert [generation for generation, _ in collected] == [2]
    collected.clear()
    collection.collect()
    assert collected == []


def test_without_work_only_the_young_are_collected(qapp, collected):
    collection = Collection(lambda: False)
    collection.stop()
    _garbage()
    collection.collect()
    assert [generation for generation, _ in collected] == [1]


def test_memory_is_given_back_where_much_of_it_is_free(qapp, monkeypatch):
    resident, given = [0], []
    monkeypatch.setattr(memory, "resident_bytes", lambda: resident[0])
    monkeypatch.setattr(memory, "give_back", lambda: given.append(resident[0]))
    collection = Collection(lambda: False)
    collection.stop()
    for resident[0] in (2**20, 2**30, 2**30 + 1, 2**31):
        collection.note_work()
        collection.collect()
    assert given == [2**30, 2**31]


def test_giving_back_does_no_harm():
    memory.give_back()
    assert memory.resident_bytes() > 2**20
