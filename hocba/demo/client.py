"""A client of the API, as a front end would be one: GraphQL over HTTP, nothing else."""

from collections.abc import AsyncIterator, Mapping
from typing import Any, Self

import httpx

PAGE = 100


class ApiError(Exception):
    """The API answered with errors, or refused something the demo counted on."""


class Client:
    """One person's connection."""

    def __init__(self, base: str) -> None:
        self._http = httpx.AsyncClient(base_url=base, timeout=120)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """Send one operation and return its data.

        :raises ApiError: when the answer holds errors.
        """
        answer = await self._http.post(
            "/graphql",
            json={"query": document, "variables": variables},
            headers={"Accept": "application/graphql-response+json"},
        )
        said = answer.json()
        if said.get("errors"):
            raise ApiError(said["errors"])
        data: dict[str, Any] = said["data"]
        return data

    async def mutate(self, name: str, selection: str, **fields: Any) -> dict[str, Any]:
        """Call the mutation ``name`` with one input made of ``fields``."""
        kind = name[0].upper() + name[1:]
        document = f"mutation Do($input: {kind}Input!) {{ {name}(input: $input) {{ {selection} }} }}"
        answer: dict[str, Any] = (await self.ask(document, input=fields))[name]
        return answer

    async def mutate_all(self, name: str, **fields: Any) -> list[dict[str, Any]]:
        """Call a bulk mutation.

        :raises ApiError: when one of its results is a refusal.
        """
        answer = await self.mutate(name, "results { id outcome refusal { code message } }", **fields)
        refused = [row for row in answer["results"] if row["outcome"] == "REFUSED"]
        if refused:
            raise ApiError(f"{name}: {len(refused)} refused, first {refused[0]}")
        results: list[dict[str, Any]] = answer["results"]
        return results

    async def pages(
        self, field: str, selection: str, arguments: str = "", **variables: Any
    ) -> AsyncIterator[dict[str, Any]]:
        """Every node of a connection, page by page.

        :param arguments: of the field besides those of the page: ``step: ISSUE, ``.
        """
        declared = "".join(f"${name}: ID!, " for name in variables)
        document = (
            f"query ({declared}$after: String) {{ found: {field}({arguments}first: {PAGE}, after: $after)"
            f" {{ edges {{ node {{ {selection} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"
        )
        after: str | None = None
        while True:
            page = (await self.ask(document, after=after, **variables))["found"]
            for edge in page["edges"]:
                yield edge["node"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]

    async def sign_in(self, username: str, password: str) -> None:
        """Sign in; later calls carry the token."""
        answer = await self.mutate(
            "signIn", "token refusal { code message }", username=username, password=password
        )
        if not answer["token"]:
            raise ApiError(f"{username}: {answer['refusal']}")
        self._http.headers["Authorization"] = f"Bearer {answer['token']}"

    async def sign_in_first(self, username: str, first: str, chosen: str) -> None:
        """Sign in with a password that somebody else made, and choose another one."""
        await self.sign_in(username, first)
        answer = await self.mutate(
            "changePassword", "refusal { code message }", oldPassword=first, newPassword=chosen
        )
        if answer["refusal"]:
            raise ApiError(f"{username}: {answer['refusal']}")

    async def upload(self, name: str, content: bytes) -> str:
        """Send a file; its upload id."""
        answer = await self._http.post("/files", params={"name": name}, content=content)
        if answer.status_code != httpx.codes.CREATED:
            raise ApiError(answer.text)
        upload: str = answer.json()["uploadId"]
        return upload

    async def download(self, url: str, into: Any) -> None:
        """Stream ``url`` into the file ``into``."""
        async with self._http.stream("GET", url) as answer:
            if answer.status_code != httpx.codes.OK:
                raise ApiError(f"{url}: {answer.status_code}")
            async for piece in answer.aiter_bytes():
                into.write(piece)

    @property
    def headers(self) -> Mapping[str, str]:
        """What every call carries."""
        return self._http.headers
