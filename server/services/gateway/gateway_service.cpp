#include "server/services/gateway/gateway_service.h"

#include "server/events/event_bus.h"
#include "server/services/gateway/account_rules.h"
#include "server/services/gateway/gateway_events.h"

namespace {

constexpr const char *role = "squad_gateway";
constexpr int passwordQueue = 1000; // who waits longer than the client does is not served at all

} // namespace

GatewayService::GatewayService(Database &database, const Clock &clock, const Options &options)
    : m_database(database)
    , m_clock(clock)
    , m_options(options)
    , m_passwords(options.passwordMemoryMib, options.passwordThreads)
    , m_passwordThreads(options.passwordThreads, passwordQueue)
{
}

// What is kept in memory -----------------------------------------------------

Result<void> GatewayService::load()
{
    TRY(m_database.transact(role, [this](Session &session) {
        return gateway_store::addKey(session, { 1, randomBytes(32), m_clock.now() });
    }));
    TRY(refresh());
    return refreshPlaces();
}

void GatewayService::watch(EventBus &bus)
{
    // What fails here is logged by the database, and tried again with the next event or tick.
    bus.watch(toQString(SessionEnded::type), [this] { static_cast<void>(refresh()); });
    bus.watch(toQString(RegionChanged::type), [this] { static_cast<void>(refreshPlaces()); });
}

Result<void> GatewayService::refresh()
{
    const std::lock_guard lock(m_refreshing);
    const Instant now = m_clock.now();
    // A minute more, since the clocks of nodes differ a little and a transaction takes its time.
    constexpr std::chrono::minutes overlap { 1 };
    const Instant oldest = now - accessTokenLife - overlap;
    const Instant since = std::max(oldest, m_refreshedAt - overlap);
    TRY(m_database.transact(role, [&](Session &session) -> Result<void> {
        for (const EndedSessionRow &ended : TRY(gateway_store::sessionsEndedSince(session, since)))
            m_revoked.add(ended.id, ended.endedAt);
        useKeys(TRY(gateway_store::keys(session)));
        return {};
    }));
    m_revoked.forgetBefore(oldest);
    m_refreshedAt = now;
    return {};
}

Result<void> GatewayService::refreshPlaces()
{
    m_localities.replace(TRY(m_database.transact(role, [this](Session &session) {
        return gateway_store::localities(session, m_options.defaultRegion);
    })));
    return {};
}

void GatewayService::useKeys(const QList<SigningKeyRow> &keys)
{
    QMap<quint32, QByteArray> known;
    quint32 signing = 0;
    for (const SigningKeyRow &row : keys) {
        const auto id = static_cast<quint32>(row.id);
        known.insert(id, row.key);
        // A new key signs when every node has had the time to learn of it.
        if (signing == 0 || row.createdAt + keyWarmUp <= m_clock.now())
            signing = id;
    }
    const std::lock_guard lock(m_signerMutex);
    m_signer = std::make_shared<const TokenSigner>(known, signing);
}

std::shared_ptr<const TokenSigner> GatewayService::signer() const
{
    const std::lock_guard lock(m_signerMutex);
    return m_signer;
}

Result<void> GatewayService::rotateSigningKey()
{
    TRY(m_database.transact(role, [this](Session &session) -> Result<void> {
        const QList<SigningKeyRow> keys = TRY(gateway_store::keys(session));
        TRY(gateway_store::addKey(session, { keys.last().id + 1, randomBytes(32), m_clock.now() }));
        // No living token is signed with a key whose successor has been signing for longer than a token
        // lives.
        for (qsizetype i = 1; i < keys.size(); ++i) {
            if (keys.at(i).createdAt + 2 * keyWarmUp + accessTokenLife < m_clock.now())
                TRY(gateway_store::removeKeysBelow(session, keys.at(i).id));
        }
        return {};
    }));
    return refresh();
}

Result<int> GatewayService::expire(int limit)
{
    return m_database.transact(role, [&](Session &session) {
        return gateway_store::forgetBefore(session, m_clock.now() - refreshTokenLife, limit);
    });
}

Result<Caller> GatewayService::authenticate(QByteArrayView accessToken) const
{
    Caller caller = TRY(signer()->read(accessToken, m_clock.now()));
    if (m_revoked.contains(caller.session))
        return fail(unauthenticated(QStringLiteral("This session has ended. Please sign in again.")));
    return caller;
}

// For other services ---------------------------------------------------------

