#pragma once

#include "server/db/session.h"
#include "server/services/payment/card_cipher.h"

struct CardRow
{
    api::CardId id;
    api::AccountId accountId;
    QString last4;
    QString brand;
    int expMonth = 1;
    int expYear = 2000;
    bool isDefault = false;
    std::optional<QString> vendorMethod;
    Instant createdAt;
    std::optional<Instant> removedAt;
};
BOOST_DESCRIBE_STRUCT(
    CardRow,
    (),
    (id, accountId, last4, brand, expMonth, expYear, isDefault, vendorMethod, createdAt, removedAt)
)

struct SealedRow
{
    api::CardId id;
    QByteArray number;
    QByteArray wrappedKey;
    int keyVersion = 0;
};
BOOST_DESCRIBE_STRUCT(SealedRow, (), (id, number, wrappedKey, keyVersion))

struct AuditConcept;
using AuditId = Id<AuditConcept>;

struct AuditRow
{
    AuditId id;
    Instant at;
    api::CardId cardId;
    QString actor; // an account's id, or the part of the server
    QString action; // "sealed", "opened", "rewrapped", "tokenised", "destroyed"
    QString why;
    QString traceId;
};
BOOST_DESCRIBE_STRUCT(AuditRow, (), (id, at, cardId, actor, action, why, traceId))

// The SQL of cards in the schema `payment`.
namespace card_store {

inline constexpr const char *role = "squad_payment";

// One at a time for each account: whoever changes its cards holds this until the transaction ends.
Result<void> lock(Session &session, api::AccountId account);

Result<bool> insert(Session &session, const CardRow &card, const SealedNumber &sealed); // false: it is there
Result<std::optional<CardRow>> find(Session &session, api::CardId id); // removed ones too
Result<QList<CardRow>> ofAccount(Session &session, api::AccountId account); // the newest first
Result<std::optional<CardRow>> defaultOf(Session &session, api::AccountId account);
Result<void> makeDefault(Session &session, api::AccountId account, api::CardId card);
// Destroys what is kept of it.
Result<void> remove(Session &session, api::CardId card, Instant at);

Result<std::optional<SealedNumber>>
sealedOf(Session &session, api::CardId card); // none: tokenised or removed
// Puts the token in the number's place. False: the card was removed meanwhile.
Result<bool> tokenise(Session &session, api::CardId card, const QString &vendorMethod);
Result<QList<api::CardId>> untokenised(Session &session, int limit);
// Cards that another master key wraps, locked; those that another node is at are skipped.
Result<QList<SealedRow>> outdated(Session &session, int version, int limit);
Result<void> rewrap(Session &session, api::CardId card, const SealedNumber &sealed);

Result<std::optional<QString>> vendorCustomer(Session &session, api::AccountId account);
Result<void> setVendorCustomer(Session &session, api::AccountId account, const QString &vendorCustomer);

Result<void> audit(Session &session, const AuditRow &row);

} // namespace card_store
