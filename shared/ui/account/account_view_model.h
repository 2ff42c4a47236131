#pragma once

#include "shared/api/account.h"
#include "shared/client/session.h"

// The signed-in person's account and where else they are signed in.
class AccountViewModel : public QObject
{
    Q_OBJECT
public:
    AccountViewModel(ApiClient &api, Session &session, QObject *parent = nullptr);

    void reload();
    void endSession(const api::SessionId &id);
    void signOut() { m_session.signOut(); }

    [[nodiscard]] const api::Account &account() const { return m_session.account(); }
    [[nodiscard]] const QList<api::SessionInfo> &sessions() const { return m_sessions; }
    [[nodiscard]] const std::optional<Problem> &problem() const { return m_problem; }

signals:
    void changed();
    void sessionEnded();

private:
    void loadSessions();

    ApiClient &m_api;
    Session &m_session;
    QList<api::SessionInfo> m_sessions;
    std::optional<Problem> m_problem;
};
