// The part of GatewayService that people meet: registering, signing in and out.
#include "server/services/gateway/account_rules.h"
#include "server/services/gateway/gateway_events.h"
#include "server/services/gateway/gateway_service.h"

#include <QCryptographicHash>

namespace {

constexpr const char *role = "squad_gateway";

QByteArray hashOf(const Secret &token)
{
    return QCryptographicHash::hash(token.reveal(), QCryptographicHash::Sha256);
}

QString deviceOf(const Caller &by, const std::optional<Text<0, 120>> &given)
{
    const QString device = given ? given->toString() : by.userAgent.left(120);
    return device.isEmpty() ? QStringLiteral("Unknown device") : device;
}

Problem throttled(std::chrono::milliseconds wait)
{
    const qint64 seconds = std::chrono::ceil<std::chrono::seconds>(wait).count();
    return { ProblemKind::tooMany,
             QStringLiteral("Too many failed tries. Please wait %1 s.").arg(seconds),
             QStringLiteral("auth.throttled"),
             {},
             { { QStringLiteral("retryAfter"), seconds } } };
}

Problem sessionEnded()
{
    return unauthenticated(QStringLiteral("This session has ended. Please sign in again."));
}

Problem blocked()
{
    return { ProblemKind::forbidden,
             QStringLiteral("This account has been blocked. Please contact us."),
             QStringLiteral("auth.blocked"),
             {},
             {} };
}

} // namespace

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
    return api::SignedIn { Secret(signer()->sign(bearer, now + accessTokenLife)),
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
    if (m_routing.decide(registration.address.zip, Capability::customers, Access::write) != Handling::local)
        return fail({ ProblemKind::unavailable,
                      QStringLiteral("Your region is still served by our previous system."),
                      QStringLiteral("region.legacy"),
                      {},
                      {} });
    // The session has sent nothing yet, so no transaction is open while the hash takes its time.
    const AccountRow account {
        .id = api::AccountId::make(),
        .email = registration.email,
        .passwordHash = TRY(m_passwords.hash(registration.password)),
        .role = api::Role::customer,
        .name = registration.name,
        .createdAt = m_clock.now(),
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

Result<std::chrono::milliseconds> GatewayService::waitBeforeLogin(const Caller &by, const Email &email) const
{
    const Instant now = m_clock.now();
    const std::chrono::milliseconds wait = m_throttle.waitFor(email.toString(), by.address, now);
    const std::chrono::milliseconds strangersWait = m_throttle.waitForStranger(email.toString(), now);
    if (wait >= strangersWait)
        return wait;
    const bool isKnown = TRY(m_database.transact(role, [&](Session &session) {
        return gateway_store::isKnownAddress(session, email, by.address);
    }));
    return isKnown ? wait : strangersWait;
}

Result<api::SignedIn>
GatewayService::login(Session &session, const Caller &by, const api::Credentials &credentials)
{
    if (const auto wait = TRY(waitBeforeLogin(by, credentials.email)); wait.count() > 0)
        return fail(throttled(wait));
    // A transaction of its own, over before the hash takes its time.
    const std::optional<AccountRow> account = TRY(m_database.transact(role, [&](Session &lookup) {
        return gateway_store::findByEmail(lookup, credentials.email);
    }));
    // The same answer in the same time, whether the account exists or not.
    if (!m_passwords.matches(credentials.password, account ? account->passwordHash : QString())) {
        TRY(noteFailedLogin(by, credentials.email));
        return fail({ ProblemKind::unauthenticated,
                      QStringLiteral("E-mail address or password is wrong."),
                      QStringLiteral("auth.wrong-credentials"),
                      {},
                      {} });
    }
    m_throttle.succeeded(credentials.email.toString(), by.address);
    if (account->state == AccountState::blocked)
        return fail(blocked());
    if (m_passwords.isOutdated(account->passwordHash)) {
        const QString hash = TRY(m_passwords.hash(credentials.password));
        TRY(gateway_store::setPasswordHash(session, account->id, hash));
    }
    return begin(session, by, *account, deviceOf(by, credentials.device));
}

Result<api::SignedIn> GatewayService::renew(Session &session, const Caller &by, const Secret &refreshToken)
{
    const QByteArray hash = hashOf(refreshToken);
    const Instant now = m_clock.now();
    const std::optional<RefreshTokenRow> token = TRY(gateway_store::lockToken(session, hash));
    if (!token || token->endedAt || now > token->issuedAt + refreshTokenLife)
        return fail(sessionEnded());
    if (token->usedAt) {
        // Somebody has a copy: the owner or a thief, and we cannot tell which, so neither goes on with it. In
        // a transaction of its own, since this one is rolled back with the refusal.
        TRY(m_database.transact(role, [&](Session &ending) {
            return end(
                ending, { token->accountId, token->sessionId, now, QStringLiteral("session.reuse") }, by
            );
        }));
        return fail(unauthenticated(
            QStringLiteral("This sign-in was used twice and has been ended. Please sign in again.")
        ));
    }
    // Also asks again whether it has ended: that may have happened while we waited for the lock.
    if (!TRY(gateway_store::touchSession(session, token->sessionId, now, by.address)))
        return fail(sessionEnded());
    TRY(gateway_store::markUsed(session, hash, now));
    const std::optional<AccountRow> account = TRY(gateway_store::find(session, token->accountId));
    if (!account || account->state == AccountState::blocked)
        return fail(sessionEnded());
    return issue(session, *account, token->sessionId);
}

Result<int> GatewayService::end(Session &session, const gateway_store::Ending &ending, const Caller &by)
{
    const QList<api::SessionId> ended = TRY(gateway_store::endSessions(session, ending));
    for (const api::SessionId id : ended) {
        TRY(gateway_store::audit(
            session, { ending.at, ending.owner, ending.reason, by.address, id.toString() }
        ));
        const SessionEnded event { id, ending.owner, ending.reason };
        TRY(Outbox::publish(session, ending.owner.toString(), event, by.requestId));
    }
    session.afterCommit([this, ended, at = ending.at] {
        for (const api::SessionId id : ended)
            m_revoked.add(id, at);
    });
    return static_cast<int>(ended.size());
}

Result<void> GatewayService::logout(Session &session, const Caller &by)
{
    TRY(end(session, { by.account, by.session, m_clock.now(), QStringLiteral("logout") }, by));
    return {};
}

Result<api::Items<api::SessionInfo>> GatewayService::sessions(Session &session, const Caller &by) const
{
    api::Items<api::SessionInfo> list;
    const Instant since = m_clock.now() - refreshTokenLife;
    for (const SessionRow &row : TRY(gateway_store::openSessions(session, by.account, since))) {
        list.items.append(
            { row.id, row.device, row.address, row.createdAt, row.lastUsedAt, row.id == by.session }
        );
    }
    return list;
}

Result<void> GatewayService::endSession(Session &session, const Caller &by, api::SessionId id)
{
    if (TRY(end(session, { by.account, id, m_clock.now(), QStringLiteral("session.ended") }, by)) == 0)
        return fail(Problem::notFound(QStringLiteral("There is no such session.")));
    return {};
}
