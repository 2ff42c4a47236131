#include "server/services/payment/stripe_words.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace stripe {

namespace {

    constexpr int pageSize = 100; // Stripe's limit

    // Fields in the order in which they are added, so that a question asked again is the same to the byte.
    class Form
    {
    public:
        // Room for a whole card at once: text that has to move leaves a copy behind that nobody wipes.
        Form() { m_text.reserve(256); }

        Form &add(const char *name, const QString &value)
        {
            return addDigits(name, value.toUtf8().toPercentEncoding());
        }
        Form &add(const char *name, const char *word) { return addDigits(name, word); }
        Form &add(const char *name, qint64 value) { return addDigits(name, QByteArray::number(value)); }
        // For what needs no escaping and must not be copied on the way.
        Form &addDigits(const char *name, QByteArrayView digits)
        {
            if (!m_text.isEmpty())
                m_text += '&';
            m_text += name;
            m_text += '=';
            m_text += digits;
            return *this;
        }

        [[nodiscard]] QByteArray text() const { return m_text; }

    private:
        QByteArray m_text;
    };

    Form amountForm(const Money &amount)
    {
        return Form().add("amount", amount.minor).add("currency", amount.currency.toLower());
    }

    qint64 seconds(Instant instant)
    {
        return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
    }

    QByteArray segment(const QString &ref)
    {
        return QUrl::toPercentEncoding(ref);
    }

    struct ToCall
    {
        Call operator()(const NewVendorCustomer &ask) const
        {
            const QString id = ask.account.toString();
            return { "POST",
                     "/v1/customers",
                     Form().add("metadata[account_id]", id).text(),
                     "customer-" + id.toLatin1() };
        }

        Call operator()(const NewVendorMethod &ask) const
        {
            Form form;
            form.add("type", "card")
                .add("card[exp_month]", ask.expMonth)
                .add("card[exp_year]", ask.expYear)
                .addDigits("card[number]", ask.number.reveal());
            return { "POST", "/v1/payment_methods", form.text(), "method-" + ask.card.toString().toLatin1() };
        }

        Call operator()(const KeepVendorMethod &ask) const
        {
            return { "POST",
                     "/v1/payment_methods/" + segment(ask.method) + "/attach",
                     Form().add("customer", ask.vendorCustomer).text(),
                     "keep-" + ask.card.toString().toLatin1() };
        }

        Call operator()(const DropVendorMethod &ask) const
        {
            return { "POST", "/v1/payment_methods/" + segment(ask.method) + "/detach", {}, {} };
        }

        Call operator()(const NewVendorCharge &ask) const
        {
            Form form = amountForm(ask.amount);
            form.add("customer", ask.vendorCustomer)
                .add("payment_method", ask.method)
                .add("payment_method_types[0]", "card")
                .add("confirm", "true")
                .add("off_session", "true") // the customer is not there to be asked anything
                .add("description", ask.description)
                .add("metadata[charge_id]", ask.id.toString())
                .add("metadata[invoice_id]", ask.invoiceId.toString())
                .add("metadata[attempt]", ask.attempt);
            return { "POST", "/v1/payment_intents", form.text(), "charge-" + ask.id.toString().toLatin1() };
        }

        Call operator()(const AskVendorCharge &ask) const
        {
            return { "GET", "/v1/payment_intents/" + segment(ask.ref), {}, {} };
        }

        // The list and not the search: what was charged a moment ago is not in the search yet.
        Call operator()(const FindVendorCharge &ask) const
        {
            const Form query = Form()
                                   .add("customer", ask.vendorCustomer)
                                   .add("created[gte]", seconds(ask.since))
                                   .add("limit", pageSize);
            return { "GET", "/v1/payment_intents?" + query.text(), {}, {} };
        }

        Call operator()(const NewVendorRefund &ask) const
        {
            const Form form = Form()
                                  .add("payment_intent", ask.chargeRef)
                                  .add("amount", ask.amount.minor)
                                  .add("metadata[refund_id]", ask.id.toString())
                                  .add("metadata[reason]", ask.reason.left(500));
            return { "POST", "/v1/refunds", form.text(), "refund-" + ask.id.toString().toLatin1() };
        }

