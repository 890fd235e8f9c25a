"""What vendors call by themselves: ``POST /hooks/<plugin>``.  Their plugin says whether it is genuine."""

from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import Response

from hocba.actions import signing
from hocba.actions.house import House
from hocba.domain.errors import Code, Refusal
from hocba.web import answers
from hocba.web.door import address
from hocba.web.rates import Rates


class Hooks:
    """The route of vendors' calls."""

    def __init__(self, house: House, rates: Rates) -> None:
        self._house, self._rates = house, rates

    async def call(self, request: Request) -> Response:
        """Hand the call to its plugin."""
        self._rates.must_be_left(None, address(request, self._house.settings))
        body = await request.body()
        try:
            await signing.deliver(self._house, request.path_params["plugin"], dict(request.headers), body)
        except Refusal as refusal:
            known = refusal.code is not Code.SIGNER_UNKNOWN
            return answers.error(HTTPStatus.FORBIDDEN if known else HTTPStatus.NOT_FOUND)
        return Response(status_code=HTTPStatus.NO_CONTENT)
