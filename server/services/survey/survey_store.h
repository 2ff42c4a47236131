#pragma once

#include "server/db/session.h"
#include "shared/api/survey.h"

// The SQL of the schema `survey`. Nothing else touches it.
namespace survey_store {

inline constexpr auto role = "squad_survey";

struct SurveyRow
{
    api::SurveyId id;
    api::TicketId ticketId;
    QString ticketNumber;
    api::AccountId customerId;
    std::optional<api::AccountId> expertId;
    std::optional<QString> expert;
    QString productName;
    QString skill;
    QString region;
    QString templateCategory;
    int templateVersion = 1;
    api::SurveyState state = api::SurveyState::invited;
    Instant invitedAt;
    Instant expiresAt;
    std::optional<Instant> remindedAt;
    std::optional<Instant> answeredAt;
    std::optional<double> score;
    bool isLow = false;
};
BOOST_DESCRIBE_STRUCT(
    SurveyRow,
    (),
    (id,
     ticketId,
     ticketNumber,
     customerId,
     expertId,
     expert,
     productName,
     skill,
     region,
     templateCategory,
     templateVersion,
     state,
     invitedAt,
     expiresAt,
     remindedAt,
     answeredAt,
     score,
     isLow)
)

struct TemplateRow
{
    QString category; // empty: of all without one of their own
    int version = 1;
    QString title;
    QList<api::SurveyQuestion> questions;
    std::optional<Instant> madeAt;
    std::optional<QString> madeBy;
};
BOOST_DESCRIBE_STRUCT(TemplateRow, (), (category, version, title, questions, madeAt, madeBy))

// What links are signed with, the same for every node and for ever.
Result<QByteArray> secret(Session &session);

Result<std::optional<SurveyRow>> find(Session &session, api::SurveyId id);
Result<std::optional<SurveyRow>> lock(Session &session, api::SurveyId id);
Result<std::optional<SurveyRow>> ofTicket(Session &session, api::TicketId ticket);
Result<std::optional<SurveyRow>> lockOfTicket(Session &session, api::TicketId ticket);
Result<void> insert(Session &session, const SurveyRow &survey);
Result<void> update(Session &session, const SurveyRow &survey); // which is locked

Result<void> write(Session &session, api::SurveyId survey, const QList<api::SurveyAnswer> &answers);
Result<QList<api::SurveyAnswer>> answers(Session &session, api::SurveyId survey);

// The newest of the category, or of those without one; which comes with the product.
Result<TemplateRow> templateFor(Session &session, const QString &category);
Result<TemplateRow> templateOf(Session &session, const SurveyRow &survey);
Result<QList<TemplateRow>> templates(Session &session);
Result<QList<TemplateRow>> versions(Session &session, const QString &category);
// False: somebody else has added this version a moment before.
Result<bool> add(Session &session, const TemplateRow &version);

} // namespace survey_store