        Call operator()(const AskVendorRefund &ask) const
        {
            return { "GET", "/v1/refunds/" + segment(ask.ref), {}, {} };
        }

        Call operator()(const FindVendorRefund &ask) const
        {
            const Form query = Form().add("payment_intent", ask.chargeRef).add("limit", pageSize);
            return { "GET", "/v1/refunds?" + query.text(), {}, {} };
        }
    };

    VendorAnswer unknown(const QString &trouble)
    {
        return { .trouble = trouble };
    }

    VendorAnswer declined(const QJsonObject &error, const QString &ref)
    {
        const QString code = error.value("decline_code"_L1).toString(error.value("code"_L1).toString());
        return {
            .verdict = VendorVerdict::declined,
            .ref = ref,
            .code = code.isEmpty() ? u"declined"_s : code,
            .reason = error.value("message"_L1).toString(u"The payment was declined."_s),
            .hard = !isSoft(code),
        };
    }

    VendorAnswer ofIntent(const QJsonObject &intent)
    {
        const QString ref = intent.value("id"_L1).toString();
        const QString status = intent.value("status"_L1).toString();
        if (status == "succeeded"_L1)
            return { .verdict = VendorVerdict::done, .ref = ref };
        if (status == "processing"_L1)
            return { .verdict = VendorVerdict::pending, .ref = ref };
        if (status == "requires_payment_method"_L1 || status == "canceled"_L1)
            return declined(intent.value("last_payment_error"_L1).toObject(), ref);
        if (status == "requires_action"_L1)
            return declined({ { u"code"_s, u"authentication_required"_s } }, ref);
        return unknown(u"a payment intent is \"%1\""_s.arg(status));
    }

    VendorAnswer ofRefund(const QJsonObject &refund)
    {
        const QString ref = refund.value("id"_L1).toString();
        const QString status = refund.value("status"_L1).toString();
        if (status == "succeeded"_L1)
            return { .verdict = VendorVerdict::done, .ref = ref };
        if (status == "pending"_L1)
            return { .verdict = VendorVerdict::pending, .ref = ref };
        if (status == "failed"_L1 || status == "canceled"_L1)
            return declined({ { u"code"_s, refund.value("failure_reason"_L1).toString(status) } }, ref);
        return unknown(u"a refund is \"%1\""_s.arg(status));
    }

    QString metadata(const QJsonObject &object, QLatin1String name)
    {
        return object.value("metadata"_L1).toObject().value(name).toString();
    }

    struct OfObject
    {
        explicit OfObject(const QJsonObject &answered)
            : object(answered)
        {
        }

        VendorAnswer operator()(const NewVendorCharge &) const { return ofIntent(object); }
        VendorAnswer operator()(const AskVendorCharge &) const { return ofIntent(object); }
        VendorAnswer operator()(const NewVendorRefund &) const { return ofRefund(object); }
        VendorAnswer operator()(const AskVendorRefund &) const { return ofRefund(object); }
        VendorAnswer operator()(const FindVendorCharge &ask) const
        {
            return find("charge_id"_L1, ask.id.toString(), ofIntent);
        }
        VendorAnswer operator()(const FindVendorRefund &ask) const
        {
            return find("refund_id"_L1, ask.id.toString(), ofRefund);
        }
        template <class Question>
        VendorAnswer operator()(const Question &) const
        {
            const QString ref = object.value("id"_L1).toString();
            if (ref.isEmpty())
                return unknown(u"an answer without an id"_s);
            return { .verdict = VendorVerdict::done, .ref = ref };
        }

    private:
        const QJsonObject &object;

        VendorAnswer
        find(QLatin1String name, const QString &id, VendorAnswer (*read)(const QJsonObject &)) const
        {
            for (const QJsonValue &each : object.value("data"_L1).toArray()) {
                if (metadata(each.toObject(), name) == id)
                    return read(each.toObject());
            }
            if (object.value("has_more"_L1).toBool())
                return unknown(u"the vendor's list is longer than a page"_s);
            return { .verdict = VendorVerdict::absent };
        }
    };

