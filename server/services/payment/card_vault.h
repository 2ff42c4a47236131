#pragma once

#include "server/db/database.h"
#include "server/services/payment/card_store.h"
#include "shared/core/clock.h"

#include <mutex>

// Who does something with a card's number, and what for: becomes an audit row.
struct Purpose
{
    QString actor; // an account's id, or the part of the server
    QString why;
    QString traceId;
};

// Keeps card numbers for as long as there has to be one: sealed, each opening audited, gone for good once it
// is not needed. Everything else about cards is CardService's.
class CardVault
{
public:
    CardVault(Database &database, const Clock &clock, MasterKeys::Source source);

    // Reads the master keys, at the start and whenever they may have changed. What it knew before stays in
    // use when that fails.
    Result<void> load();

    // False: there is a card of that id already.
    Result<bool>
    store(Session &session, const CardRow &card, const CardNumber &number, const Purpose &purpose) const;
    // In a transaction of its own, which writes the audit row down before the number is opened. None: there
    // is a token instead, or the card is gone.
    Result<std::optional<CardNumber>> open(api::CardId card, const Purpose &purpose);
    // Puts the vendor's token in the number's place. False: the card was removed meanwhile.
    Result<bool>
    tokenise(Session &session, api::CardId card, const QString &vendorMethod, const Purpose &purpose) const;
    Result<void> destroy(Session &session, api::CardId card, const Purpose &purpose) const;

    // Wraps card keys with the current master key that are wrapped with an older one, up to `limit` in one
    // transaction; how many. Cards stay usable all the while.
    Result<int> rewrap(int limit);

private:
    [[nodiscard]] Result<std::shared_ptr<const MasterKeys>> keys() const;
    Result<void> audit(Session &session, api::CardId card, const char *action, const Purpose &purpose) const;

    Database &m_database;
    const Clock &m_clock;
    MasterKeys::Source m_source;
    mutable std::mutex m_mutex;
    std::shared_ptr<const MasterKeys> m_keys; // null: there are none, and no number can be kept
};
