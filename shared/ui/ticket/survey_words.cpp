#include "shared/ui/ticket/survey_words.h"

#include "shared/ui/relative_time.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace {

struct SurveyWords
{
    Q_DECLARE_TR_FUNCTIONS(SurveyWords)
};

QString said(const api::SurveyQuestion &question, const api::SurveyAnswer &answer)
{
    if (answer.rating)
        return SurveyWords::tr("%1 of 5").arg(answer.rating->value);
    if (answer.choice)
        return question.choices.value(answer.choice->value).toString();
    return answer.text ? answer.text->toString() : QString();
}

} // namespace

QString words::survey(const api::Survey &survey)
{
    switch (survey.state) {
    case api::SurveyState::invited:
        return SurveyWords::tr("Asked %1, and no answer yet.").arg(relativeTime(survey.invitedAt));
    case api::SurveyState::withdrawn:
        return SurveyWords::tr("The ticket was opened again: asked once it is done.");
    case api::SurveyState::closed:
        return SurveyWords::tr("Asked %1, and never answered.").arg(relativeTime(survey.invitedAt));
    case api::SurveyState::answered:
        break;
    }
    QStringList paragraphs;
    for (const api::SurveyAnswer &answer : survey.answers) {
        const api::SurveyQuestion question = survey.questions.value(answer.question.value);
        paragraphs += question.text.toString() + u'\n' + said(question, answer);
    }
    return paragraphs.join(u"\n\n"_s);
}
