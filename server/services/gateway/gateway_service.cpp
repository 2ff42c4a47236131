#include "server/services/gateway/gateway_service.h"

#include "server/events/outbox.h"
#include "server/services/gateway/gateway_events.h"

#include <QCryptographicHash>
#include <QRandomGenerator>

namespace {

constexpr const char *role = "squad_gateway";
constexpr int shortestPassword = 10;
constexpr int longestPassword = 200;

QByteArray randomBytes(qsizetype size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    for (char &byte : bytes)
        byte = static_cast<char>(QRandomGenerator::system()->bounded(256));
    return bytes;
}

QByteArray hashOf(const Secret &token)
{
    return QCryptographicHash::hash(token.reveal(), QCryptographicHash::Sha256);
}

Problem unauthenticated(const QString &why)
{
    return { ProblemKind::unauthenticated, why, {}, {}, {} };
}

Result<void> checkPassword(const Secret &password, const Email &email)
{
    const QString pointer = QStringLiteral("/password");
    const QString text = QString::fromUtf8(password.reveal());
    if (text.size() < shortestPassword || text.size() > longestPassword)
        return fail(Problem::invalid(
            pointer,
            QStringLiteral("must have %1 to %2 characters").arg(shortestPassword).arg(longestPassword)
        ));
    const QString folded = text.toLower();
    if (folded == email.toString() || folded == email.toString().section(u'@', 0, 0))
        return fail(Problem::invalid(pointer, QStringLiteral("must not be the e-mail address")));
    if (text.count(text.at(0)) == text.size())
        return fail(Problem::invalid(pointer, QStringLiteral("must not be one character over and over")));
    return {};
}

api::Account toAccount(const AccountRow &row)
{
    return { row.id, row.email, row.role, row.name, {}, {}, row.createdAt, row.version };
}

QString deviceOf(const Caller &by, const std::optional<Text<0, 120>> &given)
{
    const QString device = given ? given->toString() : by.userAgent.left(120);
    return device.isEmpty() ? QStringLiteral("Unknown device") : device;
}

Problem emailTaken()
{
    Problem problem = Problem::conflict(
        QStringLiteral("auth.email-taken"),
        QStringLiteral("There is an account with this e-mail address already.")
    );
    problem.fields
        = { { QStringLiteral("/email"), QStringLiteral("has an account already: sign in instead") } };
    return problem;
}

} // namespace

GatewayService::GatewayService(Database &database, const Clock &clock, const Options &options)
    : m_database(database)
    , m_clock(clock)
    , m_options(options)
    , m_passwords(options.passwordMemoryMib)
{
}

Result<void> GatewayService::load()
{
    const auto keys
        = TRY(m_database.transact(role, [](Session &session) -> Result<QMap<quint32, QByteArray>> {
              TRY(gateway_store::addKey(session, 1, randomBytes(32)));
              return gateway_store::keys(session);
          }));
    m_signer = std::make_unique<TokenSigner>(keys);
    return refresh();
}

Result<void> GatewayService::refresh()
{
    return m_database.transact(role, [this](Session &session) -> Result<void> {
        // A minute more than a token lives: clocks of nodes differ a little.
        const Instant since = m_clock.now() - accessTokenLife - std::chrono::minutes(1);
        m_revoked.replace(TRY(gateway_store::sessionsEndedSince(session, since)));
        m_localities.replace(TRY(gateway_store::localities(session, m_options.defaultRegion)));
        return {};
    });
}

Result<Caller> GatewayService::authenticate(QByteArrayView accessToken) const
{
    Caller caller = TRY(m_signer->read(accessToken, m_clock.now()));
    if (m_revoked.contains(caller.session))
        return fail(unauthenticated(QStringLiteral("This session has ended. Please sign in again.")));
    return caller;
}

// Signing in -----------------------------------------------------------------

Result<api::SignedIn>
GatewayService::issue(Session &session, const AccountRow &account, api::SessionId id) const
{
    const Instant now = m_clock.now();
    Caller bearer;
    bearer.account = account.id;
    bearer.role = account.role;
    bearer.name = account.name.toString();
    bearer.session = id;
    const Secret refreshToken(
        randomBytes(32).toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals)
    );
    TRY(gateway_store::insertToken(session, hashOf(refreshToken), id, now));
    return api::SignedIn { Secret(m_signer->sign(bearer, now + accessTokenLife)),
                           now + accessTokenLife,
                           refreshToken,
                           toAccount(account) };
}

