#include "tests/doubles/payment_vendor/vendor_book.h"

#include "shared/core/card_number.h"
#include "shared/core/id.h"

#include <QDateTime>

using namespace Qt::StringLiterals;

namespace vendor {

namespace {

    // What a card does travels in its payment method under names that Stripe does not have.
    constexpr auto declineField = "x_decline"_L1;
    constexpr auto laterField = "x_declines_only_later"_L1;
    constexpr auto pendingField = "x_refund_pending"_L1;

    QJsonObject newObject(const QString &prefix, const QString &kind)
    {
        return {
            { u"id"_s, prefix + makeUuid7().toString(QUuid::Id128) },
            { u"object"_s, kind },
            { u"created"_s, QDateTime::currentSecsSinceEpoch() },
            { u"livemode"_s, false },
        };
    }

    Answer badRequest(const QString &code, const QString &message)
    {
        return refused(400, u"invalid_request_error"_s, code, message);
    }

    QJsonObject toJson(const Decline &decline)
    {
        return { { u"code"_s, decline.code },
                 { u"decline_code"_s, decline.declineCode },
                 { u"message"_s, decline.message } };
    }

    std::optional<Decline> toDecline(const QJsonObject &json)
    {
        if (json.isEmpty())
            return std::nullopt;
        return Decline { json["code"_L1].toString(),
                         json["decline_code"_L1].toString(),
                         json["message"_L1].toString() };
    }

} // namespace

VendorBook::VendorBook(Tell tell)
    : m_tell(std::move(tell))
{
}

Answer VendorBook::addCustomer(const Form &form)
{
    QJsonObject customer = newObject(u"cus_"_s, u"customer"_s);
    customer.insert(u"metadata"_s, form.metadata());
    put(Kind::customers, customer);
    return { 200, customer };
}

Answer VendorBook::addMethod(const Form &form)
{
    const QString digits = form.value(u"card[number]"_s);
    const auto number = CardNumber::parse(digits);
    if (!number)
        return cardError(u"incorrect_number"_s, {}, u"Your card number is incorrect."_s);
    const TestCard card = testCard(digits);
    QJsonObject method = newObject(u"pm_"_s, u"payment_method"_s);
    method.insert(u"type"_s, u"card"_s);
    method.insert(u"customer"_s, QJsonValue());
    method.insert(
        u"card"_s,
        QJsonObject { { u"brand"_s, number->brand() },
                      { u"last4"_s, number->last4() },
                      { u"exp_month"_s, form.number(u"card[exp_month]"_s) },
                      { u"exp_year"_s, form.number(u"card[exp_year]"_s) } }
    );
    if (card.decline)
        method.insert(declineField, toJson(*card.decline));
    method.insert(laterField, card.declinesOnlyLater);
    method.insert(pendingField, card.isRefundPending);
    put(Kind::methods, method);
    return { 200, method };
}

Answer VendorBook::attach(const QString &id, const Form &form, Attaching attaching)
{
    QJsonObject method = find(Kind::methods, id);
    const QString customer = form.value(u"customer"_s);
    if (method.isEmpty())
        return missing(id);
    if (find(Kind::customers, customer).isEmpty())
        return badRequest(u"resource_missing"_s, u"There is no customer \"%1\"."_s.arg(customer));
    const std::optional<Decline> decline = toDecline(method[declineField].toObject());
    if (attaching == Attaching::checksCard && decline && !method[laterField].toBool())
        return cardError(decline->code, decline->declineCode, decline->message);
    method.insert(u"customer"_s, customer);
    put(Kind::methods, method);
    return { 200, method };
}

Answer VendorBook::detach(const QString &id)
{
    QJsonObject method = find(Kind::methods, id);
    if (method.isEmpty())
        return missing(id);
    method.insert(u"customer"_s, QJsonValue());
    put(Kind::methods, method);
    return { 200, method };
}

Answer VendorBook::charge(const Form &form, const std::optional<Decline> &decline)
{
    const QString customer = form.value(u"customer"_s);
    const QJsonObject method = find(Kind::methods, form.value(u"payment_method"_s));
    if (method.isEmpty() || method["customer"_L1].toString() != customer)
        return badRequest(u"resource_missing"_s, u"The customer does not have this payment method."_s);
    const qint64 amount = form.number(u"amount"_s);
    if (amount <= 0 || form.value(u"currency"_s).size() != 3 || form.value(u"confirm"_s) != "true"_L1)
        return badRequest(u"parameter_invalid_integer"_s, u"There is nothing to charge."_s);

    QJsonObject intent = newObject(u"pi_"_s, u"payment_intent"_s);
    intent.insert(u"amount"_s, amount);
    intent.insert(u"currency"_s, form.value(u"currency"_s));
    intent.insert(u"customer"_s, customer);
    intent.insert(u"payment_method"_s, method["id"_L1]);
    intent.insert(u"description"_s, form.value(u"description"_s));
    intent.insert(u"metadata"_s, form.metadata());
    const std::optional<Decline> reason = decline ? decline : toDecline(method[declineField].toObject());
    if (reason) {
        Answer answer = cardError(reason->code, reason->declineCode, reason->message);
        intent.insert(u"status"_s, u"requires_payment_method"_s);
        intent.insert(u"amount_received"_s, 0);
        intent.insert(u"last_payment_error"_s, answer.body["error"_L1]);
        put(Kind::intents, intent);
        QJsonObject error = answer.body["error"_L1].toObject();
        error.insert(u"payment_intent"_s, intent);
        answer.body.insert(u"error"_s, error);
        m_tell(u"payment_intent.payment_failed"_s, intent);
        return answer;
    }
    intent.insert(u"status"_s, u"succeeded"_s);
    intent.insert(u"amount_received"_s, amount);
    intent.insert(u"latest_charge"_s, "ch_"_L1 + makeUuid7().toString(QUuid::Id128));
    put(Kind::intents, intent);
    enter(intent, u"charge"_s, amount);
    m_tell(u"payment_intent.succeeded"_s, intent);
    return { 200, intent };
}

Answer VendorBook::refund(const Form &form)
{
    const QString id = form.value(u"payment_intent"_s);
    const QJsonObject intent = find(Kind::intents, id);
    if (intent.isEmpty())
        return badRequest(u"resource_missing"_s, u"There is no payment intent \"%1\"."_s.arg(id));
    const qint64 left = intent["amount_received"_L1].toInteger() - refundedOf(id);
    const qint64 amount = form.has(u"amount"_s) ? form.number(u"amount"_s) : left;
    if (left <= 0)
        return badRequest(u"charge_already_refunded"_s, u"All of it has been refunded."_s);
    if (amount <= 0 || amount > left)
        return badRequest(u"amount_too_large"_s, u"Only %1 is left to refund."_s.arg(left));
    const QJsonObject method = find(Kind::methods, intent["payment_method"_L1].toString());
    const bool isPending = method[pendingField].toBool();
    QJsonObject refund = newObject(u"re_"_s, u"refund"_s);
    refund.insert(u"amount"_s, amount);
    refund.insert(u"currency"_s, intent["currency"_L1]);
    refund.insert(u"payment_intent"_s, id);
    refund.insert(u"metadata"_s, form.metadata());
    refund.insert(u"status"_s, isPending ? u"pending"_s : u"succeeded"_s);
    put(Kind::refunds, refund);
    if (!isPending)
        enter(refund, u"refund"_s, -amount);
    m_tell(u"refund.created"_s, refund);
    return { 200, refund };
}

void VendorBook::finishRefund(const QString &id)
{
    QJsonObject refund = find(Kind::refunds, id);
    if (refund["status"_L1].toString() != "pending"_L1)
        return;
    refund.insert(u"status"_s, u"succeeded"_s);
    put(Kind::refunds, refund);
    enter(refund, u"refund"_s, -refund["amount"_L1].toInteger());
    m_tell(u"refund.updated"_s, refund);
}

Answer VendorBook::fetch(Kind kind, const QString &id) const
{
    const QJsonObject object = find(kind, id);
    return object.isEmpty() ? missing(id) : Answer { 200, object };
}

Answer VendorBook::list(Kind kind, const Range &range) const
{
    const Shelf &from = shelf(kind);
    QList<qsizetype> all;
    if (range.parent.isEmpty()) {
        all.resize(from.objects.size());
        std::iota(all.begin(), all.end(), 0);
    } else {
        all = from.children.value(range.parent);
    }
    auto end = all.cend();
    if (!range.after.isEmpty())
        end = std::lower_bound(all.cbegin(), all.cend(), from.places.value(range.after, 0));
    QJsonArray data;
    bool hasMore = false;
    while (end != all.cbegin() && !hasMore) {
        const QJsonObject &object = from.objects.at(*--end);
        const qint64 created = object["created"_L1].toInteger();
        if (created < range.from)
            break;
        if (range.until != 0 && created >= range.until)
            continue;
        hasMore = data.size() == range.limit;
        if (!hasMore)
            data.append(object);
    }
    return { 200, { { u"object"_s, u"list"_s }, { u"data"_s, data }, { u"has_more"_s, hasMore } } };
}

QJsonObject VendorBook::totals() const
{
    QJsonObject totals;
    for (const QJsonObject &entry : shelf(Kind::balance).objects) {
        const QString type = entry["type"_L1].toString();
        totals.insert(type + "s"_L1, totals[type + "s"_L1].toInteger() + 1);
        totals.insert(
            type + "Minor"_L1, totals[type + "Minor"_L1].toInteger() + entry["amount"_L1].toInteger()
        );
    }
    totals.insert(u"intents"_s, shelf(Kind::intents).objects.size());
    totals.insert(u"methods"_s, shelf(Kind::methods).objects.size());
    return totals;
}

QJsonArray VendorBook::save() const
{
    QJsonArray saved;
    for (const Shelf &each : m_shelves) {
        QJsonArray objects;
        for (const QJsonObject &object : each.objects)
            objects.append(object);
        saved.append(objects);
    }
    return saved;
}

void VendorBook::load(const QJsonArray &saved)
{
    for (qsizetype kind = 0; kind < std::min<qsizetype>(saved.size(), std::ssize(m_shelves)); ++kind) {
        for (const QJsonValue &object : saved.at(kind).toArray())
            put(static_cast<Kind>(kind), object.toObject());
    }
}

QJsonObject VendorBook::find(Kind kind, const QString &id) const
{
    const Shelf &from = shelf(kind);
    const auto place = from.places.find(id);
    return place == from.places.end() ? QJsonObject() : from.objects.at(*place);
}

void VendorBook::put(Kind kind, const QJsonObject &object)
{
    Shelf &on = shelf(kind);
    const QString id = object["id"_L1].toString();
    if (const auto place = on.places.find(id); place != on.places.end()) {
        on.objects[*place] = object;
        return;
    }
    const qsizetype place = on.objects.size();
    on.places.insert(id, place);
    if (const QString parent = parentOf(kind, object); !parent.isEmpty())
        on.children[parent].append(place);
    on.objects.append(object);
}

QString VendorBook::parentOf(Kind kind, const QJsonObject &object)
{
    switch (kind) {
    case Kind::intents:
        return object["customer"_L1].toString();
    case Kind::refunds:
        return object["payment_intent"_L1].toString();
    case Kind::customers:
    case Kind::methods:
    case Kind::balance:
        break;
    }
    return {};
}

qint64 VendorBook::refundedOf(const QString &intent) const
{
    const Shelf &refunds = shelf(Kind::refunds);
    qint64 sum = 0;
    for (const qsizetype place : refunds.children.value(intent))
        sum += refunds.objects.at(place)["amount"_L1].toInteger();
    return sum;
}

void VendorBook::enter(const QJsonObject &source, const QString &type, qint64 amount)
{
    // 2.9 % and 30 cents of a charge; a refund does not give them back.
    const qint64 fee = amount > 0 ? (amount * 29 + 500) / 1000 + 30 : 0;
    QJsonObject entry = newObject(u"txn_"_s, u"balance_transaction"_s);
    entry.insert(u"type"_s, type);
    entry.insert(u"amount"_s, amount);
    entry.insert(u"fee"_s, fee);
    entry.insert(u"net"_s, amount - fee);
    entry.insert(u"currency"_s, source["currency"_L1]);
    entry.insert(u"source"_s, source["latest_charge"_L1].toString(source["id"_L1].toString()));
    put(Kind::balance, entry);
}

} // namespace vendor
