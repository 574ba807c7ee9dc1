"""Whose pages these are: a person of several sellers says for which one they are here."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.generic import View

from ..web.access import SellerPage, choose_seller


class SellerChoice(SellerPage, View):
    """POST seller=<id>: from now on this session is for that seller."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("seller", "")
        seller = choose_seller(request, int(wanted)) if wanted.isdecimal() else None
        if seller is None:
            raise Http404("You are not a member of that seller.")
        messages.success(request, f"You are now here for {seller}.")
        return redirect("home")
