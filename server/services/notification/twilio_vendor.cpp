#include "server/services/notification/twilio_vendor.h"

#include "server/services/notification/receipt_address.h"
#include "server/services/notification/sms_text.h"
#include "server/services/notification/twilio_words.h"
#include "shared/core/clock.h"

#include <QUrlQuery>

#include <thread>

using namespace Qt::StringLiterals;

TwilioVendor::TwilioVendor(const Options &options)
    : m_options(options)
    , m_line({ options.authorities, options.timeout })
{
}

QString TwilioVendor::name() const
{
    return QString::fromLatin1(twilio::vendorName);
}

std::chrono::milliseconds TwilioVendor::patience() const
{
    auto all = m_options.timeout;
    for (const auto pause : m_options.askAfter)
        all += pause + m_options.timeout;
    return all;
}

QUrl TwilioVendor::messages() const
{
    return m_options.url.resolved(QUrl(u"/2010-04-01/Accounts/%1/Messages.json"_s.arg(m_options.account)));
}

Delivery TwilioVendor::deliver(const Mail &mail)
{
    const std::optional<QString> to = toE164(mail.address);
    if (!to)
        return { DeliveryOutcome::refused, u"This is no number that can be written to."_s, {} };
    const twilio::Outgoing message {
        *to, m_options.from, asSmsText(mail.words.text), receiptAddress(m_options.receipts, name(), mail.id)
    };
    // By the vendor's time, not by the installation's.
    const Instant since = SystemClock().now();
    const auto answer = m_line.post(messages(), login(), twilio::toForm(message));
    Delivery delivery = answer.status != 0 ? twilio::toDelivery(answer.status, answer.body)
        : answer.mayHaveArrived            ? Delivery { DeliveryOutcome::unknown, answer.trouble, {} }
                                           : Delivery { DeliveryOutcome::away, answer.trouble, {} };

    QUrl list = messages();
    QUrlQuery query;
    query.addQueryItem(u"To"_s, QString::fromLatin1(QUrl::toPercentEncoding(*to)));
    query.addQueryItem(u"PageSize"_s, u"50"_s);
    list.setQuery(query);
    for (const auto pause : m_options.askAfter) {
        if (delivery.outcome != DeliveryOutcome::unknown)
            break;
        std::this_thread::sleep_for(pause); // for what is still on its way there
        const auto known = m_line.get(list, login());
        if (const auto sid = twilio::findSid(known.status, known.body, message, since))
            delivery = { DeliveryOutcome::sent, {}, *sid };
    }
    return delivery;
}