    // Stripe's errors: only 402, and what is wrong with the request itself, say that nothing happened.
    VendorAnswer ofError(int status, const QJsonObject &error)
    {
        const QString type = error.value("type"_L1).toString();
        if (status == 402)
            return declined(error, error.value("payment_intent"_L1).toObject().value("id"_L1).toString());
        if (status == 404)
            return { .verdict = VendorVerdict::absent,
                     .code = error.value("code"_L1).toString(),
                     .reason = error.value("message"_L1).toString() };
        if (status == 400 && type == "invalid_request_error"_L1)
            return declined(error, {});
        const QString message = error.value("message"_L1).toString();
        return unknown(u"HTTP %1 %2 %3"_s.arg(status).arg(type, message).trimmed());
    }

    template <class IdType>
    std::optional<IdType> idOf(const QJsonObject &object, QLatin1String name)
    {
        const auto id = IdType::parse(metadata(object, name));
        return id ? std::optional(*id) : std::nullopt;
    }

    VendorEntry toEntry(const QJsonObject &object)
    {
        return {
            .ref = object.value("id"_L1).toString(),
            .chargeId = idOf<api::ChargeId>(object, "charge_id"_L1),
            .invoiceId = idOf<api::InvoiceId>(object, "invoice_id"_L1),
            .refundId = idOf<api::RefundId>(object, "refund_id"_L1),
            .amount
            = { object.value("amount"_L1).toInteger(), object.value("currency"_L1).toString().toUpper() },
            .succeeded = object.value("status"_L1).toString() == "succeeded"_L1,
            .createdAt = Instant(std::chrono::seconds(object.value("created"_L1).toInteger())),
        };
    }

} // namespace

bool isSoft(const QString &declineCode)
{
    static const QStringList soft {
        u"approve_with_id"_s,    u"card_velocity_exceeded"_s,
        u"insufficient_funds"_s, u"issuer_not_available"_s,
        u"processing_error"_s,   u"reenter_transaction"_s,
        u"try_again_later"_s,    u"withdrawal_count_limit_exceeded"_s,
    };
    return soft.contains(declineCode);
}

Call toCall(const VendorQuestion &question)
{
    return std::visit(ToCall {}, question);
}

VendorAnswer toAnswer(const VendorQuestion &question, int status, const QByteArray &body)
{
    if (status == 0)
        return unknown(u"no answer"_s);
    const QJsonDocument document = QJsonDocument::fromJson(body);
    if (!document.isObject()) // a proxy's, not the vendor's
        return unknown(u"HTTP %1 without JSON"_s.arg(status));
    const QJsonObject object = document.object();
    if (status == 200)
        return std::visit(OfObject(object), question);
    return ofError(status, object.value("error"_L1).toObject());
}

Call listCall(VendorList what, Instant from, Instant until, const QString &after)
{
    Form query;
    query.add("created[gte]", seconds(from)).add("created[lt]", seconds(until)).add("limit", pageSize);
    if (!after.isEmpty())
        query.add("starting_after", after);
    const QByteArray path = what == VendorList::charges ? "/v1/payment_intents?" : "/v1/refunds?";
    return { "GET", path + query.text(), {}, {} };
}

Result<VendorPage> toPage(int status, const QByteArray &body)
{
    const QJsonObject object = QJsonDocument::fromJson(body).object();
    if (status != 200 || !object.value("data"_L1).isArray())
        return fail(Problem::unavailable(u"The payment vendor gives no list: HTTP %1."_s.arg(status)));
    VendorPage page;
    for (const QJsonValue &each : object.value("data"_L1).toArray())
        page.entries.append(toEntry(each.toObject()));
    if (object.value("has_more"_L1).toBool() && !page.entries.isEmpty())
        page.next = page.entries.constLast().ref;
    return page;
}

} // namespace stripe
