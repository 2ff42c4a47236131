#include "server/services/notification/mail_words.h"

#include <QLocale>

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype charactersPerWord = 12; // at most 48 bytes, 64 in base64: below the 75 of RFC 2047
constexpr qsizetype base64Line = 76;

// In encoded words, always: what is encoded ends no line and begins no header.
QByteArray asHeader(const QString &value)
{
    QByteArray result;
    const auto points = value.toUcs4(); // a character is not cut in two
    for (qsizetype at = 0; at < points.size(); at += charactersPerWord) {
        const auto part = points.mid(at, charactersPerWord);
        const QString text
            = QString::fromUcs4(reinterpret_cast<const char32_t *>(part.constData()), part.size()); // NOLINT
        result += (at == 0 ? "=?utf-8?B?" : "\r\n =?utf-8?B?") + text.toUtf8().toBase64() + "?=";
    }
    return result;
}

QByteArray asPart(const QByteArray &type, const QString &content)
{
    QByteArray part
        = "Content-Type: " + type + "; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    const QByteArray encoded = content.toUtf8().toBase64();
    for (qsizetype at = 0; at < encoded.size(); at += base64Line)
        part += encoded.mid(at, base64Line) + "\r\n";
    return part;
}

} // namespace

bool isPlainAddress(const QString &address)
{
    const auto isPlain = [](QChar c) { return c > u' ' && c < u'\x7f' && !u"<>()[]\\,;:\""_s.contains(c); };
    return address.count(u'@') == 1 && !address.startsWith(u'@') && !address.endsWith(u'@')
        && std::ranges::all_of(address, isPlain);
}

QString envelopeSender(const QString &from, const QString &id)
{
    return from.section(u'@', 0, 0) + u'+' + id + u'@' + from.section(u'@', 1);
}

QByteArray toMime(const Mail &mail, const QString &from)
{
    const QByteArray id = mail.id.toLatin1();
    const QByteArray boundary = "squad-" + id; // base64 has no hyphen, so no part holds it
    const QString date = QLocale::c().toString(toDateTime(mail.at), u"ddd, dd MMM yyyy hh:mm:ss +0000"_s);
    QByteArray text;
    text += "From: " + asHeader(u"Sysops Squad"_s) + " <" + from.toLatin1() + ">\r\n";
    text += "To: " + asHeader(mail.name) + " <" + mail.address.toLatin1() + ">\r\n";
    text += "Subject: " + asHeader(mail.words.subject) + "\r\n";
    text += "Date: " + date.toLatin1() + "\r\n";
    text += "Message-ID: <" + id + '@' + from.section(u'@', 1).toLatin1() + ">\r\n";
    text += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
    text += "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n";
    text += "--" + boundary + "\r\n" + asPart("text/plain", mail.words.text);
    text += "--" + boundary + "\r\n" + asPart("text/html", mail.words.html);
    text += "--" + boundary + "--\r\n";
    return text;
}
