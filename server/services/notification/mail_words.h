#pragma once

#include "server/services/notification/message_template.h"
#include "shared/core/instant.h"

#include <QByteArray>

// A mail, before it has a wire format.
struct Mail
{
    QString id; // ours; what the vendor and bounces name it by
    QString name; // of the recipient
    QString address;
    MessageWords words;
    Instant at;
};

// Whether the address can stand in an SMTP command and a header as it is. Whatever else it may be is refused.
[[nodiscard]] bool isPlainAddress(const QString &address);

// The envelope's sender, which names the message: "bounces@example.com" becomes "bounces+<id>@example.com",
// so that a bounce tells what it is about (VERP) and nobody's auto-responder answers to a person.
[[nodiscard]] QString envelopeSender(const QString &from, const QString &id);

// The mail as RFC 5322 and MIME want it: text and HTML as alternatives, in lines that no relay breaks. Values
// cannot add a header or a part, whatever is in them. It says that it was made by a machine (RFC 3834), so
// that auto-responders stay silent.
[[nodiscard]] QByteArray toMime(const Mail &mail, const QString &from);
