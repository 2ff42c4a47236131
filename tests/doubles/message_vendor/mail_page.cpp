#include "tests/doubles/message_vendor/mail_page.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace {

// The words of a header; ours are always encoded (RFC 2047), in UTF-8 and base64.
QByteArray header(const QByteArray &mail, const QByteArray &name)
{
    const qsizetype from = ("\r\n" + mail).indexOf("\r\n" + name + ": ");
    if (from < 0)
        return {};
    static const QRegularExpression end(u"\r\n(?! )"_s);
    const QString all = QString::fromLatin1(mail.mid(from + name.size() + 2));
    static const QRegularExpression word(u"=\\?utf-8\\?B\\?([^?]*)\\?="_s);
    QByteArray text;
    for (auto match = word.globalMatch(all.left(all.indexOf(end))); match.hasNext();)
        text += QByteArray::fromBase64(match.next().captured(1).toLatin1());
    return text;
}

// The first part, which is the plain text.
QByteArray body(const QByteArray &mail)
{
    const qsizetype part = mail.indexOf("Content-Transfer-Encoding: base64");
    const qsizetype from = mail.indexOf("\r\n\r\n", part) + 4;
    if (part < 0 || from < 4)
        return mail;
    return QByteArray::fromBase64(mail.mid(from, mail.indexOf("\r\n--", from) - from));
}

} // namespace

QByteArray mailPage(const QList<SmtpSink::Received> &mails)
{
    QByteArray page = QByteArray::number(mails.size()) + " mails\n";
    for (auto mail = mails.crbegin(); mail != mails.crend(); ++mail)
        page += "\n----\nTo: " + mail->to + "\nSubject: " + header(mail->text, "Subject") + "\n\n"
            + body(mail->text) + "\n";
    return page;
}
