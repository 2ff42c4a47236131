#include "manager-client/features/customer/invoice_columns.h"

#include "shared/ui/icon.h"
#include "shared/ui/relative_time.h"
#include "shared/ui/words.h"

using namespace Qt::StringLiterals;

namespace {

constexpr auto right = Qt::AlignRight | Qt::AlignVCenter;

QString givenBack(const api::Invoice &invoice)
{
    return invoice.refunded.minor > 0 ? words::money(invoice.refunded) : QString(u'–');
}

} // namespace

ChipWords wordsOf(const api::Invoice &invoice)
{
    switch (invoice.state) {
    case api::InvoiceState::open:
        return invoice.trouble
            ? ChipWords { CustomerViewModel::tr("Not paid"), u"warning"_s, Tone::warning }
            : ChipWords { CustomerViewModel::tr("Being collected"), u"clock"_s, Tone::neutral };
    case api::InvoiceState::paid:
        return { CustomerViewModel::tr("Paid"), u"check-circle"_s, Tone::success };
    case api::InvoiceState::uncollectible:
        return { CustomerViewModel::tr("Given up"), u"cross-circle"_s, Tone::danger };
    case api::InvoiceState::voided:
        return { CustomerViewModel::tr("Voided"), u"cross-circle"_s, Tone::neutral };
    }
    Q_UNREACHABLE();
}

ChipWords wordsOf(api::RefundState state)
{
    switch (state) {
    case api::RefundState::asked:
        return { CustomerViewModel::tr("Under way"), u"clock"_s, Tone::neutral };
    case api::RefundState::done:
        return { CustomerViewModel::tr("Given back"), u"check-circle"_s, Tone::success };
    case api::RefundState::refused:
        return { CustomerViewModel::tr("Refused"), u"cross-circle"_s, Tone::danger };
    }
    Q_UNREACHABLE();
}

Money leftOf(const api::Invoice &invoice)
{
    const qint64 paid = invoice.state == api::InvoiceState::paid ? invoice.total.minor : 0;
    return { paid - std::min(paid, invoice.refunded.minor), invoice.total.currency };
}

QList<CustomerViewModel::Invoices::Column> invoiceColumns()
{
    return {
        { CustomerViewModel::tr("Number"), [](const InvoiceLine &line) { return line.invoice.number; } },
        { CustomerViewModel::tr("State"),
          [](const InvoiceLine &line) { return wordsOf(line.invoice).label; },
          [](const InvoiceLine &line) {
              const ChipWords chip = wordsOf(line.invoice);
              return icon(chip.icon, chip.tone);
          },
          [](const InvoiceLine &line) { return line.invoice.trouble.value_or(QString()); } },
        { CustomerViewModel::tr("Total"),
          [](const InvoiceLine &line) { return words::money(line.invoice.total); },
          {},
          {},
          {},
          right },
        { CustomerViewModel::tr("Given back"),
          [](const InvoiceLine &line) { return givenBack(line.invoice); },
          {},
          {},
          {},
          right },
        { CustomerViewModel::tr("For"),
          [](const InvoiceLine &line) { return line.invoice.text; },
          {},
          [](const InvoiceLine &line) {
              return line.invoice.text + u'\n' + absoluteTime(line.invoice.issuedAt);
          } },
    };
}
