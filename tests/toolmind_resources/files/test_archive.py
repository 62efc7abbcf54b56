"""Archives: what is read of them, and one test a limit."""

import gzip
import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolmind_resources.files.archive import read_archive, read_compressed
from toolmind_resources.files.found import Breach, FoundFile, ReadLimits

LIMITS = ReadLimits()
OK = {"a.json": b'{"a": 1}', "z.yaml": b"z: 1"}


def pack_zip(path: Path, files: dict[str, bytes], **settings: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **settings) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def pack_tar(path: Path, files: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in (".tgz", ".gz") else "w") as archive:
        for name, content in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return path


PACKERS = [
    (pack_zip, "x.zip"),
    (pack_zip, "x.whl"),
    (pack_tar, "x.tar"),
    (pack_tar, "x.tgz"),
    (pack_tar, "x.tar.gz"),
]
each_kind = pytest.mark.parametrize(("pack", "name"), PACKERS, ids=[name for _, name in PACKERS])
Packer = Callable[[Path, dict[str, bytes]], Path]


def read(path: Path, limits: ReadLimits = LIMITS, pattern: str = "") -> dict[str, FoundFile]:
    found = list(read_archive(path.name, path, limits, pattern))
    assert all((file.content is None) == (file.problem is not None) for file in found)
    assert all((file.problem is None) == (file.breach is None) for file in found)
    by_name = {file.name: file for file in found}
    assert len(by_name) == len(found)
    return by_name


def breaches(found: dict[str, FoundFile]) -> dict[str, Breach]:
    return {name: file.breach for name, file in found.items() if file.breach is not None}


def contents(found: dict[str, FoundFile]) -> dict[str, bytes]:
    return {name.partition("!/")[2]: file.content for name, file in found.items() if file.content is not None}


@each_kind
def test_members_that_can_be_catalogs_are_read_and_others_left(tmp_path: Path, pack: Packer, name: str):
    files = {"p/a.json": b"{}", "p/b.ts": b"", "LICENSE": b"", "p/.hidden.json": b"", "p/c.py": b"x = 1"}
    found = read(pack(tmp_path / name, {**files, "./d.jsonl.gz": gzip.compress(b"{}\n")}))
    assert found[f"{name}!/p/a.json"] == FoundFile(f"{name}!/p/a.json", 2, b"{}")
    assert contents(found) == {"p/a.json": b"{}", "p/c.py": b"x = 1", "d.jsonl.gz": b"{}\n"}


@each_kind
def test_a_glob_names_members_of_whatever_ending(tmp_path: Path, pack: Packer, name: str):
    path = pack(tmp_path / name, {"p/v1/api.txt": b"1", "p/api.txt": b"2", "p/v1/other.json": b"3"})
    assert contents(read(path, pattern="p/**/api.*")) == {"p/v1/api.txt": b"1", "p/api.txt": b"2"}
    assert contents(read(path, pattern="p/*/*")) == {"p/v1/api.txt": b"1", "p/v1/other.json": b"3"}
    assert contents(read(path, pattern="p/v1/**")) == {"p/v1/api.txt": b"1", "p/v1/other.json": b"3"}


@each_kind
def test_names_that_lead_out_are_refused_and_their_neighbours_read(tmp_path: Path, pack: Packer, name: str):
    hostile = ["../up.json", "/etc/x.json", "p/../../up.json", "C:/x.json", "..\\up.json", "../../x.sh"]
    found = read(
        pack(tmp_path / name, {"a.json": OK["a.json"], **dict.fromkeys(hostile, b"1"), "z.yaml": b"z: 1"})
    )
    assert breaches(found) == {f"{name}!/{out}": Breach.UNSAFE_NAME for out in hostile}
    assert contents(found) == OK
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_links_devices_and_pipes_in_a_tar_file_are_refused(tmp_path: Path):
    kinds = {
        "s.json": tarfile.SYMTYPE,
        "h.json": tarfile.LNKTYPE,
        "d": tarfile.CHRTYPE,
        "p": tarfile.FIFOTYPE,
    }
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for name, kind in kinds.items():
            header = tarfile.TarInfo(name)
            header.type, header.linkname = kind, "/etc/passwd"
            archive.addfile(header)
        header = tarfile.TarInfo("z.yaml")
        header.size = 4
        archive.addfile(header, io.BytesIO(b"z: 1"))
    found = read(tmp_path / "x.tar")
    assert breaches(found) == {f"x.tar!/{name}": Breach.SPECIAL_MEMBER for name in kinds}
    assert contents(found) == {"z.yaml": b"z: 1"}


def test_a_link_in_a_zip_file_is_refused(tmp_path: Path):
    path = pack_zip(tmp_path / "x.zip", OK)
    with zipfile.ZipFile(path, "a") as archive:
        entry = zipfile.ZipInfo("s.json")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")
    found = read(path)
    assert breaches(found) == {"x.zip!/s.json": Breach.SPECIAL_MEMBER}
    assert contents(found) == OK


