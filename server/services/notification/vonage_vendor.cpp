#include "server/services/notification/vonage_vendor.h"

#include "server/services/notification/receipt_address.h"
#include "server/services/notification/sms_text.h"
#include "server/services/notification/vonage_words.h"

using namespace Qt::StringLiterals;

VonageVendor::VonageVendor(const Options &options)
    : m_options(options)
    , m_line({ options.authorities, options.timeout })
{
}

QString VonageVendor::name() const
{
    return QString::fromLatin1(vonage::vendorName);
}

Delivery VonageVendor::deliver(const Mail &mail)
{
    const std::optional<QString> to = toE164(mail.address);
    if (!to)
        return { DeliveryOutcome::refused, u"This is no number that can be written to."_s, {} };
    const vonage::Outgoing message { *to,
                                     m_options.from,
                                     asSmsText(mail.words.text),
                                     mail.id,
                                     receiptAddress(m_options.receipts, name(), mail.id) };
    const QUrl url = m_options.url.resolved(QUrl(u"/sms/json"_s));
    const auto answer = m_line.post(url, {}, vonage::toForm(message, m_options.key, m_options.secret));
    if (answer.status != 0)
        return vonage::toDelivery(answer.status, answer.body);
    return { answer.mayHaveArrived ? DeliveryOutcome::unknown : DeliveryOutcome::away, answer.trouble, {} };
}
