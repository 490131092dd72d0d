"""Fill the site's database: the cast, able to log in, and something on each page.

Run in a process of its own, with the site's settings: ``python -m tests.browser.fill``. It prints
``{"addresses": …, "sessions": …}``: where the things are, and who can go there (``objects.py``).
"""

from __future__ import annotations

import json
import sys

import django

# Who add a second factor: anybody else's log-in must not be stopped by one, whatever the order.
OWN_PEOPLE = ("petra", "tess")


def main() -> None:
    """Save the cast and confirm their addresses."""
    django.setup()
    from allauth.account.models import EmailAddress

    from accounts.models import Membership, Organisation, User
    from tests.browser import label_story, ready_set
    from tests.browser.objects import sessions_make, things_make, visitors_make
    from tests.browser.started_set import PERSON, PLACE, started_set_make
    from tests.cast import PASSWORD, make_cast

    cast = make_cast()
    for name in OWN_PEOPLE:
        User.objects.create_user(f"{name}@example.com", PASSWORD, name=name.capitalize())
    olives = visitors_make(cast)
    tove = label_story.label_story_make()
    for person in User.objects.all():
        EmailAddress.objects.update_or_create(
            user=person, email=person.email, defaults={"verified": True, "primary": True}
        )
    # Alice has two organisations, so that her pages show the switch.
    duo = Organisation.objects.create(
        kind=Organisation.Kind.CREATOR, name="Alice and the Very Long Organisation Name"
    )
    Membership.objects.create(organisation=duo, user=cast.alice, role=Membership.Role.OWNER)
    held = {"addresses": things_make(olives), "sessions": sessions_make()}
    held["sessions"][PERSON], held["addresses"][PLACE] = started_set_make()
    held["sessions"][label_story.PERSON] = tove
    key, path = ready_set.ready_set_make()
    held["sessions"][ready_set.PERSON], held["addresses"][ready_set.PLACE] = key, path
    sys.stdout.write(json.dumps(held))


if __name__ == "__main__":
    main()
