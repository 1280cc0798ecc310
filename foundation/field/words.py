"""The words of the page that works without network; ``@`` stands for a value. Its scripts put them together.

Two words never mix: what is *saved on this phone* 已存本机 is not yet with the police, what has *arrived* 系统已收到 is.
"""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from foundation.words import listed

Words = dict[str, Any]


def words() -> Words:
    """Return the words in the reader's language, by the names that the scripts use."""
    comma = listed(["@", "@"]).strip("@")
    return {
        "comma": comma,
        **_page(),
        **_checklist(),
        **_waiting(),
        **_refused(),
        **_signing(),
    }


def _page() -> Words:
    return {
        "title": _("Inspect on the phone"),
        "search": _("Search all enterprises"),
        "search_here": _("Without network only what was loaded before is searched."),
        "none_found": _("Nothing was found."),
        "found": pgettext("search", "Found"),
        "begun": _("Begun on this phone"),
        "finished": _("Finished on this phone"),
        "waits_to_be_sent": pgettext("phone", "not sent yet"),
        "not_taken": pgettext("phone", "not taken"),
        "to_today": _("To the page Today"),
        "planned": _("Planned visits"),
        "due_here": _("To be inspected"),
        "opened": _("Opened before"),
        "due": pgettext("phone", "due @"),
        "late": pgettext("phone", "overdue since @"),
        "nothing_due": _("Nothing is due"),
        "nothing_due_text": _("Search for an enterprise to inspect it anyway."),
        "loaded": _("Loaded for work without network: @"),
        "loading": _("Being loaded for work without network …"),
        "log_in": _("Log in"),
        "locked": _("Nobody is logged in"),
        "locked_text": _(
            "What was typed on this phone is kept, and only its owner sees it after logging in. Logging in needs a network."
        ),
        "not_loaded": _("This enterprise is not on the phone yet"),
        "not_loaded_text": _("With a network it is loaded at once. Afterwards it opens without one, too."),
        "not_here": _("This enterprise is not among yours"),
        "not_here_text": _(
            "Another station is in charge of it, or it is no longer on the register. Search for it in the list."
        ),
        "not_inspecting": _(
            "Nobody inspects in this role. Switch to your role as officer or station chief, or log in as one."
        ),
        "no_lists": _("The lists are not on this phone yet. Open this page once with a network."),
        "part_missing": _("A part of this page is not on the phone"),
        "part_missing_text": _("Reload the page with a network. What was typed on this phone is kept."),
        "reload_now": _("Reload the page"),
        "of_others": _("Of somebody else, waiting on this phone: @"),
        "newer": _("A newer version of this page is there."),
        "use_newer": _("Use it"),
        "reload": _("A newer version is open in another tab. Reload this page; what you typed is kept."),
        "at_door": _("Checking in needs a network"),
        "at_door_text": _(
            "The QR code was read, but there is no network, so you are not checked in. Begin the checklist: it works without one."
            " Scan the code again once there is a network, and enter when you arrived."
        ),
        "at_door_unknown": _("The enterprise of this code is not on the phone. Look for it below."),
        "at_door_again": _("Try to check in again"),
        "no_https": _("This address is not encrypted"),
        "no_https_text": _(
            "Phones keep nothing for pages without https. Open the https address of Anqi, or use the plain form."
        ),
        "keep": _("Keep it"),
        "no_storage": _(
            "This browser keeps nothing, perhaps because the window is private. Use another one."
        ),
        "not_kept": _("This page could not be kept for work without network. Reload it with a network."),
    }


def _checklist() -> Words:
    return {
        "left_open": _("Left open"),
        "next": _("Next unanswered"),
        "check_and_sign": _("Look through and sign"),
        "saved_here": _("Saved on this phone"),
        "nothing_yet": _("Nothing typed yet"),
        "storage_full": _(
            "NOT saved: the storage of this phone is full or closed. Free some space, then touch an answer."
        ),
        "finished_waits": _("Finished here at @, not sent yet"),
        "finished_arrived": _("Finished here, arrived at @"),
        "finished_again": _("Fill this in only if it is another visit."),
        "show": _("Show"),
        "throw_draft": _("Discard this inspection"),
        "throw_draft_sure": _("Discard this inspection?"),
        "throw_draft_text": _(
            "Answers, notes, photos and signatures that were kept for it are then gone from this phone."
        ),
        "add_photo": pgettext("phone", "Photo"),
        "photos_of_visit": _("Photos of the whole visit"),
        "too_many_photos": _("An inspection has at most 60 photos."),
        "too_large": _("This file is larger than 20 MB."),
        "no_picture": _("This file is no picture, or it is damaged. It was not added; take the photo again."),
        "remove": _("Remove"),
        "remove_photo": _("Remove this photo?"),
        "signed_before": _("This was signed. What you change now has to be signed again."),
        "renewed": _(
            "The checklist was replaced by a newer version since you began. What is still asked has kept its answer."
        ),
        "asked_anew": _("Asked in other words now, answer it anew: @"),
        "asked_first": _("Newly asked: @"),
        "no_longer": _("No longer asked: @"),
        "had_failed": _("@: it had failed, and is asked in other words now. Answer it anew."),
        "open_elsewhere": _("Open in another tab"),
        "open_elsewhere_text": _("This inspection is being filled in in another tab of this phone."),
        "go_on_here": _("Go on here"),
        "answer_one": _("Answer at least one item."),
        "two_officers": _("At least two officers with a police number inspect. Tick who was there."),
        "critical_open": _("Critical items are not answered: @. Answer them, or say why they were left out."),
        "no_deadline": _("@: set a deadline for the hazard."),
        "deadline_before": _("@: the deadline is before the day of the inspection."),
        "deadline_late": _("@: the deadline is later than proposed. Say why the enterprise needs so long."),
        "not_major": _("@: the list says that this is a major hazard. Say why this one is not."),
        "no_reason_again": _("@: say what was seen."),
        "no_day": _("The day of the inspection is missing or still to come."),
        "other_conclusion": _("From the findings follows: @. Say why you conclude something else."),
        "major_found": _(
            "An inspection that found a major hazard cannot be qualified. Choose another conclusion, or clear “Major hazard”."
        ),
        "none_failed": _("Nothing is to be rectified: no item failed. Choose another conclusion."),
    }


