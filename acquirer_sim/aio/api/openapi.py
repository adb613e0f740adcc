"""The OpenAPI 3.1 document, made of the table that dispatches."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from acquirer_sim.aio.api.fault_shapes import fault_shapes
from acquirer_sim.aio.api.routes import EVENTS, PROBLEM, TITLES, Route
from acquirer_sim.aio.api.views import OpenDocument, Parameters, ProblemView
from acquirer_sim.faults import Fault

REFERENCE: Final = "#/components/schemas/{name}"
VERSION: Final = "1"
FAULT_BODY: Final = "a fault that is put"


def document(routes: Sequence[Route], *, with_token: bool) -> OpenDocument:
    """Return the document; with a token it says so."""
    shapes = {
        shape
        for route in routes
        for shape in (route.body, route.gives, ProblemView)
        if shape is not None
    }
    ordered = sorted(shapes, key=str)
    schemas, components = msgspec.json.schema_components(ordered, ref_template=REFERENCE)
    known = dict(zip(ordered, schemas, strict=True))
    narrower = fault_shapes(REFERENCE)
    known[FAULT_BODY] = {"anyOf": [{"$ref": REFERENCE.format(name=name)} for name in narrower]}
    components |= narrower
    paths: dict[str, Any] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(
            route, known, with_token=with_token and not route.open
        )
    told: OpenDocument = {
        "openapi": "3.1.0",
        "info": {
            "title": "Tallywire acquirer",
            "version": VERSION,
            "description": "What a running acquirer knows, and what it can be told.",
        },
        "paths": paths,
        "components": {"schemas": {name: _tidy(one) for name, one in components.items()}},
    }
    if with_token:
        told["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    return told


def _operation(route: Route, known: dict[Any, Any], *, with_token: bool) -> dict[str, Any]:
    content = {} if route.gives is None else {"schema": known[route.gives]}
    if route.media == EVENTS:
        content = {"schema": {"type": "string"}}
    answer: dict[str, Any] = {"description": route.summary}
    if route.status != 204:
        answer["content"] = {route.media: content or {"schema": {"type": "string"}}}
    told: dict[str, Any] = {
        "operationId": route.answer.__name__,
        "tags": [route.group],
        "summary": route.summary,
        "responses": {str(route.status): answer, **_problems(route, known, with_token=with_token)},
    }
    parameters = [*_parameters(route.of, "path"), *_parameters(route.query, "query")]
    if parameters:
        told["parameters"] = parameters
    if route.body is not None:
        shape = known[FAULT_BODY if route.body is Fault else route.body]
        content = {"application/json": {"schema": shape}}
        told["requestBody"] = {"required": True, "content": content}
    if with_token:
        told["security"] = [{"token": []}]
    return told


def _problems(route: Route, known: dict[Any, Any], *, with_token: bool) -> dict[str, Any]:
    statuses = {400, 403, *route.problems, *((401,) if with_token else ())}
    content = {PROBLEM: {"schema": known[ProblemView]}}
    return {
        str(status): {"description": TITLES[status], "content": content}
        for status in sorted(statuses)
    }


def _parameters(kind: type[Parameters] | None, place: str) -> list[dict[str, Any]]:
    if kind is None:
        return []
    (_, components) = msgspec.json.schema_components([kind], ref_template=REFERENCE)
    shape = components[kind.__name__]
    told = []
    for name, schema in shape["properties"].items():
        clean = _not_null(schema)
        parameter = {"name": name, "in": place, "schema": clean}
        sentence = clean.pop("description", "")
        if sentence:
            parameter["description"] = sentence
        if place == "path":
            parameter["required"] = True
        told.append(parameter)
    return told


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without the null that means a parameter is not there."""
    clean = {key: value for key, value in schema.items() if key != "anyOf"}
    for choice in schema.get("anyOf", ()):
        if choice != {"type": "null"}:
            clean |= choice
    if clean.get("default", "") is None:
        del clean["default"]
    return clean


def _tidy(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema whose description has no indentation of Python in it."""
    sentence = schema.get("description")
    return schema if sentence is None else {**schema, "description": inspect.cleandoc(sentence)}
