#include "server/services/survey/survey_service.h"

#include "server/events/outbox.h"
#include "server/services/survey/survey_events.h"
#include "server/services/survey/survey_link.h"
#include "server/services/survey/survey_rules.h"
#include "server/services/ticket/ticket_events.h"
#include "server/services/timer/timer_events.h"

using namespace Qt::StringLiterals;
using api::SurveyState;
using survey_store::SurveyRow;
using survey_store::TemplateRow;

namespace {

// Of a timer's key, behind the survey.
const QString remindMark = u"/remind"_s;
const QString closeMark = u"/close"_s;

Result<void> set(Session &session, const SurveyRow &survey, const QString &traceId)
{
    const QString owner = QLatin1String(SurveyService::timerOwner);
    const QString ticket = survey.ticketId.toString();
    const QString key = survey.id.toString();
    const Instant remindAt = survey.invitedAt + survey_rules::reminderAfter;
    TRY(Outbox::publish(session, ticket, SetTimer { owner, key + remindMark, remindAt, {}, {} }, traceId));
    return Outbox::publish(
        session, ticket, SetTimer { owner, key + closeMark, survey.expiresAt, {}, {} }, traceId
    );
}

Result<void> cancel(Session &session, const SurveyRow &survey, const QString &traceId)
{
    const QString owner = QLatin1String(SurveyService::timerOwner);
    for (const QString &mark : { remindMark, closeMark })
        TRY(Outbox::publish(
            session, survey.ticketId.toString(), CancelTimer { owner, survey.id.toString() + mark }, traceId
        ));
    return {};
}

Result<void> tell(Session &session, const QString &action, const SurveyRow &survey, const QString &traceId)
{
    const SurveyEvent event {
        .action = action,
        .surveyId = survey.id,
        .expiresAt = survey.expiresAt,
        .ticketId = survey.ticketId,
        .ticketNumber = survey.ticketNumber,
        .customerId = survey.customerId,
        .expertId = survey.expertId,
        .expert = survey.expert,
        .productName = survey.productName,
        .skill = survey.skill,
        .region = survey.region,
        .score = survey.score,
        .isLow = survey.isLow,
    };
    return Outbox::publish(
        session, u"survey."_s + action, survey.ticketId.toString(), json::encode(event).toObject(), traceId
    );
}

// One answer for what was made up and what was changed.
Problem noSuchLink()
{
    return Problem::notFound(u"This link leads to no survey. Please use the one from our mail as it is."_s);
}

Problem expired()
{
    return Problem::conflict(u"survey.expired"_s, u"This survey is over. Thank you all the same."_s);
}

std::optional<Problem> objection(const SurveyRow &survey, Instant now)
{
    switch (survey.state) {
    case SurveyState::answered:
        return Problem::conflict(u"survey.answered"_s, u"We have your answers. Thank you!"_s);
    case SurveyState::withdrawn:
        return Problem::conflict(
            u"survey.withdrawn"_s, u"Your ticket was opened again. We ask you once it is done."_s
        );
    case SurveyState::closed:
        return expired();
    case SurveyState::invited:
        break;
    }
    if (now >= survey.expiresAt)
        return expired();
    return {};
}

std::optional<QString> categoryOf(const TemplateRow &row)
{
    if (row.category.isEmpty())
        return {};
    return row.category;
}

api::SurveyTemplate shown(const TemplateRow &row)
{
    return { categoryOf(row), row.version, row.title, row.questions, row.madeAt, row.madeBy };
}

api::Items<api::SurveyTemplate> shown(const QList<TemplateRow> &rows)
{
    api::Items<api::SurveyTemplate> list;
    for (const TemplateRow &row : rows)
        list.items.append(shown(row));
    return list;
}

Problem stale(const QList<TemplateRow> &newest)
{
    Problem problem {
        ProblemKind::stale, u"Somebody else has changed these questions since you looked."_s, {}, {}, {}
    };
    if (!newest.isEmpty())
        problem.extension = { { u"current"_s, json::encode(shown(newest.first())) } };
    return problem;
}

} // namespace

SurveyService::SurveyService(const Clock &clock, Neighbours neighbours)
    : m_clock(clock)
    , m_neighbours(std::move(neighbours))
{
}

// Events ---------------------------------------------------------------------

