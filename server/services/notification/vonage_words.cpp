#include "server/services/notification/vonage_words.h"

#include "server/services/notification/sms_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMessageAuthenticationCode>
#include <QSet>

#include <sodium.h>

using namespace Qt::StringLiterals;

namespace vonage {

namespace {

    // https://developer.vonage.com/en/messaging/sms/guides/troubleshooting-sms. These are said of this
    // message; all else is about our account, or about Vonage.
    const QSet<QString> theMessages { u"2"_s, u"3"_s, u"6"_s, u"7"_s, u"12"_s, u"22"_s, u"33"_s };

    std::optional<api::DeliveryStatus> statusOf(const QString &said)
    {
        if (said == "accepted"_L1 || said == "buffered"_L1)
            return api::DeliveryStatus::accepted;
        if (said == "failed"_L1 || said == "rejected"_L1 || said == "expired"_L1)
            return api::DeliveryStatus::undelivered;
        if (said == "delivered"_L1)
            return api::DeliveryStatus::delivered;
        return {};
    }

    bool isSigned(const FormFields &fields, const Secret &secret)
    {
        const QByteArray signature = fieldOf(fields, u"sig").toLatin1().toLower();
        const QByteArray right = signatureOf(fields, secret);
        return !secret.isEmpty() && signature.size() == right.size()
            && sodium_memcmp(signature.constData(), right.constData(), static_cast<size_t>(right.size()))
            == 0;
    }

} // namespace

QByteArray toForm(const Outgoing &message, const QString &key, const Secret &secret)
{
    FormFields fields { { u"api_key"_s, key },       { u"api_secret"_s, QString::fromUtf8(secret.reveal()) },
                        { u"from"_s, message.from }, { u"to"_s, message.to.mid(1) },
                        { u"text"_s, message.text }, { u"client-ref"_s, message.reference } };
    if (measureSms(message.text).alphabet == SmsAlphabet::ucs2)
        fields.append({ u"type"_s, u"unicode"_s });
    if (!message.receipts.isEmpty())
        fields.append({ u"callback"_s, QString::fromLatin1(message.receipts) });
    return ::toForm(fields);
}

Delivery toDelivery(int status, const QByteArray &body)
{
    const QJsonArray parts
        = QJsonDocument::fromJson(body).object()["messages"_L1].toArray(); // a long text has several
    if (status == 200 && !parts.isEmpty()) {
        const QJsonObject first = parts.first().toObject();
        const QString said = first["status"_L1].toString();
        const QString detail = u"%1: %2"_s.arg(said, first["error-text"_L1].toString().left(300));
        const QString id = first["message-id"_L1].toString();
        if (said == "0"_L1 && !id.isEmpty())
            return { DeliveryOutcome::sent, {}, id };
        if (said == "5"_L1) // an error within, after which nobody tells what was done
            return { DeliveryOutcome::unknown, detail, {} };
        return { theMessages.contains(said) ? DeliveryOutcome::refused : DeliveryOutcome::away, detail, {} };
    }
    const QString detail = u"HTTP %1"_s.arg(status);
    const bool mayHaveTaken = status == 200 || (status >= 500 && status != 503);
    return { mayHaveTaken ? DeliveryOutcome::unknown : DeliveryOutcome::away, detail, {} };
}

ReceiptSource receipts(const QString &key, const Secret &signatureSecret)
{
    const auto read
        = [key, signatureSecret](const ReceiptPost &post) -> Result<std::optional<DeliveryReceipt>> {
        const auto fields = fromForm(post.body);
        const bool isVonages = fields && isSigned(*fields, signatureSecret)
            && fieldOf(*fields, u"api-key") == key && fieldOf(*fields, u"client-ref") == post.message;
        if (!isVonages)
            return fail(Problem::forbidden(u"The signature is not the vendor's."_s));
        const auto status = statusOf(fieldOf(*fields, u"status"));
        DeliveryReceipt receipt;
        receipt.vendorRef = fieldOf(*fields, u"messageId");
        if (!status || receipt.vendorRef.isEmpty() || receipt.vendorRef.size() > 64)
            return std::optional<DeliveryReceipt>();
        receipt.status = *status;
        if (receipt.status == api::DeliveryStatus::undelivered)
            receipt.trouble = u"error %1"_s.arg(fieldOf(*fields, u"err-code").left(16));
        return std::optional(receipt);
    };
    return { QString::fromLatin1(vendorName), {}, read };
}

QByteArray signatureOf(const FormFields &fields, const Secret &secret)
{
    FormFields sorted = fields;
    std::ranges::sort(sorted);
    QByteArray said;
    for (auto &[name, value] : sorted) {
        if (name != "sig"_L1)
            said += '&' + name.toUtf8() + '=' + value.replace(u'&', u'_').replace(u'=', u'_').toUtf8();
    }
    return QMessageAuthenticationCode::hash(said, secret.reveal().toByteArray(), QCryptographicHash::Sha256)
        .toHex();
}

} // namespace vonage
