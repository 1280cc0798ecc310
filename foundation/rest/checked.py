"""Endpoints that read their query parameters by a serializer and refuse unknown ones."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from foundation.rest.parameters import PAGING, NoParameters, read
from foundation.rest.views import ApiView, DetailView, ListView


class Checked(ApiView):
    """Sets ``chosen``, the checked parameters. ``besides`` are parameters that are read elsewhere, as by paging."""

    parameters: type[serializers.Serializer] = NoParameters
    besides: frozenset[str] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        query = {
            name: many if name in self.repeatable else many[-1] for name, many in request.query_params.lists()
        }
        self.chosen = read(self.parameters, query, self.besides)


class CheckedList(Checked, ListView):
    """Rows by cursor."""

    besides = PAGING


class CheckedDetail(Checked, DetailView):
    """One row."""
