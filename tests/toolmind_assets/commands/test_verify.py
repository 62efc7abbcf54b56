"""`toolmind verify`, and what a run says of its checks."""

import shutil

import polars as pl

from toolmind_assets.tables.tasks import TASKS
from toolmind_resources.delta.store import DeltaStore


def test_a_run_says_that_checks_hold_on_what_it_made_and_nothing_where_it_made_nothing(made_project, project):
    made = (made_project.root.parent / "output.txt").read_text()
    assert "checks hold on what was made" in made
    assert "toolmind verify" in made
    again = project.toolmind("run")
    assert "Nothing to do" in again
    assert "checks hold" not in again


def test_all_that_was_made_is_verified(project):
    said = project.toolmind("verify")
    assert "checks hold on all that there is" in said
    assert "not judged" not in said


def test_what_was_altered_after_it_was_verified_is_found_and_no_longer_held_for_verified(project):
    store = DeltaStore(project.home / "tables")
    rows = store.read(TASKS)
    assert (project.home / "verified.json").is_file()
    rows.filter(pl.int_range(pl.len()) == 0).write_delta(store.path(TASKS), mode="append")
    refusal = project.refusal("verify")
    assert f"check key_unique of {TASKS.name}" in refusal
    assert not (project.home / "verified.json").exists()


def test_what_rests_on_a_table_that_is_gone_is_told_and_not_counted(project):
    shutil.rmtree(DeltaStore(project.home / "tables").path(TASKS))
    said = project.toolmind("verify")
    assert f"waits for {TASKS.name}" in said
    assert f"schema of {TASKS.name}" not in said


def test_without_tables_there_is_nothing_to_verify(empty_project):
    assert "toolmind run" in empty_project.refusal("verify")
    assert not empty_project.home.exists()