Result<api::Account> GatewayService::createAccount(const NewAccount &wanted)
{
    TRY(checkPassword(wanted.password, wanted.email));
    const AccountRow account {
        .id = wanted.id,
        .email = wanted.email,
        .passwordHash = TRY(m_passwords.hash(wanted.password)),
        .role = wanted.role,
        .name = wanted.name,
        .createdAt = m_clock.now(),
    };
    return m_database.transact(role, [&](Session &session) -> Result<api::Account> {
        if (TRY(gateway_store::insert(session, account))) {
            const AccountRegistered event { account.id, account.email, account.role, account.name, {}, {} };
            TRY(Outbox::publish(session, account.id.toString(), event, {}));
            return toAccount(account);
        }
        // The e-mail is taken; by an earlier try, or one at the same time?
        const std::optional<AccountRow> owner = TRY(gateway_store::findByEmail(session, wanted.email));
        if (!owner || owner->id != wanted.id)
            return fail(emailTaken());
        TRY(gateway_store::setPasswordHash(session, wanted.id, account.passwordHash));
        return toAccount(*TRY(gateway_store::rename(session, wanted.id, wanted.name, {})));
    });
}

Result<QList<api::AccountId>>
GatewayService::addAccounts(const QList<Newcomer> &people, const Secret &password)
{
    QList<Email> emails;
    for (const Newcomer &person : people) {
        TRY(checkPassword(password, person.email));
        emails.append(person.email);
    }
    QHash<QString, AccountRow> known;
    for (const AccountRow &row : TRY(m_database.transact(role, [&](Session &session) {
             return gateway_store::findByEmails(session, emails);
         })))
        known.insert(row.email.toString(), row);

    QList<api::AccountId> ids;
    QList<AccountRow> rows;
    QList<Outbox::Draft> events;
    for (const Newcomer &person : people) {
        AccountRow &row = known[person.email.toString()];
        if (row.id.isNull()) {
            row = { .id = api::AccountId::make(),
                    .email = person.email,
                    .passwordHash = {},
                    .role = person.role,
                    .name = person.name,
                    .createdAt = m_clock.now() };
            const AccountRegistered event { row.id,   row.email,    row.role,
                                            row.name, person.phone, person.address };
            events.append(
                { toQString(AccountRegistered::type), row.id.toString(), json::encode(event).toObject(), {} }
            );
            rows.append(row);
        }
        if (row.role != person.role)
            return fail(emailTaken());
        ids.append(row.id);
    }
    if (!rows.isEmpty())
        TRY(insertAccounts(rows, events, password));
    return ids;
}

Result<void> GatewayService::insertAccounts(
    QList<AccountRow> rows, const QList<Outbox::Draft> &events, const Secret &password
)
{
    const QString hash = TRY(m_passwords.hash(password));
    for (AccountRow &row : rows)
        row.passwordHash = hash;
    return m_database.transact(role, [&](Session &session) -> Result<void> {
        // Somebody may have registered one of the addresses meanwhile.
        if (TRY(gateway_store::insert(session, rows)) != rows.size())
            return fail(emailTaken());
        return Outbox::publishAll(session, events);
    });
}

Result<api::Account> GatewayService::account(api::AccountId id) const
{
    return m_database.transact(role, [&](Session &session) -> Result<api::Account> {
        if (const auto row = TRY(gateway_store::find(session, id)))
            return toAccount(*row);
        return fail(noSuchAccount());
    });
}

Result<api::Account>
GatewayService::rename(api::AccountId id, const api::Name &name, std::optional<int> version)
{
    return m_database.transact(role, [&](Session &session) -> Result<api::Account> {
        if (const auto row = TRY(gateway_store::rename(session, id, name, version)))
            return toAccount(*row);
        if (!TRY(gateway_store::find(session, id)))
            return fail(noSuchAccount());
        return fail(
            { ProblemKind::stale, QStringLiteral("This account was changed since you looked."), {}, {}, {} }
        );
    });
}

Result<void> GatewayService::setState(const Caller &by, api::AccountId id, AccountState state)
{
    return m_database.transact(role, [&](Session &session) -> Result<void> {
        if (!TRY(gateway_store::setState(session, id, state)))
            return fail(noSuchAccount());
        const Instant now = m_clock.now();
        TRY(gateway_store::audit(
            session,
            { now, id, QStringLiteral("account.") + enumName(state), by.address, by.account.toString() }
        ));
        if (state == AccountState::blocked)
            TRY(end(session, { id, {}, now, QStringLiteral("account.blocked") }, by));
        return {};
    });
}

Result<void> GatewayService::loadPlaces(const QList<RegionRow> &regions, const QList<PlaceRow> &places)
{
    TRY(m_database.transact(role, [&](Session &session) -> Result<void> {
        TRY(gateway_store::insertRegions(session, regions));
        TRY(gateway_store::insertPlaces(session, places));
        RegionChanged event;
        for (const RegionRow &region : regions)
            event.regions.append(region.id);
        return Outbox::publish(session, QStringLiteral("regions"), event, {});
    }));
    return refreshPlaces();
}
