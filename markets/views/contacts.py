"""Where instructions go: the seller's dispatch contacts per market, each tested by a message with a button."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.views.generic import DetailView, FormView

from ..forms.company import ContactForm, NewContactForm
from ..models import DispatchContact
from ..operations.contacts import (
    add_dispatch_contact,
    change_dispatch_contact,
    remove_dispatch_contact,
    send_contact_test,
)
from ..web.access import TraderPage
from ..web.checklist import markets_of
from .answering import Answering, Button


class Contacts(Answering, TraderPage, FormView):
    """All contacts of the seller. A POST adds one and sends its test message."""

    section = "company"
    help = "dispatch#a-mailbox-that-someone-reads"
    market_path = ""
    template_name = "markets/company_contacts.html"
    form_class = NewContactForm
    success_url = reverse_lazy("markets:company-contacts")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"markets": markets_of(self.seller)}

    def do(self, form: NewContactForm) -> str:
        contact = add_dispatch_contact(seller=self.seller, by=self.person, **form.cleaned_data)
        if contact.verified_at:
            return f"{contact} is a contact already, and confirmed."
        return f"A test message is on its way to {contact}: press the button in it."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contacts = self.own(DispatchContact.objects.select_related("market").order_by("market__name", "email"))
        return super().get_context_data(place="contacts", contacts=contacts, markets=markets_of(self.seller), **kwargs)


class OneContact(TraderPage):
    """A contact of the seller by its key."""

    def get_queryset(self) -> QuerySet[DispatchContact]:
        return self.own(DispatchContact.objects.select_related("market", "seller"))


class Contact(Answering, OneContact, DetailView):
    """One contact. A POST changes it; another address is tested anew."""

    section = "company"
    help = "dispatch#a-mailbox-that-someone-reads"
    template_name = "markets/company_contact.html"
    context_object_name = "contact"
    success_url = reverse_lazy("markets:company-contacts")
    form_class = ContactForm

    def get_initial(self) -> dict[str, Any]:
        return {field: getattr(self.object, field) for field in ("email", "name", "phone")}

    def post(self, *args: Any, **kwargs: Any) -> Any:
        self.object = self.get_object()
        form = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def do(self, form: ContactForm) -> str:
        contact = change_dispatch_contact(contact=self.object, by=self.person, **form.cleaned_data)
        if contact.verified_at is None:
            return f"{contact} is kept. It counts once its test message is confirmed."
        return f"{contact} is kept."

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(place="contacts", **{"form": self.get_form()} | kwargs)


class ContactRetest(Button, OneContact):
    """Sends the test message again."""

    def press(self) -> str:
        contact = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        send_contact_test(contact=contact, by=self.person)
        return f"A test message is on its way to {contact}: press the button in it."

    def onward(self) -> str:
        return reverse("markets:company-contacts")


class ContactRemoval(Button, OneContact):
    """Sends nothing there any more."""

    def press(self) -> str:
        contact = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        remove_dispatch_contact(contact=contact, by=self.person)
        return f"Nothing is sent to {contact} any more."

    def onward(self) -> str:
        return reverse("markets:company-contacts")

    def back(self) -> str:
        return reverse("markets:company-contact", args=[self.kwargs["pk"]])