@each_kind
def test_archives_in_an_archive_are_not_opened(tmp_path: Path, pack: Packer, name: str):
    found = read(pack(tmp_path / name, {**OK, "in.zip": b"PK", "in.tar.gz": b"", "in.7z": b""}))
    assert breaches(found) == {
        f"{name}!/in{end}": Breach.NESTED_ARCHIVE for end in (".zip", ".tar.gz", ".7z")
    }
    assert contents(found) == OK


@each_kind
def test_a_member_that_is_too_large_costs_no_neighbour(tmp_path: Path, pack: Packer, name: str):
    path = pack(tmp_path / name, {"a.json": OK["a.json"], "big.json": bytes(2000), "z.yaml": b"z: 1"})
    found = read(path, replace(LIMITS, max_file_bytes=1999))
    assert breaches(found) == {f"{name}!/big.json": Breach.FILE_TOO_LARGE}
    assert "2,000 bytes, the limit is 1,999" in (found[f"{name}!/big.json"].problem or "")
    assert contents(found) == OK


@each_kind
def test_one_member_too_many_ends_the_reading(tmp_path: Path, pack: Packer, name: str):
    path = pack(tmp_path / name, {f"{number}.json": b"1" for number in range(4)})
    found = read(path, replace(LIMITS, max_members=3))
    assert breaches(found) == {name: Breach.TOO_MANY_MEMBERS}
    assert list(contents(found)) == ["0.json", "1.json", "2.json"]


def test_the_directory_of_a_zip_file_is_not_held_in_memory_beyond_the_limit(tmp_path: Path):
    path = pack_zip(tmp_path / "x.zip", {f"{'n' * 60}{number}.json": b"" for number in range(2000)})
    assert breaches(read(path, replace(LIMITS, max_members=100))) == {"x.zip": Breach.TOO_MANY_MEMBERS}


@each_kind
def test_bytes_of_all_members_together_have_a_limit(tmp_path: Path, pack: Packer, name: str):
    path = pack(tmp_path / name, {f"{number}.json": b"1" * 60_000 for number in range(9)})
    found = read(path, replace(LIMITS, max_expanded_bytes=300_000))
    assert breaches(found) == {name: Breach.ARCHIVE_TOO_LARGE}
    assert 3 <= len(contents(found)) <= 5


def test_a_zip_bomb_is_refused_and_its_neighbours_read(tmp_path: Path):
    path = pack_zip(
        tmp_path / "x.zip", {"a.json": OK["a.json"], "bomb.json": bytes(50_000_000), "z.yaml": b"z: 1"}
    )
    assert path.stat().st_size < 60_000
    found = read(path)
    assert breaches(found) == {"x.zip!/bomb.json": Breach.COMPRESSION_BOMB}
    assert contents(found) == OK


def test_a_zip_entry_that_lies_about_its_size_is_read_no_further(tmp_path: Path):
    path = pack_zip(tmp_path / "x.zip", {"lie.json": b"1" * 5000, "z.yaml": b"z: 1"})
    path.write_bytes(path.read_bytes().replace(struct.pack("<L", 5000), struct.pack("<L", 10)))
    found = read(path)
    assert breaches(found) == {"x.zip!/lie.json": Breach.CORRUPT_ARCHIVE}
    assert contents(found) == {"z.yaml": b"z: 1"}


def test_a_bomb_in_a_compressed_tar_file_ends_the_reading(tmp_path: Path):
    files = {"a.json": OK["a.json"], "bomb.png": bytes(50_000_000), "z.yaml": b"z: 1"}
    found = read(pack_tar(tmp_path / "x.tgz", files))
    assert breaches(found) == {"x.tgz": Breach.COMPRESSION_BOMB}
    assert contents(found) == {"a.json": OK["a.json"]}


@each_kind
def test_a_compressed_member_that_is_a_bomb_costs_no_neighbour(tmp_path: Path, pack: Packer, name: str):
    bomb = gzip.compress(bytes(5_000_000))
    found = read(pack(tmp_path / name, {"bomb.json.gz": bomb, **OK}))
    assert breaches(found) == {f"{name}!/bomb.json.gz": Breach.COMPRESSION_BOMB}
    assert contents(found) == OK


def test_a_header_is_not_held_in_memory_beyond_its_limit(tmp_path: Path):
    with tarfile.open(tmp_path / "x.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        header = tarfile.TarInfo("a.json")
        header.pax_headers = {"comment": "c" * 3_000_000}
        archive.addfile(header)
    found = read(tmp_path / "x.tar")
    assert breaches(found) == {"x.tar": Breach.CORRUPT_ARCHIVE}
    assert "a header of more than" in (found["x.tar"].problem or "")


def test_a_member_of_four_terabytes_is_not_waited_for(tmp_path: Path):
    header = tarfile.TarInfo("a.json")
    header.size = 4 << 40
    (tmp_path / "x.tar").write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(512))
    assert breaches(read(tmp_path / "x.tar")) == {"x.tar": Breach.ARCHIVE_TOO_LARGE}


