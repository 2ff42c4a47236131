#include "shared/ui/account/account_view_model.h"

AccountViewModel::AccountViewModel(ApiClient &api, Session &session, QObject *parent)
    : QObject(parent)
    , m_api(api)
    , m_session(session)
{
    connect(&m_session, &Session::accountChanged, this, &AccountViewModel::changed);
    reload();
}

void AccountViewModel::reload()
{
    m_api.call<api::me::Fetch>().then(this, [this](const Result<api::Account> &account) {
        if (account)
            m_session.setAccount(*account);
    });
    loadSessions();
}

void AccountViewModel::loadSessions()
{
    m_api.call<api::auth::Sessions>().then(this, [this](Result<api::Items<api::SessionInfo>> sessions) {
        m_problem = sessions ? std::nullopt : std::optional(sessions.error());
        if (sessions)
            m_sessions = std::move(sessions->items);
        emit changed();
    });
}

void AccountViewModel::endSession(const api::SessionId &id)
{
    m_api.call<api::auth::EndSession>(api::SessionRef { id })
        .then(this, [this](const Result<api::Nothing> &ended) {
            // One that is gone already is as ended as it gets.
            if (!ended && ended.error().kind != ProblemKind::notFound) {
                m_problem = ended.error();
                emit changed();
                return;
            }
            emit sessionEnded();
            loadSessions();
        });
}
