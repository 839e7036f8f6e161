"""Reads messages from standard input, one in base64 a line, and tells how Python's email package sees each."""

import base64
import codecs
import email
import email.policy
import json
import re
import sys
from email.header import decode_header
from email.headerregistry import HeaderRegistry
from email.utils import getaddresses

ADDRESS_FIELDS = re.compile(
    r"(?:(?:resent-)?(?:from|sender|to|cc|bcc)|reply-to|disposition-notification-to|return-receipt-to)$", re.I
)
DECLARED = re.compile(r"\s*[\w!#$%&'*+.^`{|}~-]+/[\w!#$%&'*+.^`{|}~-]+\s*(?:[;(]|$)", re.A)
NOT_ASCII = re.compile(r"(?:utf-?7|unicode-1-1-utf-7|hz.*|.*iso-?2022.*|cp5022.*|utf-?(?:16|32).*|ucs.*|unicode.*)$", re.I)
ENCODINGS = ["", "7bit", "8bit", "binary", "quoted-printable", "base64", "x-uuencode", "uuencode", "uue", "x-uue"]
registry = HeaderRegistry()


def plain(value):
    """Text without the surrogates in which Python keeps bytes that are not ASCII."""
    raw = str(value).encode("utf-8", "surrogateescape")
    return re.sub(r"[\r\n]+", "", raw.decode("utf-8", "replace"))


def decoded(value):
    try:
        words = decode_header(plain(value))
        return "".join(
            word if isinstance(word, str) else word.decode(charset or "utf-8", "replace") for word, charset in words
        )
    except Exception:
        return plain(value)


def strict_words(value):
    """A header's value with its encoded words decoded; None when that cannot be done to each of them."""
    try:
        words = decode_header(plain(value))
    except Exception:
        return None
    texts = [word if isinstance(word, str) else strict_text(word, charset) for word, charset in words]
    return None if None in texts else "".join(texts).strip()


def mailboxes(name, value):
    try:
        header = registry(name, plain(value))
        return [{"name": a.display_name or "", "address": a.addr_spec if a.domain else ""} for a in header.addresses]
    except Exception:
        return [{"name": n, "address": a if "@" in a else ""} for n, a in getaddresses([plain(value)])]


def strict_text(raw, charset):
    label = charset or ""
    while (fewer := re.sub(r"\([^()]*\)", "", label)) != label:
        label = fewer
    label = label.strip()
    try:
        text = raw.decode(label or "utf-8", "strict")
        return None if re.search("[\ud800-\udfff]", text) else text
    except (LookupError, ValueError, TypeError, RuntimeError):
        pass
    if not label:
        return raw.decode("latin-1")
    if NOT_ASCII.match(label):
        return None
    try:
        codecs.lookup(label)
        return None
    except (LookupError, ValueError, TypeError):
        return raw.decode("ascii") if re.fullmatch(rb"[\t\r\n\x20-\x7d]*", raw) else None


def type_of(part):
    """Its type; text/plain where the declaration names no type and subtype (RFC 2045, 5.2)."""
    declared = part.get("content-type")
    is_typed = declared is not None and bool(DECLARED.match(plain(declared)))
    return part.get_content_type() if is_typed else "text/plain"


def has_html(part):
    if part.get_content_type() == "text/html" and part.get_content_disposition() != "attachment":
        return True
    return part.get_content_maintype() == "multipart" and part.is_multipart() and any(map(has_html, part.get_payload()))


def is_spare(part, around):
    if type_of(part) != "text/plain" or part.get_content_disposition() == "attachment":
        return False
    branch = part
    for parent in around:
        if parent.get_content_type() == "multipart/alternative":
            return any(has_html(child) for child in parent.get_payload() if child is not branch)
        branch = parent
    return False


def name_of(part):
    try:
        name = part.get_filename()
    except Exception:
        return None
    return decoded(name) if name else None


def is_first_of_related(part, around):
    return bool(around) and around[0].get_content_type() == "multipart/related" and around[0].get_payload()[0] is part


def leaf(part, around):
    declared = part.get("content-type")
    is_typed = declared is not None and bool(DECLARED.match(plain(declared)))
    is_text = type_of(part) in ("text/plain", "text/html") and part.get_content_disposition() != "attachment"
    is_tree = part.is_multipart()
    raw = None if is_tree else part.get_payload(decode=True)
    charset = part.get_param("charset")
    if isinstance(charset, tuple):
        charset = charset[2]
    cid = part.get("content-id")
    location = part.get("content-location")
    encoding = re.sub(r"\([^)]*\)", "", plain(part.get("content-transfer-encoding", ""))).strip().lower()
    return {
        "type": type_of(part),
        "isTyped": is_typed,
        "encoding": encoding,
        "isDecoded": encoding in ENCODINGS,
        "disposition": part.get_content_disposition() or "",
        "filename": name_of(part),
        "contentId": None if cid is None else re.sub(r"^<|>$", "", plain(cid).strip()),
        "location": None if location is None else plain(location).strip(),
        "bytes": None if raw is None else base64.b64encode(raw).decode(),
        "text": None if raw is None else strict_text(raw, charset and plain(charset)),
        "isFlowed": str(part.get_param("format", "")).lower() == "flowed",
        "isSpare": is_spare(part, around),
        "isRoot": is_text and is_first_of_related(part, around),
    }


def leaves(part, around):
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for child in part.get_payload():
            yield from leaves(child, [part, *around])
    else:
        yield leaf(part, around)


def types(part):
    yield part.get_content_type()
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for child in part.get_payload():
            yield from types(child)


def view(mime):
    message = email.message_from_bytes(mime, policy=email.policy.compat32)
    named = {}
    for name, value in message.raw_items():
        if ADDRESS_FIELDS.match(name):
            named.setdefault(name.lower(), []).extend(mailboxes(name, value))
    return {
        "by": "Python",
        "fields": [
            {"name": plain(name), "value": strict_words(value)}
            for name, value in message.raw_items()
        ],
        "mailboxes": named,
        "leaves": list(leaves(message, [])),
        "types": list(types(message)),
        "strayLines": [],
    }


for line in sys.stdin:
    try:
        answer = json.dumps(view(base64.b64decode(line)))
    except Exception as error:  # It is not ours to mend.
        answer = json.dumps({"failed": repr(error)})
    print(answer, flush=True)
