"""What is written before it is made, and read after a crash."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from millwright.rack.journal import Entry, Journal, read_boot_id

BOOT = "4059076f-8d17-42c8-ba9f-c920b82b3fa0"


@pytest.fixture
def journal(tmp_path):
    return Journal(tmp_path / "journal.jsonl", BOOT)


def test_what_was_noted_is_read_back_in_order_by_another_process(journal):
    noted = [Entry("bridge", "mw-rack"), Entry("process", "rack-c1", 4711, 99), Entry("cgroup", "mirror")]
    for entry in noted:
        journal.note(entry)
    assert Journal(journal.path, BOOT).entries() == tuple(noted)


def test_nothing_is_noted_twice(journal):
    journal.note(Entry("bridge", "mw-rack"))
    journal.note(Entry("bridge", "mw-rack"))
    assert len(journal.entries()) == 1


def test_a_line_cut_off_by_a_crash_loses_itself_only(journal):
    journal.note(Entry("bridge", "mw-rack"))
    text = journal.path.read_text()
    journal.path.write_text(text + text[: len(text) // 2])
    assert journal.names("bridge") == ("mw-rack",)


def test_a_note_after_a_cut_line_is_read(journal):
    journal.note(Entry("bridge", "mw-rack"))
    with journal.path.open("a") as file:
        file.write('{"boot": "4059')
    journal.note(Entry("cgroup", "mirror"))
    assert journal.names("cgroup") == ("mirror",)


@pytest.mark.parametrize(
    "line", ["null", "[]", '"x"', '{"kind": 1, "name": "a"}', '{"kind": "bridge"}', "\x00\x00", "{" * 2000]
)
def test_rubbish_is_passed_over(journal, line):
    journal.path.write_text(line + "\n")
    assert journal.entries() == ()


def test_after_a_reboot_nothing_of_it_counts(journal):
    journal.note(Entry("process", "rack-c1", 4711, 99))
    assert Journal(journal.path, "another-boot").entries() == ()


def test_the_latest_process_of_a_name_counts(journal):
    journal.note(Entry("process", "rack-c1", 10, 1))
    journal.note(Entry("process", "rack-c1", 11, 2))
    assert journal.process("rack-c1") == Entry("process", "rack-c1", 11, 2)
    assert journal.process("rack-c2") is None


def test_nodes_that_start_at_the_same_time_all_get_their_line(journal):
    entries = [Entry("process", f"n{number}", number, 1) for number in range(1, 101)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(journal.note, entries))
    assert set(journal.entries()) == set(entries)


def test_a_cleared_journal_is_gone(journal):
    journal.note(Entry("bridge", "mw-rack"))
    journal.clear()
    journal.clear()
    assert not journal.path.exists()


def test_this_machine_tells_its_boot():
    assert len(read_boot_id()) == 36
