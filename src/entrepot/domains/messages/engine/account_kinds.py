"""What mails about a person's own account say: invitations, keys, changes of ways in, one's data.

Kinds in SECRET hold a key to somebody's account; the log shows that they went out, never their text.
"""

from __future__ import annotations

from entrepot.domains.messages.engine.kinds import Kind, Sentence
from entrepot.kernel.errors import N_

_NOT_YOU = Sentence(N_("Was it not you? Then somebody typed your address by mistake. Do nothing, and nothing happens."))
_NOT_YOU_CHANGE = Sentence(
    N_("Was it not you? Log in at once, take away what you do not know and end all other sessions.")
)

ACCOUNT_KINDS: dict[str, Kind] = {
    "threshold": Kind(
        subject=N_("%(place)s: a tax threshold needs you"),
        heading=N_("%(place)s: %(share)s of the threshold is used up"),
        sentences=(
            Sentence(N_("Sales that count: %(amount)s of %(limit)s.")),
            Sentence(N_("At this pace it will be crossed about %(crossing)s."), "ahead"),
            Sentence(N_("It is crossed: register, and enter the number, before you sell on."), "reached"),
            Sentence(
                N_("Registering takes weeks. Begin now, and enter the number in the console once you have it."), "ahead"
            ),
        ),
        button=N_("See the thresholds"),
    ),
    "staff_invited": Kind(
        subject=N_("You are invited to the console of %(shop)s"),
        heading=N_("Welcome, %(name)s"),
        sentences=(
            Sentence(N_("%(inviter)s has given you access to the console. Choose a password, then you are in.")),
            Sentence(N_("The link works once, for seven days.")),
        ),
        button=N_("Choose a password"),
    ),
    "account_sign_up": Kind(
        subject=N_("Confirm your e-mail address"),
        heading=N_("One more step, %(name)s"),
        sentences=(
            Sentence(N_("Open the link to confirm this address and choose how you log in. The account is made then.")),
            Sentence(N_("The link works once, for one day.")),
            _NOT_YOU,
        ),
        button=N_("Confirm and go on"),
    ),
    "account_known": Kind(
        subject=N_("You have an account already"),
        heading=N_("You have an account already, %(name)s"),
        sentences=(
            Sentence(
                N_("Somebody, probably you, wanted to make an account with this address. It has one: just log in.")
            ),
            Sentence(N_("No password at hand? Take the code by mail instead.")),
        ),
        button=N_("Log in"),
    ),
    "account_code": Kind(
        subject=N_("Your code to log in"),
        heading=N_("Your code: %(code)s"),
        sentences=(
            Sentence(N_("Type it on the page where you asked for it. It works once, for ten minutes.")),
            Sentence(N_("Nobody of ours ever asks you for it.")),
            _NOT_YOU,
        ),
        button=N_("Open the page"),
    ),
    "account_reset": Kind(
        subject=N_("Choose a new password"),
        heading=N_("Choose a new password"),
        sentences=(
            Sentence(N_("Open the link and type the new password. You are then logged out everywhere else.")),
            Sentence(N_("The link works once, for one hour.")),
            _NOT_YOU,
        ),
        button=N_("Choose a new password"),
    ),
    "account_changed": Kind(
        subject=N_("A way into your account has changed"),
        heading=N_("A way into your account has changed"),
        sentences=(
            Sentence(N_("A passkey was added: %(thing)s"), "passkey_added"),
            Sentence(N_("A passkey was taken away: %(thing)s"), "passkey_removed"),
            Sentence(N_("The password was changed. All other sessions have ended."), "password_changed"),
            Sentence(N_("An app with codes was set up."), "app_added"),
            Sentence(N_("The app with codes was taken away."), "app_removed"),
            Sentence(N_("New recovery codes were made; the old ones open nothing more."), "codes_made"),
            _NOT_YOU_CHANGE,
        ),
        button=N_("See how you log in"),
    ),
    "privacy_export": Kind(
        subject=N_("Your data are ready"),
        heading=N_("Your data are ready"),
        sentences=(
            Sentence(N_("Everything we keep about you stands in one file, for reading and for other programs.")),
            Sentence(N_("Log in to fetch it. It is there until %(until)s, then it is deleted.")),
        ),
        button=N_("Fetch my data"),
    ),
    "privacy_erasure_asked": Kind(
        subject=N_("Your account will be deleted on %(until)s"),
        heading=N_("Your account will be deleted on %(until)s"),
        sentences=(
            Sentence(N_("Until then you can change your mind: log in and call it off.")),
            Sentence(N_("Orders and invoices stay as long as tax and customs law demands; nothing else does.")),
            _NOT_YOU_CHANGE,
        ),
        button=N_("Call it off"),
    ),
    "privacy_erasure_off": Kind(
        subject=N_("Your account stays"),
        heading=N_("Your account stays"),
        sentences=(Sentence(N_("You have called the deletion off. Nothing was deleted.")),),
        button=N_("Open your account"),
    ),
    "privacy_erased": Kind(
        subject=N_("Your account is deleted"),
        heading=N_("Your account is deleted"),
        sentences=(
            Sentence(N_("Deleted: %(erased)s.")),
            Sentence(N_("Kept, because law demands it: %(kept)s.")),
            Sentence(N_("This is our last mail to you.")),
        ),
        button=N_("Open the shop"),
    ),
}

SECRET = frozenset({"staff_invited", "account_sign_up", "account_code", "account_reset"})
