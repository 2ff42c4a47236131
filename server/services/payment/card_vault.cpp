#include "server/services/payment/card_vault.h"

using namespace Qt::StringLiterals;

CardVault::CardVault(Database &database, const Clock &clock, MasterKeys::Source source)
    : m_database(database)
    , m_clock(clock)
    , m_source(std::move(source))
{
}

Result<void> CardVault::load()
{
    if (!m_source.file && !m_source.command)
        return {};
    auto fresh = std::make_shared<const MasterKeys>(TRY(MasterKeys::read(m_source)));
    const std::lock_guard lock(m_mutex);
    m_keys = std::move(fresh);
    return {};
}

Result<std::shared_ptr<const MasterKeys>> CardVault::keys() const
{
    const std::lock_guard lock(m_mutex);
    if (!m_keys)
        return fail(Problem::unavailable(u"Cards cannot be kept here yet."_s));
    return m_keys;
}

Result<void>
CardVault::audit(Session &session, api::CardId card, const char *action, const Purpose &purpose) const
{
    return card_store::audit(
        session,
        { AuditId::make(),
          m_clock.now(),
          card,
          purpose.actor,
          QLatin1String(action),
          purpose.why,
          purpose.traceId }
    );
}

Result<bool> CardVault::store(
    Session &session, const CardRow &card, const CardNumber &number, const Purpose &purpose
) const
{
    const auto keys = TRY(this->keys());
    if (!TRY(card_store::insert(session, card, card_cipher::seal(*keys, card.id, number))))
        return false;
    TRY(audit(session, card.id, "sealed", purpose));
    return true;
}

Result<std::optional<CardNumber>> CardVault::open(api::CardId card, const Purpose &purpose)
{
    using Sealed = std::optional<SealedNumber>;
    const Sealed sealed = TRY(m_database.transact(card_store::role, [&](Session &session) -> Result<Sealed> {
        Sealed found = TRY(card_store::sealedOf(session, card));
        if (found)
            TRY(audit(session, card, "opened", purpose));
        return found;
    }));
    if (!sealed)
        return std::optional<CardNumber>();
    // Another node may have been given a new key before this one.
    if (!TRY(keys())->find(sealed->keyVersion))
        TRY(load());
    return std::optional(TRY(card_cipher::open(*TRY(keys()), card, *sealed)));
}

Result<bool> CardVault::tokenise(
    Session &session, api::CardId card, const QString &vendorMethod, const Purpose &purpose
) const
{
    if (!TRY(card_store::tokenise(session, card, vendorMethod)))
        return false;
    TRY(audit(session, card, "tokenised", purpose));
    return true;
}

Result<void> CardVault::destroy(Session &session, api::CardId card, const Purpose &purpose) const
{
    TRY(card_store::remove(session, card, m_clock.now()));
    return audit(session, card, "destroyed", purpose);
}

Result<int> CardVault::rewrap(int limit)
{
    const auto keys = TRY(this->keys());
    return m_database.transact(card_store::role, [&](Session &session) -> Result<int> {
        const QList<SealedRow> rows = TRY(card_store::outdated(session, keys->current(), limit));
        const QString why = u"the master key is version %1 now"_s.arg(keys->current());
        for (const SealedRow &row : rows) {
            TRY(card_store::rewrap(
                session,
                row.id,
                TRY(card_cipher::rewrap(*keys, row.id, { row.number, row.wrappedKey, row.keyVersion }))
            ));
            TRY(audit(session, row.id, "rewrapped", { u"rotation"_s, why, {} }));
        }
        return static_cast<int>(rows.size());
    });
}
