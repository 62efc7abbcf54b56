import json
import traceback
from typing import Any

import numpy as np
import pytest

from toolmind_resources.embed.openai import EmbedEndpoint, OpenAIEmbedder
from toolmind_resources.errors import EmbedError

KEY = "sk-very-secret"
Answer = tuple[int, str, bytes]


def as_json(value: Any, status: int = 200) -> Answer:
    return status, "application/json", json.dumps(value).encode()


def embeddings(vectors: list[list[Any]]) -> dict[str, Any]:
    rows = [
        {"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)
    ]
    return {"object": "list", "model": "m", "data": rows, "usage": {"prompt_tokens": 1, "total_tokens": 1}}


@pytest.fixture
def server(embedding_server: Any) -> Any:
    return embedding_server


def embedder(server: Any, **settings: Any) -> OpenAIEmbedder:
    values = {"base_url": server.url, "model": "m", "timeout_seconds": 5, "max_retries": 0, **settings}
    return OpenAIEmbedder(EmbedEndpoint.model_validate(values))


def test_vectors_have_norm_one_and_come_in_the_order_of_the_texts(server: Any) -> None:
    def reversed_rows(asked: dict[str, Any]) -> Answer:
        answer = embeddings([[float(len(text)), 0.0 if len(text) > 1 else 1.0] for text in asked["input"]])
        answer["data"].reverse()
        return as_json(answer)

    server.respond = reversed_rows
    found = embedder(server).embed(["a", "bbb"])
    assert found == pytest.approx(np.array([[0.5**0.5, 0.5**0.5], [1.0, 0.0]]))


def test_texts_are_sent_in_batches_and_never_empty(server: Any) -> None:
    found = embedder(server, batch_texts=2).embed(["a", "", "ccc"])
    assert found.shape == (3, 2)
    assert [asked["input"] for asked in server.asked] == [["a", " "], ["ccc"]]


def test_no_texts_need_no_request(server: Any) -> None:
    assert embedder(server).embed([]).shape[0] == 0
    assert server.asked == []


def test_the_key_comes_from_the_named_variable(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBED_TEST_KEY", KEY)
    embedder(server, api_key_env="EMBED_TEST_KEY").embed(["a"])
    assert server.keys == [f"Bearer {KEY}"]


def test_another_key_in_the_environment_is_not_sent(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    embedder(server).embed(["a"])
    assert KEY not in str(server.keys)


def test_a_variable_that_is_not_set_is_named(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMBED_TEST_KEY", raising=False)
    with pytest.raises(EmbedError, match="EMBED_TEST_KEY"):
        embedder(server, api_key_env="EMBED_TEST_KEY").embed(["a"])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (as_json({"error": {"message": f"Incorrect key {KEY}"}}, 401), "401: the key is wrong"),
        (as_json({"error": {"message": "no model m"}}, 404), "404: the model or the path is unknown"),
        (as_json({"error": {"message": "slow down"}}, 429), "429: too many requests"),
        (as_json({}, 500), "500: the server failed"),
        ((200, "text/html", b"<html>Welcome</html>"), "no embeddings but str: does base_url end in /v1"),
        ((200, "application/json", b'{"data": ['), "no embedding"),
        (as_json({"data": None}), "sent"),
        (as_json({"data": []}), "sent"),
        (as_json(embeddings([[1.0, 2.0], [1.0]])), "dimensions"),
        (as_json(embeddings([[], []])), "dimensions"),
        (as_json(embeddings([["a", "b"], ["c", "d"]])), "other than numbers"),
        (as_json(embeddings([[float("nan")], [1.0]])), "not finite"),
        (as_json({"data": [{"index": 0}, {"index": 1}]}), "sent"),
        (as_json({"data": [1, 2]}), "sent"),
    ],
)
def test_a_bad_answer_is_explained_without_the_key(
    server: Any, monkeypatch: pytest.MonkeyPatch, answer: Answer, message: str
) -> None:
    monkeypatch.setenv("EMBED_TEST_KEY", KEY)
    server.respond = lambda asked: answer
    with pytest.raises(EmbedError, match=message) as caught:
        embedder(server, api_key_env="EMBED_TEST_KEY").embed(["a", "b"])
    assert KEY not in "".join(traceback.format_exception(caught.value, chain=True))


def test_a_server_that_is_not_there_is_named(server: Any) -> None:
    gone = embedder(server, base_url="http://user:pass@127.0.0.1:9/v1")
    with pytest.raises(EmbedError, match=r"cannot reach m at http://127\.0\.0\.1:9/v1"):
        gone.embed(["a"])