Result<api::SignedIn>
GatewayService::begin(Session &session, const Caller &by, const AccountRow &account, const QString &device)
{
    const Instant now = m_clock.now();
    const SessionRow row { api::SessionId::make(), account.id, device, by.address, now, now };
    TRY(gateway_store::insert(session, row));
    TRY(gateway_store::audit(session, { now, account.id, QStringLiteral("login"), by.address, device }));
    return issue(session, account, row.id);
}

Result<api::SignedIn>
GatewayService::registerCustomer(Session &session, const Caller &by, const api::Registration &registration)
{
    TRY(checkPassword(registration.password, registration.email));
    // The session has sent nothing yet, so no transaction is open while the hash takes its time.
    const AccountRow account {
        .id = api::AccountId::make(),
        .email = registration.email,
        .passwordHash = TRY(m_passwords.hash(registration.password)),
        .role = api::Role::customer,
        .name = registration.name,
        .createdAt = m_clock.now(),
        .version = 1,
    };
    if (!TRY(gateway_store::insert(session, account)))
        return fail(emailTaken());
    const AccountRegistered event { account.id,   account.email,      account.role,
                                    account.name, registration.phone, registration.address };
    TRY(Outbox::publish(session, account.id.toString(), event, by.requestId));
    return begin(session, by, account, deviceOf(by, {}));
}

Result<void> GatewayService::noteFailedLogin(const Caller &by, const Email &email)
{
    m_throttle.failed(email.toString(), by.address, m_clock.now());
    return m_database.transact(role, [&](Session &session) {
        return gateway_store::audit(
            session, { m_clock.now(), {}, QStringLiteral("login.failed"), by.address, email.toString() }
        );
    });
}

Result<api::SignedIn>
GatewayService::login(Session &session, const Caller &by, const api::Credentials &credentials)
{
    const QString email = credentials.email.toString();
    const std::chrono::milliseconds wait = m_throttle.waitFor(email, by.address, m_clock.now());
    if (wait.count() > 0) {
        const qint64 seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
        return fail({ ProblemKind::tooMany,
                      QStringLiteral("Too many failed tries. Please wait %1 s.").arg(seconds),
                      QStringLiteral("auth.throttled"),
                      {},
                      { { QStringLiteral("retryAfter"), seconds } } });
    }
    // A transaction of its own, over before the hash takes its time.
    const std::optional<AccountRow> account = TRY(m_database.transact(role, [&](Session &lookup) {
        return gateway_store::findByEmail(lookup, credentials.email);
    }));
    // The same answer in the same time, whether the account exists or not.
    if (!TRY(m_passwords.matches(credentials.password, account ? account->passwordHash : QString()))) {
        TRY(noteFailedLogin(by, credentials.email));
        return fail({ ProblemKind::unauthenticated,
                      QStringLiteral("E-mail address or password is wrong."),
                      QStringLiteral("auth.wrong-credentials"),
                      {},
                      {} });
    }
    m_throttle.succeeded(email, by.address);
    return begin(session, by, *account, deviceOf(by, credentials.device));
}

Result<api::SignedIn> GatewayService::renew(Session &session, const Caller &by, const Secret &refreshToken)
{
    const QByteArray hash = hashOf(refreshToken);
    const Instant now = m_clock.now();
    const std::optional<RefreshTokenRow> token = TRY(gateway_store::lockToken(session, hash));
    if (!token || token->endedAt || now > token->issuedAt + refreshTokenLife)
        return fail(unauthenticated(QStringLiteral("This session has ended. Please sign in again.")));
    if (token->usedAt) {
        // Somebody has a copy: the owner or a thief, and we cannot tell which, so neither goes on with it. In
        // a transaction of its own, since this one is rolled back with the refusal.
        TRY(end(token->sessionId, token->accountId, by, QStringLiteral("session.reuse")));
        return fail(unauthenticated(
            QStringLiteral("This sign-in was used twice and has been ended. Please sign in again.")
        ));
    }
    if (!TRY(gateway_store::touchSession(session, token->sessionId, now, by.address)))
        return fail(unauthenticated(QStringLiteral("This session has ended. Please sign in again.")));
    TRY(gateway_store::markUsed(session, hash, now));
    const std::optional<AccountRow> account = TRY(gateway_store::find(session, token->accountId));
    if (!account)
        return fail(unauthenticated(QStringLiteral("This account no longer exists.")));
    return issue(session, *account, token->sessionId);
}

