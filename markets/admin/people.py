"""Users: members of sellers, and customer success itself."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from unfold.forms import BaseDialogForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectWidget

from ..models import Membership, User
from ..operations import people
from .acting import operation
from .noun import EditableNoun, Noun, Rows


class InviteStaffForm(UserCreationForm):
    """A new colleague of customer success."""

    class Meta:
        model = User
        fields = ("email",)


class RoleForm(BaseDialogForm):
    """What the member may do."""

    role = forms.ChoiceField(choices=Membership.Role.choices, widget=UnfoldAdminSelectWidget)


class MembershipRows(Rows):
    model = Membership
    fields = ("seller", "role")


@admin.register(User)
class UserAdmin(EditableNoun):
    """Everyone of customer success may look; only superusers make and change accounts of colleagues."""

    list_display = ("email", "first_name", "last_name", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email", "first_name", "last_name", "sellers__name")
    ordering = ("email",)
    fields = ("email", "first_name", "last_name", "is_active", "is_staff", "is_superuser", "last_login", "date_joined")
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = ((None, {"fields": ("email", "first_name", "last_name", "is_staff", "password1", "password2")}),)
    never_looked_up = ("password",)
    inlines = (MembershipRows,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.is_superuser

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        return super().get_form(request, obj, change, **({} if obj else {"form": InviteStaffForm}) | options)


@admin.register(Membership)
class MembershipAdmin(Noun):
    list_display = ("user", "seller", "role")
    list_select_related = ("user", "seller")
    list_filter = ("role",)
    search_fields = ("user__email", "seller__name")
    actions_detail = ("change_role",)

    @operation(
        "Change role",
        consequence="Owners do this themselves: here for a company whose owner cannot.",
        form=RoleForm,
        icon="manage_accounts",
    )
    def change_role(self, by: User, membership: Membership, role: str) -> str:
        changed = people.change_role(membership=membership, role=role, by=by)
        return f"{changed.user} is now {changed.get_role_display().lower()} of {changed.seller}."
