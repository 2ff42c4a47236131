#pragma once

#include "shared/api/ticket.h"

// What customers say about a repair, and who is asked what.
namespace api {

struct SurveyConcept;
using SurveyId = Id<SurveyConcept>;

// withdrawn: the ticket was opened again; it is asked about once it is done. closed: nobody answered in time.
enum class SurveyState { invited, answered, withdrawn, closed };
BOOST_DESCRIBE_ENUM(SurveyState, invited, answered, withdrawn, closed)

// rating: 1 (very bad) to 5 (very good).
enum class QuestionKind { rating, choice, text };
BOOST_DESCRIBE_ENUM(QuestionKind, rating, choice, text)

struct SurveyQuestion
{
    QuestionKind kind = QuestionKind::rating;
    Text<1, 200> text;
    QList<Text<1, 80>> choices; // two to ten of a choice, none of anything else
    bool isRequired = false;
};
BOOST_DESCRIBE_STRUCT(SurveyQuestion, (), (kind, text, choices, isRequired))

// Who has the link may answer, once. It is sent in a body and never as part of an address.
struct SurveyLink
{
    Text<1, 200> token;
};
BOOST_DESCRIBE_STRUCT(SurveyLink, (), (token))

struct SurveyForm
{
    QString ticketNumber;
    QString productName;
    std::optional<QString> expert;
    QString title;
    QList<SurveyQuestion> questions;
    Instant expiresAt;
};
BOOST_DESCRIBE_STRUCT(SurveyForm, (), (ticketNumber, productName, expert, title, questions, expiresAt))

// One of the three, as the question demands.
struct SurveyAnswer
{
    Bounded<0, 19> question; // its place in the form
    std::optional<Bounded<1, 5>> rating;
    std::optional<Bounded<0, 9>> choice; // its place among the choices
    std::optional<Text<1, 2000>> text;
};
BOOST_DESCRIBE_STRUCT(SurveyAnswer, (), (question, rating, choice, text))

struct SurveyAnswers
{
    Text<1, 200> token;
    QList<SurveyAnswer> answers;
};
BOOST_DESCRIBE_STRUCT(SurveyAnswers, (), (token, answers))

struct Survey
{
    SurveyId id;
    TicketId ticketId;
    QString ticketNumber;
    SurveyState state = SurveyState::invited;
    std::optional<QString> expert;
    QString title;
    QList<SurveyQuestion> questions;
    QList<SurveyAnswer> answers; // those that were given
    std::optional<double> score; // mean of the ratings
    bool isLow = false; // one of the ratings is 1 or 2
    Instant invitedAt;
    Instant expiresAt;
    std::optional<Instant> answeredAt;
};
BOOST_DESCRIBE_STRUCT(
    Survey,
    (),
    (id,
     ticketId,
     ticketNumber,
     state,
     expert,
     title,
     questions,
     answers,
     score,
     isLow,
     invitedAt,
     expiresAt,
     answeredAt)
)

struct SurveyTemplateDraft
{
    std::optional<Slug> category; // of the catalogue; none: for all that have no template of their own
    Text<1, 120> title;
    QList<SurveyQuestion> questions; // 1 to 20, at least one of them required
};
BOOST_DESCRIBE_STRUCT(SurveyTemplateDraft, (), (category, title, questions))

struct SurveyTemplate
{
    std::optional<QString> category;
    int version = 1;
    QString title;
    QList<SurveyQuestion> questions;
    std::optional<Instant> madeAt; // none: it came with the product
    std::optional<QString> madeBy;
};
BOOST_DESCRIBE_STRUCT(SurveyTemplate, (), (category, version, title, questions, madeAt, madeBy))

struct SurveyTemplateQuery
{
    std::optional<Slug> category;
};
BOOST_DESCRIBE_STRUCT(SurveyTemplateQuery, (), (category))

namespace survey {

    // A link that was guessed or changed is notFound. One that was good is a conflict: "survey.answered",
    // "survey.expired" or "survey.withdrawn". Experts, managers and administrators are forbidden.
    struct OpenLink : Endpoint<Method::post, "/survey-links">
    {
        static constexpr std::string_view summary = "The questions behind a survey's link";
        using Body = SurveyLink;
        using Answer = SurveyForm;
    };

    struct Submit : Endpoint<Method::post, "/survey-answers">
    {
        static constexpr std::string_view summary = "Answer a survey, once";
        using Body = SurveyAnswers;
    };

    struct OfTicket : Endpoint<Method::get, "/tickets/{id}/survey">
    {
        static constexpr std::string_view summary = "What the customer was asked about a ticket, and said";
        static constexpr Roles roles = staff;
        using Params = TicketRef;
        using Answer = Survey;
    };

    struct Templates : Endpoint<Method::get, "/survey-templates">
    {
        static constexpr std::string_view summary = "What customers are asked now, by product category";
        static constexpr Roles roles = Role::admin;
        using Answer = Items<SurveyTemplate>;
    };

    struct TemplateVersions : Endpoint<Method::get, "/survey-template-versions">
    {
        static constexpr std::string_view summary
            = "What customers of a category have been asked so far, newest first";
        static constexpr Roles roles = Role::admin;
        using Params = SurveyTemplateQuery;
        using Answer = Items<SurveyTemplate>;
    };

    struct SaveTemplate : Endpoint<Method::post, "/survey-templates">
    {
        static constexpr std::string_view summary
            = "Ask something else from the next completed ticket on, as a new version";
        static constexpr Roles roles = Role::admin;
        static constexpr int success = 201;
        using Body = SurveyTemplateDraft;
        using Answer = SurveyTemplate;
    };

} // namespace survey
} // namespace api
