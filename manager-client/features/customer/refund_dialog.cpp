#include "manager-client/features/customer/refund_dialog.h"

#include "manager-client/features/customer/invoice_columns.h"
#include "shared/ui/banner.h"
#include "shared/ui/label.h"
#include "shared/ui/layout.h"
#include "shared/ui/scaling.h"
#include "shared/ui/words.h"

#include <QLineEdit>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QRegularExpression>

using namespace Qt::StringLiterals;
using namespace layout;

namespace {

QByteArray freshKey()
{
    return makeUuid7().toByteArray(QUuid::WithoutBraces);
}

// As it is typed: "26.89".
QString typedText(const Money &amount)
{
    return u"%1.%2"_s.arg(amount.minor / 100).arg(amount.minor % 100, 2, 10, QChar(u'0'));
}

} // namespace

RefundDialog::RefundDialog(const api::Invoice &invoice, api::Role role, QWidget *parent)
    : QDialog(parent)
    , m_invoice(invoice)
    , m_left(leftOf(invoice))
    , m_most(mostOf(invoice, role))
    , m_role(role)
    , m_key(freshKey())
    , m_banner(new Banner)
    , m_amount(new QLineEdit)
    , m_reason(new QPlainTextEdit)
    , m_outlook(label({}, Words::muted))
    , m_submit(button(tr("Give back …"), ButtonKind::primary))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Refund of %1").arg(invoice.number));
    auto *cancel = button(tr("Cancel"));
    m_submit->setDefault(true);
    auto *limit = label(limits());
    limit->setWordWrap(true);
    m_outlook->setWordWrap(true);
    m_outlook->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_outlook->ensurePolished();
    m_outlook->setMinimumHeight(
        2 * m_outlook->fontMetrics().lineSpacing()
    ); // what it says grows while one types
    Column {
        label(tr("How much of %1 is given back?").arg(invoice.number), Words::heading),
        m_banner,
        limit,
        makeForm(),
        m_outlook,
        Row { Stretch(), cancel, m_submit }.spacing(medium),
    }
        .spacing(medium)
        .margins(wide)
        .attachTo(this);
    setMinimumWidth(scaled(480));
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_submit, &QPushButton::clicked, this, &RefundDialog::submit);
    connect(m_amount, &QLineEdit::textChanged, this, &RefundDialog::foretell);
    connect(m_reason, &QPlainTextEdit::textChanged, this, &RefundDialog::foretell);
    foretell();
    m_amount->setFocus();
}

QWidget *RefundDialog::makeForm()
{
    auto *all = button(tr("All of %1").arg(words::money(m_most)));
    all->setAutoDefault(false);
    connect(all, &QPushButton::clicked, this, [this] { m_amount->setText(typedText(m_most)); });
    m_amount->setAccessibleName(tr("Amount"));
    m_amount->setPlaceholderText(typedText(m_most));
    m_amount->setMaxLength(16);
    m_reason->setTabChangesFocus(true);
    m_reason->setFixedHeight(scaled(96));
    m_reason->setPlaceholderText(tr("Why? The customer and whoever looks at the books later read this."));
    auto *form = new QWidget;
    Column {
        label(tr("Amount in %1").arg(m_most.currency), Words::strong),
        Row { growing(m_amount), all }.spacing(medium),
        Form { tr("Reason"), m_reason },
    }
        .spacing(small)
        .attachTo(form);
    return form;
}

Money RefundDialog::mostOf(const api::Invoice &invoice, api::Role role)
{
    Money most = leftOf(invoice);
    if (role != api::Role::admin) {
        const qint64 mayStill = api::mostRefundByManager - invoice.refunded.minor;
        most.minor = std::clamp<qint64>(mayStill, 0, most.minor);
    }
    return most;
}

