#include "server/services/survey/survey_rules.h"

#include <QSet>

using namespace Qt::StringLiterals;
using api::QuestionKind;
using api::SurveyAnswer;
using api::SurveyQuestion;

namespace survey_rules {

namespace {

    constexpr qsizetype mostQuestions = 20;
    constexpr qsizetype fewestChoices = 2;
    constexpr qsizetype mostChoices = 10;

    std::optional<QString> objection(const SurveyQuestion &question)
    {
        if (question.kind != QuestionKind::choice) {
            if (!question.choices.isEmpty())
                return u"must be empty unless it is a choice"_s;
            return {};
        }
        if (question.choices.size() < fewestChoices || question.choices.size() > mostChoices)
            return u"must be two to ten"_s;
        QSet<QString> different;
        for (const auto &choice : question.choices)
            different.insert(choice.toString().toCaseFolded());
        if (different.size() < question.choices.size())
            return u"must differ from each other"_s;
        return {};
    }

    // Of an answer that has one part of the three and belongs to this question.
    std::optional<QString> objection(const SurveyQuestion &question, const SurveyAnswer &answer)
    {
        const int parts
            = int(answer.rating.has_value()) + int(answer.choice.has_value()) + int(answer.text.has_value());
        if (parts != 1)
            return u"must be one of rating, choice and text"_s;
        switch (question.kind) {
        case QuestionKind::rating:
            if (!answer.rating)
                return u"must be a rating from 1 to 5"_s;
            return {};
        case QuestionKind::choice:
            if (!answer.choice || answer.choice->value >= question.choices.size())
                return u"must be one of the choices"_s;
            return {};
        case QuestionKind::text:
            if (!answer.text)
                return u"must be a text"_s;
            return {};
        }
        return {};
    }

} // namespace

Result<void> check(const api::SurveyTemplateDraft &draft)
{
    QList<FieldError> errors;
    if (draft.questions.isEmpty() || draft.questions.size() > mostQuestions)
        errors.append({ u"/questions"_s, u"must be 1 to 20"_s });
    else if (std::ranges::none_of(draft.questions, &SurveyQuestion::isRequired))
        errors.append({ u"/questions"_s, u"must have one that has to be answered"_s });
    for (qsizetype i = 0; i < draft.questions.size(); ++i) {
        if (const auto trouble = objection(draft.questions[i]))
            errors.append({ u"/questions/%1/choices"_s.arg(i), *trouble });
    }
    if (errors.isEmpty())
        return {};
    return fail({ ProblemKind::invalidInput, u"This cannot be asked"_s, {}, errors, {} });
}

Result<void> check(const QList<SurveyQuestion> &questions, const QList<SurveyAnswer> &answers)
{
    QList<FieldError> errors;
    QSet<int> answered;
    for (qsizetype i = 0; i < answers.size(); ++i) {
        const int question = answers[i].question.value;
        const QString pointer = u"/answers/%1"_s.arg(i);
        if (question >= questions.size() || answered.contains(question)) {
            errors.append({ pointer + "/question"_L1, u"must be a question, and each one once"_s });
            continue;
        }
        answered.insert(question);
        if (const auto trouble = objection(questions[question], answers[i]))
            errors.append({ pointer, *trouble });
    }
    for (int i = 0; i < questions.size(); ++i) {
        if (questions[i].isRequired && !answered.contains(i))
            errors.append({ u"/answers"_s, u"must have one to “%1”"_s.arg(questions[i].text.toString()) });
    }
    if (errors.isEmpty())
        return {};
    return fail({ ProblemKind::invalidInput, u"Not everything could be taken"_s, {}, errors, {} });
}

std::optional<double> score(const QList<SurveyAnswer> &answers)
{
    int sum = 0;
    int count = 0;
    for (const SurveyAnswer &answer : answers) {
        if (!answer.rating)
            continue;
        sum += answer.rating->value;
        ++count;
    }
    if (count == 0)
        return {};
    return double(sum) / count;
}

bool isLow(const QList<SurveyAnswer> &answers)
{
    return std::ranges::any_of(answers, [](const SurveyAnswer &answer) {
        return answer.rating && answer.rating->value <= lowRating;
    });
}

} // namespace survey_rules
