"""Mails as the programs of many makers write them; the words are made up."""

from email.message import EmailMessage

from tests.platforms.mail_store import OURS, as_raw

WORDS = "Done, trained 43 staff.\nThe rest follow in May."
ABOVE = f"Listening Loop <{OURS}>"

QUOTE = "> Two actions are due.\n>\n> 1.2 Train all staff\n> Done:\n> https://loop.example/m/abc"
UNQUOTED = "Two actions are due.\n\n1.2 Train all staff\nDone:\nhttps://loop.example/m/abc"

TOP_POSTED = {
    "gmail": f"{WORDS}\n\nOn Fri, 1 Dec 2023 at 09:00, {ABOVE} wrote:\n\n{QUOTE}\n",
    "gmail, broken": (
        f"{WORDS}\n\nOn Fri, 1 Dec 2023 at 09:00, Listening Loop <\n{OURS}> wrote:\n\n{QUOTE}\n"
    ),
    "apple mail": f"{WORDS}\n\n> On 1 Dec 2023, at 09:00, {ABOVE} wrote:\n> \n{QUOTE}\n",
    "iphone": (
        f"{WORDS}\n\nSent from my iPhone\n\nOn 1 Dec 2023, at 09:00, {ABOVE} wrote:\n\n"
        f"\ufeff{QUOTE}\n"
    ),
    "thunderbird": f"{WORDS}\n\nOn 01/12/2023 09:00, Listening Loop wrote:\n{QUOTE}\n",
    "outlook, plain text": (
        f"{WORDS}\n\nKind regards\n\nRobin Roe\nDesignated Nurse\n0161 496 0000\n\n"
        f"-----Original Message-----\nFrom: {ABOVE} \nSent: 01 December 2023 09:00\n"
        f"To: Roe, Robin\nSubject: Due this week\n\n{UNQUOTED}\n"
    ),
    "outlook on the web": (
        f"{WORDS}\n\n{'_' * 32}\nFrom: {ABOVE}\nSent: Friday, December 1, 2023 9:00 AM\n"
        f"To: Robin Roe <robin.roe@nhs.example>\nSubject: Due this week\n\n{UNQUOTED}\n"
    ),
    "outlook for ios": (
        f"{WORDS}\n\nGet Outlook for iOS<https://aka.ms/o0ukef>\n{'_' * 32}\nFrom: {ABOVE}\n"
        f"Sent: Friday, December 1, 2023 9:00:00 AM\nTo: Robin\nSubject: Due\n\n{UNQUOTED}\n"
    ),
    "outlook for mac": (
        f"{WORDS}\n\n\nFrom: {ABOVE}\nDate: Friday, 1 December 2023 at 09:00\n"
        f"To: Robin Roe <robin.roe@nhs.example>\nSubject: Due this week\n{UNQUOTED}\n"
    ),
    "outlook, starred labels": (
        f"{WORDS}\n\n*From:* {ABOVE}\n*Sent:* 01 December 2023 09:00\n*To:* Robin\n"
        f"*Subject:* Due\n\n{UNQUOTED}"
    ),
    "samsung": (
        f"{WORDS}\n\n\n\nSent from my Galaxy\n\n\n-------- Original message --------\n"
        f"From: {ABOVE}\nDate: 01/12/2023 09:00 (GMT+00:00)\nTo: robin\nSubject: Due\n\n{UNQUOTED}"
    ),
    "yahoo": (
        f"{WORDS}\n\n    On Friday, 1 December 2023 at 09:00:00 GMT, {ABOVE} wrote:  \n \n"
        f" {UNQUOTED}  "
    ),
    "k-9": f"{WORDS}\n\nOn 1 December 2023 09:00:00 GMT, {ABOVE} wrote:\n{QUOTE}\n",
    "welsh outlook": (
        f"{WORDS}\n\nCofion gorau\nRhŷs Gruffudd\n\nOddi wrth: {ABOVE}\n"
        f"Anfonwyd: 01 Rhagfyr 2023 09:00\nAt: Rhŷs\nPwnc: Due\n\n{UNQUOTED}"
    ),
    "welsh gmail": (f"{WORDS}\n\nAr Gwe, 1 Rhag 2023 am 09:00, {ABOVE} ysgrifennodd:\n\n{QUOTE}\n"),
    "polish outlook": (
        f"{WORDS}\n\nOd: {ABOVE}\nWysłano: piątek, 1 grudnia 2023\nDo: Robin\nTemat: Due\n\n"
        f"{UNQUOTED}"
    ),
    "polish gmail": f"{WORDS}\n\npt., 1 gru 2023 o 09:00 {ABOVE} napisał(a):\n\n{QUOTE}\n",
    "an unknown language": f"{WORDS}\n\n2023-12-01 09:00 {ABOVE} xyzzy:\n\n{QUOTE}\n",
    "a signature with its mark": f"{WORDS}\n\n-- \nRobin Roe\nDesignated Nurse\n",
    "a disclaimer": (
        f"{WORDS}\n\nThis email and any files transmitted with it are confidential and intended "
        "solely for the use of the individual.\n\nPlease consider the environment."
    ),
    "many thanks": f"{WORDS}\n\nMany thanks,\n\nRobin\n",
    "a banner of their own system": (
        "CAUTION: This email originated from outside the organisation. Do not click links.\n\n"
        f"{WORDS}\n"
    ),
    "a marking": f"{WORDS}\n\nOFFICIAL - SENSITIVE\n",
    "nothing else": WORDS,
    "windows line ends and spaces": f"\n\n {WORDS}  \n\n\n",
}

BOTTOM_POSTED = {
    "thunderbird": f"On 01/12/2023 09:00, Listening Loop wrote:\n{QUOTE}\n\n{WORDS}\n",
    "with a signature": f"On 01/12/2023 09:00, {ABOVE} wrote:\n{QUOTE}\n\n{WORDS}\n\n-- \nRobin\n",
    "between": (
        f"On 01/12/2023 09:00, {ABOVE} wrote:\n> Two actions are due.\n\n"
        "Done, trained 43 staff.\n\n> 1.2 Train all staff\n\nThe rest follow in May.\n"
    ),
}

KEPT_WHOLE = (
    "Done",
    "Thanks",
    "Kind regards",
    "2",
    "On track",
    "On Friday 1 December 2023 we trained 43 staff, see below:\nnurses\nteachers",
    "At risk: need until end of May",
    "Thanks\nAlso 1.3 is late, need until end of May",
    "Thank you\n1.3 is done too.",
    "From September: all schools\nDate: not known yet",
    "- nurses\n- teachers",
    "Staff said: we need time",
    "Warning: this slips",
    "External review is done\n\nReport follows",
    "Sent the letters to all 43 schools",
    "Get from 43 to 60 staff by May",
    "Important information: Sam has left",
    "Cymorth: 7 o bobl ifanc, diolch i Siân Llŷr",
    "Gwnaed. Mae’r hyfforddiant wedi’i gwblhau 🎉",
)


def reply(
    text: str,
    *,
    answers: str = "",
    sender: str = "Robin Roe <robin.roe@nhs.example>",
    subject: str = "Re: Due this week",
    html: bool = False,
    **headers: str,
) -> bytes:
    """A mail to us; underscores in the names of headers are hyphens."""
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = OURS
    mail["Subject"] = subject
    if "Message_ID" not in headers:
        mail["Message-ID"] = "<1@nhs.example>"
    if answers:
        mail["In-Reply-To"] = answers
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(text, subtype="html" if html else "plain")
    return as_raw(mail)