def _waiting() -> Words:
    return {
        "waiting_title": _("Waiting to be sent"),
        "waiting": pgettext("phone", "Waiting"),
        "aside": _("Not taken by the system"),
        "arrived": _("Arrived in the system"),
        "waits": _("Saved on this phone, not sent yet: @"),
        "why_here": _("They are sent one after the other now."),
        "why_none": _(
            "No network. They are sent as soon as there is one and this page is open; you may lock the phone or turn it off."
        ),
        "why_foreign": _(
            "The network answers, but not with Anqi: perhaps a Wi-Fi wants its own login first."
        ),
        "why_nobody": _("You are no longer logged in. Log in, and they are sent."),
        "why_other": _("Somebody else, or you in another role, is logged in. They are sent when you are."),
        "why_failing": _(
            "The system answers, but could not take it just now. It is tried again by itself while this page is open. If it lasts,"
            " tell whoever looks after Anqi; nothing is lost."
        ),
        "why_forbidden": _(
            "The system does not let you send this in your role any more. Ask your chief or supervisor for the role; until then it"
            " stays on this phone."
        ),
        "why_behind": _(
            "Photos wait, because their inspection was not taken. Look below what to change; they follow it."
        ),
        "why_unknown": _("Looking for the server …"),
        "inspection": _("Inspection"),
        "items": _("items: @"),
        "failed": _("failed: @"),
        "signatures": _("signatures: @"),
        "signing_refused": _("the enterprise refused to sign"),
        "photos": _("Photos: @"),
        "one_by_one": _("@ MB, one by one after their inspection"),
        "saved_for": _("saved @"),
        "sending": _("being sent"),
        "receipt": _("receipt @"),
        "arrived_at": _("arrived @"),
        "photos_whole": _("compared with what the phone sent"),
        "sent_as": _("Sent as @ (@). Logging out loses nothing."),
        "to_inspections": _("To the inspections"),
        "try_now": _("Try now"),
        "nothing_waits": _("Nothing waits to be sent"),
        "nothing_waits_text": _("Everything that you finished on this phone has arrived."),
    }


def _refused() -> Words:
    return {
        "refused": _("The system did not take it (@)."),
        "photo_lost": _("The photo is no longer on this phone: its browser has cleared its storage."),
        "change": pgettext("phone", "Change and send again"),
        "export": pgettext("phone", "Export"),
        "discard": _("Discard"),
        "discard_sure": _("Tap again: what you typed is then gone"),
        "send_anyway": _("It was another visit: send it"),
        "show_theirs": _("Show the other"),
        "theirs": pgettext("two records", "there"),
        "mine": pgettext("two records", "here"),
        "all_the_same": _("All answers are the same."),
    }


def _signing() -> Words:
    answers = {
        "pass": pgettext("checklist", "Passed"),
        "fail": pgettext("checklist", "Failed"),
        "n_a": _("Not applicable"),
        "": _("Not answered"),
    }
    conclusions = {
        "qualified": _("Qualified"),
        "rectify": _("To be rectified"),
        "unqualified": _("Not qualified"),
        "": _("No conclusion: critical items are not answered"),
    }
    return {
        "sign_title": _("Look through and sign"),
        "answers": answers,
        "conclusions": conclusions,
        "acts": {
            "close": pgettext("re-inspection", "Put right"),
            "send_back": _("Send back"),
            "still": _("Still not put right"),
        },
        "on_the_spot": _("Put right on the spot"),
        "until": pgettext("phone", "by @"),
        "digest": _("Digest of what is signed:"),
        "all_answers": _("All items and answers"),
        "major": _("major"),
        "place": _("Place"),
        "certificates": _("Certificate shown"),
        "yes": _("Yes"),
        "no": _("No"),
        "camera": _("Body camera"),
        "note": _("Note"),
        "colon": pgettext("label", ": "),
        "record_follows": _("Signed, its record is made as soon as this has arrived."),
        "order_follows": _(
            "Signed, its record and the order to rectify are made as soon as this and its photos have arrived."
        ),
        "sign_again": _("It says something else than what was signed. Look through it and sign again."),
        "throw_away": _("Throw the signatures away?"),
        "thrown": _("Signed on this phone, and gone afterwards: @."),
        "sign_here": _("Sign here"),
        "clear": pgettext("signature", "Again"),
        "number": _("police number @"),
        "enterprise_person": _("The person of the enterprise"),
        "enterprise_sub": _("who was there"),
        "name": _("Name"),
        "duty": _("Duty"),
        "refuse": _("They refuse to sign"),
        "sign_after_all": _("They sign after all"),
        "refusal_reason": _("Why they refuse"),
        "witness": _("Witness"),
        "refusal_lacks": _("Enter why they refuse, and who witnessed it."),
        "not_signed": _("Not signed yet: @"),
        "who_signed": _("Enter who signs for the enterprise."),
        "finish": _("Signed: finish the inspection"),
        "without_signing": _("Finish without signatures"),
        "back_to_items": _("Back to the items"),
    }
