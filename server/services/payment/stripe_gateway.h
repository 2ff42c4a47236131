#pragma once

#include "server/services/payment/payment_gateway.h"

#include <QThread>
#include <QUrl>

#include <memory>

// The vendor as Stripe speaks: https://docs.stripe.com/api. All its sockets live on a thread of their own.
class StripeGateway : public PaymentGateway
{
public:
    struct Options
    {
        QUrl url { QStringLiteral("https://api.stripe.com") };
        Secret secretKey;
        int concurrency = 32;
        std::chrono::milliseconds timeout { 20'000 }; // without a sign of life
    };

    explicit StripeGateway(const Options &options);
    ~StripeGateway() override; // what is under way is answered `unknown`

    void ask(VendorQuestion question, Answered answered) override;
    void list(VendorList what, Instant from, Instant until, const QString &after, Listed listed) override;
    void close() override;
    [[nodiscard]] int concurrency() const override { return m_options.concurrency; }

private:
    class Line; // what lives on the thread

    Options m_options;
    QThread m_thread;
    std::unique_ptr<Line> m_line;
};
