#include "server/services/notification/twilio_words.h"

#include <QDateTime>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMessageAuthenticationCode>
#include <QSet>

#include <sodium.h>

using namespace Qt::StringLiterals;

namespace twilio {

namespace {

    // https://www.twilio.com/docs/api/errors. What is wrong with our account or number, or with Twilio
    // itself, is no fault of the message: it waits, or another vendor carries it.
    const QSet<int> notTheMessages {
        14107, // rate limit
        20001, 20003, 20004, 20005, 20006, 20008, // who are we?
        20403, 20404, 20429, 20500, 20503, // not here, not now
        21603, 21606, 21611, 21659, 21660, 21703, 21704, 21705, // the number we send from
        30001, 30002, 30022, // its queue; the account
    };

    // Twilio's clock and ours, and its times have whole seconds.
    constexpr auto skew = std::chrono::seconds(5);

    QJsonObject objectIn(const QByteArray &body)
    {
        return QJsonDocument::fromJson(body).object();
    }

    QString toDetail(int status, const QJsonObject &answer)
    {
        const int code = answer["code"_L1].toInt();
        const QString said = answer["message"_L1].toString().left(300);
        if (code == 0)
            return u"HTTP %1 %2"_s.arg(status).arg(said).trimmed();
        return u"%1: %2"_s.arg(code).arg(said);
    }

    std::optional<api::DeliveryStatus> statusOf(const QString &said)
    {
        if (said == "accepted"_L1 || said == "scheduled"_L1 || said == "queued"_L1 || said == "sending"_L1)
            return api::DeliveryStatus::accepted;
        if (said == "sent"_L1)
            return api::DeliveryStatus::sent;
        if (said == "failed"_L1 || said == "undelivered"_L1 || said == "canceled"_L1)
            return api::DeliveryStatus::undelivered;
        if (said == "delivered"_L1 || said == "read"_L1)
            return api::DeliveryStatus::delivered;
        return {};
    }

} // namespace

QByteArray toForm(const Outgoing &message)
{
    const bool isService = message.from.startsWith("MG"_L1);
    FormFields fields { { u"To"_s, message.to },
                        { isService ? u"MessagingServiceSid"_s : u"From"_s, message.from },
                        { u"Body"_s, message.text } };
    if (!message.receipts.isEmpty())
        fields.append({ u"StatusCallback"_s, QString::fromLatin1(message.receipts) });
    return ::toForm(fields);
}

Delivery toDelivery(int status, const QByteArray &body)
{
    const QJsonObject answer = objectIn(body);
    const int code = answer["code"_L1].toInt();
    if (status >= 200 && status < 300) {
        const QString sid = answer["sid"_L1].toString();
        if (!sid.isEmpty())
            return { DeliveryOutcome::sent, {}, sid };
        return { DeliveryOutcome::unknown, u"The answer names no message."_s, {} };
    }
    const QString detail = toDetail(status, answer);
    if (status == 429 || status == 503 || notTheMessages.contains(code))
        return { DeliveryOutcome::away, detail, {} };
    if (status >= 500)
        return { code != 0 ? DeliveryOutcome::away : DeliveryOutcome::unknown, detail, {} };
    if (status == 400 && code != 0)
        return { DeliveryOutcome::refused, detail, {} };
    // Not let in, sent elsewhere, or answered by something that is not Twilio.
    return { DeliveryOutcome::away, detail, {} };
}

std::optional<QString> findSid(int status, const QByteArray &body, const Outgoing &message, Instant since)
{
    if (status != 200)
        return {};
    const QJsonArray messages = objectIn(body)["messages"_L1].toArray();
    for (const QJsonValue &each : messages) {
        const QDateTime made = QDateTime::fromString(each["date_created"_L1].toString(), Qt::RFC2822Date);
        const bool isOurs = each["direction"_L1].toString().startsWith("outbound"_L1)
            && each["to"_L1].toString() == message.to
            // A trial account's texts have a sentence before them.
            && each["body"_L1].toString().endsWith(message.text);
        if (isOurs && made.isValid() && toInstant(made) + skew >= since)
            return each["sid"_L1].toString();
    }
    return {};
}

std::optional<DeliveryReceipt> toReceipt(const FormFields &fields)
{
    const auto status = statusOf(fieldOf(fields, u"MessageStatus"));
    DeliveryReceipt receipt;
    receipt.vendorRef = fieldOf(fields, u"MessageSid");
    if (!status || receipt.vendorRef.isEmpty() || receipt.vendorRef.size() > 64)
        return {};
    receipt.status = *status;
    const QString code = fieldOf(fields, u"ErrorCode").left(16);
    if (receipt.status == api::DeliveryStatus::undelivered)
        receipt.trouble = code.isEmpty() ? u"without a reason"_s : u"error %1"_s.arg(code);
    return receipt;
}

ReceiptSource receipts(const QString &account, const Secret &token)
{
    const auto read = [account, token](const ReceiptPost &post) -> Result<std::optional<DeliveryReceipt>> {
        const auto fields = fromForm(post.body);
        const bool isTwilios = fields && isSigned(post.signature, post.url, *fields, token)
            && fieldOf(*fields, u"AccountSid") == account;
        if (!isTwilios)
            return fail(Problem::forbidden(u"The signature is not the vendor's."_s));
        return toReceipt(*fields);
    };
    return { QString::fromLatin1(vendorName), "x-twilio-signature", read };
}

QByteArray signatureOf(const QByteArray &url, const FormFields &fields, const Secret &token)
{
    FormFields sorted = fields;
    std::ranges::sort(sorted);
    QByteArray said = url;
    for (const auto &[name, value] : sorted)
        said += name.toUtf8() + value.toUtf8();
    return QMessageAuthenticationCode::hash(said, token.reveal().toByteArray(), QCryptographicHash::Sha1)
        .toBase64();
}

bool isSigned(
    const QByteArray &signature, const QByteArray &url, const FormFields &fields, const Secret &token
)
{
    const QByteArray right = signatureOf(url, fields, token);
    return !token.isEmpty() && signature.size() == right.size()
        && sodium_memcmp(signature.constData(), right.constData(), static_cast<size_t>(right.size())) == 0;
}

} // namespace twilio
