"""How a catalog's path is written."""

import pytest

from toolmind_resources.files.source_path import SourcePath, split_source


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        ("a/b.json", SourcePath("a/b.json")),
        ("a#b/c#1.json", SourcePath("a#b/c#1.json")),
        ("a.tgz!/p/**/*.json", SourcePath("a.tgz", "p/**/*.json")),
        ("a.parquet#tools", SourcePath("a.parquet", "", "tools")),
        ("a/*.jsonl.gz#tools", SourcePath("a/*.jsonl.gz", "", "tools")),
        ("a.zip!/b.JSONL#my tools", SourcePath("a.zip", "b.JSONL", "my tools")),
        ("https://h/a.json?k=1", SourcePath("https://h/a.json?k=1")),
        ("https://h/a?k=1#tools", SourcePath("https://h/a?k=1", "", "tools")),
        ("https://h/a.tgz!/p/*.json", SourcePath("https://h/a.tgz", "p/*.json")),
        ("package:name/data/*.parquet#tools", SourcePath("package:name/data/*.parquet", "", "tools")),
    ],
)
def test_a_path_has_a_base_and_may_have_a_glob_of_members_and_a_column(path: str, parts: SourcePath):
    assert split_source(path) == parts


def test_a_path_is_local_or_a_url_or_of_a_package():
    assert split_source("a/b.json").is_local
    assert split_source("ftp://h/b.json").is_url
    assert split_source("package:name/b.json").package == "name/b.json"
    assert not split_source("package:name").is_local
