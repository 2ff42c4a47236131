#include "server/services/payment/card_store.h"

#include "server/db/record.h"

namespace card_store {

namespace {

    const Statement lockSql { "payment.lockCards", R"sql(
    select pg_advisory_xact_lock(hashtextextended($1, 7166125004))
)sql" };

    const Statement insertSql { "payment.insertCard", R"sql(
    insert into payment.card (id, account_id, last4, brand, exp_month, exp_year, is_default, number, wrapped_key,
        key_version, created_at)
    values ($1, $2, $3, $4, $5, $6, false, $7, $8, $9, $10)
    on conflict (id) do nothing
)sql" };

    const Statement findSql { "payment.findCard", R"sql(
    select id, account_id, last4, brand, exp_month, exp_year, is_default, vendor_method, created_at, removed_at
    from payment.card where id = $1
)sql" };

    const Statement ofAccountSql { "payment.cards", R"sql(
    select id, account_id, last4, brand, exp_month, exp_year, is_default, vendor_method, created_at, removed_at
    from payment.card where account_id = $1 and removed_at is null order by id desc limit 100
)sql" };

    const Statement defaultOfSql { "payment.defaultCard", R"sql(
    select id, account_id, last4, brand, exp_month, exp_year, is_default, vendor_method, created_at, removed_at
    from payment.card where account_id = $1 and is_default and removed_at is null
)sql" };

    const Statement clearDefaultSql { "payment.clearDefaultCard", R"sql(
    update payment.card set is_default = false where account_id = $1 and is_default
)sql" };

    const Statement setDefaultSql { "payment.setDefaultCard", R"sql(
    update payment.card set is_default = true where id = $1 and removed_at is null
)sql" };

    const Statement removeSql { "payment.removeCard", R"sql(
    update payment.card set removed_at = $2, is_default = false, vendor_method = null, number = null,
        wrapped_key = null, key_version = null
    where id = $1 and removed_at is null
)sql" };

    const Statement sealedSql { "payment.sealedCard", R"sql(
    select number, wrapped_key, key_version from payment.card where id = $1 and number is not null
)sql" };

    const Statement tokeniseSql { "payment.tokeniseCard", R"sql(
    update payment.card set vendor_method = $2, number = null, wrapped_key = null, key_version = null
    where id = $1 and removed_at is null
)sql" };

    const Statement untokenisedSql { "payment.untokenisedCards", R"sql(
    select id from payment.card where key_version is not null and wrapped_key is not null order by id limit $1
)sql" };

    const Statement outdatedSql { "payment.outdatedCards", R"sql(
    select id, number, wrapped_key, key_version from payment.card where wrapped_key is not null and key_version < $1
    order by key_version, id limit $2 for update skip locked
)sql" };

    const Statement rewrapSql { "payment.rewrapCard", R"sql(
    update payment.card set wrapped_key = $2, key_version = $3 where id = $1
)sql" };

    const Statement vendorCustomerSql { "payment.vendorCustomer", R"sql(
    select vendor_customer from payment.customer where account_id = $1
)sql" };

    const Statement setVendorCustomerSql { "payment.setVendorCustomer", R"sql(
    insert into payment.customer (account_id, vendor_customer) values ($1, $2) on conflict do nothing
)sql" };

    const RecordInsert<AuditRow> insertAudit { "payment.insertAudit", "payment.audit" };

} // namespace

Result<void> lock(Session &session, api::AccountId account)
{
    TRY(session.exec(lockSql, account.toString()));
    return {};
}

Result<bool> insert(Session &session, const CardRow &card, const SealedNumber &sealed)
{
    return TRY(session.exec(
               insertSql,
               card.id,
               card.accountId,
               card.last4,
               card.brand,
               card.expMonth,
               card.expYear,
               sealed.number,
               sealed.wrappedKey,
               sealed.keyVersion,
               card.createdAt
           ))
        == 1;
}

Result<std::optional<CardRow>> find(Session &session, api::CardId id)
{
    return session.maybe<CardRow>(findSql, id);
}

Result<QList<CardRow>> ofAccount(Session &session, api::AccountId account)
{
    return session.many<CardRow>(ofAccountSql, account);
}

Result<std::optional<CardRow>> defaultOf(Session &session, api::AccountId account)
{
    return session.maybe<CardRow>(defaultOfSql, account);
}

Result<void> makeDefault(Session &session, api::AccountId account, api::CardId card)
{
    TRY(session.exec(clearDefaultSql, account));
    TRY(session.exec(setDefaultSql, card));
    return {};
}

Result<void> remove(Session &session, api::CardId card, Instant at)
{
    TRY(session.exec(removeSql, card, at));
    return {};
}

Result<std::optional<SealedNumber>> sealedOf(Session &session, api::CardId card)
{
    return session.maybe<SealedNumber>(sealedSql, card);
}

Result<bool> tokenise(Session &session, api::CardId card, const QString &vendorMethod)
{
    return TRY(session.exec(tokeniseSql, card, vendorMethod)) == 1;
}

Result<QList<api::CardId>> untokenised(Session &session, int limit)
{
    return session.many<api::CardId>(untokenisedSql, limit);
}

Result<QList<SealedRow>> outdated(Session &session, int version, int limit)
{
    return session.many<SealedRow>(outdatedSql, version, limit);
}

Result<void> rewrap(Session &session, api::CardId card, const SealedNumber &sealed)
{
    TRY(session.exec(rewrapSql, card, sealed.wrappedKey, sealed.keyVersion));
    return {};
}

Result<std::optional<QString>> vendorCustomer(Session &session, api::AccountId account)
{
    return session.maybe<QString>(vendorCustomerSql, account);
}

Result<void> setVendorCustomer(Session &session, api::AccountId account, const QString &vendorCustomer)
{
    TRY(session.exec(setVendorCustomerSql, account, vendorCustomer));
    return {};
}

Result<void> audit(Session &session, const AuditRow &row)
{
    TRY(insertAudit.run(session, { row }));
    return {};
}

} // namespace card_store
