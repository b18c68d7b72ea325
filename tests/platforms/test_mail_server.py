"""The loopback mail servers, asked by the standard library: as strict as real ones."""

import imaplib
import smtplib
import ssl
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage

import pytest

from tests.platforms.mail_people import MailPerson
from tests.platforms.mail_server import HERE, Certificate, MailServer, serving_mail
from tests.platforms.mail_store import OURS, PASSWORD, report

ROBIN = "robin.roe@nhs.example"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate.made(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def server(certificate: Certificate) -> Iterator[MailServer]:
    with serving_mail(certificate, "starttls") as one:
        yield one


@pytest.fixture
def trusting(certificate: Certificate) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate.file)


def mail_to(address: str) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = OURS, address, "<1@rochdale.example>"
    mail.set_content("Hello")
    return mail


def test_smtp_takes_nothing_before_tls_and_sign_in(
    server: MailServer, trusting: ssl.SSLContext
) -> None:
    with smtplib.SMTP(HERE, server.smtp_port, "client.example", timeout=10) as client:
        client.ehlo()
        assert not client.has_extn("auth")
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.send_message(mail_to(ROBIN))
        client.starttls(context=trusting)
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            client.send_message(mail_to(ROBIN))
        assert refused.value.smtp_code == 530
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login(OURS, "wrong")
        client.login(OURS, PASSWORD)
        client.send_message(mail_to(ROBIN))
    assert MailPerson(server.store, ROBIN).newest["To"] == ROBIN


def test_imap_lets_nobody_in_before_tls_and_knows_few_commands(
    server: MailServer, trusting: ssl.SSLContext
) -> None:
    with imaplib.IMAP4(HERE, server.imap_port, timeout=10) as client:
        assert "LOGINDISABLED" in client.capabilities
        with pytest.raises(imaplib.IMAP4.error, match="PRIVACYREQUIRED"):
            client.login(OURS, PASSWORD)
        client.starttls(trusting)
        with pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"):
            client.login(OURS, "wrong")
        client.login(OURS, PASSWORD)
        with pytest.raises(imaplib.IMAP4.error, match="unknown command"):
            client.list()
        assert client.select("Junk")[0] == "NO"
        assert client.select("INBOX") == ("OK", [b"0"])


def test_a_mail_stays_unread_until_it_is_marked() -> None:
    with serving_mail(None, "none") as server:
        server.store.arrive(b"Subject: one\r\n\r\nHello\r\n")
        with imaplib.IMAP4(HERE, server.imap_port, timeout=10) as client:
            client.login(OURS, PASSWORD)
            client.select("INBOX")
            assert client.uid("SEARCH", "UNSEEN", "UNFLAGGED") == ("OK", [b"1"])
            _, [(head, body), _] = client.uid("FETCH", "1", "(BODY.PEEK[]<0.14>)")
            assert b"BODY[]<0> {14}" in head
            assert body == b"Subject: one\r\n"
            assert client.uid("SEARCH", "UNSEEN")[1] == [b"1"]
            client.uid("STORE", "1", "+FLAGS.SILENT", r"(\Seen)")
            assert client.uid("SEARCH", "UNSEEN")[1] == [b""]
            with pytest.raises(imaplib.IMAP4.error, match="unknown key"):
                client.uid("SEARCH", "LARGER", "5")
    assert server.store.unread == []


def test_a_report_is_what_the_standard_says() -> None:
    returned = bytes(mail_to(ROBIN))
    mail = message_from_bytes(report(ROBIN, returned.replace(b"\n", b"\r\n"), "5.1.1"))
    assert mail.get_content_type() == "multipart/report"
    assert mail.get_param("report-type") == "delivery-status"
    parts = [part for part in mail.walk() if part is not mail]
    kinds = [part.get_content_type() for part in parts]
    assert kinds[:2] == ["text/plain", "message/delivery-status"]
    assert kinds[-1] == "text/rfc822-headers"
    [recipient] = [part for part in parts if part["Final-Recipient"]]
    assert (recipient["Action"], recipient["Status"]) == ("failed", "5.1.1")
    assert "Message-ID: <1@rochdale.example>" in str(parts[-1].get_payload())
