"""Files of data sets on the Hugging Face hub, fetched once into a folder of ours.

The official library does the work: where the hub is (`HF_ENDPOINT`), whether it may be asked (`HF_HUB_OFFLINE`)
and who asks (`HF_TOKEN`) are its own environment variables. A token that is kept in a file is not used.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from toolmind_resources.errors import ToolMindError


class HubError(ToolMindError):
    """A file of the Hugging Face hub cannot be had."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A fetched file, and the commit of its repository that it belongs to."""

    path: Path
    commit: str


def fetch_file(repository: str, file: str, revision: str, folder: Path) -> HubFile:
    """A file of a data set, from `folder` where it is there already; without a network, the copy fetched last.

    Args:
        repository: Id of the data set, such as `Team-ACE/ToolACE`.
        file: Path in the repository.
        revision: Branch, tag or commit; a commit that is there already is not asked for again.
        folder: Where fetched files are kept.

    Raises:
        HubError: the library is not installed, there is no such repository, revision or file, the repository is
            not open to this user, or the hub cannot be reached and nothing was fetched before.
    """
    try:
        import httpx2
        from huggingface_hub import errors, hf_hub_download
    except ImportError as error:
        raise HubError(
            'files of the Hugging Face hub want its library: pip install "toolmind-assets[hub]"'
        ) from error
    what = f"{file} of the data set {repository!r} at {revision!r}"
    try:
        path = hf_hub_download(
            repository,
            file,
            repo_type="dataset",
            revision=revision,
            cache_dir=folder,
            library_name="toolmind-assets",
            # None: the library reads HF_TOKEN itself, and cleans it; False: not even the file of `hf auth login`.
            token=None if os.environ.get("HF_TOKEN") else False,
        )
    except errors.GatedRepoError as error:
        raise HubError(
            f"{what}: the data set is gated; accept its terms on its page on the hub, and set HF_TOKEN to a "
            "token of that account"
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise HubError(
            f"{what}: the hub knows no such data set, or shows it to its members only; correct the id, or set "
            "HF_TOKEN"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise HubError(
            f"{what}: there is no such revision; name a branch, a tag or a whole commit hash"
        ) from error
    except errors.RemoteEntryNotFoundError as error:
        raise HubError(
            f"{what}: there is no such file; take its path from the page of the data set's files"
        ) from error
    except errors.LocalEntryNotFoundError as error:
        if isinstance(cause := error.__cause__, errors.HfHubHTTPError):
            raise HubError(f"{what}: {_refusal(cause.response.status_code)}") from error
        raise HubError(
            f"{what}: the hub cannot be reached, or what answers is no hub, and {folder} holds no copy; check the "
            "network, HF_ENDPOINT and HF_HUB_OFFLINE"
        ) from error
    except errors.HFValidationError as error:
        raise HubError(f"{what}: this is no id of a data set; ids are like Team-ACE/ToolACE") from error
    except errors.HfHubHTTPError as error:
        raise HubError(f"{what}: {_refusal(error.response.status_code)}") from error
    except UnicodeError:
        # Not `from` it: the error holds the header.
        raise HubError(f"{what}: the value of HF_TOKEN is no token; set it anew") from None
    except (OSError, httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise HubError(f"{what}: it cannot be fetched into {folder}: {error.__class__.__name__}") from error
    # The library keeps a file under <repository>/snapshots/<commit>/<file>.
    return HubFile(Path(path), Path(path).relative_to(folder).parts[2])


def _refusal(status: int) -> str:
    if status in (401, 403):
        return f"the hub refuses it with status {status}; set HF_TOKEN to a token that may read it"
    if status == 404:
        return "the hub holds nothing there; correct the id of the data set and the file"
    return f"the hub answers with status {status}; try again later"
