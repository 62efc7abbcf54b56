"""What is said of the embedder in `toolmind.yaml` reaches the endpoint."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from toolmind_assets.settings.chat_models import embedder_of
from toolmind_assets.settings.config import EmbedderSection
from toolmind_resources.embed import openai as endpoints
from toolmind_resources.embed.openai import EmbedEndpoint, OpenAIEmbedder

SECTION = {"kind": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "m"}


def test_batches_and_the_time_limit_are_those_of_the_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[EmbedEndpoint] = []

    class Remembering(OpenAIEmbedder):
        def __init__(self, endpoint: EmbedEndpoint) -> None:
            built.append(endpoint)
            super().__init__(endpoint)

    monkeypatch.setattr(endpoints, "OpenAIEmbedder", Remembering)
    section = EmbedderSection.model_validate({**SECTION, "batch_texts": 8, "timeout_seconds": 300})
    embedder_of(section, tmp_path / "vectors.sqlite")
    assert [(one.batch_texts, one.timeout_seconds) for one in built] == [(8, 300)]


@pytest.mark.parametrize("more", [{"batch_texts": 0}, {"batch_texts": 5000}, {"timeout_seconds": 0}])
def test_limits_that_no_request_can_keep_are_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EmbedderSection.model_validate({**SECTION, **more})
