"""Addresses of the API: all below one door, which loads the rest at the first call."""

from django.urls import re_path

from entrepot.interfaces.api import door

urlpatterns = [re_path(r"^(?P<rest>.*)$", door.serve)]