@each_kind
def test_a_name_that_stands_twice_is_read_once(tmp_path: Path, pack: Packer, name: str):
    path = pack(tmp_path / name, {"a.json": b"1", "./a.json": b"2", "b.json": b"3"})
    found = read(path)
    assert breaches(found) == {f"{name}!/a.json (2)": Breach.DUPLICATE_MEMBER}
    assert contents(found) == {"a.json": b"1", "b.json": b"3"}


def test_a_member_with_a_password_is_refused(tmp_path: Path):
    path = pack_zip(tmp_path / "x.zip", OK)
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    found = read(path)
    assert breaches(found) == {"x.zip!/a.json": Breach.ENCRYPTED_MEMBER}
    assert contents(found) == {"z.yaml": b"z: 1"}


def test_a_compression_that_expands_without_limit_is_refused(tmp_path: Path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a.json", b"1")
    assert breaches(read(tmp_path / "x.zip")) == {"x.zip!/a.json": Breach.CORRUPT_ARCHIVE}


@pytest.mark.parametrize("name", ["x.tar", "x.tgz"])
def test_a_tar_file_that_is_cut_off_gives_what_could_be_read(tmp_path: Path, name: str):
    noise = zlib.compress(bytes(range(256)) * 8, 0) * 40
    path = pack_tar(tmp_path / name, {"a.json": b"1", "big.bin": noise, "z.yaml": b"z: 1"})
    path.write_bytes(path.read_bytes()[: 400 if name == "x.tgz" else 40_000])
    found = read(path)
    assert breaches(found) == {name: Breach.CORRUPT_ARCHIVE}
    assert contents(found) in ({"a.json": b"1"}, {})


def test_a_tar_file_that_ends_without_its_mark_is_said_to_be_cut_off(tmp_path: Path):
    path = pack_tar(tmp_path / "x.tar", OK)
    path.write_bytes(path.read_bytes()[: 4 * 512])
    found = read(path)
    assert breaches(found) == {"x.tar": Breach.CORRUPT_ARCHIVE}
    assert contents(found) == OK


def test_a_header_that_is_broken_is_not_taken_for_the_end(tmp_path: Path):
    path = pack_tar(tmp_path / "x.tar", OK)
    content = bytearray(path.read_bytes())
    content[1024 + 10 : 1024 + 20] = b"\xff" * 10
    path.write_bytes(content)
    found = read(path)
    assert breaches(found) == {"x.tar": Breach.CORRUPT_ARCHIVE}
    assert contents(found) == {"a.json": OK["a.json"]}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x1f\x8b\x08", b"no archive at all", bytes(10240)])
@pytest.mark.parametrize("name", ["x.zip", "x.tgz", "x.tar"])
def test_what_is_no_archive_is_one_row(tmp_path: Path, name: str, content: bytes):
    (tmp_path / name).write_bytes(content)
    assert set(breaches(read(tmp_path / name)).values()) <= {Breach.CORRUPT_ARCHIVE}


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(PACKERS),
    damage=st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 255)), max_size=8),
)
def test_damage_of_any_kind_raises_nothing(
    tmp_path_factory: pytest.TempPathFactory, kind: tuple[Packer, str], damage: list[tuple[int, int]]
):
    path = kind[0](tmp_path_factory.mktemp("damaged") / kind[1], {**OK, "l" * 150 + ".json": b"1"})
    content = bytearray(path.read_bytes())
    for at, value in damage:
        content[at % len(content)] = value
    path.write_bytes(content)
    assert len(list(read_archive(path.name, path, LIMITS))) <= 4


def test_a_compressed_file_is_expanded(tmp_path: Path):
    path = tmp_path / "a.json.gz"
    path.write_bytes(gzip.compress(b"{}") + gzip.compress(b" "))
    assert read_compressed("a.json.gz", path, LIMITS) == FoundFile("a.json.gz", 3, b"{} ")


@pytest.mark.parametrize(
    ("content", "breach"),
    [
        (gzip.compress(bytes(5_000_000)), Breach.COMPRESSION_BOMB),
        (gzip.compress(bytes(2_000_001), 0), Breach.FILE_TOO_LARGE),
        (gzip.compress(b"{}")[:-4], Breach.CORRUPT_ARCHIVE),
        (b"{}", Breach.CORRUPT_ARCHIVE),
    ],
    ids=["bomb", "large", "cut off", "not compressed"],
)
def test_a_compressed_file_that_cannot_be_read_says_why(tmp_path: Path, content: bytes, breach: Breach):
    path = tmp_path / "a.json.gz"
    path.write_bytes(content)
    found = read_compressed(path.name, path, replace(LIMITS, max_file_bytes=2_000_000))
    assert (found.content, found.breach) == (None, breach)
    gone = read_compressed("b.json.gz", tmp_path / "b.json.gz", LIMITS)
    assert gone.breach is Breach.UNREADABLE