// Ending ---------------------------------------------------------------------

Result<void>
GatewayService::end(api::SessionId id, api::AccountId owner, const Caller &by, const QString &reason)
{
    return m_database.transact(role, [&](Session &session) -> Result<void> {
        if (!TRY(gateway_store::endSession(session, id, owner, m_clock.now(), reason)))
            return {};
        TRY(gateway_store::audit(session, { m_clock.now(), owner, reason, by.address, id.toString() }));
        TRY(Outbox::publish(session, owner.toString(), SessionEnded { id, owner, reason }, by.requestId));
        session.afterCommit([this, id] { m_revoked.add(id); });
        return {};
    });
}

Result<void> GatewayService::logout(Session &, const Caller &by)
{
    return end(by.session, by.account, by, QStringLiteral("logout"));
}

Result<api::Items<api::SessionInfo>> GatewayService::sessions(Session &session, const Caller &by) const
{
    api::Items<api::SessionInfo> list;
    for (const SessionRow &row : TRY(gateway_store::openSessions(session, by.account))) {
        list.items.append(
            { row.id, row.device, row.address, row.createdAt, row.lastUsedAt, row.id == by.session }
        );
    }
    return list;
}

Result<void> GatewayService::endSession(Session &session, const Caller &by, api::SessionId id)
{
    const QList<SessionRow> open = TRY(gateway_store::openSessions(session, by.account));
    if (!std::ranges::any_of(open, [&](const SessionRow &row) { return row.id == id; }))
        return fail(Problem::notFound(QStringLiteral("There is no such session.")));
    return end(id, by.account, by, QStringLiteral("session.ended"));
}

// For other services ---------------------------------------------------------

Result<api::Account> GatewayService::createAccount(const NewAccount &wanted)
{
    TRY(checkPassword(wanted.password, wanted.email));
    const QString hash = TRY(m_passwords.hash(wanted.password));
    return m_database.transact(role, [&](Session &session) -> Result<api::Account> {
        if (const auto existing = TRY(gateway_store::find(session, wanted.id)))
            return toAccount(*existing);
        const AccountRow account {
            wanted.id, wanted.email, hash, wanted.role, wanted.name, m_clock.now(), 1
        };
        if (!TRY(gateway_store::insert(session, account)))
            return fail(emailTaken());
        const AccountRegistered event { account.id, account.email, account.role, account.name, {}, {} };
        TRY(Outbox::publish(session, account.id.toString(), event, {}));
        return toAccount(account);
    });
}

Result<api::Account> GatewayService::account(api::AccountId id) const
{
    return m_database.transact(role, [&](Session &session) -> Result<api::Account> {
        if (const auto row = TRY(gateway_store::find(session, id)))
            return toAccount(*row);
        return fail(Problem::notFound(QStringLiteral("There is no such account.")));
    });
}

Result<api::Account> GatewayService::rename(api::AccountId id, const api::Name &name)
{
    return m_database.transact(role, [&](Session &session) -> Result<api::Account> {
        if (const auto row = TRY(gateway_store::rename(session, id, name)))
            return toAccount(*row);
        return fail(Problem::notFound(QStringLiteral("There is no such account.")));
    });
}

Result<void> GatewayService::loadPlaces(const QList<RegionRow> &regions, const QList<PlaceRow> &places)
{
    TRY(m_database.transact(role, [&](Session &session) -> Result<void> {
        TRY(gateway_store::insertRegions(session, regions));
        TRY(gateway_store::insertPlaces(session, places));
        return {};
    }));
    return refresh();
}
