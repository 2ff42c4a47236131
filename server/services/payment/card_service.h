#pragma once

#include "server/http/caller.h"
#include "server/services/payment/card_vault.h"
#include "server/services/payment/payment_gateway.h"

// Customers' cards: which there are, which one pays, and their way to the vendor, after which only its token
// is left of them here.
class CardService
{
public:
    // Without a gateway cards are kept sealed until there is one.
    CardService(Database &database, CardVault &vault, PaymentGateway *gateway, const Clock &clock);

    // In transactions of its own, with the vendor asked in between: blocks for as long as that takes.
    // Repeating it with the same Idempotency-Key answers the same card; what was stored is not made from the
    // number.
    Result<api::Card> add(const Caller &by, const api::NewCard &card);
    Result<api::Items<api::Card>> list(Session &session, const Caller &by) const;
    Result<void> remove(Session &session, const Caller &by, api::CardId id) const;
    Result<api::Card> use(Session &session, const Caller &by, api::CardId id) const;

    // Where a card stands with the vendor.
    struct Kept
    {
        enum class State { ready, refused, later };

        State state = State::later;
        QString vendorCustomer; // of `ready`
        QString vendorMethod;
        QString code; // of `refused`
        QString reason;
    };
    // Takes it there unless it has been. Blocks.
    Result<Kept> keepWithVendor(api::CardId id, const Purpose &purpose);
    // Tries again with those that the vendor was not there for.
    Result<int> keepRemaining(int limit);

private:
    // False: the card of this id is there, and is the same.
    Result<bool> store(const CardRow &card, const CardNumber &number, const Purpose &purpose);
    Result<QString> vendorCustomer(api::AccountId account);
    Result<Kept> settle(const CardRow &card, const VendorAnswer &answer, const Purpose &purpose);
    VendorAnswer ask(VendorQuestion question) const;
    void dropAfterCommit(Session &session, const QString &vendorMethod) const;
    Result<CardRow> own(Session &session, const Caller &by, api::CardId id) const;
    // After the default has gone, the newest of the others is; tells who wants to know.
    Result<void> destroy(Session &session, const CardRow &card, const Purpose &purpose) const;
    static Result<void> publishDefault(Session &session, api::AccountId account, const QString &traceId);
    [[nodiscard]] Result<QString> check(const api::NewCard &card) const; // answers its brand

    Database &m_database;
    CardVault &m_vault;
    PaymentGateway *m_gateway;
    const Clock &m_clock;
};