std::shared_ptr<const Consumer> SurveyService::consumer()
{
    auto consumer = std::make_shared<Consumer>(u"survey"_s, survey_store::role);
    consumer->onType(u"ticket.completed"_s, [this](Session &session, const Event &event) -> Result<void> {
        return invite(session, TRY(json::fromJson<TicketEvent>(event.payload)), event.traceId);
    });
    consumer->onType(u"ticket.reopened"_s, [this](Session &session, const Event &event) -> Result<void> {
        return withdraw(session, TRY(json::fromJson<TicketEvent>(event.payload)), event.traceId);
    });
    consumer->onType(u"timer.fired.survey"_s, [this](Session &session, const Event &event) -> Result<void> {
        const auto fired = TRY(json::fromJson<TimerFired>(event.payload));
        const auto id = api::SurveyId::parse(fired.key.section(u'/', 0, 0));
        if (!id)
            return {};
        if (fired.key.endsWith(remindMark))
            return remind(session, *id, event.traceId);
        return close(session, *id, event.traceId);
    });
    return consumer;
}

Result<void> SurveyService::invite(Session &session, const TicketEvent &done, const QString &traceId) const
{
    const api::TicketSummary &ticket = done.ticket;
    const std::optional<SurveyRow> before = TRY(survey_store::lockOfTicket(session, ticket.id));
    if (before && before->state != SurveyState::withdrawn)
        return {};
    const TemplateRow words = TRY(survey_store::templateFor(session, done.category.value_or(QString())));
    SurveyRow survey = before.value_or(SurveyRow {
        .id = api::SurveyId::make(),
        .ticketId = ticket.id,
        .ticketNumber = ticket.number,
        .customerId = ticket.customerId,
        .expertId = {},
        .expert = {},
        .productName = ticket.productName,
        .skill = ticket.skill,
        .region = ticket.region,
        .templateCategory = {},
        .invitedAt = {},
        .expiresAt = {},
        .remindedAt = {},
        .answeredAt = {},
        .score = {},
    });
    if (ticket.expert) {
        survey.expertId = ticket.expert->id;
        survey.expert = ticket.expert->name;
    }
    survey.templateCategory = words.category;
    survey.templateVersion = words.version;
    survey.state = SurveyState::invited;
    // A link says until when it is good to the second.
    survey.invitedAt = std::chrono::floor<std::chrono::seconds>(m_clock.now());
    survey.expiresAt = survey.invitedAt + survey_rules::answerTime;
    survey.remindedAt.reset();
    TRY(before ? survey_store::update(session, survey) : survey_store::insert(session, survey));
    TRY(set(session, survey, traceId));
    return tell(session, u"invited"_s, survey, traceId);
}

Result<void>
SurveyService::withdraw(Session &session, const TicketEvent &reopened, const QString &traceId) const
{
    std::optional<SurveyRow> survey = TRY(survey_store::lockOfTicket(session, reopened.ticket.id));
    if (!survey || (survey->state != SurveyState::invited && survey->state != SurveyState::closed))
        return {};
    survey->state = SurveyState::withdrawn;
    TRY(survey_store::update(session, *survey));
    TRY(cancel(session, *survey, traceId));
    return tell(session, u"withdrawn"_s, *survey, traceId);
}

Result<void> SurveyService::remind(Session &session, api::SurveyId id, const QString &traceId) const
{
    std::optional<SurveyRow> survey = TRY(survey_store::lock(session, id));
    const Instant now = m_clock.now();
    // One that was set before the last invitation may have fired since.
    if (!survey || survey->remindedAt || objection(*survey, now)
        || now < survey->invitedAt + survey_rules::reminderAfter)
        return {};
    survey->remindedAt = now;
    TRY(survey_store::update(session, *survey));
    return tell(session, u"reminded"_s, *survey, traceId);
}

Result<void> SurveyService::close(Session &session, api::SurveyId id, const QString &traceId) const
{
    std::optional<SurveyRow> survey = TRY(survey_store::lock(session, id));
    if (!survey || survey->state != SurveyState::invited || m_clock.now() < survey->expiresAt)
        return {};
    survey->state = SurveyState::closed;
    TRY(survey_store::update(session, *survey));
    return tell(session, u"closed"_s, *survey, traceId);
}

// Answering ------------------------------------------------------------------

