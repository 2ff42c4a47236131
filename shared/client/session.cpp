#include "shared/client/session.h"

using namespace Qt::StringLiterals;

Session::Session(
    ApiClient &api, TokenVault &vault, api::Roles admitted, const QString &device, QObject *parent
)
    : QObject(parent)
    , m_api(api)
    , m_vault(vault)
    , m_admitted(admitted)
    , m_device(device)
{
    m_api.setRenewal([this] { return renew(); });
    m_restoreAgain.setSingleShot(true);
    connect(&m_restoreAgain, &QTimer::timeout, this, &Session::restore);
}

void Session::restore()
{
    if (m_state != State::signedOut)
        return;
    setState(State::restoring);
    m_vault.read(vaultKey()).then(this, [this](Result<Secret> token) {
        if (m_state != State::restoring) // the person was quicker and signed in by hand
            return;
        if (!token || token->isEmpty())
            return setState(State::signedOut);
        m_refreshToken = *token;
        m_remember = Remember::yes;
        m_api.renew([this](const Result<api::Nothing> &renewed) { finishRestore(renewed); });
    });
}

void Session::finishRestore(const Result<api::Nothing> &renewed)
{
    if (renewed || m_state != State::restoring)
        return;
    m_refreshToken = {};
    setState(State::signedOut);
    emit restoreFailed(renewed.error());
    const ProblemKind kind = renewed.error().kind;
    if (kind == ProblemKind::unreachable || kind == ProblemKind::unavailable)
        m_restoreAgain.start(m_backoff.next());
}

Reply<api::Account> Session::signIn(const Email &email, const Secret &password, Remember remember)
{
    m_restoreAgain.stop();
    Promise<api::Account> promise;
    const api::Credentials credentials { email,
                                         password,
                                         Text<0, 120>::parse(m_device.left(120)).value_or(Text<0, 120>()) };
    m_api.call<api::auth::Login>(credentials)
        .then(this, [this, remember, promise](Result<api::SignedIn> signedIn) {
            if (!signedIn)
                return promise.answer(fail(signedIn.error()));
            m_remember = remember;
            promise.answer(adopt(*signedIn));
        });
    return promise.reply();
}

void Session::signOut()
{
    if (m_state != State::signedIn)
        return;
    // Whether the server hears of it or not: this app forgets.
    m_api.call<api::auth::Logout>().then(this, [](const Result<api::Nothing> &) {});
    m_vault.remove(vaultKey());
    forget();
}

void Session::setAccount(const api::Account &account)
{
    m_account = account;
    emit accountChanged();
}

Reply<api::Nothing> Session::renew()
{
    Promise<api::Nothing> promise;
    const api::RefreshToken token { m_refreshToken };
    m_api.call<api::auth::Refresh>(token).then(this, [this, promise, token](Result<api::SignedIn> signedIn) {
        // Who signed out meanwhile stays so, and who signed in by hand keeps that session.
        const bool isOvertaken = token.refreshToken.reveal() != m_refreshToken.reveal();
        if (isOvertaken)
            return promise.answer(api::Nothing {});
        if (signedIn) {
            const Result<api::Account> account = adopt(*signedIn);
            return promise.answer(account.map([](const api::Account &) { return api::Nothing {}; }));
        }
        endIfOver(signedIn.error());
        promise.answer(fail(signedIn.error()));
    });
    return promise.reply();
}

void Session::endIfOver(const Problem &refusal)
{
    const bool isOver = refusal.kind == ProblemKind::unauthenticated || refusal.kind == ProblemKind::forbidden
        || refusal.kind == ProblemKind::invalidInput;
    if (!isOver)
        return;
    m_vault.remove(vaultKey());
    const bool wasSignedIn = isSignedIn();
    forget();
    if (wasSignedIn)
        emit ended(refusal);
}

Result<api::Account> Session::adopt(const api::SignedIn &signedIn)
{
    if (!m_admitted.contains(signedIn.account.role))
        return fail(turnAway(signedIn));
    m_api.setAccessToken(signedIn.accessToken.reveal().toByteArray());
    m_refreshToken = signedIn.refreshToken;
    if (m_remember == Remember::yes)
        m_vault.write(vaultKey(), m_refreshToken);
    m_account = signedIn.account;
    setState(State::signedIn);
    return m_account;
}

// The server let them in, this app does not: the session it opened is closed again.
Problem Session::turnAway(const api::SignedIn &signedIn)
{
    m_api.setAccessToken(signedIn.accessToken.reveal().toByteArray());
    m_api.call<api::auth::Logout>().then(this, [](const Result<api::Nothing> &) {});
    m_vault.remove(vaultKey());
    forget();
    Problem problem = Problem::forbidden({});
    problem.code = u"role."_s + enumName(signedIn.account.role);
    return problem;
}

void Session::forget()
{
    m_api.setAccessToken({});
    m_refreshToken = {};
    m_account = {};
    setState(State::signedOut);
}

void Session::setState(State state)
{
    if (std::exchange(m_state, state) != state)
        emit stateChanged();
}

QString Session::vaultKey() const
{
    return m_api.server().toString();
}
