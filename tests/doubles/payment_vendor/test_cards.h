#pragma once

#include <QString>

#include <optional>

// What happens to a card, by its number: https://docs.stripe.com/testing lists them.
namespace vendor {

struct Decline
{
    QString code;
    QString declineCode; // may be empty
    QString message;
};

struct TestCard
{
    std::optional<Decline> decline; // of charges
    bool declinesOnlyLater = false; // never while it is attached to a customer
    bool isRefundPending = false; // at first; it succeeds later
};

[[nodiscard]] TestCard testCard(const QString &number);
[[nodiscard]] Decline softDecline();
[[nodiscard]] Decline hardDecline();

} // namespace vendor
