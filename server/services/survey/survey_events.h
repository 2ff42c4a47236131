#pragma once

#include "shared/api/survey.h"

// What the survey service tells. Published as "survey." and the action: invited, reminded, answered,
// withdrawn, closed; keyed by the ticket's id. It carries no link: who has the events cannot answer.
struct SurveyEvent
{
    QString action;
    api::SurveyId surveyId;
    Instant expiresAt;
    api::TicketId ticketId;
    QString ticketNumber;
    api::AccountId customerId;
    std::optional<api::AccountId> expertId;
    std::optional<QString> expert;
    QString productName;
    QString skill;
    QString region;
    std::optional<double> score; // 1 to 5, of "answered", where anything was rated
    bool isLow = false; // of "answered": one of the ratings is 1 or 2
};
BOOST_DESCRIBE_STRUCT(
    SurveyEvent,
    (),
    (action,
     surveyId,
     expiresAt,
     ticketId,
     ticketNumber,
     customerId,
     expertId,
     expert,
     productName,
     skill,
     region,
     score,
     isLow)
)
