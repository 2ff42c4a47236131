#pragma once

#include "server/events/consumer.h"
#include "server/http/caller.h"
#include "server/services/survey/survey_store.h"
#include "shared/core/clock.h"

struct TicketEvent;

// Asks customers how a repair was: once per ticket, by a link that needs no login, is good for a while and
// takes answers once. Staff can read the answers and cannot give any: the link is in the customer's mail
// alone, and whoever is signed in as anybody else is refused.
class SurveyService
{
public:
    struct Neighbours
    {
        std::function<bool(const QString &)> hasCategory; // the catalogue, by its slug
    };

    static constexpr auto timerOwner = "survey";

    SurveyService(const Clock &clock, Neighbours neighbours);

    std::shared_ptr<const Consumer> consumer();

    // What the invitation and the reminder hold.
    static Result<QString> token(Session &session, api::SurveyId id, Instant expiresAt);

    Result<api::SurveyForm> open(Session &session, const Caller &by, const QString &token) const;
    Result<api::Nothing> submit(Session &session, const Caller &by, const api::SurveyAnswers &given) const;

    Result<api::Survey> ofTicket(Session &session, api::TicketId ticket) const;
    Result<api::Items<api::SurveyTemplate>> templates(Session &session) const;
    Result<api::Items<api::SurveyTemplate>>
    versions(Session &session, const std::optional<api::Slug> &category) const;
    Result<api::SurveyTemplate>
    save(Session &session, const Caller &by, const api::SurveyTemplateDraft &draft) const;

private:
    Result<void> invite(Session &session, const TicketEvent &done, const QString &traceId) const;
    Result<void> withdraw(Session &session, const TicketEvent &reopened, const QString &traceId) const;
    Result<void> remind(Session &session, api::SurveyId id, const QString &traceId) const;
    Result<void> close(Session &session, api::SurveyId id, const QString &traceId) const;
    // The survey whose link this is, if it still takes answers.
    Result<survey_store::SurveyRow>
    behind(Session &session, const Caller &by, const QString &token, bool isToBeAnswered) const;

    const Clock &m_clock;
    Neighbours m_neighbours;
};
