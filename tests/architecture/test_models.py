"""Foreign keys point down and protect; personal data say what they are; each walk refuses a planted model."""

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from entrepot.infra.fields import EncryptedTextField
from tools import walks


def test_foreign_keys_point_down():
    assert walks.foreign_key_offences(apps.get_models(include_auto_created=True)) == []


def test_personal_data_are_declared():
    assert walks.personal_data_offences(apps.get_models(include_auto_created=True)) == []


def test_every_domain_has_a_stratum():
    labels = {c.label for c in apps.get_app_configs() if c.name.startswith("entrepot.domains.")}
    assert labels <= set(walks.RANK)


@isolate_apps("entrepot.domains.catalogue", "entrepot.domains.orders", "entrepot.domains.organisation")
def test_planted_models_are_refused():
    class Order(models.Model):
        class Meta:
            app_label = "orders"

    class Planted(models.Model):
        __module__ = "entrepot.domains.catalogue.models"
        order = models.ForeignKey(Order, on_delete=models.CASCADE)

        class Meta:
            app_label = "catalogue"

    class Person(models.Model):
        __module__ = "entrepot.domains.orders.models"
        email = models.CharField(max_length=200)
        phone = EncryptedTextField(personal="contact", retention="")

        class Meta:
            app_label = "orders"

    said = walks.foreign_key_offences([Planted])
    assert (
        [s for s in said if "not below" in s]
        and [s for s in said if "CASCADE" in s]
        and [s for s in said if "'+'" in s]
    )
    assert len(walks.personal_data_offences([Person])) == 2
