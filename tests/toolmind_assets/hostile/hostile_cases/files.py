"""Files that are none, archives and data sets."""

import gzip
import io
import json
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from hostile_cases.case import F, case, of, written

TOOL = json.dumps(F)


def packed(members: dict[str, str | bytes], change: Callable[[zipfile.ZipFile], None] | None = None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        if change:
            change(archive)
    return file.getvalue()


def tarred(*members: tarfile.TarInfo | tuple[str, str], mode: str = "w:gz") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload]
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                archive.addfile(member)
            else:
                entry = tarfile.TarInfo(member[0])
                entry.size = len(member[1].encode())
                archive.addfile(entry, io.BytesIO(member[1].encode()))
    return file.getvalue()


def linked(name: str, target: str, kind: bytes) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry


def zip_link(archive: zipfile.ZipFile) -> None:
    entry = zipfile.ZipInfo("link.json")
    entry.external_attr = 0o120777 << 16
    archive.writestr(entry, "/etc/passwd")


def encrypted() -> bytes:
    content = bytearray(packed({"a.json": TOOL}))
    # The flag of encryption, in the header of the member and in the directory.
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = content.index(mark) + offset
        content[at : at + 2] = struct.pack("<H", struct.unpack_from("<H", content, at)[0] | 1)
    return bytes(content)


case(
    "zip: a bomb",
    "a.zip",
    lambda: packed({"a.json": b" " * (16 << 20), "b.json": TOOL}),
    "f",
    compression_bomb=1,
)
case(
    "zip: a size that lies",
    "a.zip",
    lambda: packed({"a.json": b" " * 3_000_000}).replace(
        struct.pack("<I", 3_000_000), struct.pack("<I", 100)
    ),
    corrupt_archive=1,
)
case(
    "zip: names that lead out",
    "a.zip",
    packed(
        {
            "../a.json": TOOL,
            "/etc/b.json": TOOL,
            "C:\\c.json": TOOL,
            "d\\..\\..\\e.json": TOOL,
            "f.json": TOOL,
        }
    ),
    "f",
    unsafe_name=4,
)
case("zip: a link", "a.zip", packed({"f.json": TOOL}, zip_link), "f", special_member=1)
case("zip: with a password", "a.zip", encrypted, encrypted_member=1)
case(
    "zip: archives within",
    "a.zip",
    packed({"b.zip": packed({"a.json": TOOL}), "c.tar.gz": b"", "d.7z": b"", "f.json": TOOL}),
    "f",
    nested_archive=3,
)
case("zip: cut off", "a.zip", packed({"a.json": TOOL})[:-10], corrupt_archive=1)
case("zip: none", "a.zip", b"PK\3\4 no zip file at all", corrupt_archive=1)
case("zip: empty", "a.zip", packed({}))
case(
    "zip: a member that is broken",
    "a.zip",
    packed({"a.json": TOOL * 50, "f.json": TOOL}).replace(b"a.json", b"b.json", 1),
    "f",
    corrupt_archive=1,
)
case(
    "zip: a name that stands twice",
    "a.zip",
    lambda: packed({"a.json": TOOL, "b.json": TOOL}).replace(b"b.json", b"a.json"),
    "f",
    duplicate_member=1,
)
case(
    "tar: names that lead out",
    "a.tgz",
    tarred(("../a.json", TOOL), ("/etc/b.json", TOOL), ("f.json", TOOL)),
    "f",
    unsafe_name=2,
)
case(
    "tar: links and devices",
    "a.tgz",
    tarred(
        linked("a.json", "/etc/passwd", tarfile.SYMTYPE),
        linked("b.json", "../x", tarfile.LNKTYPE),
        linked("c.json", "", tarfile.CHRTYPE),
        linked("d.json", "", tarfile.FIFOTYPE),
        ("f.json", TOOL),
    ),
    "f",
    special_member=4,
)
case("tar: a bomb", "a.tgz", lambda: tarred(("a.json", " " * (32 << 20))), compression_bomb=1)
case(
    "tar: cut off",
    "a.tgz",
    lambda: tarred(("f.json", TOOL), ("b.json", TOOL + " " * 100_000), mode="w:gz")[:-30],
    "f",
    corrupt_archive=1,
)
case("tar: none", "a.tar", b"no archive" * 100, corrupt_archive=1)
case(
    "tar: archives within", "a.tar", tarred(("b.tar", "x"), ("f.json", TOOL), mode="w"), "f", nested_archive=1
)
case("gz: none", "a.json.gz", b"no gzip", corrupt_archive=1)
case("gz: cut off", "a.json.gz", gzip.compress(TOOL.encode() * 100)[:-20], corrupt_archive=1)
case("gz: a bomb", "a.json.gz", lambda: gzip.compress(b"[" * (64 << 20)), compression_bomb=1)
case("gz: a bomb of JSON", "a.json.gz", lambda: gzip.compress(b"[" * 900_000), too_deep=1)
case(
    "gz: a checksum that is wrong",
    "a.json.gz",
    gzip.compress(TOOL.encode())[:-8] + b"\0" * 8,
    corrupt_archive=1,
)


def _links(folder: Path) -> None:
    (folder / "out.json").symlink_to("/etc/passwd")
    (folder / "broken.json").symlink_to("nowhere.json")
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "up").symlink_to("..")
    os.mkfifo(folder / "pipe.json")


def _no_utf8_name(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.json")).write_text(TOOL)


def _deep_folders(folder: Path) -> None:
    inner = folder.joinpath(*["d" * 50] * 40)
    inner.mkdir(parents=True)
    (inner / "a.json").write_text(TOOL)


written("links, a loop and a pipe", _links, outside=2, unreadable_file=3)
written("a name that is no UTF-8", _no_utf8_name, "f")
written("folders 40 deep", _deep_folders, "f")
written("a folder that is called like a file", lambda folder: (folder / "a.json").mkdir())
case("a file without an ending", "catalog", TOOL, "f")
case("an image", "a.png", b"\x89PNG\r\n\x1a\n" + b"\0\xff" * 100, unreadable_file=1)


def _parquet(folder: Path) -> None:
    frame = pl.DataFrame({"tools": [json.dumps([F]), "[", "", None, json.dumps([of({}) | {"name": "g"}])]})
    frame.write_parquet(folder / "a.parquet")


case("parquet: none", "a.parquet", b"PAR1 no parquet PAR1", path="a.parquet#tools", corrupt_row=1)
case("parquet: empty", "a.parquet", b"", path="a.parquet#tools", corrupt_row=1)
case("parquet: as a document", "a.parquet", b"PAR1\xff\xfe", unreadable_file=1)
written("parquet: broken rows", _parquet, "f", "g", path="a.parquet#tools", malformed_json=1)
written("parquet: no such column", _parquet, path="a.parquet#functions", missing_column=1)
case("rows: no such column", "a.jsonl", '{"a": 1}\n{"b": 2}\n', path="a.jsonl#tools", missing_column=1)
case(
    "rows: broken lines of a column",
    "a.jsonl",
    json.dumps({"tools": [F]}) + '\n{"tools": \n[]\n\xff\n' + "[" * 100_000 + "\n",
    "f",
    path="a.jsonl#tools",
    corrupt_row=4,
)
case(
    "rows: wrong values of a column",
    "a.jsonl",
    "\n".join(json.dumps({"tools": value}) for value in (1, "x", True, {}, [], [1])),
    path="a.jsonl#tools",
    unknown_form=6,
)
case("an archive that is none, as one", "a.json", TOOL, path="a.json!/b.json", unreadable_file=1)
