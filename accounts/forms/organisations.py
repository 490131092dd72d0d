"""Name an organisation, invite people, give roles."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation

ROLE_WORDS = {
    Membership.Role.OWNER: _("Owner: everything, people and activity included"),
    Membership.Role.EDITOR: _("Editor: works on songs, cannot manage people"),
    Membership.Role.ACCOUNTANT: _("Accountant: works on statements, cannot manage people"),
    Membership.Role.VIEWER: _("Viewer: sees everything, changes nothing"),
}


class OrganisationForm(forms.Form):
    """A new organisation."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    kind = forms.ChoiceField(
        label=_("What for?"),
        choices=[
            (Organisation.Kind.CREATOR, _("Make music: upload songs and make new ones")),
            (Organisation.Kind.RIGHTS_HOLDER, _("Hold rights: a label, publisher or songwriter")),
        ],
        widget=forms.RadioSelect,
        initial=Organisation.Kind.CREATOR,
        help_text=_("This cannot be changed later. You can always make another one."),
    )


class OrganisationNameForm(forms.Form):
    """Another name for an organisation."""

    name = forms.CharField(label=_("Name"), max_length=120)


class RoleForm(forms.Form):
    """One of the roles that exist in this kind of organisation."""

    role = forms.ChoiceField(label=_("Role"))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = [
            (role, ROLE_WORDS[Membership.Role(role)]) for role, _label in Membership.roles_of(kind)
        ]


class InvitationForm(RoleForm):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    role = forms.ChoiceField(label=_("Role"), initial=Membership.Role.VIEWER)
    field_order = ("email", "role")


class OrganisationClosingForm(forms.Form):
    """The name of the organisation, typed, so that nobody closes one by a slip."""

    name = forms.CharField(
        label=_("Type the name of the organisation to confirm"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = name

    def clean_name(self) -> str:
        """Compare without regard to case and spaces around it."""
        typed: str = self.cleaned_data["name"].strip()
        if typed.casefold() != self.expected.strip().casefold():
            raise forms.ValidationError(_("This is not the name of the organisation."))
        return typed
