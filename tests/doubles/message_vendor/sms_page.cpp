#include "tests/doubles/message_vendor/sms_page.h"

#include "server/services/notification/sms_text.h"

#include <QDateTime>

using namespace Qt::StringLiterals;

QByteArray smsPage(const QList<SmsDesk::Received> &messages)
{
    QByteArray page = QByteArray::number(messages.size()) + " short messages\n";
    for (auto message = messages.crbegin(); message != messages.crend(); ++message) {
        const SmsLength length = measureSms(message->text);
        page += "\n----\nTo: " + message->to.toUtf8()
            + "\nAt: " + QDateTime::fromSecsSinceEpoch(message->at, Qt::UTC).toString(Qt::ISODate).toUtf8()
            + "\nStatus: " + message->status.toUtf8() + "\nSegments: " + QByteArray::number(length.segments)
            + (length.alphabet == SmsAlphabet::gsm7 ? " (GSM-7)" : " (UCS-2)") + "\n\n"
            + message->text.toUtf8() + "\n";
    }
    return page;
}