Result<QString> SurveyService::token(Session &session, api::SurveyId id, Instant expiresAt)
{
    return survey_link::sign({ id, expiresAt }, TRY(survey_store::secret(session)));
}

Result<SurveyRow>
SurveyService::behind(Session &session, const Caller &by, const QString &token, bool isToBeAnswered) const
{
    if (by.isSignedIn() && by.role != api::Role::customer)
        return fail(Problem::forbidden(u"Only customers say how a repair was."_s));
    const auto claim = survey_link::verify(token, TRY(survey_store::secret(session)));
    if (!claim)
        return fail(noSuchLink());
    const auto survey = TRY(
        isToBeAnswered ? survey_store::lock(session, claim->id) : survey_store::find(session, claim->id)
    );
    if (!survey)
        return fail(noSuchLink());
    if (const auto problem = objection(*survey, m_clock.now()))
        return fail(*problem);
    if (m_clock.now() >= claim->expiresAt)
        return fail(expired());
    return *survey;
}

Result<api::SurveyForm> SurveyService::open(Session &session, const Caller &by, const QString &token) const
{
    const SurveyRow survey = TRY(behind(session, by, token, false));
    const TemplateRow words = TRY(survey_store::templateOf(session, survey));
    return api::SurveyForm { survey.ticketNumber, survey.productName, survey.expert,
                             words.title,         words.questions,    survey.expiresAt };
}

Result<api::Nothing>
SurveyService::submit(Session &session, const Caller &by, const api::SurveyAnswers &given) const
{
    SurveyRow survey = TRY(behind(session, by, given.token.toString(), true));
    const TemplateRow words = TRY(survey_store::templateOf(session, survey));
    TRY(survey_rules::check(words.questions, given.answers));
    survey.state = SurveyState::answered;
    survey.answeredAt = m_clock.now();
    survey.score = survey_rules::score(given.answers);
    survey.isLow = survey_rules::isLow(given.answers);
    TRY(survey_store::write(session, survey.id, given.answers));
    TRY(survey_store::update(session, survey));
    TRY(cancel(session, survey, by.requestId));
    TRY(tell(session, u"answered"_s, survey, by.requestId));
    return api::Nothing {};
}

// For staff ------------------------------------------------------------------

Result<api::Survey> SurveyService::ofTicket(Session &session, api::TicketId ticket) const
{
    const auto survey = TRY(survey_store::ofTicket(session, ticket));
    if (!survey)
        return fail(Problem::notFound(u"Nobody was asked about this ticket."_s));
    const TemplateRow words = TRY(survey_store::templateOf(session, *survey));
    return api::Survey { survey->id,           survey->ticketId,
                         survey->ticketNumber, survey->state,
                         survey->expert,       words.title,
                         words.questions,      TRY(survey_store::answers(session, survey->id)),
                         survey->score,        survey->isLow,
                         survey->invitedAt,    survey->expiresAt,
                         survey->answeredAt };
}

Result<api::Items<api::SurveyTemplate>> SurveyService::templates(Session &session) const
{
    return shown(TRY(survey_store::templates(session)));
}

Result<api::Items<api::SurveyTemplate>>
SurveyService::versions(Session &session, const std::optional<api::Slug> &category) const
{
    return shown(TRY(survey_store::versions(session, category ? category->toString() : QString())));
}

Result<api::SurveyTemplate>
SurveyService::save(Session &session, const Caller &by, const api::SurveyTemplateDraft &draft) const
{
    TRY(survey_rules::check(draft));
    const QString category = draft.category ? draft.category->toString() : QString();
    if (!category.isEmpty() && !m_neighbours.hasCategory(category))
        return fail(Problem::invalid(u"/category"_s, u"must be one of the catalogue's"_s));
    const QList<TemplateRow> before = TRY(survey_store::versions(session, category));
    const int version = before.isEmpty() ? 0 : before.first().version;
    if (by.ifMatch && *by.ifMatch != version)
        return fail(stale(before));
    const TemplateRow next { category,        version + 1,   draft.title.toString(),
                             draft.questions, m_clock.now(), by.name };
    // Two who saved at the same moment have both seen the same newest version.
    if (!TRY(survey_store::add(session, next)))
        return fail(stale(TRY(survey_store::versions(session, category))));
    return shown(next);
}
