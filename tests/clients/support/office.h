#pragma once

#include "shared/api/accounting.h"
#include "shared/api/customer.h"
#include "shared/api/push.h"
#include "shared/api/sla.h"
#include "shared/api/survey.h"
#include "tests/shared/client/scripted_server.h"

#include <QMap>
#include <QUrlQuery>

// A small server for the apps' tests, over a real network: keeps a few tickets, moves them as the apps ask,
// pushes each change, and refuses or falls silent when a test wants it to. The journeys test the apps against
// the real one.
class Office : public QObject
{
    Q_OBJECT
public:
    explicit Office(const api::Account &account, QObject *parent = nullptr);

    // Somebody else's doing: the ticket is stored as given, one version later, and the change pushed.
    void change(api::Ticket ticket, const QString &action, const QString &actor);
    void add(const api::Ticket &ticket); // as if it had always been there
    void push(const api::TicketChanged &change);
    void push(const api::AccountingChanged &change);
    void endSession() { m_token = "none"; } // of everybody

    [[nodiscard]] const api::Ticket &ticket(const api::TicketId &id) const;
    [[nodiscard]] QList<api::TicketSummary> matching(const QUrlQuery &query) const; // newest first
    [[nodiscard]] QUrl url() const { return server.url(); }
    [[nodiscard]] int count(const QByteArray &method, const QByteArray &target) const; // requests so far

    ScriptedServer server;
    api::Account account;
    api::Expert expert;
    QHash<api::TicketId, QList<api::Decision>> decisions;
    QHash<api::TicketId, api::TicketSla> slas;
    QHash<api::TicketId, api::TicketStanding> standings;
    QHash<api::TicketId, api::Survey> surveys;
    std::optional<Problem> refuseActions; // every action is answered so
    bool dropActions = false; // they arrive, and the connection breaks
    std::optional<ScriptedAnswer> insteadOfList;
    qsizetype pageSize = 50;
    api::Accounting accounting; // of an installation that nobody has looked over yet

private:
    void push(std::string_view type, const QJsonValue &payload);
    std::optional<ScriptedAnswer> answer(const ReceivedRequest &request);
    std::optional<ScriptedAnswer> answerTicket(const ReceivedRequest &request, const QStringList &path);
    ScriptedAnswer act(const api::Ticket &ticket, const QString &action, const QByteArray &body);
    [[nodiscard]] ScriptedAnswer page(const ReceivedRequest &request) const;
    [[nodiscard]] ScriptedAnswer ladder(const ReceivedRequest &request) const;

    QMap<api::TicketId, api::Ticket> m_tickets;
    QHash<api::TicketId, QList<api::TicketChange>> m_history;
    qint64 m_seq = 0;
    QByteArray m_token = "access";
};

[[nodiscard]] api::TicketSummary summaryOf(const api::Ticket &ticket);
