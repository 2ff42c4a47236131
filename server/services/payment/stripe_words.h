#pragma once

#include "server/services/payment/payment_gateway.h"

#include <QByteArrayList>
#include <QJsonObject>

// Stripe's wire protocol, without the wire: what each question is as an HTTP request, and what an answer to
// it means. Fields and codes are those of https://docs.stripe.com/api.
namespace stripe {

struct Call
{
    QByteArray method; // "GET" or "POST"
    QByteArray target; // below the base URL, with the query
    QByteArray form; // application/x-www-form-urlencoded; may hold a card's number
    QByteArray idempotencyKey; // of a POST that makes something
};

[[nodiscard]] Call toCall(const VendorQuestion &question);
// `status` 0: there was no answer.
[[nodiscard]] VendorAnswer toAnswer(const VendorQuestion &question, int status, const QByteArray &body);

[[nodiscard]] Call listCall(VendorList what, Instant from, Instant until, const QString &after);
[[nodiscard]] Result<VendorPage> toPage(int status, const QByteArray &body);

// Whether another try with the same card may succeed. What is not known to be soft is hard: trying a stolen
// card again costs more than asking a customer for another one.
[[nodiscard]] bool isSoft(const QString &declineCode);

} // namespace stripe
