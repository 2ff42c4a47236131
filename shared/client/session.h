#pragma once

#include "shared/api/account.h"
#include "shared/client/api_client.h"
#include "shared/client/backoff.h"
#include "shared/client/token_vault.h"

#include <QTimer>

// Who is signed in to this app: signs in and out, renews the access token, and brings the last sign-in back
// at start.
class Session : public QObject
{
    Q_OBJECT
public:
    enum class State { signedOut, restoring, signedIn };
    enum class Remember { no, yes };

    // Accounts of other roles than `admitted` are turned away. `device` is what the session list shows.
    Session(
        ApiClient &api,
        TokenVault &vault,
        api::Roles admitted,
        const QString &device,
        QObject *parent = nullptr
    );

    // Signs in with the token of last time, if there is one. A server out of reach loses nothing: it is told
    // by restoreFailed and tried again until somebody signs in by hand.
    void restore();
    Reply<api::Account> signIn(const Email &email, const Secret &password, Remember remember);
    void signOut();

    [[nodiscard]] State state() const { return m_state; }
    [[nodiscard]] bool isSignedIn() const { return m_state == State::signedIn; }
    [[nodiscard]] const api::Account &account() const { return m_account; }
    void setAccount(const api::Account &account); // after the person changed their profile

signals:
    void stateChanged();
    void accountChanged();
    void restoreFailed(const Problem &problem);
    void ended(const Problem &why); // by the server: ended elsewhere, or too old

private:
    Reply<api::Nothing> renew();
    Result<api::Account> adopt(const api::SignedIn &signedIn);
    void endIfOver(const Problem &refusal);
    Problem turnAway(const api::SignedIn &signedIn);
    void finishRestore(const Result<api::Nothing> &renewed);
    void forget();
    void setState(State state);
    [[nodiscard]] QString vaultKey() const;

    ApiClient &m_api;
    TokenVault &m_vault;
    api::Roles m_admitted;
    QString m_device;
    State m_state = State::signedOut;
    Remember m_remember = Remember::yes;
    Secret m_refreshToken;
    api::Account m_account;
    Backoff m_backoff { std::chrono::seconds(2), std::chrono::seconds(30) };
    QTimer m_restoreAgain;
};
