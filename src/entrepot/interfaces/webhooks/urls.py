"""Addresses of the webhooks door."""

from django.urls import path

from entrepot.interfaces.webhooks import views

urlpatterns = [
    path("payments/<slug:provider>", views.payments),
    path("carriers/<slug:carrier>", views.carriers),
]