std::optional<qint64> RefundDialog::minorOf(const QString &typed)
{
    static const QRegularExpression amount(u"^\\$?\\s*(\\d{1,3}(?:,?\\d{3})*|\\d{1,7})(?:\\.(\\d{1,2}))?$"_s);
    const QRegularExpressionMatch match = amount.match(typed.trimmed());
    if (!match.hasMatch())
        return std::nullopt;
    const QString cents = match.captured(2).leftJustified(2, u'0');
    return match.captured(1).remove(u',').toLongLong() * 100 + cents.toLongLong();
}

// Said before anybody runs into it.
QString RefundDialog::limits() const
{
    QStringList said {
        tr("%1 was paid, %2 of it is left.").arg(words::money(m_invoice.total), words::money(m_left))
    };
    if (m_role != api::Role::admin)
        said += tr("As a manager you may give back up to %1 of one invoice; more takes an administrator.")
                    .arg(words::money({ api::mostRefundByManager, m_invoice.total.currency }));
    return said.join(u' ');
}

QString RefundDialog::consequence(const Money &amount) const
{
    const QString card = m_invoice.cardLast4 ? tr("the card that ends in %1").arg(*m_invoice.cardLast4)
                                             : tr("the card that paid");
    return tr("%1 goes back to %2. This cannot be undone.").arg(words::money(amount), card);
}

void RefundDialog::foretell()
{
    m_key = freshKey(); // something else is asked for
    m_banner->clear();
    const std::optional<qint64> minor = minorOf(m_amount->text());
    const bool fits = minor && *minor > 0 && *minor <= m_most.minor;
    m_outlook->setText(
        fits ? consequence({ *minor, m_most.currency })
             : tr("You may give back between %1 and %2.")
                   .arg(words::money({ 1, m_most.currency }), words::money(m_most))
    );
}

void RefundDialog::refuse(QWidget *field, const QString &why)
{
    m_banner->say(Tone::danger, why);
    field->setFocus();
}

void RefundDialog::submit()
{
    const std::optional<qint64> minor = minorOf(m_amount->text());
    if (!minor || *minor == 0)
        return refuse(m_amount, tr("Please write an amount, such as %1.").arg(typedText(m_most)));
    if (*minor > m_left.minor)
        return refuse(m_amount, tr("That is more than the %1 that are left.").arg(words::money(m_left)));
    if (*minor > m_most.minor)
        return refuse(
            m_amount, tr("Your limit leaves %1; more takes an administrator.").arg(words::money(m_most))
        );
    const auto reason = decltype(api::NewRefund::reason)::parse(m_reason->toPlainText());
    if (!reason)
        return refuse(
            m_reason,
            m_reason->toPlainText().trimmed().isEmpty() ? tr("Please write why.")
                                                        : tr("Please keep the reason under 500 characters.")
        );
    confirm({ { static_cast<int>(*minor) }, *reason });
}

void RefundDialog::confirm(const api::NewRefund &refund)
{
    const Money amount { refund.amountMinor.value, m_most.currency };
    const QString verb = tr("Give back %1").arg(words::money(amount));
    auto *question = new QMessageBox(
        QMessageBox::NoIcon,
        windowTitle(),
        tr("%1 of %2?").arg(verb, m_invoice.number),
        QMessageBox::Cancel,
        this
    );
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setInformativeText(consequence(amount));
    question->addButton(verb, QMessageBox::AcceptRole);
    question->setDefaultButton(QMessageBox::Cancel);
    connect(question, &QDialog::accepted, this, [this, refund] {
        setBusy(true);
        emit submitted(refund, m_key);
    });
    question->open();
}

void RefundDialog::setBusy(bool busy)
{
    m_submit->setEnabled(!busy);
    m_amount->setEnabled(!busy);
    m_reason->setEnabled(!busy);
    m_submit->setText(busy ? tr("Asking …") : tr("Give back …"));
}

void RefundDialog::say(const Problem &problem)
{
    setBusy(false);
    m_banner->say(problem);
}
