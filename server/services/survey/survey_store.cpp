#include "server/services/survey/survey_store.h"

#include "server/db/record.h"
#include "server/services/survey/survey_link.h"

namespace survey_store {

namespace {

    struct AnswerRow
    {
        api::SurveyId surveyId;
        Bounded<0, 19> question;
        std::optional<Bounded<1, 5>> rating;
        std::optional<Bounded<0, 9>> choice;
        std::optional<Text<1, 2000>> text;
    };
    BOOST_DESCRIBE_STRUCT(AnswerRow, (), (surveyId, question, rating, choice, text))

    const Statement secretSql { "survey.secret", "select secret from survey.link_key" };
    const Statement keepSecret { "survey.keepSecret", R"sql(
    insert into survey.link_key (secret) values ($1) on conflict do nothing
)sql" };

    const Statement findSql { "survey.find", "select * from survey.survey where id = $1" };
    const Statement lockSql { "survey.lock", "select * from survey.survey where id = $1 for update" };
    const Statement ofTicketSql { "survey.ofTicket", "select * from survey.survey where ticket_id = $1" };
    const Statement lockOfTicketSql { "survey.lockOfTicket",
                                      "select * from survey.survey where ticket_id = $1 for update" };
    const RecordInsert<SurveyRow> insertSql { "survey.insert", "survey.survey" };
    const Statement updateSql { "survey.update", R"sql(
    update survey.survey
    set expert_id = $2, expert = $3, template_category = $4, template_version = $5, state = $6, invited_at = $7,
        expires_at = $8, reminded_at = $9, answered_at = $10, score = $11, is_low = $12
    where id = $1
)sql" };

    const RecordInsert<AnswerRow> insertAnswers { "survey.insertAnswers", "survey.answer" };
    const Statement answersSql { "survey.answers",
                                 "select * from survey.answer where survey_id = $1 order by question" };

    const Statement templateForSql { "survey.templateFor", R"sql(
    select * from survey.template where category in ($1, '') order by category = '', version desc limit 1
)sql" };
    const Statement templateOfSql { "survey.templateOf",
                                    "select * from survey.template where category = $1 and version = $2" };
    const Statement templatesSql { "survey.templates", R"sql(
    select distinct on (category) * from survey.template order by category, version desc
)sql" };
    const Statement versionsSql { "survey.versions", R"sql(
    select * from survey.template where category = $1 order by version desc limit 200
)sql" };
    const RecordInsert<TemplateRow> insertTemplate { "survey.insertTemplate",
                                                     "survey.template",
                                                     "on conflict do nothing" };

} // namespace

Result<QByteArray> secret(Session &session)
{
    if (const auto known = TRY(session.maybe<QByteArray>(secretSql)))
        return *known;
    TRY(session.exec(keepSecret, survey_link::newSecret()));
    return session.one<QByteArray>(secretSql); // ours, or that of a node that was faster
}

Result<std::optional<SurveyRow>> find(Session &session, api::SurveyId id)
{
    return session.maybe<SurveyRow>(findSql, id);
}

Result<std::optional<SurveyRow>> lock(Session &session, api::SurveyId id)
{
    return session.maybe<SurveyRow>(lockSql, id);
}

Result<std::optional<SurveyRow>> ofTicket(Session &session, api::TicketId ticket)
{
    return session.maybe<SurveyRow>(ofTicketSql, ticket);
}

Result<std::optional<SurveyRow>> lockOfTicket(Session &session, api::TicketId ticket)
{
    return session.maybe<SurveyRow>(lockOfTicketSql, ticket);
}

Result<void> insert(Session &session, const SurveyRow &survey)
{
    TRY(insertSql.run(session, { survey }));
    return {};
}

Result<void> update(Session &session, const SurveyRow &survey)
{
    TRY(session.exec(
        updateSql,
        survey.id,
        survey.expertId,
        survey.expert,
        survey.templateCategory,
        survey.templateVersion,
        survey.state,
        survey.invitedAt,
        survey.expiresAt,
        survey.remindedAt,
        survey.answeredAt,
        survey.score,
        survey.isLow
    ));
    return {};
}

Result<void> write(Session &session, api::SurveyId survey, const QList<api::SurveyAnswer> &answers)
{
    QList<AnswerRow> rows;
    for (const api::SurveyAnswer &answer : answers)
        rows.append({ survey, answer.question, answer.rating, answer.choice, answer.text });
    TRY(insertAnswers.run(session, rows));
    return {};
}

Result<QList<api::SurveyAnswer>> answers(Session &session, api::SurveyId survey)
{
    return session.many<api::SurveyAnswer>(answersSql, survey);
}

Result<TemplateRow> templateFor(Session &session, const QString &category)
{
    return session.one<TemplateRow>(templateForSql, category);
}

Result<TemplateRow> templateOf(Session &session, const SurveyRow &survey)
{
    return session.one<TemplateRow>(templateOfSql, survey.templateCategory, survey.templateVersion);
}

Result<QList<TemplateRow>> templates(Session &session)
{
    return session.many<TemplateRow>(templatesSql);
}

Result<QList<TemplateRow>> versions(Session &session, const QString &category)
{
    return session.many<TemplateRow>(versionsSql, category);
}

Result<bool> add(Session &session, const TemplateRow &version)
{
    return TRY(insertTemplate.run(session, { version })) == 1;
}

} // namespace survey_store
