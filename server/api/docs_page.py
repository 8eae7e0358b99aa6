"""The API's description as one page that asks nothing of any other server."""

import json
from collections.abc import Iterator
from html import escape

from server.api.schema import Json

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "pre{background:#8881;padding:.75rem;overflow:auto;border-radius:6px}"
    "code{font-size:.9em}:root{color-scheme:light dark}"
)


def docs_page(document: Json) -> str:
    """The page, given the OpenAPI document."""
    info = document["info"]
    parts = [
        '<!doctype html><html lang="en"><meta charset="utf-8">',
        f"<title>{escape(info['title'])}</title><style>{_STYLE}</style>",
        f"<h1>{escape(info['title'])} {escape(info['version'])}</h1>",
        f"<p>{escape(info['description'])}</p><p><a href='openapi.json'>openapi.json</a></p>",
    ]
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            parts += _operation(f"{method.upper()} {path}", operation)
    parts.append("<h2>Messages</h2>")
    for name, schema in document["components"]["schemas"].items():
        parts.append(f"<h3 id='{escape(name)}'>{escape(name)}</h3>{_shown(schema)}")
    return "".join(parts)


def _operation(title: str, operation: Json) -> Iterator[str]:
    yield f"<h2><code>{escape(title)}</code></h2><p>{escape(operation['summary'])}</p>"
    if "requestBody" in operation:
        yield "<h3>Asked with</h3>" + _shown(operation["requestBody"]["content"])
    for status, response in operation["responses"].items():
        content = response.get("content") if status == "200" else None
        shown = _shown(content) if content else ""
        yield f"<p><b>{escape(status)}</b> {escape(response['description'])}</p>{shown}"


def _shown(content: Json) -> str:
    return f"<pre>{escape(json.dumps(content, ensure_ascii=False, indent=1))}</pre>"
