#pragma once

#include "server/services/ticket/ticket_events.h"

// The rows of the schema `ticket`, field for column, and how they look to the outside.

struct TicketRow
{
    api::TicketId id;
    qint64 number = 0;
    api::AccountId customerId;
    api::AccountId filedBy;
    api::ProductId productId;
    QString productName;
    QString category;
    QString skill;
    int minutes = 60;
    api::Priority priority = api::Priority::normal;
    QString subject;
    QString description;
    std::optional<QString> serialNumber;
    QString contactName;
    QString contactPhone;
    QString line1;
    std::optional<QString> line2;
    QString city;
    QString usState;
    QString zip;
    QString region;
    QString timeZone;
    std::optional<double> lat;
    std::optional<double> lon;
    api::TicketState state = api::TicketState::open;
    int escalation = 0;
    api::Coverage coverage = api::Coverage::unknown;
    int round = 1;
    std::optional<api::AccountId> expertId;
    std::optional<QString> expertName;
    std::optional<QString> waitingFor;
    std::optional<QString> resolution;
    std::optional<Instant> arriveBy;
    Instant createdAt;
    Instant updatedAt;
    std::optional<Instant> completedAt;
    std::optional<api::PauseReason> paused {};
    std::optional<Instant> pausedUntil {};
    Instant stageSince; // when it came into its state, or its pause ended
    int nudges = 0; // how often it was taken up again for being open too long
    int silentExperts = 0; // in a row
    std::optional<Instant> wakeAt {}; // when its timer is set to
    std::optional<api::SubscriptionId> subscriptionId {}; // the plan that covers it
    api::CoverageReason coverageReason = api::CoverageReason::noPlan;
    int version = 1;
};
BOOST_DESCRIBE_STRUCT(
    TicketRow,
    (),
    (id,
     number,
     customerId,
     filedBy,
     productId,
     productName,
     category,
     skill,
     minutes,
     priority,
     subject,
     description,
     serialNumber,
     contactName,
     contactPhone,
     line1,
     line2,
     city,
     usState,
     zip,
     region,
     timeZone,
     lat,
     lon,
     state,
     escalation,
     coverage,
     round,
     expertId,
     expertName,
     waitingFor,
     resolution,
     arriveBy,
     createdAt,
     updatedAt,
     completedAt,
     paused,
     pausedUntil,
     stageSince,
     nudges,
     silentExperts,
     wakeAt,
     subscriptionId,
     coverageReason,
     version)
)

struct VisitRow
{
    api::VisitId id;
    api::TicketId ticketId;
    api::AccountId expertId;
    QString expertName;
    api::VisitState state = api::VisitState::assigned;
    Instant assignedAt;
    std::optional<Instant> acceptedAt;
    std::optional<Instant> departedAt;
    std::optional<Instant> arrivedAt;
    std::optional<Instant> endedAt;
    std::optional<QString> note;
};
BOOST_DESCRIBE_STRUCT(
    VisitRow,
    (),
    (id, ticketId, expertId, expertName, state, assignedAt, acceptedAt, departedAt, arrivedAt, endedAt, note)
)

struct ChangeRow
{
    api::TicketId ticketId;
    int version = 1;
    std::optional<api::TicketState> fromState;
    api::TicketState toState = api::TicketState::open;
    QString action;
    std::optional<api::AccountId> actorId;
    QString actor;
    std::optional<api::Role> actorRole;
    std::optional<QString> reason;
    Instant at;
};
BOOST_DESCRIBE_STRUCT(
    ChangeRow, (), (ticketId, version, fromState, toState, action, actorId, actor, actorRole, reason, at)
)

// Nobody has it any more, and somebody is looked for.
void reopenRow(TicketRow &row);
void endVisit(VisitRow &visit, api::VisitState state, Instant at, const std::optional<QString> &note);

[[nodiscard]] QString spokenNumber(qint64 number); // "T-100042"
[[nodiscard]] std::optional<qint64> numberFromText(const QString &text);

[[nodiscard]] api::TicketSummary toSummary(const TicketRow &row);
[[nodiscard]] api::Ticket toTicket(const TicketRow &row, const QList<VisitRow> &visits);
[[nodiscard]] TicketJob toJob(const TicketRow &row);
[[nodiscard]] api::TicketChange toChange(const ChangeRow &row);
